"""What a reader sees of a group in protected tables, as bounds of counts over the strata that each table counts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from casebook.disclosure_control.counting import Interval
from casebook.disclosure_control.feasibility import BASE
from casebook.disclosure_control.linked_tables import Place, Seen, Strata
from casebook.disclosure_control.strata import Stratum, covered
from casebook.disclosure_control.words import bounds_of
from casebook.protected_tables import ProtectedTable, ProtectedTables


def seen_in(editions: Iterable[ProtectedTables], tables: Collection[str], strata: Iterable[Stratum]) -> Seen:
    """Return all that editions, at whatever dissemination levels, show of the tables with these ids."""
    listed = list(strata)
    cells: dict[Place, Interval] = {}
    words: dict[Place, str] = {}
    leading: dict[tuple[Strata, str], str] = {}
    for edition in editions:
        for table in edition.values():
            if table.id not in tables or table.withheld:
                continue
            strata_of_table = covered(
                listed, edition=edition.counted_in(table.crime, table.group), country=table.country
            )
            for cell, interval in _bounds(table):
                place = (strata_of_table, table.id, cell)
                cells[place] = _both(cells.get(place, interval), interval)
            if table.base is None:
                words |= {(strata_of_table, table.id, cell.level): cell.word for cell in table.cells if cell.word}
            if table.leading is not None:
                leading[strata_of_table, table.id] = table.leading
    return Seen(cells, words, leading)


def _bounds(table: ProtectedTable) -> Iterator[tuple[str, Interval]]:
    if table.base is not None:
        yield BASE, (table.base, table.base)
    for cell in table.cells:
        if cell.n is not None:
            yield cell.level, (cell.n, cell.n)
        elif cell.word and table.base is not None:
            yield cell.level, bounds_of(cell.word, table.base)


def _both(one: Interval, other: Interval) -> Interval:
    return max(one[0], other[0]), min(one[1], other[1])


def countries_in(editions: Iterable[ProtectedTables], tables: Collection[str]) -> set[str]:
    """Return whose own results, if only pooled ones, any edition shows of the tables with these ids."""
    return {t.country for edition in editions for t in edition.values() if t.id in tables and not t.withheld}


def together(*seen: Seen) -> Seen:
    """Return all that is seen; where a cell is seen twice, what both say of it."""
    cells: dict[Place, Interval] = {}
    for one in seen:
        for place, interval in one.cells.items():
            cells[place] = _both(cells.get(place, interval), interval)
    words = {place: word for one in seen for place, word in one.words.items()}
    return Seen(cells, words, {place: level for one in seen for place, level in one.leading.items()})
