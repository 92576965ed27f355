"""Protected tables changed just enough that a condition of a sentence no longer holds."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from truth import HOLDS

from casebook.protected_tables import Cell, Coefficient, ProtectedTable, ProtectedTables

_WEAKER = {"most": "more than half", "more than half": "named"}
_EXCEEDS = re.compile(r"(\S+)/(\S+) exceeds \S+/(\S+)")
_OF_ALL_TABLES = "comparisons "
Change = Callable[[Cell], Cell]


def without(tables: ProtectedTables, condition: str) -> ProtectedTables:
    """The tables with as little changed as takes a condition away; ValueError for one that is not known."""
    if condition.startswith("agreement "):
        return _less_agreement(tables, condition)
    if condition.startswith(_OF_ALL_TABLES):
        return _changed(tables, tables, _withheld_all)
    if " all held in " in condition:
        crime_and_group, _, country = condition.partition(" all held in ")
        own = [key for key in tables if key.startswith(f"{crime_and_group}.") and key.endswith(f"@{country}")]
        return _changed(tables, own, lambda table: replace(table, group_size=None))
    place, _, said = condition.partition(" ")
    key, _, level = place.partition("/")
    return _changed(tables, [key], _change(condition, said, level))


def _change(condition: str, said: str, level: str) -> Callable[[ProtectedTable], ProtectedTable]:
    if said in HOLDS:
        return lambda table: _with_cell(table, level, _missed(table, said))
    if said in ("leads", "has a leading level"):
        return lambda table: replace(table, leading=None)
    if exceeds := _EXCEEDS.fullmatch(condition):
        return lambda table: _with_cell(table, level, lambda cell: replace(cell, n=table.cell(exceeds[3]).n))
    if said in ("published", "published as a count") and level:
        return lambda table: _with_cell(table, level, _withheld)
    # What is said of several answers, or of their comparison with a reference, falls with the table.
    return _withheld_all


def _changed(
    tables: ProtectedTables, keys: Iterable[str], change: Callable[[ProtectedTable], ProtectedTable]
) -> ProtectedTables:
    changed: Mapping[str, ProtectedTable] = {key: change(tables[key]) for key in keys}
    return replace(tables, tables={**tables.tables, **changed})


def _with_cell(table: ProtectedTable, level: str, change: Change) -> ProtectedTable:
    cells = tuple(change(cell) if cell.level == level else cell for cell in table.cells)
    return replace(table, cells=cells, leading=None if table.leading == level else table.leading)


def _missed(table: ProtectedTable, word: str) -> Change:
    """Change a cell by as few interviews as miss the word, or to the strongest word that does not imply it."""

    def change(cell: Cell) -> Cell:
        if cell.n is not None and table.base is not None:
            n, base = cell.n, table.base
            return replace(
                cell, n=min((m for m in range(base + 1) if not HOLDS[word](m, base)), key=lambda m: abs(m - n))
            )
        weaker = _WEAKER.get(word)
        return replace(cell, word=weaker) if weaker else _withheld(cell)

    return change


def _withheld(cell: Cell) -> Cell:
    return Cell(cell.level, "withheld")


def _withheld_all(table: ProtectedTable) -> ProtectedTable:
    return replace(table, cells=tuple(map(_withheld, table.cells)), leading=None)


def _less_agreement(tables: ProtectedTables, condition: str) -> ProtectedTables:
    if not condition.startswith("agreement every alpha"):
        return replace(tables, agreement=())
    first = next(entry for entry in tables.agreement if entry.experts is not None and entry.experts.alpha.value)
    if first.experts is None:
        raise ValueError(condition)
    lowest = replace(first, experts=replace(first.experts, alpha=Coefficient(0.0)))
    return replace(tables, agreement=tuple(lowest if entry is first else entry for entry in tables.agreement))
