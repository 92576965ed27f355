"""Tables from sheets and delimited text: an export of Taguette, or codes by interviews."""

from __future__ import annotations

from collections.abc import Mapping

from casebook.restricted.intake.formats import Request
from casebook.restricted.intake.matrix import read_matrix
from casebook.restricted.intake.project import Project
from casebook.restricted.intake.safe_open.text import Records
from casebook.restricted.intake.taguette import CODEBOOK, HIGHLIGHTS, read_codebook_table, read_highlights


def read_tables(sheets: Mapping[str, Records], request: Request) -> Project:
    """Return the project in the sheets of a workbook, or in the one table of a delimited file; raises DataRefused."""
    headers = {name: tuple(next(iter(records.values()), [])) for name, records in sheets.items()}
    for name, header in headers.items():
        if header[: len(HIGHLIGHTS)] == HIGHLIGHTS:
            return read_highlights(sheets[name], request)
        if header[: len(CODEBOOK)] == CODEBOOK:
            return read_codebook_table(sheets[name], request)
    return read_matrix(sheets, request)
