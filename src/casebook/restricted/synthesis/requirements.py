"""Findings as requirements: how often an answer must be given for a published finding to hold, or not to hold."""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from math import ceil, floor
from pathlib import Path

from casebook.codebook import CRIMES, EVERY_CRIME, Codebook
from casebook.errors import Fault, StudyRefused
from casebook.restricted.synthesis.design import Group

FILE = "findings.csv"
GROUPS = ("E", "O", "V", "OV")
MOST_FREQUENT = "most_frequent"
# Shares of those who answer that make a relation plainly true, and those that make it plainly false.
SHARES: Mapping[str, tuple[tuple[float, float], tuple[float, float]]] = {
    "named": ((0.15, 1), (0, 0)),
    "less_than_half": ((0.1, 0.4), (0.75, 0.85)),
    "more_than_half": ((0.58, 0.85), (0.2, 0.3)),
    "most": ((0.78, 0.92), (0.2, 0.3)),
    "not_all": ((0, 0.85), (1, 1)),
    "none": ((0, 0), (0.2, 0.3)),
}
RELATIONS = (*SHARES, "all", MOST_FREQUENT)
_CONDITION = re.compile(r"(\w+)=(\S+) (\w+)(?: among (\w+)=(\S+))?")


@dataclass(frozen=True)
class Requirement:
    """A range for how many interviews of a group give one of the levels, in counts or shares of those who answer.

    Where `leads` is true or false the one level must lead all others, or trail another, by a margin instead.
    `among` narrows the interviews to those that give all these levels of another variable.
    """

    finding: str
    group: Group
    variable: str
    levels: frozenset[str]
    counts: tuple[int, int] | None = None
    shares: tuple[float, float] = (0, 1)
    leads: bool | None = None
    among: tuple[str, frozenset[str]] | None = None

    def range(self, answered: int, scale: int) -> tuple[int, int]:
        """The smallest and the largest count allowed where so many answer; groups are `scale` times the design's."""
        if self.counts is not None:
            return self.counts[0] * scale, self.counts[1] * scale
        low, high = ceil(self.shares[0] * answered), floor(self.shares[1] * answered)
        return low, max(low, high)


@dataclass(frozen=True)
class Condition:
    """One condition of a finding: levels of a variable, a relation, and the subgroup it is about, if any."""

    variable: str
    levels: tuple[str, ...]
    relation: str
    among: str
    among_levels: tuple[str, ...]


@dataclass(frozen=True)
class Finding:
    """A published finding that a group's answers can bear out or contradict."""

    id: str
    groups: tuple[Group, ...]
    conditions: tuple[Condition, ...]
    counts: tuple[tuple[int, int], ...]
    base: int


def read_requirements(path: Path, codebook: Codebook, flip: Collection[str]) -> tuple[Requirement, ...]:
    """What the findings require of the data, those in `flip` turned into their contrary.

    Raises StudyRefused for conditions that are not understood, and for a flip of what no data can decide.
    """
    with path.open(encoding="utf-8", newline="") as stream:
        findings = [finding for row in csv.DictReader(stream) if (finding := _finding(row))]
    faults = [fault for finding in findings for fault in _faults(finding, codebook)]
    for name in sorted(set(flip) - {finding.id for finding in findings}):
        faults.append(Fault(FILE, name, "no data can make this finding false", remedy="do not flip it"))
    if faults:
        raise StudyRefused(faults)
    return tuple(
        requirement
        for finding in findings
        for requirement in _requirements(finding, codebook, flipped=finding.id in flip)
    )


def _finding(row: Mapping[str, str]) -> Finding | None:
    """The finding of a row, or None where no answers of a group decide it."""
    if not row["conditions"] or row["group"] not in GROUPS:
        return None
    crimes = CRIMES if row["crime"] == EVERY_CRIME else (row["crime"],)
    conditions = tuple(_condition(text, row["id"]) for text in row["conditions"].split(";"))
    # "8-12; 3-7 of 15" or, for a subgroup, "8 or more of those with both, base 12 or 15".
    head, _, base = row["synthetic_count"].partition("base ")
    ranges = re.findall(r"(\d+)(?:-(\d+))?", head.partition(" of ")[0])
    subgroup = int(base.split()[0]) if base else 0
    counts = tuple((int(low), subgroup or int(high or low)) for low, high in ranges)
    return Finding(row["id"], tuple(Group(c, row["group"]) for c in crimes), conditions, counts, subgroup)


def _condition(text: str, finding: str) -> Condition:
    match = _CONDITION.fullmatch(text.strip())
    if match is None:
        message = "the condition is not of the form variable=level|level relation"
        raise StudyRefused.one(FILE, finding, message, value=text.strip())
    variable, levels, relation, among, members = match.groups(default="")
    return Condition(variable, tuple(levels.split("|")), relation, among, tuple(members.split("&")))


def _faults(finding: Finding, codebook: Codebook) -> Iterator[Fault]:
    for condition in finding.conditions:
        named = [(condition.variable, level) for level in condition.levels]
        named += [(condition.among, level) for level in condition.among_levels if condition.among]
        for variable, level in named:
            if variable not in codebook or level not in codebook[variable].level_ids:
                yield Fault(FILE, finding.id, "the codebook has no such level", f"{variable}={level}")
        if condition.relation not in RELATIONS:
            yield Fault(FILE, finding.id, "unknown relation", condition.relation, ", ".join(RELATIONS))


def _requirements(finding: Finding, codebook: Codebook, *, flipped: bool) -> Iterator[Requirement]:
    conditions = _turned(finding.conditions) if flipped else finding.conditions
    for place, condition in enumerate(finding.conditions):
        counts = finding.counts[min(place, len(finding.counts) - 1)] if finding.counts else None
        for group in finding.groups:
            true = _requirement(finding.id, group, condition, codebook)
            if not flipped:
                yield true if true.leads else replace(true, counts=counts)
            elif condition in conditions:
                yield _contrary(true, condition, finding.base)
            yield from _subgroup(finding, group, condition)


def _turned(conditions: tuple[Condition, ...]) -> tuple[Condition, ...]:
    """The conditions to contradict: the first about each set of levels, and of several levels named the last."""
    first: dict[tuple[str, tuple[str, ...]], Condition] = {}
    for condition in conditions:
        first.setdefault((condition.variable, condition.levels), condition)
    turned = tuple(first.values())
    return turned[-1:] if all(condition.relation == "named" for condition in turned) else turned


def _requirement(finding: str, group: Group, condition: Condition, codebook: Codebook) -> Requirement:
    levels = frozenset(condition.levels)
    among = (condition.among, frozenset(condition.among_levels)) if condition.among else None
    if condition.relation == MOST_FREQUENT:
        return Requirement(finding, group, condition.variable, levels, leads=True)
    if condition.relation == "all":
        others = frozenset(codebook[condition.variable].level_ids) - levels
        return Requirement(finding, group, condition.variable, others, shares=SHARES["none"][0])
    shares = SHARES[condition.relation][0]
    return Requirement(finding, group, condition.variable, levels, shares=shares, among=among)


def _contrary(true: Requirement, condition: Condition, base: int) -> Requirement:
    if true.leads:
        return replace(true, leads=False)
    contrary = replace(true, shares=SHARES["none" if condition.relation == "all" else condition.relation][1])
    return replace(contrary, counts=contrary.range(base, 1)) if true.among else contrary


def _subgroup(finding: Finding, group: Group, condition: Condition) -> Iterator[Requirement]:
    """That as many interviews as the subgroup is to have give each of the levels that define it."""
    for level in condition.among_levels if condition.among else ():
        counts = (finding.base, finding.base)
        yield Requirement(finding.id, group, condition.among, frozenset({level}), counts)
