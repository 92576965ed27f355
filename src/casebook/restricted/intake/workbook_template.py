"""The workbook for partners without a tool: pre-filled, with drop-downs, made from the codebook."""

from __future__ import annotations

import datetime
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, product
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name, xl_range_abs, xl_rowcol_to_cell

from casebook.codebook import Codebook
from casebook.restricted.intake.workbook_layout import (
    CODEBOOK,
    CODERS,
    CODING,
    CODING_KEYS,
    COVERAGE,
    COVERAGE_KEYS,
    FIRST_KEY,
    INTERVIEW_KEYS,
    INTERVIEWS,
    LISTS,
    MARKED,
    NAME_IN_TOOL,
    README,
    SCHEMA_PROPERTY,
    TEMPLATE_PROPERTY,
    TEMPLATE_VERSION,
    CodingColumn,
    attribute_choices,
    coding_columns,
    schema_hash,
)
from casebook.restricted.intake.workbook_words import HELP, readme_lines
from casebook.restricted.submission_tables import YES_NO

# A workbook is made of its request alone: no clock in it, and no text that a spreadsheet would take for a formula.
_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_MADE = datetime.datetime(2021, 1, 1)
_INK, _FILL, _LOCKED, _GREY = "#1f3a5f", "#dde6f0", "#f2f2f2", "#bfbfbf"
_FORMATS: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 16, "font_color": _INK},
    "heading": {"bold": True, "font_size": 12, "font_color": _INK},
    "prose": {"text_wrap": True, "valign": "top"},
    "head": {"bold": True, "text_wrap": True, "valign": "top", "bg_color": _FILL, "border": 1, "border_color": _GREY},
    "key": {"font_color": "#595959", "italic": True, "bg_color": _FILL, "font_size": 9, "num_format": "@"},
    "locked": {"num_format": "@", "bg_color": _LOCKED, "font_color": "#404040"},
    "open": {"num_format": "@", "locked": False, "border": 1, "border_color": "#d9d9d9"},
    "not_asked": {"bg_color": _GREY, "font_color": "#7f7f7f"},
    "wrong": {"num_format": "@", "locked": False, "bg_color": "#f8d7d2", "border": 2, "border_color": "#a02b1c"},
}
_PROTECTION = {"format_columns": True, "format_rows": True, "autofilter": True, "sort": True}


@dataclass(frozen=True)
class Request:
    """For whom a workbook is made: country, crime, wave, and the ids of the interviews to come."""

    country: str
    crime: str
    wave: str
    interviews: tuple[str, ...]


Cell = tuple[str, int, int]


@dataclass(frozen=True)
class Filled:
    """What a workbook is filled with: texts and notes by sheet and zero-based row and column.

    `others` are places and notes that belong to no cell.
    """

    texts: Mapping[Cell, str]
    notes: Mapping[Cell, str]
    others: tuple[tuple[str, str], ...]


class _Sheets:
    """A workbook under way."""

    def __init__(self, request: Request, codebook: Codebook, book: Any) -> None:
        self.request, self.codebook, self.book = request, codebook, book
        self.formats = {name: book.add_format(form) for name, form in _FORMATS.items()}
        self.columns = coding_columns(codebook, request.crime)
        self.coded = tuple(product(request.interviews, CODERS))

    def sheet(self, name: str) -> Any:
        sheet = self.book.add_worksheet(name)
        if name not in (README, CODEBOOK):
            sheet.protect("", _PROTECTION)
        return sheet

    def row(self, sheet: Any, number: int, cells: Iterable[str], form: str) -> None:
        for column, text in enumerate(cells):
            sheet.write_string(number, column, text, self.formats[form])


def workbook(request: Request, codebook: Codebook, *, filled: Filled | None = None) -> bytes:
    """Return the bytes of a workbook for the interviews of a country and crime; the same request gives the same.

    One that is sent back is filled as it came in, with a note at each cell that has to be put right.
    """
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, _OPTIONS)
    book.set_properties({"title": f"Coded interviews: {request.crime}, {request.country}", "created": _MADE})
    book.set_custom_property(TEMPLATE_PROPERTY, TEMPLATE_VERSION)
    book.set_custom_property(SCHEMA_PROPERTY, schema_hash(codebook))
    sheets = _Sheets(request, codebook, book)
    for fill in (_readme, _interviews, _coverage, _coding, _codebook, _lists):
        fill(sheets)
    if filled:
        _fill(sheets, filled)
    book.close()
    return stream.getvalue()


def _readme(sheets: _Sheets) -> None:
    sheet = sheets.sheet(README)
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 90)
    sheet.write_string(
        0, 0, f"Coded interviews: {sheets.request.crime}, {sheets.request.country}", sheets.formats["title"]
    )
    lines = readme_lines()
    for number, (left, right) in enumerate(lines, start=2):
        sheet.write_string(number, 0, left, sheets.formats["prose" if right else "heading"])
        sheet.write_string(number, 1, right, sheets.formats["prose"])
    about = ((TEMPLATE_PROPERTY, TEMPLATE_VERSION), (SCHEMA_PROPERTY, schema_hash(sheets.codebook)))
    for number, pair in enumerate(about, start=len(lines) + 2):
        sheets.row(sheet, number, pair, "key")


def _interviews(sheets: _Sheets) -> None:
    sheet = sheets.sheet(INTERVIEWS)
    sheets.row(sheet, 0, [HELP.get(key, key) for key in INTERVIEW_KEYS], "head")
    sheets.row(sheet, 1, INTERVIEW_KEYS, "key")
    given = {"crime": sheets.request.crime, "country": sheets.request.country, "wave": sheets.request.wave}
    for number, interview in enumerate(sheets.request.interviews, start=2):
        for column, key in enumerate(INTERVIEW_KEYS):
            locked = key in (FIRST_KEY, "crime", "country")
            text = interview if key == FIRST_KEY else given.get(key, "")
            sheet.write_string(number, column, text, sheets.formats["locked" if locked else "open"])
    last = len(sheets.request.interviews) + 1
    for column, key in enumerate(INTERVIEW_KEYS):
        if attribute_choices(sheets.codebook, key) and key not in ("crime", "country"):
            _drop_down(sheet, (2, column, last, column), f"list_{key}")
    sheet.set_row(0, 62)
    sheet.set_column(0, len(INTERVIEW_KEYS) - 1, 17)
    sheet.freeze_panes(2, 1)


def _coverage(sheets: _Sheets) -> None:
    sheet = sheets.sheet(COVERAGE)
    sheets.row(sheet, 0, [HELP[key] for key in COVERAGE_KEYS], "head")
    sheets.row(sheet, 1, COVERAGE_KEYS, "key")
    for number, (interview, coder) in enumerate(sheets.coded, start=2):
        sheets.row(sheet, number, (interview, coder, CODERS[coder]), "locked")
        sheet.write_blank(number, 3, None, sheets.formats["open"])
    _drop_down(sheet, (2, 3, len(sheets.coded) + 1, 3), "list_complete")
    sheet.set_row(0, 62)
    sheet.set_column(0, 3, 24)
    sheet.freeze_panes(2, 2)


def _coding(sheets: _Sheets) -> None:
    """The coding sheet: labels, levels, roles and keys, then a row for each interview and coder."""
    sheet = sheets.sheet(f"{CODING}{sheets.request.crime}")
    first = len(CODING_KEYS)
    for number, texts in enumerate(_heads(sheets.columns)):
        sheets.row(sheet, number, texts, "key" if number == 3 else "head")
    for number, pair in enumerate(sheets.coded, start=4):
        sheets.row(sheet, number, pair, "locked")
        for column in range(first, first + len(sheets.columns)):
            sheet.write_blank(number, column, None, sheets.formats["open"])
    last = len(sheets.coded) + 3
    for name, group in groupby(enumerate(sheets.columns, start=first), key=lambda pair: pair[1].list_name):
        numbers = [number for number, _ in group]
        _drop_down(sheet, (4, numbers[0], last, numbers[-1]), name)
    _grey_out(sheets, sheet, (4, first, last, first + len(sheets.columns) - 1))
    sheet.set_row(0, 62)
    sheet.set_row(1, 32)
    sheet.set_column(0, 1, 11)
    sheet.set_column(first, first + len(sheets.columns) - 1, 17)
    sheet.freeze_panes(4, first)


def _heads(columns: Sequence[CodingColumn]) -> tuple[list[str], ...]:
    return (
        ["Interview", "Coder", *(column.variable.label for column in columns)],
        ["", "", *(column.level.label if column.level else "choose one" for column in columns)],
        ["asked of", "", *(" ".join(sorted(column.variable.roles)) for column in columns)],
        [*CODING_KEYS, *(column.key for column in columns)],
    )


def _grey_out(sheets: _Sheets, sheet: Any, area: tuple[int, int, int, int]) -> None:
    """Show in grey what an interview's role is not asked: the sheet of interviews knows the role."""
    top, left, *_ = area
    role = xl_col_to_name(INTERVIEW_KEYS.index("role"))
    key = xl_col_to_name(INTERVIEW_KEYS.index(FIRST_KEY))
    asked = xl_rowcol_to_cell(2, left, row_abs=True)
    known = f"INDEX({INTERVIEWS}!${role}:${role},MATCH($A{top + 1},{INTERVIEWS}!${key}:${key},0))"
    rule = f'=AND({known}<>"",ISERROR(SEARCH({known},{asked})))'
    sheet.conditional_format(*area, {"type": "formula", "criteria": rule, "format": sheets.formats["not_asked"]})


def _codebook(sheets: _Sheets) -> None:
    sheet = sheets.sheet(CODEBOOK)
    head = (
        "Variable",
        "Label",
        "Asked of",
        "Level",
        "Level, as written",
        "Definition",
        "Include",
        "Exclude",
        "Example",
    )
    sheets.row(sheet, 0, head, "head")
    number = 0
    for variable in dict.fromkeys(column.variable for column in sheets.columns):
        number += 1
        about = (variable.definition, variable.include, variable.exclude, variable.example)
        named = (variable.id, variable.label, " ".join(sorted(variable.roles)), "", "")
        sheets.row(sheet, number, (*named, *about), "prose")
        written = {level: cell for cell, level in CodingColumn(variable).levels.items()}
        for level in variable.levels:
            number += 1
            sheets.row(sheet, number, (variable.id, "", "", level.label, written[level.id], level.definition), "prose")
    for column, width in enumerate((22, 34, 9, 26, 20, 60, 40, 40, 50)):
        sheet.set_column(column, column, width)
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, number, len(head) - 1)


def _lists(sheets: _Sheets) -> None:
    """What drop-downs offer: a column and a name for each list, on a sheet that is not shown."""
    sheet = sheets.sheet(LISTS)
    lists = {"list_complete": YES_NO, "list_yes_no": ()}
    lists |= {f"list_{key}": attribute_choices(sheets.codebook, key) for key in INTERVIEW_KEYS if key != NAME_IN_TOOL}
    lists |= {column.list_name: column.choices for column in sheets.columns}
    for column, (name, choices) in enumerate((name, choices) for name, choices in lists.items() if choices):
        sheet.write_string(0, column, name, sheets.formats["key"])
        for number, choice in enumerate(choices, start=1):
            sheet.write_string(number, column, choice, sheets.formats["locked"])
        sheets.book.define_name(name, f"={LISTS}!{xl_range_abs(1, column, len(choices), column)}")
    sheet.hide()


def _fill(sheets: _Sheets, filled: Filled) -> None:
    """Write what came in over the empty cells, mark what is wrong, and list it on a sheet with a link to each place."""
    known = {sheet.get_name(): sheet for sheet in sheets.book.worksheets()}
    for sheet, row, column in sorted({*filled.texts, *filled.notes}):
        cell, first = (sheet, row, column), _first_row(sheet)
        if sheet in known and row >= first and sheet not in (README, CODEBOOK, LISTS):
            form = "wrong" if cell in filled.notes else "locked" if column in _locked(sheet) else "open"
            known[sheet].write_string(row, column, filled.texts.get(cell, ""), sheets.formats[form])
        if sheet in known and cell in filled.notes:
            known[sheet].write_comment(row, column, filled.notes[cell], {"x_scale": 2, "y_scale": 1.5})
    listed = sheets.book.add_worksheet(MARKED)
    listed.set_column(0, 0, 34)
    listed.set_column(1, 1, 110)
    for number, ((sheet, row, column), note) in enumerate(sorted(filled.notes.items())):
        place = f"internal:'{sheet}'!{xl_rowcol_to_cell(row, column)}"
        listed.write_url(number, 0, place, string=f"{sheet}, {xl_rowcol_to_cell(row, column)}")
        listed.write_string(number, 1, note, sheets.formats["prose"])
    for number, (place, note) in enumerate(filled.others, start=len(filled.notes)):
        sheets.row(listed, number, (place, note), "prose")
    listed.activate()
    listed.set_first_sheet()


def _first_row(sheet: str) -> int:
    """The row of the first interview, below labels and keys."""
    return 4 if sheet.startswith(CODING) else 2


def _locked(sheet: str) -> tuple[int, ...]:
    """The columns that are given: numbers of interviews, coders, and what is the same for all of them."""
    if sheet == INTERVIEWS:
        return tuple(INTERVIEW_KEYS.index(key) for key in (FIRST_KEY, "crime", "country"))
    return (0, 1, 2) if sheet == COVERAGE else (0, 1)


def _drop_down(sheet: Any, area: tuple[int, int, int, int], name: str) -> None:
    told = {"error_title": "Choose from the list", "error_message": "Please choose one of the values of the list."}
    sheet.data_validation(*area, {"validate": "list", "source": f"={name}", **told})
