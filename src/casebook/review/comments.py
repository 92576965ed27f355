"""Comments: what reviewers have written into their sheets, read without trust, and kept with the authors' answers."""

from __future__ import annotations

import csv
import dataclasses
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from casebook.errors import Fault, ReviewRefused
from casebook.restricted.intake.safe_open.sheets import read_sheets
from casebook.review.sheet import ABOUT, BOOK, COLUMNS, REVIEWER, SHEET, WEIGHTS

Rows = dict[int, list[str]]


@dataclass(frozen=True)
class Comment:
    """A comment on an item as the reviewer saw it; `answer` is the authors'."""

    reviewer: str
    number: str
    place: str
    kind: str
    text: str
    comment: str
    weight: str
    answer: str = ""


FIELDS = tuple(entry.name for entry in dataclasses.fields(Comment))


def read_filled(paths: Sequence[Path], *, about: str) -> list[Comment]:
    """Return the comments of filled sheets on a book, in the order of the files and their rows.

    Raises ReviewRefused with every fault; DataRefused for a file that is no plain workbook.
    """
    faults: list[Fault] = []
    read = [_Filled(path.name, read_sheets(path, shown_as=path.name), faults) for path in paths]
    found = [comment for filled in read for comment in filled.comments(about)]
    if faults:
        raise ReviewRefused(faults)
    return found


@dataclass(frozen=True)
class _Filled:
    """One filled sheet: its sheets by name, and where its faults go."""

    file: str
    sheets: dict[str, Rows]
    faults: list[Fault] = field(repr=False)

    def comments(self, about: str) -> Iterator[Comment]:
        rows = dict(self.sheets.get(SHEET, {}))
        told = {row[0]: (row[1] if len(row) > 1 else "") for row in self.sheets.get(ABOUT, {}).values()}
        if tuple(rows.pop(1, ())[: len(COLUMNS)]) != COLUMNS:
            self._fault(f"sheet {SHEET}, row 1", "these are not the columns of a review", allowed=", ".join(COLUMNS))
            return
        if told.get(BOOK) != about:
            self._fault(f"sheet {ABOUT}", "the sheet is about another book", value=told.get(BOOK, ""), allowed=about)
        if not told.get(REVIEWER):
            self._fault(f"sheet {ABOUT}", "nobody has signed the review", remedy=f"write a name beside {REVIEWER}")
        for row, cells in rows.items():
            if any(cells[4 : len(COLUMNS)]):
                yield self._comment(row, cells, told.get(REVIEWER, ""))

    def _comment(self, row: int, cells: Sequence[str], reviewer: str) -> Comment:
        number, place, kind, text, comment, weight = cells[: len(COLUMNS)]
        where = f"sheet {SHEET}, row {row}"
        if not number:
            self._fault(f"{where}, column Number", "the comment is on nothing", remedy="copy the row it belongs to")
        if not comment:
            self._fault(f"{where}, column Comment", "a weight without a comment", value=weight)
        if weight not in WEIGHTS:
            self._fault(f"{where}, column Weight", "not a weight", value=weight, allowed=", ".join(WEIGHTS))
        return Comment(reviewer, number, place, kind, text, comment, weight)

    def _fault(self, place: str, message: str, **details: str) -> None:
        self.faults.append(Fault(self.file, place, message, **details))


def collected(kept: Iterable[Comment], filled: Iterable[Comment]) -> list[Comment]:
    """Return comments that are kept, with their answers, and after them those that are new."""
    known = {dataclasses.replace(comment, answer=""): comment for comment in kept}
    return list((known | {comment: comment for comment in filled if comment not in known}).values())


def read_comments(path: Path) -> list[Comment]:
    """Return the comments of a file as `write_comments` writes it; none where there is no file."""
    if not path.is_file():
        return []
    rows = list(csv.DictReader(io.StringIO(path.read_text("utf-8"), newline="")))
    if any(set(row) != set(FIELDS) or None in row.values() for row in rows):
        raise ReviewRefused.one(path.name, "", "these are not the columns of kept comments", allowed=", ".join(FIELDS))
    return [Comment(**row) for row in rows]


def comments_csv(comments: Iterable[Comment]) -> bytes:
    """Return comments as UTF-8 CSV, for the authors to write their answers into."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, FIELDS, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(dataclasses.asdict(comment) for comment in comments)
    return text.getvalue().encode("utf-8")
