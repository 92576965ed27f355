"""The partner's workbook made anew, with every place marked that has to be put right; the file itself stays."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping

from casebook.codebook import CRIMES, Codebook
from casebook.desk.languages import Language
from casebook.errors import Fault
from casebook.restricted.intake.reading import Reading
from casebook.restricted.intake.workbook_layout import CODING, FIRST_KEY, INTERVIEWS
from casebook.restricted.intake.workbook_template import Filled, Request, workbook

_PLACE = re.compile(r"sheet (?P<sheet>.+?), row (?P<row>\d+)(?:, column (?P<column>[A-Z]+))?")
Cell = tuple[str, int, int]


def annotated(reading: Reading, faults: Iterable[Fault], codebook: Codebook, language: Language) -> bytes:
    """Return a workbook with what the partner filled in, a note at each cell with a fault, and a list of all of them.

    It can be corrected and handed in again like any other.
    """
    notes: defaultdict[Cell, list[str]] = defaultdict(list)
    others: list[tuple[str, str]] = []
    for fault in sorted(set(faults), key=Fault.reading_order):
        said = language.fault(fault)
        words = "; ".join(filter(None, (said.message, said.value, said.allowed, said.remedy)))
        cell = _cell(fault, reading)
        if cell:
            notes[cell].append(words)
        else:
            others.append((f"{said.file} {said.place}".strip(), words))
    filled = Filled(_cells(reading), {cell: "\n".join(lines) for cell, lines in notes.items()}, tuple(others))
    return workbook(_request(reading), codebook, filled=filled)


def _cell(fault: Fault, reading: Reading) -> Cell | None:
    found = _PLACE.match(fault.place) if fault.file == reading.file else None
    if found is None or found["sheet"] not in reading.sheets:
        return None
    column = 0
    for letter in found["column"] or "A":
        column = column * 26 + ord(letter) - ord("A") + 1
    return found["sheet"], int(found["row"]) - 1, column - 1


def _cells(reading: Reading) -> Mapping[Cell, str]:
    """Everything the partner filled in, by sheet and zero-based row and column."""
    return {
        (sheet, number - 1, column): text
        for sheet, rows in reading.sheets.items()
        for number, cells in rows.items()
        for column, text in enumerate(cells)
        if text
    }


def _request(reading: Reading) -> Request:
    """The request that the partner's workbook was made for, as far as its sheets tell."""
    rows = [cells for cells in reading.sheets.get(INTERVIEWS, {}).values() if cells]
    ids = tuple(cells[0] for cells in rows if cells[0][:2] in CRIMES and cells[0] != FIRST_KEY)
    crime = next((crime for crime in CRIMES if f"{CODING}{crime}" in reading.sheets), CRIMES[0])
    attributes = dict(reading.project.interviews[0].attributes) if reading.project.interviews else {}
    return Request(attributes.get("country", ""), crime, attributes.get("wave", ""), ids)
