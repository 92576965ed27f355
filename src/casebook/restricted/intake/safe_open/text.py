"""Delimited text of unknown origin: its encoding and its separator told from its content."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from casebook.errors import DataRefused
from casebook.restricted.untrusted import LONGEST_CELL, bounded_bytes

_SAVE_AGAIN = "save it as comma-separated UTF-8 text"
_SEPARATORS = ",;\t"
_MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}

Records = dict[int, list[str]]


def read_text(path: Path, *, shown_as: str) -> str:
    """Return the text of a file in UTF-8, or in UTF-16 with a mark that says so; raises DataRefused otherwise."""
    content = bounded_bytes(path, shown_as=shown_as)
    encoding = _MARKS.get(content[:2], "utf-8-sig")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise DataRefused.one(shown_as, f"line {line}", "the file is not UTF-8", remedy=_SAVE_AGAIN) from error
    if "\0" in text:
        raise DataRefused.one(shown_as, "", "the file holds NUL bytes", remedy=_SAVE_AGAIN)
    return text


def read_records(path: Path, *, shown_as: str) -> Records:
    """Return the rows of a delimited file by number (the header is row 1), blank ones left out.

    The separator is the one of comma, semicolon and tab that the first line has most of. Raises DataRefused.
    """
    text = read_text(path, shown_as=shown_as)
    first = text.partition("\n")[0]
    separator = max(_SEPARATORS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        records = {number: record for number, record in enumerate(reader, start=1) if any(record)}
    except csv.Error as error:
        message = "the file is not comma-separated text"
        raise DataRefused.one(shown_as, f"line {reader.line_num}", message, remedy=_SAVE_AGAIN) from error
    for number, record in records.items():
        if max(map(len, record)) > LONGEST_CELL:
            message = f"a cell is longer than {LONGEST_CELL:,} characters"
            raise DataRefused.one(shown_as, f"row {number}", message, remedy="shorten it")
    return records
