"""Which format a file has, told from its content; what its name ends in counts for nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from casebook.errors import DataRefused
from casebook.restricted.intake.project import Project
from casebook.restricted.intake.safe_open.text import Records

_BEGINNING = 4_096
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SPSS = (b"$FL2", b"$FL3")
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True)
class Request:
    """A file to read, how messages name it, the table that says what its columns are, and who may be quoted."""

    path: Path
    shown_as: str
    columns: Path | None = None
    permitted: frozenset[str] = frozenset()


Reader = Callable[[Request], Project]


def parse(request: Request) -> Project:
    """Return the project in a file of unknown origin; raises DataRefused where no format fits it."""
    return _reader_for(request)(request)


def sheets_in(request: Request) -> dict[str, Records] | None:
    """Return the rows of every sheet of a workbook, or None where the file is none; raises DataRefused."""
    from casebook.restricted.intake.safe_open.container import open_container
    from casebook.restricted.intake.safe_open.sheets import is_workbook, read_sheets

    with request.path.open("rb") as stream:
        if not stream.read(_BEGINNING).startswith(b"PK"):
            return None
    if not is_workbook(open_container(request.path, shown_as=request.shown_as)):
        return None
    return read_sheets(request.path, shown_as=request.shown_as)


def _reader_for(request: Request) -> Reader:
    with request.path.open("rb") as stream:
        beginning = stream.read(_BEGINNING)
    if beginning.startswith(_OLE):
        message = "the file is encrypted, or in a format of Office before 2007"
        raise DataRefused.one(request.shown_as, "", message, remedy="save it as .xlsx without a password")
    if beginning.startswith(b"PK"):
        return _reader_of_container(request)
    if beginning.startswith(b"SQLite format 3\0"):
        return _reader_of_database(request)
    if beginning.startswith(_SPSS):
        return _spss
    for mark in _MARKS:
        beginning = beginning.removeprefix(mark)
    if beginning.replace(b"\0", b"").lstrip().startswith(b"<"):
        return _markup
    return _delimited


def _reader_of_container(request: Request) -> Reader:
    from casebook.restricted.intake.safe_open.container import open_container
    from casebook.restricted.intake.safe_open.sheets import is_workbook

    container = open_container(request.path, shown_as=request.shown_as)
    return _sheets if is_workbook(container) else _qdpx


def _reader_of_database(request: Request) -> Reader:
    from casebook.restricted.intake.safe_open.database import tables_of

    tables = tables_of(request.path, shown_as=request.shown_as)
    for table, reader in (("code_text", _qualcoder), ("highlights", _taguette)):
        if table in tables:
            return reader
    message = "the database is neither QualCoder's nor Taguette's"
    raise DataRefused.one(request.shown_as, "", message, allowed="a project of one of them")


def _qdpx(request: Request) -> Project:
    from casebook.restricted.intake.refi_qda.reader import read_project_file

    return read_project_file(request.path, shown_as=request.shown_as, permitted=request.permitted)


def _markup(request: Request) -> Project:
    from casebook.restricted.intake.refi_qda.reader import read_markup

    return read_markup(request.path, shown_as=request.shown_as)


def _qualcoder(request: Request) -> Project:
    from casebook.restricted.intake.qualcoder import read_qualcoder

    return read_qualcoder(request)


def _taguette(request: Request) -> Project:
    from casebook.restricted.intake.taguette import read_database

    return read_database(request)


def _spss(request: Request) -> Project:
    from casebook.restricted.intake.spss import read_spss

    return read_spss(request)


def _sheets(request: Request) -> Project:
    from casebook.restricted.intake.safe_open.sheets import read_sheets
    from casebook.restricted.intake.tables import read_tables

    return read_tables(read_sheets(request.path, shown_as=request.shown_as), request)


def _delimited(request: Request) -> Project:
    from casebook.restricted.intake.safe_open.text import read_records
    from casebook.restricted.intake.tables import read_tables

    return read_tables({"": read_records(request.path, shown_as=request.shown_as)}, request)
