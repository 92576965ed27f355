"""Margins: how many interviews of a group give each answer, as wished for, as the seed has it, as findings need."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from numpy.random import Generator

from casebook.codebook import Codebook, Variable
from casebook.restricted.synthesis.chance import chance, one_of
from casebook.restricted.synthesis.design import Design, Group, Leaning, Recipe, Wish
from casebook.restricted.synthesis.requirements import Requirement

# The counts that a door closes on: below three, or within two of the whole group.
SMALL = 3
LEAD = 2


@dataclass
class Margin:
    """The counts of one variable in one group, varied and bound in place before anything is dealt.

    `together` is the one set of levels of which so many interviews give any.
    """

    variable: Variable
    counts: dict[str, int]
    missing: dict[str, int]
    answered: int
    scale: int
    together: tuple[frozenset[str], int] | None = None

    @property
    def exclusive(self) -> frozenset[str]:
        """The levels that stand alone."""
        return frozenset(level.id for level in self.variable.exclusive)

    @property
    def open(self) -> list[str]:
        """The levels that may stand beside others."""
        return [level for level in self.counts if level not in self.exclusive]

    @property
    def free(self) -> int:
        """The interviews that do not give an exclusive level."""
        return self.answered - sum(self.counts[level] for level in self.exclusive)


def margins_of(
    group: Group, design: Design, codebook: Codebook, *, requirements: Sequence[Requirement], recipe: Recipe
) -> Mapping[str, Margin]:
    """The margins of every variable of a group, in codebook order."""
    margins: dict[str, Margin] = {}
    own = [requirement for requirement in requirements if requirement.group == group]
    size = design.sizes[group] * recipe.scale
    for variable in design.variables(group, codebook):
        margin = _wished(codebook[variable], design.wishes[group, variable], size, recipe.scale)
        _vary(margin, chance(recipe.seed, "margins", str(group), variable), personal=group.name != "E")
        bind(margin, [requirement for requirement in own if requirement.variable == variable])
        margins[variable] = margin
    _support(margins, design, own)
    return margins


def bind(margin: Margin, requirements: Iterable[Requirement]) -> None:
    """Move the counts into the ranges required, and leave every answering interview an answer to give."""
    for requirement in requirements:
        if requirement.leads is not None:
            _bind_lead(margin, requirement)
        elif not margin.variable.multi:
            _bind_single(margin, requirement)
        elif len(requirement.levels) == 1:
            _bind_level(margin, requirement)
        else:
            _bind_union(margin, requirement)
    if margin.variable.multi:
        _cover(margin, frozenset().union(*(r.levels for r in requirements if r.leads is None)))


def _wished(variable: Variable, wish: Wish, size: int, scale: int) -> Margin:
    counts = {level: wish.answers.get(level, 0) * scale for level in variable.level_ids}
    missing = {kind: count * scale for kind, count in wish.missing.items()}
    return Margin(variable, counts, missing, size - sum(missing.values()), scale)


def _vary(margin: Margin, rng: Generator, *, personal: bool) -> None:
    """Move counts by at most one per unit of scale; what can be shown of persons, or not, stays so."""
    low, high = (SMALL * margin.scale, margin.answered - SMALL * margin.scale) if personal else (1, margin.answered)
    movable = [level for level in margin.open if low <= margin.counts[level] <= high]
    if not movable:
        return
    if not margin.variable.multi:
        source, target = one_of(movable, rng), one_of(movable, rng)
        amount = min(int(rng.integers(margin.scale + 1)), margin.counts[source] - low, high - margin.counts[target])
        if source != target:
            _move(margin, source, target, amount)
        return
    for level in movable:
        count = margin.counts[level] + int(rng.integers(-margin.scale, margin.scale + 1))
        margin.counts[level] = min(max(count, low), high, margin.free)


def _move(margin: Margin, source: str, target: str, amount: int = 1) -> None:
    margin.counts[source] -= amount
    margin.counts[target] += amount


def _largest(margin: Margin, levels: Iterable[str]) -> str:
    """The level given most often, the first of the codebook where several are."""
    return max(levels, key=lambda level: margin.counts[level])


def _bind_single(margin: Margin, requirement: Requirement) -> None:
    """Take from the largest outside and give to the largest inside, or the other way round."""
    low, high = requirement.range(margin.answered, margin.scale)
    inside = [level for level in margin.counts if level in requirement.levels]
    outside = [level for level in margin.counts if level not in requirement.levels]
    while sum(margin.counts[level] for level in inside) < low:
        _move(margin, _largest(margin, outside), _largest(margin, inside))
    while sum(margin.counts[level] for level in inside) > high:
        _move(margin, _largest(margin, inside), _largest(margin, outside))


def _bind_lead(margin: Margin, requirement: Requirement) -> None:
    """Let the one level lead, or its strongest rival lead it."""
    (level,) = requirement.levels
    others = [other for other in margin.counts if other != level]
    if requirement.leads is False:
        rival = _largest(margin, others)
        margin.counts[level], margin.counts[rival] = sorted((margin.counts[level], margin.counts[rival]))
        others, level = [other for other in margin.counts if other != rival], rival
    while margin.counts[level] < margin.counts[_largest(margin, others)] + LEAD * margin.scale:
        if margin.variable.multi and margin.counts[level] < margin.free:
            margin.counts[level] += 1
        else:
            _move(margin, _largest(margin, others), level)


def _bind_level(margin: Margin, requirement: Requirement) -> None:
    (level,) = requirement.levels
    low, high = requirement.range(margin.answered, margin.scale)
    margin.counts[level] = min(max(margin.counts[level], low), high)


def _bind_union(margin: Margin, requirement: Requirement) -> None:
    """Fix how many interviews give any of the levels; where these are all but exclusive ones, by those."""
    low, high = requirement.range(margin.answered, margin.scale)
    inside = [level for level in margin.open if level in requirement.levels]
    if set(inside) == set(margin.open):
        _bind_exclusive(margin, low, high)
        return
    together = sum(margin.counts[level] for level in inside)
    union = min(max(together, low), high, margin.free)
    for level in inside:
        margin.counts[level] = min(margin.counts[level], union)
    while sum(margin.counts[level] for level in inside) < union:
        margin.counts[_largest(margin, inside)] += 1
    margin.together = (frozenset(inside), union)


def _bind_exclusive(margin: Margin, low: int, high: int) -> None:
    (level, *_) = sorted(margin.exclusive)
    margin.counts[level] += margin.free - min(max(margin.free, low), high)


def _cover(margin: Margin, bound: frozenset[str]) -> None:
    """Let no level exceed those who may give it, and the levels suffice for all who answer."""
    for level in margin.open:
        margin.counts[level] = min(margin.counts[level], margin.free)
    levels, union = margin.together or (frozenset(), 0)
    rest = [level for level in margin.open if level not in levels]
    while sum(margin.counts[level] for level in rest) < margin.free - union:
        raisable = [level for level in rest if margin.counts[level] < margin.free]
        margin.counts[_largest(margin, [level for level in raisable if level not in bound] or raisable)] += 1


def _support(margins: Mapping[str, Margin], design: Design, requirements: Sequence[Requirement]) -> None:
    """Give each level at least as often as the answers that presuppose it, or those no more often than it."""
    bound = {(requirement.variable, level) for requirement in requirements for level in requirement.levels}
    for leaning in design.leanings:
        if leaning.how != "must" or not {leaning.variable, leaning.on_variable} <= margins.keys():
            continue
        margin, other = margins[leaning.variable], margins[leaning.on_variable]
        while _lacking(margin, other, leaning) > 0:
            if (leaning.variable, leaning.level) in bound:
                _move(other, _largest(other, leaning.on_levels), _largest(other, _besides(other, leaning.on_levels)))
            elif margin.variable.multi:
                margin.counts[leaning.level] += 1
            else:
                _move(margin, _largest(margin, _besides(margin, (leaning.level,))), leaning.level)


def _lacking(margin: Margin, other: Margin, leaning: Leaning) -> int:
    """How many more interviews give the answers that presuppose a level than give the level."""
    return sum(other.counts[level] for level in leaning.on_levels) - margin.counts[leaning.level]


def _besides(margin: Margin, levels: Iterable[str]) -> list[str]:
    return [level for level in margin.counts if level not in set(levels)]
