"""What is known from elsewhere, and how it is to be set beside the interviews: three files, read once and checked."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path
from typing import Literal, get_args

from casebook.codebook import EVERY_CRIME, Codebook
from casebook.codebook_files import Row, members, read_rows
from casebook.errors import Fault, StudyRefused
from casebook.study import Study

Rule = Literal["direction", "each", "mean", "ranking", "named", "share", "same_interviews", "no_counterpart"]
Direction = Literal["", "more_than_half", "less_than_half", "most_frequent", "named"]

REFERENCES_FILE, COMPARISONS_FILE, FINDINGS_FILE = "reference-values.csv", "comparisons.csv", "findings.csv"
NOT_STATED = "not stated"
_KEY = re.compile(r"[A-Za-z0-9-]+")

_REFERENCE_COLUMNS = ("id", "crime", "value", "base", "definition", "source", "cite", "note", "evidence", "independent")
_COMPARISON_COLUMNS = (
    *("id", "reference", "finding", "crime", "group", "variable", "levels", "label", "statement", "direction"),
    *("share", "base", "rule", "opinion", "reason"),
)
_FINDING_COLUMNS = (
    *("id", "crime", "group", "finding", "variable", "level", "relation", "kind", "synthetic_count"),
    *("public_form", "consortium_form", "conditions"),
)
#: The directions a reference may have under each rule.
_DIRECTIONS: Mapping[str, Collection[str]] = {
    **dict.fromkeys(("direction", "each", "mean", "share", "same_interviews"), ("more_than_half", "less_than_half")),
    "ranking": ("most_frequent",),
    "named": ("named",),
    "no_counterpart": ("",),
}


@dataclass(frozen=True)
class Reference:
    """A value known from elsewhere; `base` and `definition` say of what it is a share, or that this is not stated."""

    id: str
    crime: str
    value: str
    base: str
    definition: str
    source: str
    cite: str
    note: str
    evidence: str
    independent: bool

    @property
    def direction_only(self) -> bool:
        """Return whether only the direction can be used, since base or definition is not stated."""
        return NOT_STATED in (self.base, self.definition)


@dataclass(frozen=True)
class Planned:
    """One comparison, fixed before the data are seen: which reference, with which interviews, by which rule.

    `share` is the reference's, in whole per cent of `base` cases; `opinion` tells that experts speak of many cases.
    """

    id: str
    reference: Reference
    finding: str
    crime: str
    group: str
    variable: str
    levels: tuple[str, ...]
    label: str
    statement: str
    direction: Direction
    share: int | None
    base: int | None
    rule: Rule
    opinion: bool
    reason: str

    @property
    def table(self) -> str:
        """The id of the planned table that holds what the interviews say."""
        return f"{self.crime}.{self.group}.{self.variable}"


@dataclass(frozen=True)
class Finding:
    """A finding of the interviews: its crime, the group that says it, and the variable it is about."""

    id: str
    crime: str
    group: str
    variable: str


@dataclass(frozen=True)
class References:
    """The references by id, the planned comparisons in their order, and the findings that rest on data."""

    values: Mapping[str, Reference]
    planned: tuple[Planned, ...]
    findings: tuple[Finding, ...]


NO_REFERENCES = References({}, (), ())


def read_references(data: Path, study: Study, codebook: Codebook) -> References:
    """Read the references, comparisons and findings of a study; raises StudyRefused with every fault of the files."""
    faults: list[Fault] = []
    references = read_rows(data / REFERENCES_FILE, frozenset(_REFERENCE_COLUMNS), faults)
    comparisons = read_rows(data / COMPARISONS_FILE, frozenset(_COMPARISON_COLUMNS), faults)
    findings = read_rows(data / FINDINGS_FILE, frozenset(_FINDING_COLUMNS), faults)
    if not faults:
        faults += [fault for row in references for fault in _faults_of_reference(row)]
        known = {row["id"]: _reference(row) for row in references}
        checks = _Checks(study, codebook, known, frozenset(row["id"] for row in findings))
        faults += [fault for row in comparisons for fault in checks.faults(row)]
        faults += [fault for rows in (references, comparisons) for fault in _repeated(rows)]
        faults += _not_compared(references, comparisons)
    if faults:
        raise StudyRefused(faults)
    planned = tuple(_planned(row, known) for row in comparisons)
    return References(known, planned, tuple(_finding(row) for row in findings if row["kind"] == "data"))


def conflicts_of(references: References, codebook: Codebook) -> Mapping[str, frozenset[str]]:
    """Return for each reference those that say the opposite of the same answers.

    Two are in conflict that put the same answers on different sides of half, or answers of which nobody can have both
    above it.
    """
    found: dict[str, set[str]] = {}
    for one, other in permutations(references.planned, 2):
        if (one.crime, one.variable) == (other.crime, other.variable) and one.variable:
            single = not codebook[one.variable].multi
            if _opposed(one, other, single=single):
                found.setdefault(one.reference.id, set()).add(other.reference.id)
    return {name: frozenset(others) for name, others in found.items()}


def _opposed(one: Planned, other: Planned, *, single: bool) -> bool:
    sides = {one.direction, other.direction}
    if set(one.levels) == set(other.levels):
        return sides == {"more_than_half", "less_than_half"}
    return single and sides == {"more_than_half"} and not set(one.levels) & set(other.levels)


def _reference(row: Row) -> Reference:
    texts = {column: row[column] for column in _REFERENCE_COLUMNS if column != "independent"}
    return Reference(**texts, independent=row["independent"] == "yes")


def _planned(row: Row, references: Mapping[str, Reference]) -> Planned:
    texts = {column: row[column] for column in ("id", "finding", "crime", "group", "variable", "label", "statement")}
    rule: Rule = next(rule for rule in get_args(Rule) if rule == row["rule"])
    direction: Direction = next(way for way in get_args(Direction) if way == row["direction"])
    return Planned(
        **texts,
        reference=references[row["reference"]],
        levels=members(row["levels"]),
        direction=direction,
        share=_number(row["share"]),
        base=_number(row["base"]),
        rule=rule,
        opinion=row["opinion"] == "yes",
        reason=row["reason"],
    )


def _finding(row: Row) -> Finding:
    return Finding(row["id"], row["crime"], row["group"], row["variable"].partition("; ")[0])


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() else None


def _repeated(rows: tuple[Row, ...]) -> Iterator[Fault]:
    seen: set[str] = set()
    for row in rows:
        if row["id"] in seen:
            yield row.fault("id", "the identifier occurs more than once")
        seen.add(row["id"])


def _not_compared(references: Iterable[Row], comparisons: Iterable[Row]) -> Iterator[Fault]:
    compared = {row["reference"] for row in comparisons}
    for row in references:
        if row["id"] not in compared:
            message = "no comparison sets this reference beside the interviews"
            yield row.fault("id", message, allowed=f"one that {COMPARISONS_FILE} names")


def _faults_of_reference(row: Row) -> Iterator[Fault]:
    for column in ("value", "base", "definition", "source", "cite", "evidence"):
        if not row[column].strip():
            yield row.fault(column, f"the {column} is empty", allowed=f'what it is, or "{NOT_STATED}"')
    for column in ("source", "cite", "evidence"):
        if row[column].strip() == NOT_STATED:
            yield row.fault(column, "a reference without source", allowed="where it was published")
    if row["cite"] and not _KEY.fullmatch(row["cite"]):
        yield row.fault("cite", "not the key of a work", allowed="letters, digits and hyphens")
    if row["independent"] not in ("yes", "no"):
        yield row.fault("independent", "not a value of this column", allowed="yes, no")


@dataclass(frozen=True)
class _Checks:
    """What a row of the comparisons is checked against."""

    study: Study
    codebook: Codebook
    references: Mapping[str, Reference]
    findings: frozenset[str]

    def faults(self, row: Row) -> Iterator[Fault]:
        yield from _not_among(row, "crime", self.study.crimes)
        yield from _not_among(row, "group", self.study.roles)
        yield from _not_among(row, "finding", ("", *sorted(self.findings)))
        yield from _not_among(row, "opinion", ("yes", "no"))
        yield from _not_among(row, "rule", _DIRECTIONS)
        yield from _not_among(row, "direction", _DIRECTIONS.get(row["rule"], get_args(Direction)))
        yield from self._faults_of_reference(row)
        yield from self._faults_of_table(row)
        yield from self._faults_of_opinion(row)

    def _faults_of_reference(self, row: Row) -> Iterator[Fault]:
        reference = self.references.get(row["reference"])
        if reference is None:
            yield row.fault("reference", "there is no such reference", allowed=", ".join(self.references))
            return
        if reference.crime not in (row["crime"], EVERY_CRIME):
            yield row.fault("crime", "the reference is about another crime", allowed=reference.crime)
        if not reference.independent and row["rule"] != "same_interviews":
            message = "a reference that describes these interviews never counts as agreement"
            yield row.fault("rule", message, allowed="same_interviews")
        if row["rule"] == "share":
            yield from _faults_of_share(row, reference)

    def _faults_of_table(self, row: Row) -> Iterator[Fault]:
        if row["rule"] == "no_counterpart":
            return
        table = f"{row['crime']}.{row['group']}.{row['variable']}"
        if table not in self.study.tables:
            yield row.fault("variable", "study.yml plans no such table", value=table)
            return
        levels = self.codebook[row["variable"]].level_ids
        named = members(row["levels"])
        if not named or not set(named) <= set(levels):
            yield row.fault("levels", "not levels of the variable", allowed=", ".join(levels))

    def _faults_of_opinion(self, row: Row) -> Iterator[Fault]:
        role = self.study.roles.get(row["group"])
        if role is not None and role.exact != (row["opinion"] == "yes"):
            yield row.fault("opinion", "what experts say is opinion, and nothing else is")
        if row["opinion"] == "yes" and row["rule"] == "share":
            yield row.fault("rule", "numbers of experts are never compared with numbers of cases", allowed="direction")


def _faults_of_share(row: Row, reference: Reference) -> Iterator[Fault]:
    if reference.direction_only:
        message = "a reference without base or definition is used for its direction only"
        yield row.fault("rule", message, allowed="direction, ranking")
    if not 0 <= (_number(row["share"]) or -1) <= 100:
        yield row.fault("share", "not a share in whole per cent", allowed="1 to 100")
    if not _number(row["base"]):
        yield row.fault("base", "not a number of cases", allowed="1 or more")


def _not_among(row: Row, column: str, allowed: Collection[str]) -> Iterator[Fault]:
    if row[column] not in allowed:
        yield row.fault(column, "not a value of this column", allowed=", ".join(filter(None, allowed)))
