"""A released edition, frozen: what was published comes from the ledger and is held against the counts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from casebook.disclosure_control.feasibility import leader
from casebook.disclosure_control.words import bounds_of
from casebook.errors import DisclosureRefused, Fault
from casebook.protected_tables import Cell, ProtectedTable, ProtectedTables
from casebook.restricted.frequency_tables import FrequencyTable


def validated(published: ProtectedTables, counted: Sequence[FrequencyTable]) -> ProtectedTables:
    """Return what was published of an edition, once every count and word of it is true of the tables counted.

    A solver of another version would choose another pattern that is as good; the two together would tell more than
    either. So the pattern stays. Raises DisclosureRefused where the interviews no longer say what was published.
    """
    tables = {table.key: table for table in counted}
    faults = [fault for key, table in published.items() for fault in _faults(table, tables.get(key))]
    if faults:
        raise DisclosureRefused(faults)
    return published


def _faults(table: ProtectedTable, counted: FrequencyTable | None) -> Iterator[Fault]:
    message = "the interviews no longer say what was published"
    remedy = "name in study.yml the submissions it was released with, or give a correction a version of its own"
    if counted is None:
        yield Fault("ledger", table.key, message, remedy=remedy)
        return
    for place in _untrue(table, counted):
        yield Fault("ledger", f"{table.key}, {place}", message, remedy=remedy)


def _untrue(table: ProtectedTable, counted: FrequencyTable) -> Iterator[str]:
    if table.base not in (None, counted.base):
        yield "base"
    if table.group_size not in (None, counted.group_size):
        yield "group"
    if table.leading not in (None, leader(counted.levels)):
        yield "the leading level"
    for cell in table.cells:
        if not _holds(cell, counted):
            yield cell.level


def _holds(cell: Cell, counted: FrequencyTable) -> bool:
    """Return whether what is published of a cell is true of its count; of a withheld one nothing is said."""
    n = counted.counts.get(cell.level)
    if n is None:
        return False
    if cell.word is not None:
        low, high = bounds_of(cell.word, counted.base)
        return low <= n <= high
    return cell.n in (None, n)
