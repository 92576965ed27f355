"""Code-by-interview tables, as sheets or delimited text, with the table that says what their columns are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from casebook.errors import DataRefused, Fault
from casebook.restricted.intake.answers import Answered, project_of_answers
from casebook.restricted.intake.code_tree import plain
from casebook.restricted.intake.column_map import Column, read_column_map
from casebook.restricted.intake.formats import Request
from casebook.restricted.intake.project import Format, Project
from casebook.restricted.intake.safe_open.text import Records
from casebook.restricted.untrusted import inert


def read_matrix(sheets: Mapping[str, Records], request: Request) -> Project:
    """Return the project of the first sheet that has rows; raises DataRefused for tables without a column map."""
    name, records = next(((n, r) for n, r in sheets.items() if r), ("", {}))
    if request.columns is None:
        remedy = "hand in a table beside it with the columns column, holds, name, separator"
        message = "nothing says what the columns of this table are"
        raise DataRefused.one(request.shown_as, "", message, remedy=remedy)
    columns = read_column_map(request.columns, shown_as=inert("_".join(request.columns.name.split())))
    place = f"sheet {inert(name)}, " if name else ""
    number, header = next(iter(records.items()), (1, []))
    titles = [plain(cell) for cell in header]
    faults = list(_faults_of_header(titles, columns, f"{place}row {number}", request.shown_as))
    rows = {key: row for key, row in records.items() if key != number}
    faults += [
        Fault(request.shown_as, f"{place}row {key}", f"the row has {len(row)} cells, the header has {len(titles)}")
        for key, row in rows.items()
        if len(row) != len(titles)
    ]
    if faults:
        raise DataRefused(faults)
    answered = [
        Answered(f"{place}row {key}", {title: cell.strip() for title, cell in zip(titles, row, strict=True) if title})
        for key, row in rows.items()
    ]
    return project_of_answers(answered, columns, shown_as=request.shown_as, kind=Format.MATRIX)


def _faults_of_header(titles: list[str], columns: tuple[Column, ...], place: str, shown_as: str) -> Iterator[Fault]:
    """A column that nobody described could be a coding that is lost, so each must be named, if only as ignored."""
    known = {column.column for column in columns}
    for title, times in Counter(titles).items():
        if times > 1:
            yield Fault(shown_as, place, "the column occurs more than once", inert(title), remedy="keep one")
        elif title not in known:
            remedy = "add it to the column map; what it holds may be ignored"
            yield Fault(shown_as, place, "the column map does not name this column", inert(title), remedy=remedy)
    for column in columns:
        if column.column not in titles:
            message = "the table lacks a column that the column map names"
            yield Fault(shown_as, place, message, inert(column.column), remedy="correct the column map")
