"""What a template sees of the comparison with the literature: verdicts and shares as claims, references as quoted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from casebook.codebook import Codebook
from casebook.protected_tables import ProtectedTables
from casebook.publication import wording
from casebook.publication.comparison import Comparison, Verdict, by_finding, compare
from casebook.publication.comparison_tables import comparison_block, references_block, without_counterpart_block
from casebook.publication.comparison_words import citation, verdict_text
from casebook.publication.references import Reference, References
from casebook.publication.table_view import Said, Scribe
from casebook.study import Study

#: The name under which claims about all comparisons together are recorded, in place of a table's key.
ALL_COMPARISONS = "comparisons"


@dataclass(frozen=True)
class ComparisonView:
    """One planned comparison: conditions on its verdict, and what each side says."""

    comparison: Comparison
    study: Study
    scribe: Scribe

    @property
    def agrees(self) -> bool:
        return self._is("agrees")

    @property
    def partly(self) -> bool:
        return self._is("agrees in part")

    @property
    def contradicts(self) -> bool:
        return self._is("contradicts")

    @property
    def above_half(self) -> bool:
        """Return whether the interviews are proven to lie above half."""
        bounds = self.comparison.bounds
        return self._note("above half", bounds is not None and bounds.above_half)

    @property
    def below_half(self) -> bool:
        """Return whether the interviews are proven to lie below half."""
        bounds = self.comparison.bounds
        return self._note("below half", bounds is not None and bounds.below_half)

    @property
    def known(self) -> bool:
        """Return whether anything is published of what the interviews say."""
        bounds = self.comparison.bounds
        return self._note("published", bounds is not None and bounds.word is not None)

    @property
    def interviews(self) -> Said:
        """Say who gave the compared answers: "more than half of the offenders (9 of 15)"."""
        bounds, noun = self.comparison.bounds, self.study.roles[self.comparison.planned.group].plural
        if bounds is None or bounds.word is None:
            raise self.scribe.refuse(self.comparison.planned.id, "the sentence rests on withheld cells")
        if bounds.exact:
            return self._record("exact", wording.quantified_count(bounds.low, bounds.base, noun))
        return self._record("word", wording.quantified_word(bounds.word, noun))

    @property
    def verdict(self) -> Said:
        """Say the verdict in words: "agrees in direction"."""
        text = verdict_text(self.comparison)
        return self.scribe.record("comparison", self._key, self._cells, self.comparison.verdict, text)

    @property
    def because(self) -> Said:
        """Say why the verdict is what it is."""
        return self._record("reason", self.comparison.because)

    @property
    def _key(self) -> str:
        return self.comparison.planned.table

    @property
    def _cells(self) -> tuple[str, ...]:
        return self.comparison.cells

    def _record(self, form: str, text: str) -> Said:
        return self.scribe.record("comparison", self._key, self._cells, form, text)

    def _is(self, verdict: Verdict) -> bool:
        return self._note(f"{verdict} {self.comparison.planned.reference.id}", self.comparison.verdict == verdict)

    def _note(self, condition: str, proven: bool) -> bool:
        """Note a condition for every cell it rests on."""
        for name in [f"{self._key}/{cell}" for cell in self._cells] or [self._key]:
            self.scribe.note(f"{name} {condition}", proven)
        return proven


@dataclass(frozen=True)
class CounterpartsView:
    """All findings that have an independent counterpart, counted by verdict."""

    verdicts: Mapping[str, Verdict]
    scribe: Scribe

    @property
    def any(self) -> bool:
        return self.scribe.note(f"{ALL_COMPARISONS} published", bool(self.verdicts))

    @property
    def mostly_agree(self) -> bool:
        """Return whether more than half of the findings with a counterpart agree with it."""
        proven = 2 * len(self._with("agrees")) > len(self.verdicts)
        return self.scribe.note(f"{ALL_COMPARISONS} more than half of the findings agree", proven)

    @property
    def some_contradict(self) -> bool:
        return self.scribe.note(f"{ALL_COMPARISONS} a finding is contradicted", bool(self._with("contradicts")))

    def contradictions_among(self, *findings: str) -> bool:
        """Return whether there are contradictions, and only of these findings."""
        found = set(self._with("contradicts"))
        condition = f"{ALL_COMPARISONS} contradictions among {' '.join(findings)}"
        return self.scribe.note(condition, bool(found) and found <= set(findings))

    @property
    def agreeing(self) -> Said:
        """Say how many findings agree: "more than half of the findings with an independent counterpart (7 of 10)"."""
        return self._counted("agrees")

    @property
    def contradicted(self) -> Said:
        """Say how many findings are contradicted."""
        return self._counted("contradicts")

    def _with(self, verdict: Verdict) -> tuple[str, ...]:
        return tuple(finding for finding, found in self.verdicts.items() if found == verdict)

    def _counted(self, verdict: Verdict) -> Said:
        found = self._with(verdict)
        noun = "findings with an independent counterpart"
        text = wording.quantified_count(len(found), len(self.verdicts), noun)
        return self.scribe.record("comparison", ALL_COMPARISONS, found, verdict, text)


@dataclass(frozen=True)
class ReferenceView:
    """A reference as it was published elsewhere."""

    reference: Reference
    scribe: Scribe

    @property
    def value(self) -> Said:
        """Quote the value as its source gives it."""
        return self.scribe.record("reference", self.reference.id, (), "quoted", self.reference.value)

    @property
    def base(self) -> Said:
        """Quote what the value was measured on."""
        return self.scribe.record("reference", self.reference.id, (), "quoted", self.reference.base)

    @property
    def cite(self) -> Said:
        """Cite the source, in brackets."""
        return Said(citation(self.reference.cite))

    @property
    def direction_only(self) -> bool:
        return self.reference.direction_only


@dataclass(frozen=True)
class Desk:
    """The comparison of one edition and dissemination level, and the names under which templates reach it."""

    references: References
    protected: ProtectedTables
    study: Study
    codebook: Codebook
    scribe: Scribe

    def names(self) -> dict[str, Callable[..., Any]]:
        """Return the calls of templates."""
        return {
            "compared": self.compared,
            "compares": self.compares,
            "reference": self.reference,
            "counterparts": self.counterparts,
            "comparison_table": self.comparison_table,
            "references_table": lambda: Said(references_block(self.references, self.codebook, self.scribe)),
            "without_counterpart": self.without_counterpart,
        }

    def compares(self, name: str) -> bool:
        """Return whether the edition has interviews for a planned comparison."""
        return name in self._by_id

    def compared(self, name: str) -> ComparisonView:
        """Return a planned comparison, or refuse one that is not planned or has no interviews in this edition."""
        if name not in self._by_id:
            raise self.scribe.refuse(name, "no such comparison is planned for the interviews of this edition")
        return ComparisonView(self._by_id[name], self.study, self.scribe)

    def reference(self, name: str) -> ReferenceView:
        """Return a reference, or refuse one that data/reference-values.csv does not have."""
        if name not in self.references.values:
            raise self.scribe.refuse(name, "data/reference-values.csv has no such reference")
        return ReferenceView(self.references.values[name], self.scribe)

    def counterparts(self) -> CounterpartsView:
        """Return all findings that have an independent counterpart."""
        verdicts = {found.finding: found.verdict for found in by_finding(self._all)}
        return CounterpartsView(verdicts, self.scribe)

    def comparison_table(self, crime: str) -> Said:
        """Place the table of all comparisons of a crime."""
        chosen = [c for c in self._all if c.planned.crime == crime]
        if not chosen:
            raise self.scribe.refuse(crime, "nothing is compared for this crime")
        return Said(comparison_block(chosen, self.study, self.codebook, scribe=self.scribe))

    def without_counterpart(self) -> Said:
        """Place the table of the topics whose findings no reference speaks of."""
        crimes = self.study.editions[self.protected.edition].crimes
        return Said(without_counterpart_block(self.references, self.study, self.codebook, crimes=crimes))

    @cached_property
    def _all(self) -> Sequence[Comparison]:
        return compare(self.references, self.protected, self.study)

    @cached_property
    def _by_id(self) -> Mapping[str, Comparison]:
        return {comparison.planned.id: comparison for comparison in self._all}
