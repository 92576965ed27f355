"""What a reader can work out about one table: the smallest and largest count each cell can have.

The reader knows the base, that levels exclude or contain each other, and everything printed about the variable; all of
it is taken together, as an integer programme per cell.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from casebook.disclosure_control.counting import Interval, Row, System
from casebook.errors import DisclosureRefused, Fault

#: A ranking is said only from this lead on, so that one interview more cannot turn it round.
LEADING_MARGIN = 2
#: The name that the number of interviews with an answer has among the cells.
BASE = ""


@dataclass(frozen=True)
class Topic:
    """The levels of one variable, planned sets of levels, and how they hang together."""

    levels: tuple[str, ...]
    sets: Mapping[str, tuple[str, ...]]
    multi: bool
    exclusive: tuple[str, ...]

    @property
    def cells(self) -> tuple[str, ...]:
        return (*self.levels, *self.sets)


@dataclass(frozen=True)
class Universe(Topic):
    """One variable in one group, of which `base` interviews have an answer."""

    base: int

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
    rows = relations_of(universe) + ranking_of(universe, leading)
    system = System({**bounds, BASE: (universe.base, universe.base)}, rows)
    found = {cell: system.interval([cell]) for cell in universe.cells}
    if contradicting := [cell for cell, interval in found.items() if interval is None]:
        raise _contradiction(contradicting[0])
    return {cell: interval for cell, interval in found.items() if interval is not None}


def _of_free_levels(bounds: Mapping[str, Interval], base: int) -> dict[str, Interval]:
    """Return the intervals where the one relation is that the levels together reach everybody."""
    reach = sum(high for _, high in bounds.values())
    if reach < base:
        raise _contradiction(next(iter(bounds)))
    return {cell: (max(low, base - (reach - high)), high) for cell, (low, high) in bounds.items()}


def relations_of(topic: Topic) -> list[Row[str]]:
    """Return what holds between the cells of a variable and its base, whatever the interviews are."""
    return _relations_of_multi(topic) if topic.multi else _relations_of_single(topic)


def _relations_of_single(topic: Topic) -> list[Row[str]]:
    """Every interview has exactly one level; a set is the sum of its levels."""
    rows: list[Row[str]] = [({**dict.fromkeys(topic.levels, 1), BASE: -1}, 0, 0)]
    for name, members in topic.sets.items():
        rows.append(({name: -1, **dict.fromkeys(members, 1)}, 0, 0))
    return rows


def _relations_of_multi(topic: Topic) -> list[Row[str]]:
    """Every interview has at least one level; an exclusive level stands alone; a set is the union of its levels.

    Sets that share no level (study.yml may not plan others) make these relations exact, not only necessary.
    """
    in_sets = {level for members in topic.sets.values() for level in members}
    everybody = [*topic.sets, *(level for level in topic.levels if level not in in_sets)]
    rows: list[Row[str]] = [({**dict.fromkeys(everybody, 1), BASE: -1}, 0, np.inf)]
    rows += [_beside_exclusive(topic, level, {level}) for level in _ordinary(topic, topic.levels)]
    for name, members in topic.sets.items():
        rows.append(_beside_exclusive(topic, name, set(members)))
        rows += _relations_of_union(topic, name, members)
    return rows


def _beside_exclusive(topic: Topic, cell: str, members: set[str]) -> Row[str]:
    """Nobody of a cell has an exclusive level that is not part of it."""
    alone = [level for level in topic.exclusive if level not in members]
    return {BASE: 1, **dict.fromkeys([cell, *alone], -1)}, 0, np.inf


def _relations_of_union(topic: Topic, name: str, members: tuple[str, ...]) -> list[Row[str]]:
    """A union is at most the sum of its levels, and at least any of them beside all that are exclusive."""
    alone = dict.fromkeys((level for level in members if level in topic.exclusive), -1)
    rows: list[Row[str]] = [({name: -1, **dict.fromkeys(members, 1)}, 0, np.inf), ({name: 1, **alone}, 0, np.inf)]
    return rows + [({name: 1, level: -1, **alone}, 0, np.inf) for level in _ordinary(topic, members)]


def _ordinary(topic: Topic, levels: Iterable[str]) -> list[str]:
    return [level for level in levels if level not in topic.exclusive]


def ranking_of(topic: Topic, leading: str | None) -> list[Row[str]]:
    """Return what a printed ranking says: its level leads every other by the margin."""
    if leading is None:
        return []
    return [({leading: 1, level: -1}, LEADING_MARGIN, np.inf) for level in topic.levels if level != leading]


def leader(counts: Mapping[str, int]) -> str | None:
    """Return the level that leads all others by the margin, if one does."""
    ranked = sorted(counts, key=lambda level: -counts[level])
    if len(ranked) < 2 or counts[ranked[0]] - counts[ranked[1]] < LEADING_MARGIN:
        return None
    return ranked[0]


def _contradiction(cell: str) -> DisclosureRefused:
    return DisclosureRefused([Fault("door", cell, "what would be printed of this variable contradicts itself")])
