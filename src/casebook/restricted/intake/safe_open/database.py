"""SQLite files: read-only and immutable, known tables alone, nothing that runs by itself."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from casebook.errors import DataRefused

SIGNATURE = b"SQLite format 3\0"
MOST_ROWS = 1_000_000
LONGEST_VALUE = 64 * 1024 * 1024
_SAVE_AGAIN = "open it in its tool, save and close it, and hand in the file again"
_HARMLESS = frozenset({sqlite3.SQLITE_SELECT, sqlite3.SQLITE_TRANSACTION})

Row = dict[str, object]


@dataclass(frozen=True)
class Database:
    """An open database of which only the tables asked for can be read."""

    shown_as: str
    connection: sqlite3.Connection

    def rows(self, table: str, columns: tuple[str, ...]) -> list[Row]:
        """Return the named columns of every row; raises DataRefused where the table has no such columns."""
        quoted = ", ".join(f'"{column}"' for column in columns)
        try:
            # A name in double quotes that is no column would be taken for a text.
            found = {str(row[1]) for row in self.connection.execute(f'PRAGMA table_info("{table}")')}
            lacking = [column for column in columns if column not in found]
            if lacking:
                place = f"table {table}"
                raise DataRefused.one(self.shown_as, place, "the table lacks a column", value=", ".join(lacking))
            values = self.connection.execute(f'SELECT {quoted} FROM "{table}"').fetchmany(MOST_ROWS + 1)
        except (sqlite3.Error, UnicodeDecodeError) as error:
            raise DataRefused.one(
                self.shown_as, f"table {table}", "the table is damaged", remedy=_SAVE_AGAIN
            ) from error
        if len(values) > MOST_ROWS:
            raise DataRefused.one(self.shown_as, f"table {table}", "too many rows", allowed=f"{MOST_ROWS:,}")
        return [dict(zip(columns, row, strict=True)) for row in values]


def tables_of(path: Path, *, shown_as: str) -> Mapping[str, str]:
    """Return the kind (table, view, trigger ...) of everything with a name in a database."""
    with _connected(path, shown_as, ()) as connection:
        return dict(_schema(connection, shown_as))


@contextmanager
def open_database(path: Path, tables: Iterable[str], *, shown_as: str) -> Iterator[Database]:
    """Open a database that has these tables, and no view or trigger; raises DataRefused otherwise."""
    wanted = tuple(tables)
    with _connected(path, shown_as, wanted) as connection:
        kinds = _schema(connection, shown_as)
        if any(kind not in ("table", "index") for _, kind in kinds):
            message = "the database has a view, a trigger or a virtual table"
            raise DataRefused.one(shown_as, "", message, remedy="hand in the database as its tool made it")
        lacking = [name for name in wanted if (name, "table") not in kinds]
        if lacking:
            raise DataRefused.one(shown_as, "", "the database lacks a table", value=", ".join(lacking))
        yield Database(shown_as, connection)


@contextmanager
def _connected(path: Path, shown_as: str, tables: tuple[str, ...]) -> Iterator[sqlite3.Connection]:
    for suffix in ("-wal", "-journal"):
        beside = path.with_name(path.name + suffix)
        if beside.exists() and beside.stat().st_size:
            message = "the database has changes that are not saved yet"
            raise DataRefused.one(shown_as, "", message, remedy=_SAVE_AGAIN)
    connection = sqlite3.connect(f"file:{quote(str(path.absolute()))}?mode=ro&immutable=1", uri=True)
    try:
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST_VALUE)
        connection.execute("PRAGMA trusted_schema = OFF")
        readable = {*tables, "sqlite_master"}

        def allows(action: int, first: str | None, *_: str | None) -> int:
            reads = action == sqlite3.SQLITE_READ and first in readable
            described = action == sqlite3.SQLITE_PRAGMA and first == "table_info"
            return sqlite3.SQLITE_OK if reads or described or action in _HARMLESS else sqlite3.SQLITE_DENY

        connection.set_authorizer(allows)
        yield connection
    except sqlite3.Error as error:
        raise DataRefused.one(shown_as, "", "the database is damaged", remedy=_SAVE_AGAIN) from error
    finally:
        connection.close()


def _schema(connection: sqlite3.Connection, shown_as: str) -> list[tuple[str, str]]:
    """The name and kind of everything in the database; virtual tables, which run programs, are kinds of their own."""
    try:
        rows = connection.execute("SELECT name, type, sql FROM sqlite_master").fetchmany(10_000)
    except (sqlite3.Error, UnicodeDecodeError) as error:
        raise DataRefused.one(shown_as, "", "the database is damaged", remedy=_SAVE_AGAIN) from error
    virtual = "CREATE VIRTUAL"
    return [(str(n), "virtual" if str(sql).upper().startswith(virtual) else str(kind)) for n, kind, sql in rows]
