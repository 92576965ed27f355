"""The verdict on the dealt answers: a study in which a requirement is not met is never written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from casebook.errors import Fault, StudyRefused
from casebook.restricted.synthesis.dealing import Answers
from casebook.restricted.synthesis.requirements import FILE, Requirement
from casebook.restricted.synthesis.sample import Interview


def refuse_unmet(
    requirements: Sequence[Requirement],
    sample: Sequence[Interview],
    answers: Mapping[str, Answers],
    *,
    scale: int,
) -> None:
    """Raise StudyRefused with every requirement not met, as when two findings exclude each other."""
    faults = [
        Fault(FILE, requirement.finding, "cannot hold together with the other findings, as they are or flipped")
        for requirement in requirements
        if not _met(requirement, sample, answers, scale)
    ]
    if faults:
        raise StudyRefused(faults)


def _met(requirement: Requirement, sample: Sequence[Interview], answers: Mapping[str, Answers], scale: int) -> bool:
    variable, among = requirement.among or (requirement.variable, frozenset())
    members = [answers[interview.id] for interview in sample if interview.group == requirement.group]
    given = [one[requirement.variable] for one in members if among <= set(one[variable].levels)]
    levels = [set(answer.levels) for answer in given if answer.levels]
    if requirement.leads is not None:
        return _leads(requirement.levels, levels) == requirement.leads
    low, high = requirement.range(len(levels), scale)
    return low <= sum(bool(chosen & requirement.levels) for chosen in levels) <= high


def _leads(level: frozenset[str], given: Sequence[set[str]]) -> bool:
    """Whether one level is given more often than each other."""
    counts: dict[str, int] = {}
    for chosen in given:
        for each in chosen:
            counts[each] = counts.get(each, 0) + 1
    (name,) = level
    return all(counts.get(name, 0) > count for other, count in counts.items() if other != name)
