"""Workbooks as partners send them: made, filled from a shipped submission, and saved again by LibreOffice."""

from __future__ import annotations

import datetime
import io
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from casebook.codebook import Codebook
from casebook.restricted.intake.workbook_layout import (
    CODING,
    COVERAGE,
    COVERAGE_KEYS,
    INTERVIEW_KEYS,
    INTERVIEWS,
    coding_columns,
    shown,
)
from casebook.restricted.intake.workbook_template import Request, workbook
from casebook.restricted.submissions import Submission

SOFFICE = shutil.which("soffice")


def request_for(submission: Submission, crime: str, most: int | None = None) -> Request:
    """Return the request whose workbook holds a submission's interviews about a crime."""
    rows = submission.interviews
    own = rows[rows["crime"].eq(crime)]
    return Request(submission.country, crime, str(own["wave"].iloc[0]), tuple(own["interview"])[:most])


def filled(submission: Submission, crime: str, codebook: Codebook, most: int | None = None) -> bytes:
    """Return a workbook in which everything a submission says of a crime's (first) interviews is filled in."""
    request = request_for(submission, crime, most)
    book = openpyxl.load_workbook(io.BytesIO(workbook(request, codebook)))
    _fill_interviews(book[INTERVIEWS], submission, request)
    _fill_coverage(book[COVERAGE], submission)
    _fill_codings(book[f"{CODING}{crime}"], submission, codebook, crime)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def changed(content: bytes, cells: Mapping[tuple[str, str], str | datetime.date | None]) -> bytes:
    """Return a workbook with other values in some cells, named by sheet and address such as D5."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    for (sheet, address), value in cells.items():
        book[sheet][address] = value
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def saved_by_libreoffice(path: Path, folder: Path) -> Path:
    """Open a workbook in LibreOffice without a screen, save it again, and return what it saved."""
    out, profile = folder / "saved", f"-env:UserInstallation=file://{folder / 'profile'}"
    command = [str(SOFFICE), profile, "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(out)]
    subprocess.run([*command, str(path)], check=True, capture_output=True, timeout=120)
    return out / path.name


def _fill_interviews(sheet: Worksheet, submission: Submission, request: Request) -> None:
    rows = submission.interviews.set_index("interview")
    for number, interview in enumerate(request.interviews, start=3):
        for column, key in enumerate(INTERVIEW_KEYS, start=1):
            if key in rows.columns:
                _write(sheet, number, column, str(rows.at[interview, key]))


def _fill_coverage(sheet: Worksheet, submission: Submission) -> None:
    rows = submission.tables.coverage.to_dict("records")
    answers = {(str(row["interview"]), str(row["kind"])): str(row["complete"]) for row in rows}
    for row in sheet.iter_rows(min_row=3, max_col=len(COVERAGE_KEYS)):
        _write(sheet, row[3].row or 0, 4, answers.get((str(row[0].value), str(row[2].value)), ""))


def _fill_codings(sheet: Worksheet, submission: Submission, codebook: Codebook, crime: str) -> None:
    merged = submission.coding.merge(submission.tables.coverage, on=["interview", "coder"])
    answers: dict[tuple[str, str, str], list[tuple[str, str]]] = {}
    for entry in merged.to_dict("records"):
        interview, kind, variable, level, missing = (
            str(entry[name]) for name in ("interview", "kind", "variable", "level", "missing")
        )
        answers.setdefault((interview, kind, variable), []).append((level, missing))
    kinds = {"A": "main", "B": "double", "CONS": "consensus"}
    for row in sheet.iter_rows(min_row=5):
        for cell, column in zip(row[2:], coding_columns(codebook, crime), strict=True):
            found = answers.get((str(row[0].value), kinds[str(row[1].value)], column.variable.id), [])
            if found:
                _write(
                    sheet, cell.row or 0, cell.column or 0, _answer(found, column.level.id if column.level else None)
                )


def _answer(found: Iterable[tuple[str, str]], level: str | None) -> str:
    levels, missing = zip(*found, strict=True)
    if missing[0]:
        return str(missing[0])
    return shown(levels[0]) if level is None else ("yes" if level in levels else "no")


def _write(sheet: Worksheet, row: int, column: int, text: str) -> None:
    sheet.cell(row, column).value = text or None
