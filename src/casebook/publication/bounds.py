"""What the published cells of a table tell of a set of answers: the smallest and largest count it can have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from casebook.errors import StatementRefused
from casebook.protected_tables import ONE_SIDED_WORDS, Cell, ProtectedTable
from casebook.publication.wording import counts_of

Sets = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Bounds:
    """The smallest and largest count of a set of answers, of how many, and the published cells that tell it."""

    low: int
    high: int
    base: int
    cells: tuple[str, ...]

    @property
    def exact(self) -> bool:
        """Return whether the published cells leave one count only."""
        return self.low == self.high

    @property
    def above_half(self) -> bool:
        return 2 * self.low > self.base

    @property
    def below_half(self) -> bool:
        return 2 * self.high < self.base

    @property
    def word(self) -> str | None:
        """Return the strongest one-sided word that holds of every count within the bounds."""
        for word in reversed(ONE_SIDED_WORDS):
            low, high = counts_of(word, self.base)
            if low <= self.low and self.high <= high:
                return word
        return None


def bounds_of(table: ProtectedTable, sets: Sets, levels: Iterable[str]) -> Bounds:
    """Return what a table whose base is published tells of the interviews that have any of some levels.

    `sets` are the planned sets of levels that the table counts as one. Where an answer has one level only, what is
    said of the other levels counts too. Raises StatementRefused where the base is withheld.
    """
    asked = frozenset(levels)
    if table.base is None:
        raise StatementRefused.one("statements", table.key, "a share of interviews whose number is withheld")
    inside = _union(table, sets, asked)
    if table.multi:
        return inside
    others = frozenset(cell.level for cell in table.cells if cell.level not in sets) - asked
    outside = _union(table, sets, others)
    low, high = max(inside.low, table.base - outside.high), min(inside.high, table.base - outside.low)
    return Bounds(low, high, table.base, inside.cells or outside.cells)


def _union(table: ProtectedTable, sets: Sets, levels: frozenset[str]) -> Bounds:
    base = table.base or 0
    limits = {cell.level: _limits(cell, base) for cell in table.cells}
    own = {level: limits[level] for level in levels}
    lows = [_lowest(own.values(), multi=table.multi)]
    highs = [min(base, sum(high for _, high in own.values()))]
    for name, members in sets.items():
        if levels >= set(members):
            rest = [own[level] for level in levels.difference(members)]
            lows.append(max(limits[name][0], *lows) if table.multi else limits[name][0] + _lowest(rest, multi=False))
        if levels <= set(members):
            highs.append(limits[name][1])
    return Bounds(max(lows), min(highs), base, _telling(table, sets, levels))


def _lowest(limits: Iterable[tuple[int, int]], *, multi: bool) -> int:
    lows = [low for low, _ in limits]
    return max(lows, default=0) if multi else sum(lows)


def _limits(cell: Cell, base: int) -> tuple[int, int]:
    if cell.n is not None:
        return cell.n, cell.n
    return counts_of(cell.word, base) if cell.word else (0, base)


def _telling(table: ProtectedTable, sets: Sets, levels: frozenset[str]) -> tuple[str, ...]:
    """The published cells that speak of these levels: the set that counts just them, else the levels themselves."""
    published = [cell.level for cell in table.cells if cell.status != "withheld"]
    whole = [name for name in published if levels == set(sets.get(name, ()))]
    return tuple(whole) or tuple(level for level in published if level in levels)
