"""What templates and report notebooks see of the agreement between coders."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from casebook.codebook import Codebook
from casebook.notebook_run import Mark
from casebook.protected_tables import (
    CUSTOMARY,
    TENTATIVE,
    Coefficient,
    ExpertAgreement,
    Grade,
    ProtectedAgreement,
)
from casebook.publication import wording
from casebook.publication.book.inert import inert
from casebook.publication.table_view import Said, Scribe
from casebook.study import Study

#: The name under which claims about the coders are recorded, in place of a table's key.
AGREEMENT = "agreement"
_NOTHING, _INSUFFICIENT = "–", "insufficient"
_HEADER = ("Variable", "Interviews", "Alpha", "AC1", "Coders agree", "Commonest value", "All interviews")
_EMPTY = "No agreement between coders can be published for this edition and level."
GRADES: Mapping[Grade, str] = MappingProxyType(
    {"customary": "customary", "tentative": "tentative", "below": "below both"}
)


@dataclass(frozen=True)
class AgreementView:
    """The agreement of an edition's coders in sentences: the smallest alpha, the median, and how many reach a grade."""

    agreement: Sequence[ProtectedAgreement]
    codebook: Codebook
    scribe: Scribe

    @property
    def measured(self) -> bool:
        """Return whether an alpha is published for any variable."""
        return self.scribe.note(f"{AGREEMENT} published", bool(self._alphas))

    @property
    def graded(self) -> bool:
        """Return whether a grade is published for any variable."""
        return self.scribe.note(f"{AGREEMENT} graded", bool(self._grades))

    @property
    def all_customary(self) -> bool:
        """Return whether the smallest published alpha is one that variables can be relied on by custom."""
        proven = bool(self._alphas) and min(self._alphas.values()) >= CUSTOMARY
        return self.scribe.note(f"{AGREEMENT} every alpha customary", proven)

    @property
    def all_tentative(self) -> bool:
        """Return whether no published alpha is smaller than what allows tentative conclusions."""
        proven = bool(self._alphas) and min(self._alphas.values()) >= TENTATIVE
        return self.scribe.note(f"{AGREEMENT} every alpha tentative", proven)

    @property
    def customary_from(self) -> Said:
        """Say from which alpha on a variable can be relied on by custom."""
        return self._record((), "size", f"{CUSTOMARY:.3f}")

    @property
    def tentative_from(self) -> Said:
        """Say from which alpha on a variable can be relied on tentatively."""
        return self._record((), "size", f"{TENTATIVE:.3f}")

    @property
    def variables(self) -> Said:
        """Say for how many variables an alpha is published."""
        n = len(self._alphas)
        noun = "variable" if n == 1 else "variables"
        return self._record(tuple(self._alphas), "size", f"{wording.number_word(n)} {noun}")

    @property
    def smallest(self) -> Said:
        """Say the smallest alpha with its variable."""
        self._must_be_measured()
        name = min(self._alphas, key=lambda variable: self._alphas[variable])
        text = f"{self._alphas[name]:.2f} (“{self.codebook[name].label}”)"
        return self._record((name,), "exact", text)

    @property
    def median(self) -> Said:
        """Say the median alpha."""
        self._must_be_measured()
        return self._record(tuple(self._alphas), "exact", f"{statistics.median(self._alphas.values()):.2f}")

    @property
    def customary(self) -> Said:
        """Say how many graded variables reach the customary grade: "almost all variables (68 of 74, 92 %)"."""
        return self._graded_as("customary")

    @property
    def tentative(self) -> Said:
        """Say how many graded variables reach the tentative grade only."""
        return self._graded_as("tentative")

    @property
    def below(self) -> Said:
        """Say how many graded variables fall below both grades."""
        return self._graded_as("below")

    @property
    def _alphas(self) -> dict[str, float]:
        shown = {entry.variable: entry.experts.alpha.value for entry in self.agreement if entry.experts}
        return {variable: value for variable, value in shown.items() if value is not None}

    @property
    def _grades(self) -> dict[str, Grade]:
        return {entry.variable: entry.grade for entry in self.agreement if entry.grade}

    def _graded_as(self, grade: Grade) -> Said:
        named = tuple(variable for variable, given in self._grades.items() if given == grade)
        return self._record(named, "word", wording.quantified_count(len(named), len(self._grades), "variables"))

    def _must_be_measured(self) -> None:
        if not self._alphas:
            raise self.scribe.refuse(AGREEMENT, "no alpha is published")

    def _record(self, variables: tuple[str, ...], form: str, text: str) -> Said:
        return self.scribe.record("agreement", AGREEMENT, variables, form, text)


def agreement_text(agreement: Sequence[ProtectedAgreement], codebook: Codebook, study: Study) -> str:
    """Return the agreement as a Markdown table, the smallest alpha first, variables without one last."""
    if not agreement:
        return _EMPTY
    order = {entry.variable: place for place, entry in enumerate(agreement)}
    ordered = sorted(agreement, key=lambda entry: (_alpha(entry), order[entry.variable]))
    rows = [_HEADER, ("---",) * len(_HEADER), *(tuple(_cells(entry, codebook, study)) for entry in ordered)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def agreement_marks(agreement: Sequence[ProtectedAgreement], codebook: Codebook, study: Study) -> Iterator[Mark]:
    """Yield what the table prints of each variable, as one value."""
    for entry in agreement:
        _, *printed = _cells(entry, codebook, study)
        yield Mark(AGREEMENT, (entry.variable,), "; ".join(text.replace("\\", "") for text in printed))


def _alpha(entry: ProtectedAgreement) -> float:
    value = entry.experts.alpha.value if entry.experts else None
    return float("inf") if value is None else value


def _cells(entry: ProtectedAgreement, codebook: Codebook, study: Study) -> Iterator[str]:
    variable = codebook[entry.variable]
    crime = study.crimes.get(variable.crime)
    yield inert(f"{variable.label} ({crime.short.lower()})" if crime else variable.label)
    unsaid = _INSUFFICIENT if entry.too_few else _NOTHING
    yield from map(inert, _figures(entry.experts) if entry.experts else (unsaid, *(_NOTHING,) * 4))
    # Too few interviews and one answer only share a word: the second alone would tell that all gave the same answer.
    yield GRADES[entry.grade] if entry.grade else _INSUFFICIENT


def _figures(found: ExpertAgreement) -> tuple[str, ...]:
    return (
        str(found.interviews),
        _with_interval(found.alpha),
        _with_interval(found.ac1),
        wording.count_text(found.agreeing, found.units),
        wording.count_text(found.prevalent, found.ratings),
    )


def _with_interval(coefficient: Coefficient) -> str:
    if coefficient.value is None:
        return f"undefined: {coefficient.undefined}"
    if coefficient.low is None or coefficient.high is None:
        return f"{coefficient.value:.2f}"
    return f"{coefficient.value:.2f} ({coefficient.low:.2f} to {coefficient.high:.2f})"
