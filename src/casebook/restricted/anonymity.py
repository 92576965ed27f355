"""Anonymity of the input: how many interviews of a group share what could point at their participant.

k-anonymity (Samarati and Sweeney 1998) and distinct l-diversity (Machanavajjhala et al. 2007), with a missing answer
counted as one that could be any, as sdcMicro counts it (Templ, Kowarik and Meindl 2015).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from casebook.codebook import Codebook, Variable
from casebook.errors import DataRefused, Fault
from casebook.restricted.codings import TOGETHER_ROLES, told_together
from casebook.restricted.interviews import RestrictedStudy
from casebook.restricted.submissions import Submission, in_force
from casebook.study import Anonymity, AnonymityLimits

#: Disclosure classes of the codebook.
QUASI, SENSITIVE = "Q", "X"
#: How the messages begin that tell of a level which could point at somebody.
TOO_FEW = "so few interviews share this level that it could identify somebody"
ALIKE = "all who share this level gave the same sensitive answers"
_TOGETHER = "".join(sorted(TOGETHER_ROLES))

Answers = Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class SharedLevel:
    """The interviews of a group that may have one level of a quasi-identifier.

    `told` of them have it, `untold` gave no answer to the question; together they gave `different` sets of answers to
    the sensitive questions, and all the same one to those named in `alike`. `near` names the levels it would be merged
    with, the first one first, and how many have each.
    """

    variable: str
    level: str
    told: int
    untold: int
    different: int
    alike: tuple[str, ...]
    near: tuple[tuple[str, int], ...]

    @property
    def size(self) -> int:
        """How many interviews nobody can tell apart by this answer."""
        return self.told + self.untold

    def merged_with(self, enough: int) -> tuple[str, ...]:
        """Return the fewest near levels, one at least, with which so many interviews would share the level."""
        chosen: list[str] = []
        size = self.size
        for level, told in self.near:
            if chosen and size >= enough:
                break
            chosen.append(level)
            size += told
        return tuple(chosen)


@dataclass(frozen=True)
class GroupAnonymity:
    """The quasi-identifiers of one group of offenders or victims.

    `group` names crime and role, such as "OG V"; `alone` counts the interviews that no other one of the group equals in
    all of them together.
    """

    group: str
    interviews: int
    alone: int
    shared: tuple[SharedLevel, ...]

    @property
    def smallest(self) -> SharedLevel | None:
        """The level that fewest interviews share, the first of several."""
        return min(self.shared, key=lambda shared: shared.size, default=None)

    def faults(self, limits: AnonymityLimits, *, file: str) -> Iterator[Fault]:
        """Yield a fault for each level that too few share, or that goes with the same sensitive answers."""
        if self.interviews < limits.assessed_from.value:
            return
        for shared in self.shared:
            least, differing = limits.smallest_class.value, limits.different_answers.value
            place, near = f"{self.group}, {shared.variable}", ", ".join(shared.merged_with(least)) or "another level"
            remedy = f"merge it with {near} in the codebook, or code the answer of these interviews as not_coded"
            if shared.size < least:
                yield Fault(file, place, TOO_FEW, shared.level, f"{least} interviews or more", remedy)
            if shared.different < differing:
                yield Fault(file, place, ALIKE, shared.level, f"{differing} or more different answers", remedy)


def anonymity_of(coded: RestrictedStudy) -> tuple[GroupAnonymity, ...]:
    """Return the anonymity of each group of offenders and victims; what experts say describes cases, not themselves."""
    people = coded.people[coded.people["role"].isin(list(TOGETHER_ROLES))]
    roles = people["role"].where(~told_together(people), _TOGETHER)
    answers = _answers(coded)
    found = []
    for group, members in people.groupby(people["crime"] + " " + roles):
        rows = [answers.get(str(interview), {}) for interview in members.index]
        found.append(_group(str(group), rows, coded.codebook))
    return tuple(found)


def refuse_identifying(
    editions: Mapping[str, RestrictedStudy], submissions: Iterable[Submission], codebook: Codebook, *, limits: Anonymity
) -> None:
    """Raise DataRefused with everything below the limits, in each edition's interviews and in each submission."""
    faults = [fault for name, coded in editions.items() for fault in faults_of_edition(coded, limits.study, name)]
    for submission in in_force(submissions):
        faults += faults_of_submission(submission, codebook, limits.submission)
    if faults:
        raise DataRefused(faults)


def faults_of_edition(coded: RestrictedStudy, limits: AnonymityLimits, edition: str) -> Iterator[Fault]:
    """Yield what is below the limits in the interviews that an edition takes."""
    for group in anonymity_of(coded):
        yield from group.faults(limits, file=f"interviews of {edition}")


def faults_of_submission(submission: Submission, codebook: Codebook, limits: AnonymityLimits) -> Iterator[Fault]:
    """Yield what is below the limits within one submission."""
    for group in anonymity_of(RestrictedStudy.of([submission], codebook)):
        yield from group.faults(limits, file=submission.tables.shown_as)


def _answers(coded: RestrictedStudy) -> Mapping[str, Answers]:
    """The levels of every interview and variable that was answered."""
    answers: defaultdict[str, defaultdict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    rows = coded.values[coded.values["level"].ne("")]
    for interview, variable, level in zip(rows["interview"], rows["variable"], rows["level"], strict=True):
        answers[str(interview)][str(variable)].add(str(level))
    return {name: {variable: frozenset(told) for variable, told in rows.items()} for name, rows in answers.items()}


def _group(group: str, rows: Sequence[Answers], codebook: Codebook) -> GroupAnonymity:
    known = {variable for row in rows for variable in row}
    quasi = [v for v in codebook.variables if v.id in known and v.disclosure == QUASI]
    sensitive = [v.id for v in codebook.variables if v.id in known and v.disclosure == SENSITIVE]
    combined = Counter(_of(row, [variable.id for variable in quasi]) for row in rows)
    shared = tuple(level for variable in quasi for level in _shared(variable, rows, sensitive))
    return GroupAnonymity(group, len(rows), sum(times == 1 for times in combined.values()), shared)


def _of(row: Answers, variables: Iterable[str]) -> tuple[frozenset[str], ...]:
    return tuple(row.get(variable, frozenset()) for variable in variables)


def _shared(variable: Variable, rows: Sequence[Answers], sensitive: Sequence[str]) -> Iterator[SharedLevel]:
    """Each level of a variable that somebody has, in codebook order."""
    told = {level: sum(level in row.get(variable.id, ()) for row in rows) for level in variable.level_ids}
    untold = sum(variable.id not in row for row in rows)
    for level in (level for level in told if told[level]):
        holders = [row for row in rows if level in row.get(variable.id, (level,))]
        different = len({_of(row, sensitive) for row in holders})
        alike = tuple(name for name in sensitive if _all_alike(name, holders))
        yield SharedLevel(variable.id, level, told[level], untold, different, alike, _near(variable, level, told))


def _all_alike(variable: str, rows: Sequence[Answers]) -> bool:
    """Whether all gave the same answer, and none is missing that could be another."""
    return variable in rows[0] and all(row.get(variable) == rows[0][variable] for row in rows)


def _near(variable: Variable, level: str, told: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    """The other levels that somebody has: of ordered ones the nearest first, of others the rarest."""
    order = {name: position for position, name in enumerate(variable.level_ids)}
    ordered = variable.kind == "ordinal"
    others = [name for name in told if told[name] and name != level]
    others.sort(key=lambda name: (abs(order[name] - order[level]) if ordered else told[name], told[name], order[name]))
    return tuple((name, told[name]) for name in others)
