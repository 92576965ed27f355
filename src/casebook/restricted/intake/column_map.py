"""What the columns of a code-by-interview table are: a table of the partner's own, with one row for each column."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from casebook.errors import DataRefused, Fault
from casebook.restricted.intake.code_tree import path_of, plain, separator_in
from casebook.restricted.intake.safe_open.text import Records, read_records
from casebook.restricted.untrusted import inert

HEADER = ("column", "holds", "name", "separator")
_REMEDY = "write a table with the columns column, holds, name, separator and hand it in beside"


class Holds(StrEnum):
    """What a column holds."""

    INTERVIEW = "interview"
    CODER = "coder"
    ATTRIBUTE = "attribute"
    CODE = "code"
    ANSWER = "answer"
    IGNORED = "ignored"


@dataclass(frozen=True)
class Column:
    """One column: what it holds, the path it stands for, and what parts several answers in one cell, if anything does.

    A `code` says yes or no of one code; an `answer` holds the answers themselves, each of which is a code below it.
    """

    column: str
    holds: Holds
    path: tuple[str, ...]
    separator: str = ""


def read_column_map(path: Path, *, shown_as: str) -> tuple[Column, ...]:
    """Return what a column map says, in its order; raises DataRefused with every fault of it."""
    records = read_records(path, shown_as=shown_as)
    header = [plain(cell) for cell in next(iter(records.values()), [])]
    if tuple(header[:2]) != HEADER[:2] or tuple(header) != HEADER[: len(header)]:
        allowed = ", ".join(HEADER)
        raise DataRefused.one(shown_as, "row 1", "not the header of a column map", allowed=allowed, remedy=_REMEDY)
    rows = {number: [*map(str.strip, row), "", ""] for number, row in list(records.items())[1:]}
    faults = list(_faults(rows, shown_as))
    if faults:
        raise DataRefused(faults)
    steps = separator_in({row[2] or row[0] for row in rows.values() if row[1] in (Holds.CODE, Holds.ANSWER)})
    return tuple(
        Column(plain(row[0]), Holds(row[1]), path_of(row[2] or row[0], steps), row[3]) for row in rows.values()
    )


def _faults(rows: Records, shown_as: str) -> Iterator[Fault]:
    times = Counter(plain(row[0]) for row in rows.values())
    for number, row in rows.items():
        if row[1] not in list(Holds):
            allowed = ", ".join(Holds)
            place = f"row {number}, column holds"
            yield Fault(shown_as, place, "not something a column can hold", inert(row[1]), allowed, "correct it")
        if not plain(row[0]) or times[plain(row[0])] > 1:
            place = f"row {number}, column column"
            yield Fault(shown_as, place, "the column has no name or is named twice", remedy="name each column once")
    interviews = sum(1 for row in rows.values() if row[1] == Holds.INTERVIEW)
    if interviews != 1:
        message = "exactly one column must hold the interview"
        yield Fault(shown_as, "", message, str(interviews), "1", "say which column names the interview")
    if sum(1 for row in rows.values() if row[1] == Holds.CODER) > 1:
        yield Fault(shown_as, "", "more than one column holds the coder", remedy="say which one names the coder")
