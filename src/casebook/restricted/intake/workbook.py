"""The workbook of a partner without a tool, read back; every fault in the partner's terms: sheet, row, column."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby

from casebook.codebook import CRIMES, Codebook
from casebook.errors import Fault
from casebook.restricted.intake.project import Code, Coder, Coding, Coverage, Format, Interview, MissingAnswer, Project
from casebook.restricted.intake.reading import Key, Place, Reading, Sheets, sheet_place
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
    README,
    SCHEMA_PROPERTY,
    CodingColumn,
    coding_columns,
    schema_hash,
)
from casebook.restricted.submission_tables import MISSING_KINDS, YES_NO
from casebook.restricted.untrusted import inert

_GIVEN = (FIRST_KEY, "crime", "country", "wave")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_FIRST_OF_MONTH = re.compile(r"(\d{4}-\d{2})-01")
_FILLED_AGAIN = "fill a new workbook made by `casebook workbook`"


@dataclass(frozen=True)
class _Row:
    """A row of a sheet by the keys of its columns, with the position of each."""

    file: str
    sheet: str
    number: int
    cells: Mapping[str, str]
    positions: Mapping[str, int]

    def place(self, key: str = "") -> Place:
        return sheet_place(self.file, self.sheet, self.number, self.positions.get(key, -1), key=key)

    def fault(self, key: str, message: str, *, value: str = "", allowed: str = "", remedy: str = "") -> Fault:
        return Fault(self.file, self.place(key).text, message, value, allowed, remedy)


@dataclass
class _Found:
    """What was found so far."""

    interviews: dict[str, Interview] = field(default_factory=dict)
    codings: list[Coding] = field(default_factory=list)
    missing: list[MissingAnswer] = field(default_factory=list)
    coverage: list[Coverage] = field(default_factory=list)
    places: dict[Key, Place] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    deviations: list[Fault] = field(default_factory=list)


def is_ours(sheets: Sheets) -> bool:
    """Tell whether sheets are those of the workbook for partners."""
    return INTERVIEWS in sheets and COVERAGE in sheets


def workbook_reading(sheets: Sheets, codebook: Codebook, *, file: str) -> Reading:
    """Return what a filled workbook says, with every fault of its cells.

    `sheets` are the rows of each sheet by number. A row of interviews in which nothing was filled is left out.
    """
    found = _Found()
    _note_deviations(sheets, codebook, file, found)
    coverage = list(_rows(sheets, COVERAGE, COVERAGE_KEYS, file, found))
    coded = {row.cells[FIRST_KEY] for row in coverage if row.cells["complete"]}
    for row in _rows(sheets, INTERVIEWS, INTERVIEW_KEYS, file, found):
        if row.cells[FIRST_KEY] in coded or any(row.cells[key] for key in INTERVIEW_KEYS if key not in _GIVEN):
            _read_interview(row, found)
    for row in coverage:
        if row.cells["complete"]:
            _read_coverage(row, found)
    for crime in CRIMES:
        _read_codings(sheets, crime, codebook, file, found)
    return Reading(file, _project(found, codebook), found.places, tuple(found.faults), sheets)


def _project(found: _Found, codebook: Codebook) -> Project:
    codes = tuple(Code((v.id, level.id), level.label) for v in codebook.variables for level in v.levels)
    return Project(
        format=Format.WORKBOOK,
        origin="Casebook workbook",
        codes=codes,
        interviews=tuple(found.interviews.values()),
        coders=tuple(Coder(name) for name in CODERS if name in {entry.coder for entry in found.coverage}),
        codings=tuple(found.codings),
        missing=tuple(found.missing),
        coverage=tuple(found.coverage),
        deviations=tuple(found.deviations),
    )


def _note_deviations(sheets: Sheets, codebook: Codebook, file: str, found: _Found) -> None:
    known = {README, MARKED, INTERVIEWS, COVERAGE, CODEBOOK, LISTS, *(f"{CODING}{crime}" for crime in CRIMES)}
    for sheet in sheets:
        if sheet not in known:
            message = "the sheet is none of the workbook's and is not read"
            found.deviations.append(Fault(file, f"sheet {inert(sheet)}", message))
    cells = {cells[0]: cells[1] for cells in sheets.get(README, {}).values() if len(cells) > 1}
    if cells.get(SCHEMA_PROPERTY) != schema_hash(codebook):
        message = "the workbook was made from another state of the codebook"
        found.deviations.append(Fault(file, f"sheet {README}", message, remedy=_FILLED_AGAIN))


def _rows(sheets: Sheets, sheet: str, keys: Iterable[str], file: str, found: _Found) -> Iterator[_Row]:
    """Yield the rows below the row of keys; a sheet without that row, or without one of its keys, is a fault."""
    rows = sheets.get(sheet, {})
    heads = [number for number, cells in rows.items() if cells and cells[0] == FIRST_KEY]
    if not heads:
        found.faults.append(Fault(file, f"sheet {sheet}", "the row with the names of the columns is missing"))
        return
    positions = {key: place for place, key in enumerate(rows[heads[0]]) if key}
    for key in keys:
        if key not in positions:
            place, remedy = f"sheet {sheet}, row {heads[0]}", _FILLED_AGAIN
            found.faults.append(Fault(file, place, f"the column {key} is missing", remedy=remedy))
    for number, cells in rows.items():
        if number > heads[0] and cells[0]:
            named = {key: cells[place].strip() for key, place in positions.items()}
            yield _Row(file, sheet, number, {**dict.fromkeys(keys, ""), **named}, positions)


def _read_interview(row: _Row, found: _Found) -> None:
    name = row.cells[FIRST_KEY]
    if name in found.interviews:
        found.faults.append(row.fault(FIRST_KEY, "the interview occurs in an earlier row", remedy="keep one"))
        return
    cells = dict(row.cells)
    # A month that a spreadsheet has made a date of is still that month.
    cells["month"] = _FIRST_OF_MONTH.sub(r"\1", cells["month"])
    found.interviews[name] = Interview(name, tuple((key, cells[key]) for key in INTERVIEW_KEYS[1:]))
    found.places["interview", name] = row.place()
    for key in INTERVIEW_KEYS:
        found.places["interview", name, key] = row.place(key)


def _read_coverage(row: _Row, found: _Found) -> None:
    name, coder = row.cells[FIRST_KEY], row.cells["coder"]
    if name not in found.interviews:
        found.faults.append(row.fault(FIRST_KEY, "the sheet interviews has no such interview", remedy="add it there"))
    elif ("coverage", name, coder) in found.places:
        found.faults.append(row.fault("coder", "interview and coder occur in an earlier row", remedy="keep one"))
    elif coder not in CODERS:
        allowed = ", ".join(CODERS)
        found.faults.append(row.fault("coder", "not a coder of the workbook", value=inert(coder), allowed=allowed))
    elif row.cells["complete"] not in YES_NO:
        value, allowed = inert(row.cells["complete"]), f"{', '.join(YES_NO)}, or empty where the coder did not code it"
        found.faults.append(row.fault("complete", "not an allowed value", value=value, allowed=allowed))
    else:
        found.coverage.append(Coverage(name, coder, row.cells["complete"] == "yes"))
    found.places.setdefault(("coverage", name, coder), row.place("complete"))


def _read_codings(sheets: Sheets, crime: str, codebook: Codebook, file: str, found: _Found) -> None:
    sheet = f"{CODING}{crime}"
    if sheet not in sheets:
        return
    columns = coding_columns(codebook, crime)
    covered = {(entry.interview, entry.coder) for entry in found.coverage}
    seen: set[tuple[str, str]] = set()
    for row in _rows(sheets, sheet, (*CODING_KEYS, *(column.key for column in columns)), file, found):
        pair = row.cells[FIRST_KEY], row.cells["coder"]
        filled = [column for column in columns if row.cells[column.key]]
        if filled and pair in seen:
            found.faults.append(row.fault("coder", "interview and coder occur in an earlier row", remedy="keep one"))
        elif filled and ("coverage", *pair) not in found.places:
            message = "the sheet coverage does not say that this coder coded the interview"
            found.faults.append(row.fault("coder", message, remedy="choose yes or no there"))
        elif pair in covered:
            _read_answers(row, columns, found)
        seen.add(pair)


def _read_answers(row: _Row, columns: tuple[CodingColumn, ...], found: _Found) -> None:
    for variable, group in groupby(columns, key=lambda column: column.variable):
        of_variable = tuple(group)
        key = ("coding", row.cells[FIRST_KEY], row.cells["coder"], variable.id)
        found.places[key] = row.place(of_variable[0].key)
        for column in of_variable:
            if column.level:
                found.places[(*key, column.level.id)] = row.place(column.key)
        if any(row.cells[column.key] for column in of_variable):
            _read_variable(row, of_variable, found)


def _read_variable(row: _Row, columns: tuple[CodingColumn, ...], found: _Found) -> None:
    """Read the answers to one question, which are levels or one kind of missing answer."""
    faults = [fault for column in columns for fault in _faults_of_cell(row, column)]
    cells = {column: row.cells[column.key] for column in columns}
    missing = {cell for column, cell in cells.items() if cell in MISSING_KINDS and cell not in column.levels}
    levels = [_level(column, cell) for column, cell in cells.items() if cell in column.levels]
    chosen = [level for level in levels if level]
    if not faults and (len(missing) > 1 or (missing and levels)):
        message = "a reason for a missing answer stands beside answers to the same question"
        faults.append(row.fault(columns[0].key, message, remedy="choose the same reason in all its columns, or none"))
    if not faults and not missing and not chosen:
        message = "every column of the question says no"
        remedy = "choose yes in one of them, or why there is no answer in all of them"
        faults.append(row.fault(columns[0].key, message, remedy=remedy))
    found.faults += faults
    if faults:
        return
    interview, coder, variable = row.cells[FIRST_KEY], row.cells["coder"], columns[0].variable.id
    found.codings += [Coding(interview, (variable, level), coder) for level in chosen]
    found.missing += [MissingAnswer(interview, (variable,), kind, coder) for kind in missing]


def _level(column: CodingColumn, cell: str) -> str:
    """The level that a cell chooses, or nothing for the no of a level's own column."""
    if column.level is None:
        return column.levels[cell]
    return column.level.id if cell == "yes" else ""


def _faults_of_cell(row: _Row, column: CodingColumn) -> Iterator[Fault]:
    cell, allowed = row.cells[column.key], ", ".join(column.choices)
    if not cell:
        yield row.fault(column.key, "the cell is empty beside answers to the same question", allowed=allowed)
    elif _DATE.match(cell):
        remedy = "choose the value from the list: a spreadsheet has made a date of what was typed"
        yield row.fault(column.key, "the cell holds a date", allowed=allowed, remedy=remedy)
    elif cell not in column.levels and cell not in MISSING_KINDS:
        yield row.fault(column.key, "not a value of this column", value=inert(cell), allowed=allowed)
