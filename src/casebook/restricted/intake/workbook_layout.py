"""The layout of the workbook for partners: its sheets, its columns, and how a level is written in a cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from casebook.canonical import canonical_json, checksum
from casebook.codebook import EVERY_CRIME, Codebook, Level, Variable
from casebook.restricted.cell_rules import VARIABLE_OF_COLUMN
from casebook.restricted.submission_tables import COLUMNS, MISSING_KINDS, YES_NO

TEMPLATE_VERSION = "1"
README, INTERVIEWS, COVERAGE, CODEBOOK, LISTS = "README", "interviews", "coverage", "codebook", "lists"
#: The sheet of a workbook that was sent back, with a list of what has to be put right.
MARKED = "to put right"
CODING = "coding "
TEMPLATE_PROPERTY, SCHEMA_PROPERTY = "casebook template", "casebook schema"
#: What the partner's own tool calls the interview, so that its export can be joined; it never leaves the workbook.
NAME_IN_TOOL = "name_in_tool"
#: The first cell of the row that holds the keys of a sheet's columns.
FIRST_KEY = "interview"
INTERVIEW_KEYS = (FIRST_KEY, NAME_IN_TOOL, *COLUMNS["interview"][1:])
COVERAGE_KEYS = (FIRST_KEY, "coder", "kind", "complete")
CODING_KEYS = (FIRST_KEY, "coder")
#: The codes of the main coder, of a second one, and of what both agreed upon.
CODERS: Mapping[str, str] = {"A": "main", "B": "double", "CONS": "consensus"}
_HAS_LEVEL = " = "


@dataclass(frozen=True)
class CodingColumn:
    """One column of a coding sheet: a variable, or one level of a variable that takes several."""

    variable: Variable
    level: Level | None = None

    @property
    def key(self) -> str:
        """The text that names the column, such as `og_strategy = deception`."""
        return self.variable.id if self.level is None else f"{self.variable.id}{_HAS_LEVEL}{self.level.id}"

    @property
    def list_name(self) -> str:
        """The name of the list its drop-down shows."""
        return "list_yes_no" if self.level else f"list_{self.variable.id}"

    @cached_property
    def levels(self) -> Mapping[str, str]:
        """What may be written in a cell for an answer, and the level (or yes and no) it stands for."""
        if self.level is not None:
            return {answer: answer for answer in YES_NO}
        ids = self.variable.level_ids
        return {**{level: level for level in ids}, **{shown(level): level for level in ids}}

    @property
    def choices(self) -> tuple[str, ...]:
        """What the drop-down offers: the answers, then the kinds of missing answer that are no level."""
        answers = YES_NO if self.level else tuple(shown(level) for level in self.variable.level_ids)
        return (*answers, *(kind for kind in MISSING_KINDS if kind not in answers))


def shown(level: str) -> str:
    """Return a level as it is written in a cell: spreadsheets make a date of `10-12`, but not of `a10_12`."""
    return f"a{level.replace('-', '_')}" if level[:1].isdigit() else level


def coding_columns(codebook: Codebook, crime: str) -> tuple[CodingColumn, ...]:
    """Return the columns of a crime's coding sheet after the interview and its coder, in codebook order."""
    return tuple(_columns(codebook, crime))


def _columns(codebook: Codebook, crime: str) -> Iterator[CodingColumn]:
    for variable in codebook.variables:
        if variable.table == "coding" and variable.crime in (crime, EVERY_CRIME):
            chosen = variable.levels if variable.multi else (None,)
            yield from (CodingColumn(variable, level) for level in chosen)


def attribute_choices(codebook: Codebook, column: str) -> tuple[str, ...]:
    """Return the closed list of a column of the interviews sheet; empty where its values are open."""
    if column in (FIRST_KEY, NAME_IN_TOOL):
        return ()
    return codebook[VARIABLE_OF_COLUMN.get(column, column)].level_ids


def schema_hash(codebook: Codebook) -> str:
    """Return what tells a workbook of this codebook from one of another: variables, levels and roles, not prose."""
    rows = [
        [v.id, v.crime, v.table, v.multi, sorted(v.roles), v.pattern, list(v.level_ids)] for v in codebook.variables
    ]
    return checksum(canonical_json(rows))[:16]
