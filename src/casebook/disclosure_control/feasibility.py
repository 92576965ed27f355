"""What a reader can work out about one table: the smallest and largest count each cell can have.

The reader knows the base, that levels exclude or contain each other, and everything printed about the variable; all of
it is taken together, as an integer programme per cell (scipy's HiGHS).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from casebook.errors import DisclosureRefused

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
    def coupled(self) -> bool:
        """Return whether what is said of one cell bears on another."""
        return not self.multi or bool(self.sets) or bool(self.exclusive)


def intervals(universe: Universe, known: Mapping[str, Interval], leading: str | None = None) -> dict[str, Interval]:
    """Return for each cell the smallest and largest count that agree with all that is known.

    Raises DisclosureRefused where nothing agrees: what was to be printed contradicts itself.
    """
    bounds = {cell: known.get(cell, (0, universe.base)) for cell in universe.cells}
    if not universe.coupled and leading is None:
        return bounds
    rows = _relations(universe) + _ranking(universe, leading)
    return {cell: (_extreme(cell, bounds, rows, 1), _extreme(cell, bounds, rows, -1)) for cell in universe.cells}


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
    """Every interview has at least one level; an exclusive level stands alone; a set is a union."""
    rows: list[_Row] = [(dict.fromkeys(universe.levels, 1), universe.base, np.inf)]
    for alone in universe.exclusive:
        rows += [({alone: 1, cell: 1}, 0, universe.base) for cell in _others(universe, alone)]
    for name, members in universe.sets.items():
        rows += [({name: 1, level: -1}, 0, np.inf) for level in members]
        rows.append(({name: -1, **dict.fromkeys(members, 1)}, 0, np.inf))
    return rows


def _others(universe: Universe, alone: str) -> list[str]:
    sets = [name for name, members in universe.sets.items() if alone not in members]
    return [level for level in universe.levels if level != alone] + sets


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
        raise DisclosureRefused.one("door", cell, "what would be printed of this variable contradicts itself")
    return round(float(sign * result.fun))
