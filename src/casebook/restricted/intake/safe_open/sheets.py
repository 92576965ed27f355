"""Sheets of a workbook of unknown origin, as text: no macro, no link, no formula, no claim about its size believed."""

from __future__ import annotations

import datetime
import io
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from casebook.errors import DataRefused, Fault
from casebook.restricted.intake.safe_open.container import Container, open_container
from casebook.restricted.intake.safe_open.markup import parse_xml
from casebook.restricted.intake.safe_open.text import Records
from casebook.restricted.untrusted import LONGEST_CELL, inert

MOST_ROWS, MOST_COLUMNS, MOST_SHEETS = 200_000, 2_000, 50
MOST_CELLS = 1_000_000
#: Parts that run programs or fetch something from elsewhere.
_ACTIVE = ("vbaproject", "externallinks/", "embeddings/", "activex/", "macrosheets/", "connections.xml", "customui/")
_SAVE_AGAIN = "save it again as an ordinary .xlsx workbook with values only"


def is_workbook(container: Container) -> bool:
    """Tell whether a container is an Office Open XML workbook."""
    return "[Content_Types].xml" in container.names and "xl/workbook.xml" in container.names


def read_sheets(path: Path, *, shown_as: str) -> dict[str, Records]:
    """Return the rows of every sheet by number, each cell as text; blank rows are left out.

    Numbers are written without a decimal part where they have none, dates as YYYY-MM-DD. Raises DataRefused for
    macros, links, formulas and workbooks that are larger than any submission.
    """
    container = open_container(path, shown_as=shown_as)
    _refuse_active_parts(container)
    # openpyxl reads again what has been found bounded here: each part whole, without a document type.
    for number, name in enumerate(container.names, start=1):
        if name.endswith((".xml", ".rels")):
            parse_xml(container.read(name), shown_as=shown_as, place=f"part {number}")
    workbook = _opened(path, shown_as)
    if len(workbook.worksheets) > MOST_SHEETS:
        raise DataRefused.one(shown_as, "", "the workbook has too many sheets", allowed=str(MOST_SHEETS))
    sheets: dict[str, Records] = {}
    faults: list[Fault] = []
    for sheet in workbook.worksheets:
        sheets[str(sheet.title)] = _records(sheet, shown_as, faults)
    if faults:
        raise DataRefused(faults)
    return sheets


def _opened(path: Path, shown_as: str) -> Any:
    import openpyxl

    try:
        with warnings.catch_warnings(action="ignore"):
            return openpyxl.load_workbook(io.BytesIO(path.read_bytes()), read_only=True, keep_links=False)
    # openpyxl raises whatever its parts happen to raise on a damaged workbook.
    except Exception as error:
        raise DataRefused.one(shown_as, "", "the workbook is damaged", remedy=_SAVE_AGAIN) from error


def _refuse_active_parts(container: Container) -> None:
    active = [kind for kind in _ACTIVE if any(kind in name.lower() for name in container.names)]
    message = "the workbook has macros, links or embedded files"
    faults = [Fault(container.shown_as, "", message, kind.rstrip("/"), remedy=_SAVE_AGAIN) for kind in active]
    if faults:
        raise DataRefused(faults)


def _records(sheet: Any, shown_as: str, faults: list[Fault]) -> Records:
    """The rows of one sheet; faults are added to `faults`."""
    place = f"sheet {inert(str(sheet.title))}"
    # The size a sheet claims for itself may be a billion cells, all of which would be made.
    sheet.reset_dimensions()
    records: Records = {}
    cells = 0
    for number, row in enumerate(sheet.iter_rows(), start=1):
        cells += len(row)
        if number > MOST_ROWS or len(row) > MOST_COLUMNS or cells > MOST_CELLS:
            allowed = f"{MOST_ROWS:,} rows, {MOST_COLUMNS:,} columns, {MOST_CELLS:,} cells"
            raise DataRefused.one(shown_as, place, "the sheet is too large", allowed=allowed)
        faults += _faults_of_row(row, f"{place}, row {number}", shown_as)
        texts = [_text(cell.value) for cell in row]
        if any(texts):
            records[number] = texts
    width = max(map(len, records.values()), default=0)
    return {number: [*texts, *[""] * (width - len(texts))] for number, texts in records.items()}


def _faults_of_row(row: tuple[Any, ...], place: str, shown_as: str) -> Iterator[Fault]:
    for column, cell in enumerate(row, start=1):
        if cell.data_type == "f":
            yield Fault(shown_as, f"{place}, column {column}", "the cell holds a formula", remedy=_SAVE_AGAIN)
        elif isinstance(cell.value, str) and len(cell.value) > LONGEST_CELL:
            yield Fault(shown_as, f"{place}, column {column}", "the cell is too long", remedy="shorten it")


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime.datetime):
        return value.date().isoformat() if value.time() == datetime.time() else value.isoformat(" ")
    return str(value).strip()
