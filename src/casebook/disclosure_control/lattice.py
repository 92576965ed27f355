"""Crossings of several variables, none of which is printed: how few and how many people can be in all of their cells.

Whoever knows only how many of n people are in each cell of different variables can think them anywhere: as far apart
as the cells allow, or all in the smallest of them (the bounds of Frechet). That holds in each stratum, so wherever
variables are known independently of each other, what each can be at its ends shows how far a crossing reaches.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from casebook.disclosure_control.policy import Rules

#: How many quasi-identifiers a sensitive variable is crossed with.
MOST_WITH_SENSITIVE = 2

Counts = npt.NDArray[np.int64]
Ends = tuple[Counts, Counts]


@dataclass(frozen=True)
class Margin:
    """A cell of one variable: how many people of each stratum are in it where all of them are fewest, and most.

    `part` tells which margins are known together, `met` what else the counts of the strata can be. For an insider,
    `own` is this one's own answer, and the counts are those of the others.
    """

    table: str
    cell: str
    part: int
    fewest: tuple[int, ...]
    most: tuple[int, ...]
    met: frozenset[tuple[int, ...]] = frozenset()
    own: str = ""

    def leaning(self, stratum: int, end: Callable[..., tuple[int, ...]]) -> tuple[int, ...]:
        """Return what was met of the counts where that of one stratum is smallest (min) or largest (max)."""
        return end({self.fewest, self.most, *self.met}, key=lambda counts: (counts[stratum], counts))

    @property
    def is_own(self) -> bool:
        return self.own == self.cell


Crossing = tuple[Margin, ...]


@dataclass(frozen=True)
class Lattice:
    """All crossings of quasi-identifiers, and those of each sensitive variable with at most two of them.

    Both are given by table; `people` counts the people of each stratum, without the insider who asks.
    """

    quasi_identifiers: Mapping[str, Sequence[Margin]]
    sensitive: Mapping[str, Sequence[Margin]]
    people: tuple[int, ...]

    @property
    def tried(self) -> int:
        """The number of crossings."""
        return sum(math.prod(len(margins) for margins in chosen) for chosen in self._chosen())

    def suspects(self, rules: Rules) -> Iterator[Crossing]:
        """Yield the crossings about which too much could be known: all about which too much is known are among them."""
        for chosen in self._chosen():
            if len({margins[0].part for margins in chosen}) < len(chosen):
                yield from itertools.product(*chosen)
                continue
            alike = [_alike(margins) for margins in chosen]
            lower, upper = self._reached([[one for one, *_ in groups] for groups in alike])
            for place in np.flatnonzero(self._tells(lower, upper, rules)):
                at = np.unravel_index(place, [len(groups) for groups in alike])
                groups = [groups[int(number)] for groups, number in zip(alike, at, strict=True)]
                if self._is_suspect([one for one, *_ in groups], rules):
                    yield from itertools.product(*groups)

    def _reached(self, chosen: Sequence[Sequence[Margin]]) -> tuple[Counts, Counts]:
        """Return how few and how many are met in each crossing where all margins lie the same way."""
        found = [bounds_of_crossings([_at_ends(margins) for margins in chosen], self.people)]
        for stratum in range(len(self.people) if len(self.people) > 1 else 0):
            for end in (min, max):
                leaning = [np.array([margin.leaning(stratum, end) for margin in margins]) for margins in chosen]
                found.append(bounds_of_crossings([(counts, counts) for counts in leaning], self.people))
        return np.min([lower for lower, _ in found], axis=0), np.max([upper for _, upper in found], axis=0)

    def _is_suspect(self, crossing: Sequence[Margin], rules: Rules) -> bool:
        """Return whether too much could be known of a crossing when all is considered that was met of its margins."""
        met = [np.array([margin.fewest, margin.most, *sorted(margin.met)]) for margin in crossing]
        lower, upper = bounds_of_crossings([(counts, counts) for counts in met], self.people)
        return bool(self._tells(lower.min(), upper.max(), rules))

    def _tells(self, lower: Counts, upper: Counts, rules: Rules) -> npt.NDArray[np.bool_]:
        people = sum(self.people)
        small = (lower >= 1) & (upper < rules.threshold)
        few_others = (people - upper >= 1) & (people - lower < rules.threshold)
        # Over several strata, that nobody was met is no proof that there is nobody.
        narrow = (upper - lower < rules.smallest_width) & ((upper > 0) | (len(self.people) > 1))
        return small | few_others | (narrow & ((lower > 0) | (upper < people)))

    def _chosen(self) -> Iterator[list[Sequence[Margin]]]:
        """Yield the tables that are crossed, by their margins."""
        known = {table: opened for table, margins in self.quasi_identifiers.items() if (opened := self._open(margins))}
        for size in range(2, len(known) + 1):
            yield from (list(chosen) for chosen in itertools.combinations(known.values(), size))
        for table, cells_of in self.sensitive.items():
            margins = self._open(cells_of)
            others = [cells for other, cells in known.items() if other != table]
            for size in range(1, MOST_WITH_SENSITIVE + 1 if margins else 0):
                yield from ([margins, *chosen] for chosen in itertools.combinations(others, size))

    def _open(self, margins: Sequence[Margin]) -> Sequence[Margin]:
        """Return the margins that are not known to be empty or to hold everybody: to cross these tells nothing."""
        return [one for one in margins if any(one.most) and one.fewest != self.people]


def bounds_of_crossings(chosen: Sequence[Ends], people: Sequence[int]) -> tuple[Counts, Counts]:
    """Return how few and how many people can be in each crossing of one margin of every variable, in order.

    Of each variable are given, margin by margin and stratum by stratum, the fewest and the most.
    """
    (lower, upper), size = chosen[0], np.array(people)
    for fewest, most in chosen[1:]:
        lower = (lower[:, None] + fewest[None] - size).reshape(-1, size.size)
        upper = np.minimum(upper[:, None], most[None]).reshape(-1, size.size)
    return np.maximum(lower, 0).sum(axis=1), upper.sum(axis=1)


def _at_ends(margins: Sequence[Margin]) -> Ends:
    return np.array([margin.fewest for margin in margins]), np.array([margin.most for margin in margins])


def _alike(margins: Sequence[Margin]) -> list[list[Margin]]:
    """Return the margins in groups of which all known counts are the same, so that one stands for the others."""
    groups: dict[Hashable, list[Margin]] = {}
    for one in margins:
        groups.setdefault((one.fewest, one.most, one.met, one.is_own), []).append(one)
    return list(groups.values())
