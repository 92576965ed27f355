"""The ledger: what was published in which edition, statistic by statistic, in chains of rows that nobody can change.

Each dissemination level has a chain and a file of its own, so that a public archive can carry and verify its own
without showing a row of another. A row's digest covers its words and the digest of the row before it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from casebook.canonical import checksum
from casebook.errors import DisclosureRefused, Fault
from casebook.protected_tables import ProtectedTables, protected_tables_of
from casebook.study import Edition

FOLDER = "releases/ledger"
#: The table of the row that ends an edition; its value is the number of rows before it.
CLOSING = "closed"
#: The table of the row that tells who signed off an edition which was published before there was a ledger.
IMPORTED = "imported"
#: Parts of protected tables that name their book, and so stand in every row.
_NAMES = ("edition", "dissemination")
_BEGINNING = "0" * 64


@dataclass(frozen=True)
class Row:
    """One published statistic: a cell or another part of a table, or a size, country or coefficient beside the tables.

    `table` is the key of a protected table, or the name of what stands beside them; `statistic` names the cell, empty
    for all else that is said of a table. `value` is JSON in one line; `form` repeats a cell's status for human readers.
    """

    edition: str
    version: str
    table: str
    statistic: str
    form: str
    value: str

    def chained(self, before: str) -> str:
        """Return the digest of the row as the next one after the row with the digest `before`."""
        return checksum("\0".join([before, *(str(getattr(self, name)) for name in COLUMNS)]).encode("utf-8"))


COLUMNS = tuple(entry.name for entry in fields(Row))


@dataclass(frozen=True)
class Ledger:
    """The rows of all released editions by dissemination level, in the order in which they were entered."""

    rows: Mapping[str, tuple[Row, ...]] = field(default_factory=dict)

    def digest(self, level: str) -> str:
        """Return the digest of the last row of a level, which stands for all of them; empty where there is none."""
        return [*digests(self.rows.get(level, ()))][-1] if self.rows.get(level) else ""

    def released(self, level: str) -> tuple[tuple[str, str], ...]:
        """Return edition and version of everything entered at a level, in order."""
        return tuple((row.edition, row.version) for row in self.rows.get(level, ()) if row.table == CLOSING)

    def holds(self, edition: str, version: str, level: str) -> bool:
        """Return whether this version of an edition was released at a level."""
        return (edition, version) in self.released(level)

    def tables(self, edition: str, version: str, level: str) -> ProtectedTables:
        """Return what was published of an edition at a level; raises DisclosureRefused where it was not released."""
        if not self.holds(edition, version, level):
            raise DisclosureRefused.one(FOLDER, f"{edition} {version} {level}", "the ledger has no such edition")
        own = [row for row in self.rows[level] if (row.edition, row.version) == (edition, version)]
        return protected_tables_of({"edition": edition, "dissemination": level, **_together(own)}, file=FOLDER)


def digests(rows: Sequence[Row]) -> Iterator[str]:
    """Yield the digest of each row of a chain."""
    before = _BEGINNING
    for row in rows:
        before = row.chained(before)
        yield before


def entered(ledger: Ledger, edition: Edition, tables: Sequence[ProtectedTables]) -> Ledger:
    """Return the ledger with an edition's protected tables of all levels at its end.

    Raises DisclosureRefused for an edition that comes before the one it follows on, or again without a higher version.
    """
    return appended(ledger, tables, version=edition.version, earlier=edition.earlier)


def appended(
    ledger: Ledger,
    tables: Sequence[ProtectedTables],
    *,
    version: str,
    earlier: str | None = None,
    notes: Sequence[Row] = (),
) -> Ledger:
    """Return the ledger with a version of protected tables at its end, after notes of it, as `entered` does."""
    if faults := [fault for book in tables for fault in _faults_of_order(ledger, book, version, earlier)]:
        raise DisclosureRefused(faults)
    rows = dict(ledger.rows)
    for book in tables:
        rows[book.dissemination] = (*rows.get(book.dissemination, ()), *rows_of(book, version, notes))
    return Ledger(rows)


def rows_of(tables: ProtectedTables, version: str, notes: Sequence[Row] = ()) -> tuple[Row, ...]:
    """Return a row for each published statistic of a book, after notes of it, and the row that ends it."""
    name = tables.edition
    rows = [*notes] + [
        Row(name, version, table, statistic, _form(value), _one_line(value))
        for table, statistic, value in _statistics(tables.to_json())
    ]
    return (*rows, Row(name, version, CLOSING, "", "", str(len(rows))))


def version_of(text: str) -> tuple[int, ...]:
    """Return a version such as "1.10" as numbers that can be compared; raises ValueError for anything else."""
    return tuple(map(int, text.split(".")))


def _faults_of_order(ledger: Ledger, book: ProtectedTables, version: str, earlier: str | None) -> Iterator[Fault]:
    released, place = ledger.released(book.dissemination), f"{book.edition} {version} {book.dissemination}"
    if earlier and earlier not in {name for name, _ in released}:
        yield Fault(FOLDER, place, "the edition comes before the one it follows on", remedy=f"release {earlier} first")
    versions = [version_of(other) for name, other in released if name == book.edition]
    if versions and version_of(version) <= max(versions):
        remedy = "what was published stays: give a correction a higher version"
        yield Fault(FOLDER, place, "the edition was released already", remedy=remedy)


def _statistics(raw: Mapping[str, Any]) -> Iterator[tuple[str, str, Any]]:
    """Take protected tables apart: table or part, statistic, value."""
    for key, table in raw["tables"].items():
        yield key, "", {name: value for name, value in table.items() if name != "cells"}
        for cell in table["cells"]:
            yield key, cell["level"], cell
    for part in (name for name in raw if name not in (*_NAMES, "tables")):
        content = raw[part]
        named = content.items() if isinstance(content, Mapping) else ((_name(entry), entry) for entry in content)
        for name, value in named:
            yield part, name, value


def _together(rows: Sequence[Row]) -> dict[str, Any]:
    """Put protected tables together again; beside them stands a list where the entries name a variable."""
    tables: dict[str, dict[str, Any]] = {}
    parts: dict[str, Any] = {"sample": {}, "countries": {}}
    for row in rows:
        if row.table in (CLOSING, IMPORTED):
            continue
        value = json.loads(row.value)
        if not row.statistic:
            tables[row.table] = {**value, "cells": []}
        elif row.table in tables:
            tables[row.table]["cells"].append(value)
        elif isinstance(value, dict):
            parts.setdefault(row.table, []).append(value)
        else:
            parts.setdefault(row.table, {})[row.statistic] = value
    return {**parts, "tables": tables}


def _name(entry: Mapping[str, Any]) -> str:
    """The name of an entry of a list: its own, or that of its variable."""
    return str(entry.get("id", entry["variable"]))


def _form(value: Any) -> str:
    return str(value.get("status", "")) if isinstance(value, dict) else ""


def _one_line(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, allow_nan=False)
