"""Comma-separated tables of unknown origin, read as text and bounded, or refused."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import pandas as pd

from casebook.errors import DataRefused, Fault
from casebook.restricted.untrusted import LONGEST_CELL, bounded_bytes, inert

_SAVE_AGAIN = "save it as comma-separated UTF-8 text"


def read_table(path: Path, columns: tuple[str, ...], *, shown_as: str) -> pd.DataFrame:
    """Return a table as text, each row under the number a spreadsheet shows for it (the header is row 1).

    Raises DataRefused with every fault of the file's form: encoding, size, header, width of rows.
    """
    records = records_of(path, shown_as=shown_as)
    header = records.pop(1, [])
    faults = [*_header_faults(header, columns, shown_as), *_row_faults(records, len(header), shown_as)]
    if faults:
        raise DataRefused(faults)
    frame = pd.DataFrame(list(records.values()), index=list(records), columns=header, dtype="str")
    return frame[list(columns)]


def records_of(path: Path, *, shown_as: str) -> dict[int, list[str]]:
    """Return the rows of comma-separated text by the number a spreadsheet shows; blank lines are left out.

    Raises DataRefused for what is not UTF-8 text separated by commas.
    """
    return _records(bounded_bytes(path, shown_as=shown_as), shown_as)


def _records(content: bytes, shown_as: str) -> dict[int, list[str]]:
    """The records by row number; blank lines are counted and left out."""
    if b"\0" in content:
        raise DataRefused.one(shown_as, "", "the file holds NUL bytes", remedy=_SAVE_AGAIN)
    try:
        text = content.decode("utf-8-sig", errors="strict")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise DataRefused.one(shown_as, f"line {line}", "the file is not UTF-8", remedy=_SAVE_AGAIN) from error
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        return {number: record for number, record in enumerate(reader, start=1) if record}
    except csv.Error as error:
        message = "the file is not comma-separated text"
        raise DataRefused.one(shown_as, f"line {reader.line_num}", message, remedy=_SAVE_AGAIN) from error


def _header_faults(header: list[str], columns: Iterable[str], shown_as: str) -> Iterator[Fault]:
    allowed = ", ".join(columns)
    for column, times in Counter(header).items():
        if column not in columns:
            yield Fault(shown_as, "row 1", "unknown column", inert(column), allowed, "remove or rename it")
        elif times > 1:
            yield Fault(shown_as, "row 1", "the column occurs more than once", inert(column), remedy="keep one")
    for column in columns:
        if column not in header:
            yield Fault(shown_as, "row 1", f"the column {column} is missing", remedy="add it")


def _row_faults(records: dict[int, list[str]], width: int, shown_as: str) -> Iterator[Fault]:
    for number, record in records.items():
        if len(record) != width:
            message = f"the row has {len(record)} cells, the header has {width}"
            yield Fault(shown_as, f"row {number}", message, remedy="quote cells that hold commas")
        if max(map(len, record)) > LONGEST_CELL:
            message = f"a cell is longer than {LONGEST_CELL:,} characters"
            yield Fault(shown_as, f"row {number}", message, remedy="shorten it")
