"""The interviews beside the literature and the sentence analysis: a verdict for each planned comparison, by its rule.

Rules are declared in data/comparisons.csv and described in docs/decisions/0003-codebook.md. A verdict rests on
protected tables only: what is withheld can make it "cannot tell", and never anything else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from casebook.protected_tables import ProtectedTable, ProtectedTables
from casebook.publication.bounds import Bounds, Sets, bounds_of
from casebook.publication.references import Planned, References
from casebook.publication.statistics import interval_text, wilson_shares
from casebook.publication.wording import NARROW_SPACE, count_text
from casebook.study import Study

Verdict = Literal["agrees", "agrees in part", "contradicts", "cannot tell", "same interviews", "no counterpart"]
#: In the order in which they are listed; the last two never count.
VERDICTS: tuple[Verdict, ...] = (
    "agrees",
    "agrees in part",
    "contradicts",
    "cannot tell",
    "same interviews",
    "no counterpart",
)
COUNTING: tuple[Verdict, ...] = VERDICTS[:4]

#: An answer comes first from this lead on, as everywhere in the reports: one interview more must not turn it round.
LEAD = 2
_SIDES: Mapping[str, str] = {"more_than_half": "above half", "less_than_half": "below half"}

Reasoned = tuple[Verdict, str]


@dataclass(frozen=True)
class Comparison:
    """One planned comparison with its verdict and the reason in words.

    `bounds` is what the interviews tell of the answers taken together, `each` of every one of them.
    """

    planned: Planned
    table: ProtectedTable | None
    bounds: Bounds | None
    each: tuple[Bounds, ...]
    verdict: Verdict
    because: str

    @property
    def counts(self) -> bool:
        """Return whether the reference is an independent counterpart."""
        return self.verdict in COUNTING

    @property
    def cells(self) -> tuple[str, ...]:
        """The published cells that the comparison rests on."""
        if self.table is not None and self.planned.rule == "ranking":
            return (self.table.leading,) if self.table.leading else self.bounds.cells if self.bounds else ()
        found = (self.bounds,) if self.planned.rule not in ("named", "each") else self.each
        return tuple(dict.fromkeys(cell for bounds in found if bounds for cell in bounds.cells))

    @property
    def form(self) -> str:
        """The form in which the interviews are published: "exact", "word", "ranking" or "withheld"."""
        if self.planned.rule == "ranking":
            return "ranking" if self.verdict != "cannot tell" else "withheld"
        told = [bounds for bounds in (*self.each, self.bounds) if bounds and bounds.word]
        if not told:
            return "withheld"
        return "exact" if any(bounds.exact for bounds in told) else "word"


@dataclass(frozen=True)
class FindingVerdict:
    """A finding with all its independent comparisons taken together."""

    finding: str
    verdict: Verdict


def compare(references: References, protected: ProtectedTables, study: Study) -> tuple[Comparison, ...]:
    """Return the verdict of every planned comparison whose group has interviews in the edition, in planned order."""
    asked = [p for p in references.planned if protected.sample.get(f"{p.crime}.{p.group}")]
    return tuple(_compare(planned, protected, study) for planned in asked)


def by_finding(comparisons: Iterable[Comparison]) -> tuple[FindingVerdict, ...]:
    """Return the findings that have an independent counterpart, each with one verdict.

    Comparisons that cannot tell are left aside where others can; those that can and differ make "agrees in part".
    """
    found: dict[str, list[Verdict]] = {}
    for comparison in comparisons:
        if comparison.planned.finding and comparison.counts:
            found.setdefault(comparison.planned.finding, []).append(comparison.verdict)
    return tuple(FindingVerdict(finding, _together(verdicts)) for finding, verdicts in found.items())


def _together(verdicts: Iterable[Verdict]) -> Verdict:
    telling = set(verdicts) - {"cannot tell"}
    if not telling:
        return "cannot tell"
    return telling.pop() if len(telling) == 1 else "agrees in part"


def _compare(planned: Planned, protected: ProtectedTables, study: Study) -> Comparison:
    if planned.rule == "no_counterpart":
        return Comparison(planned, None, None, (), "no counterpart", "")
    table = protected.get(planned.table)
    if table is None or not table.base:
        return Comparison(planned, table, None, (), "cannot tell", "what the interviews say of it is withheld")
    sets = study.tables[table.id].together
    bounds = bounds_of(table, sets, planned.levels)
    each = tuple(bounds_of(table, sets, [level]) for level in planned.levels)
    if planned.rule == "ranking":
        verdict, because = _ranking(planned, first_answers(table, sets))
    elif planned.rule in ("named", "each"):
        verdict, because = (_named if planned.rule == "named" else _each)(planned, each)
    else:
        verdict, because = _of_one_share(planned, bounds)
    return Comparison(planned, table, bounds, each, verdict, because)


def _of_one_share(planned: Planned, bounds: Bounds) -> Reasoned:
    if planned.rule == "share":
        return _share(planned, bounds)
    verdict, because = _direction(planned, bounds)
    if verdict != "cannot tell" and not planned.opinion and _reaches_across_half(bounds):
        because += f", though their interval, {interval_text(bounds.low, bounds.base)}, reaches across half"
    if planned.rule == "same_interviews":
        return "same interviews", f"the reference describes these interviews; {because}"
    return verdict, because


def _direction(planned: Planned, bounds: Bounds) -> Reasoned:
    """Agree on the same side of half, contradict on the other."""
    theirs = _SIDES[planned.direction]
    if not (bounds.above_half or bounds.below_half):
        return "cannot tell", "what is published leaves open on which side of half the interviews lie"
    ours = "above half" if bounds.above_half else "below half"
    if ours == theirs:
        return "agrees", f"the reference and the interviews lie {ours}"
    return "contradicts", f"the reference lies {theirs}, the interviews lie {ours}"


def _reaches_across_half(bounds: Bounds) -> bool:
    low, high = wilson_shares(bounds.low / bounds.base, bounds.base)
    return bounds.exact and low <= 0.5 <= high


def _each(planned: Planned, each: Iterable[Bounds]) -> Reasoned:
    """Agree where every answer lies on the reference's side of half, contradict where every one lies on the other."""
    verdicts = {_direction(planned, bounds)[0] for bounds in each}
    theirs, other = _SIDES[planned.direction], next(s for way, s in _SIDES.items() if way != planned.direction)
    if verdicts == {"agrees"}:
        return "agrees", f"each of these answers lies {theirs}, as the reference does"
    if verdicts == {"contradicts"}:
        return "contradicts", f"the reference lies {theirs}, each of these answers lies {other}"
    if "cannot tell" in verdicts:
        return "cannot tell", "what is published leaves open on which side of half some of these answers lie"
    return "agrees in part", "some of these answers lie on the reference's side of half, and some on the other"


def _named(_planned: Planned, each: Iterable[Bounds]) -> Reasoned:
    """Agree where every answer is named, in part where only some are."""
    named = [bounds.low >= 1 if bounds.low or not bounds.high else None for bounds in each]
    if None in named:
        return "cannot tell", "what is published leaves open whether each of these answers was named"
    if all(named):
        return "agrees", "each of these answers was named"
    if any(named):
        return "agrees in part", "some of these answers were named, and some were not"
    return "contradicts", "none of these answers was named"


def _ranking(planned: Planned, first: frozenset[str] | None) -> Reasoned:
    """Agree where the reference's answers come first in the interviews, in part where they share the first place."""
    theirs = set(planned.levels)
    if first is None:
        return "cannot tell", "no order of the answers is published"
    if first <= theirs:
        return "agrees", "what comes first in the interviews is among what the reference puts first"
    if first & theirs:
        return "agrees in part", "in the interviews it shares the first place with other answers"
    return "contradicts", "another answer comes first in the interviews"


def first_answers(table: ProtectedTable, sets: Sets) -> frozenset[str] | None:
    """Return the answers that no other leads, None where what is published does not tell them."""
    if table.leading is not None:
        return frozenset({table.leading})
    counts = {cell.level: cell.n for cell in table.cells if cell.level not in sets}
    known = {level: n for level, n in counts.items() if n is not None}
    if not known or len(known) < len(counts):
        return None
    return frozenset(level for level, n in known.items() if max(known.values()) - n < LEAD)


def _share(planned: Planned, bounds: Bounds) -> Reasoned:
    """Contradict where the intervals of both shares have nothing in common; otherwise the sample cannot tell."""
    directions = _directions(planned, bounds)
    if not bounds.exact or planned.share is None or planned.base is None:
        return "cannot tell", f"no count is published that could be set against the reference's share{directions}"
    theirs = wilson_shares(planned.share / 100, planned.base)
    ours = wilson_shares(bounds.low / bounds.base, bounds.base)
    reference = f"{planned.share}{NARROW_SPACE}% of {planned.base}"
    own = f"{count_text(bounds.low, bounds.base)} with an interval of {interval_text(bounds.low, bounds.base)}"
    if max(theirs[0], ours[0]) > min(theirs[1], ours[1]):
        return "contradicts", f"the intervals of the reference ({reference}) and of the interviews ({own}) do not meet"
    because = f"samples of this size do not tell the reference ({reference}) from the interviews ({own}){directions}"
    return "cannot tell", because


def _directions(planned: Planned, bounds: Bounds) -> str:
    verdict, because = _direction(planned, bounds)
    return f"; {because}" if verdict != "cannot tell" else ""
