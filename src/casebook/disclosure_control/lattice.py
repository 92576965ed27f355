"""Crossings of several variables, none of which is printed: how few and how many people can be in all of their cells.

Whoever knows only how many of n people are in each cell of different variables can think them anywhere: as far apart
as the cells allow, or all in the smallest of them. So the bounds of Frechet are the ends of the interval, and none
between them is impossible.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from casebook.disclosure_control.counting import Interval

#: How many quasi-identifiers a sensitive variable is crossed with.
MOST_WITH_SENSITIVE = 2


@dataclass(frozen=True)
class Margin:
    """A cell of one variable within a group, and how few and how many people are in it."""

    table: str
    cell: str
    bounds: Interval


@dataclass(frozen=True)
class Crossing:
    """The people who are in all of several cells; `bounds` is what a reader can work out of their number."""

    margins: tuple[Margin, ...]
    people: int

    @property
    def bounds(self) -> Interval:
        return bounds_of_crossing([margin.bounds for margin in self.margins], self.people)

    @property
    def of_others(self) -> Iterator[Interval]:
        """Yield what somebody of the group can work out of the others, in or out of each of the cells themselves."""
        for own in itertools.product((0, 1), repeat=len(self.margins)):
            pairs = list(zip((margin.bounds for margin in self.margins), own, strict=True))
            if all(low <= is_in + self.people - 1 and high >= is_in for (low, high), is_in in pairs):
                yield bounds_of_crossing([_of_others(one, is_in, self.people) for one, is_in in pairs], self.people - 1)


def bounds_of_crossing(bounds: Sequence[Interval], people: int) -> Interval:
    """Return how few and how many of the people can be in all cells, given how many are in each."""
    least = sum(low for low, _ in bounds) - (len(bounds) - 1) * people
    return max(0, least), min(high for _, high in bounds)


def _of_others(bounds: Interval, own: int, people: int) -> Interval:
    low, high = bounds
    return max(0, low - own), min(high - own, people - 1)


def crossings(
    quasi_identifiers: Mapping[str, Sequence[Margin]], sensitive: Mapping[str, Sequence[Margin]], people: int
) -> Iterator[Crossing]:
    """Yield every cell of the lattice of quasi-identifiers, and every sensitive cell by at most two of them.

    Both are given by table. Where nobody or everybody is in a cell, to cross it tells nothing more, so it is left out.
    """
    known = {table: _open(margins, people) for table, margins in quasi_identifiers.items()}
    for size in range(2, len(known) + 1):
        for chosen in itertools.combinations(known.values(), size):
            yield from (Crossing(cells, people) for cells in itertools.product(*chosen))
    for table, margins in sensitive.items():
        others = [cells for other, cells in known.items() if other != table]
        for size in range(1, MOST_WITH_SENSITIVE + 1):
            for chosen in itertools.combinations(others, size):
                yield from (Crossing(cells, people) for cells in itertools.product(_open(margins, people), *chosen))


def _open(margins: Sequence[Margin], people: int) -> list[Margin]:
    return [margin for margin in margins if margin.bounds not in ((0, 0), (people, people))]
