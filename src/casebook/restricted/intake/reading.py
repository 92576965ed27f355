"""A reading: what was understood of a partner's file, where it stood, and what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from casebook.codebook import CRIMES
from casebook.errors import Fault
from casebook.restricted.intake.project import Project

#: What stands at a place: a table's name, the interview, and as far as known coder, variable and level, or column.
Key = tuple[str, ...]
Sheets = dict[str, dict[int, list[str]]]


@dataclass(frozen=True)
class Place:
    """A place in the partner's own terms: sheet, row and column as its spreadsheet shows them."""

    file: str
    text: str
    sheet: str = ""
    row: int = 0
    column: int = 0


@dataclass(frozen=True)
class Reading:
    """One file, read: a project, the places of what it holds, and its faults in the partner's terms.

    `sheets` are the rows of the workbook for partners, for a new one in which faults are marked.
    """

    file: str
    project: Project
    places: Mapping[Key, Place] = field(default_factory=lambda: MappingProxyType({}))
    faults: tuple[Fault, ...] = ()
    sheets: Sheets = field(default_factory=dict)

    def place(self, *key: str) -> Place | None:
        """Return the place of a key, or of the longest beginning of it that has one."""
        for length in range(len(key), 1, -1):
            if key[:length] in self.places:
                return self.places[key[:length]]
        return None


def is_number(name: str) -> bool:
    """Tell whether an interview goes by a number of the study, such as OG-0412, and not by a name of the partner's."""
    return re.fullmatch(rf"(?:{'|'.join(CRIMES)})-[0-9]{{4}}", name) is not None


def sheet_place(file: str, sheet: str, row: int, column: int = -1, *, key: str = "") -> Place:
    """Return the place of a row, or of a cell by its zero-based column and the key of that column."""
    where = f"sheet {sheet}, row {row}"
    if column >= 0:
        where += f", column {letters_of(column)}" + (f" ({key})" if key else "")
    return Place(file, where, sheet, row, column + 1)


def letters_of(column: int) -> str:
    """Return the letters a spreadsheet shows for a zero-based column: 0 is A, 26 is AA."""
    letters = ""
    while column >= 0:
        column, last = divmod(column, 26)
        letters, column = chr(ord("A") + last) + letters, column - 1
    return letters
