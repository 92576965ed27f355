"""What a reader can work out about one table: the smallest and largest count each cell can have.

The reader knows the base, that levels exclude or contain each other, and everything printed about the variable; all of
it is taken together, as an integer programme per cell (scipy's HiGHS).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from casebook.errors import DisclosureRefused, Fault

#: A ranking is said only from this lead on, so that one interview more cannot turn it round.
LEADING_MARGIN = 2

Interval = tuple[int, int]


@dataclass(frozen=True)
class Universe:
    """One variable in one group: its levels, planned sets of levels, and how they hang together."""

    levels: tuple[str, ...]
    sets: Mapping[str, tuple[str, ...]]
    multi: bool
    exclusive: tuple[str, ...]
    base: int

    @property
    def cells(self) -> tuple[str, ...]:
        return (*self.levels, *self.sets)

    @property
    def free(self) -> bool:
        """Return whether levels may stand beside each other as they like, so long as every interview has one."""
        return self.multi and not self.sets and not self.exclusive


def intervals(universe: Universe, known: Mapping[str, Interval], leading: str | None = None) -> dict[str, Interval]:
    """Return for each cell the smallest and largest count that agree with all that is known.

    Raises DisclosureRefused where nothing agrees: what was to be printed contradicts itself.
    """
    bounds = {cell: known.get(cell, (0, universe.base)) for cell in universe.cells}
    if universe.free and leading is None:
        return _of_free_levels(bounds, universe.base)
    rows = _relations(universe) + _ranking(universe, leading)
    return {cell: (_extreme(cell, bounds, rows, 1), _extreme(cell, bounds, rows, -1)) for cell in universe.cells}


def _of_free_levels(bounds: Mapping[str, Interval], base: int) -> dict[str, Interval]:
    """Return the intervals where the one relation is that the levels together reach everybody."""
    reach = sum(high for _, high in bounds.values())
    if reach < base:
        raise _contradiction(next(iter(bounds)))
    return {cell: (max(low, base - (reach - high)), high) for cell, (low, high) in bounds.items()}


_Row = tuple[dict[str, int], float, float]


def _relations(universe: Universe) -> list[_Row]:
    return _relations_of_multi(universe) if universe.multi else _relations_of_single(universe)


def _relations_of_single(universe: Universe) -> list[_Row]:
    """Every interview has exactly one level; a set is the sum of its levels."""
    rows: list[_Row] = [(dict.fromkeys(universe.levels, 1), universe.base, universe.base)]
    for name, members in universe.sets.items():
        rows.append(({name: -1, **dict.fromkeys(members, 1)}, 0, 0))
    return rows


def _relations_of_multi(universe: Universe) -> list[_Row]:
    """Every interview has at least one level; an exclusive level stands alone; a set is the union of its levels.

    Sets that share no level (study.yml may not plan others) make these relations exact, not only necessary.
    """
    in_sets = {level for members in universe.sets.values() for level in members}
    everybody = [*universe.sets, *(level for level in universe.levels if level not in in_sets)]
    rows: list[_Row] = [(dict.fromkeys(everybody, 1), universe.base, np.inf)]
    rows += [_beside_exclusive(universe, level, {level}) for level in _ordinary(universe, universe.levels)]
    for name, members in universe.sets.items():
        rows.append(_beside_exclusive(universe, name, set(members)))
        rows += _relations_of_union(universe, name, members)
    return rows


def _beside_exclusive(universe: Universe, cell: str, members: set[str]) -> _Row:
    """Nobody of a cell has an exclusive level that is not part of it."""
    alone = [level for level in universe.exclusive if level not in members]
    return dict.fromkeys([cell, *alone], 1), 0, universe.base


def _relations_of_union(universe: Universe, name: str, members: tuple[str, ...]) -> list[_Row]:
    """A union is at most the sum of its levels, and at least any of them beside all that are exclusive."""
    alone = dict.fromkeys((level for level in members if level in universe.exclusive), -1)
    rows: list[_Row] = [({name: -1, **dict.fromkeys(members, 1)}, 0, np.inf), ({name: 1, **alone}, 0, np.inf)]
    return rows + [({name: 1, level: -1, **alone}, 0, np.inf) for level in _ordinary(universe, members)]


def _ordinary(universe: Universe, levels: Iterable[str]) -> list[str]:
    return [level for level in levels if level not in universe.exclusive]


def _ranking(universe: Universe, leading: str | None) -> list[_Row]:
    if leading is None:
        return []
    return [({leading: 1, level: -1}, LEADING_MARGIN, np.inf) for level in universe.levels if level != leading]


def leader(counts: Mapping[str, int]) -> str | None:
    """Return the level that leads all others by the margin, if one does."""
    ranked = sorted(counts, key=lambda level: -counts[level])
    if len(ranked) < 2 or counts[ranked[0]] - counts[ranked[1]] < LEADING_MARGIN:
        return None
    return ranked[0]


def _extreme(cell: str, bounds: Mapping[str, Interval], rows: list[_Row], sign: int) -> int:
    """Return the smallest (sign 1) or largest (sign -1) count of a cell."""
    names = list(bounds)
    matrix = np.array([[row.get(name, 0) for name in names] for row, _, _ in rows], dtype=float)
    objective = np.array([sign if name == cell else 0 for name in names], dtype=float)
    result = milp(
        objective,
        integrality=np.ones(len(names)),
        bounds=Bounds([low for low, _ in bounds.values()], [high for _, high in bounds.values()]),
        constraints=LinearConstraint(matrix, [low for _, low, _ in rows], [high for _, _, high in rows]),
    )
    if result.x is None:
        raise _contradiction(cell)
    return round(float(sign * result.fun))


def _contradiction(cell: str) -> DisclosureRefused:
    return DisclosureRefused([Fault("door", cell, "what would be printed of this variable contradicts itself")])
