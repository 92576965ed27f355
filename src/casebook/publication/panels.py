"""What a figure shows: its panels, one per group of interviews, and the rows they share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from casebook.codebook import Codebook, Level, Variable
from casebook.errors import StatementRefused
from casebook.protected_tables import POOLED, Cell, ProtectedTable, key_of
from casebook.publication.wording import capitalised
from casebook.study import Study

Form = Literal["counts", "words"]

MOST_PANELS = 3
_FILE = "figures"


@dataclass(frozen=True)
class Panel:
    """One group's published cells of a variable, all in one form; withheld cells are not among them."""

    table: ProtectedTable
    who: str
    form: Form
    cells: Mapping[str, Cell]

    @property
    def base(self) -> int:
        """The denominator of a panel of counts; a panel of words may have none that is published."""
        return self.table.base or 0

    @property
    def heading(self) -> str:
        """Who speaks, with the number of interviews where it is published: "Experts, n = 23"."""
        return f"{self.who}, n = {self.table.base}" if self.table.base is not None else self.who


@dataclass(frozen=True)
class Row:
    """One answer of a figure: its label beside a mark, and the same label within a sentence."""

    level: str
    label: str
    running: str


@dataclass(frozen=True)
class Content:
    """Everything a figure of frequencies says, before it is drawn."""

    title: str
    tables: tuple[ProtectedTable, ...]
    panels: tuple[Panel, ...]
    rows: tuple[Row, ...]
    silent: tuple[str, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of the tables that the figure is made from."""
        return tuple(key_of(table.id, table.country) for table in self.tables)

    @property
    def omits(self) -> bool:
        """Whether the tables of the panels have withheld answers that no row shows."""
        rows = {row.level for row in self.rows}
        cells = (cell for panel in self.panels for cell in panel.table.cells)
        return any(cell.status == "withheld" and cell.level not in rows for cell in cells)

    @property
    def blank(self) -> bool:
        """Whether a row has no mark in one of the panels."""
        return any(row.level not in panel.cells for row in self.rows for panel in self.panels)

    @property
    def untabulated(self) -> bool:
        """Whether a row is not in the table of one of the panels at all."""
        planned = [{cell.level for cell in panel.table.cells} for panel in self.panels]
        return any(row.level not in levels for row in self.rows for levels in planned)


def content_of(tables: Sequence[ProtectedTable], *, title: str, name: str, codebook: Codebook, study: Study) -> Content:
    """Return what a figure of these tables says.

    Raises StatementRefused for tables that do not belong into one figure and for a figure that would carry no data.
    """
    _check_together(tables, name)
    varying = len({table.crime for table in tables}) > 1
    panels = tuple(_panel(t, name, _who(t, study, varying)) for t in tables if not _silent(t))
    if not panels:
        remedy = "leave the figure out, or plan another table"
        raise StatementRefused.one(_FILE, name, "every cell is withheld: the figure carries no data", remedy=remedy)
    variable = codebook[tables[0].variable]
    silent = tuple(_silence(t, _who(t, study, varying)) for t in tables if _silent(t))
    return Content(title, tuple(tables), panels, _rows(panels, variable, study), silent)


def _check_together(tables: Sequence[ProtectedTable], name: str) -> None:
    if not 1 <= len(tables) <= MOST_PANELS:
        message, allowed = "a figure has no such number of panels", f"1 to {MOST_PANELS}"
        raise StatementRefused.one(_FILE, name, message, value=str(len(tables)), allowed=allowed)
    if len({table.variable for table in tables}) > 1:
        raise StatementRefused.one(_FILE, name, "the panels of a figure show one variable", remedy="draw two figures")
    if len({table.country for table in tables}) > 1:
        raise StatementRefused.one(_FILE, name, "the panels of a figure show one country", remedy="draw two figures")


def _silent(table: ProtectedTable) -> bool:
    return all(cell.status == "withheld" for cell in table.cells)


def _silence(table: ProtectedTable, who: str) -> str:
    return f"{who}: withheld, {table.withheld}." if table.withheld else f"{who}: withheld."


def _who(table: ProtectedTable, study: Study, varying_crime: bool) -> str:
    who = capitalised(study.roles[table.group].plural)
    if table.among:
        who = f"{who} with {table.among.replace('_', ' ')}"
    if table.country != POOLED:
        who = f"{who} in {study.countries[table.country].name}"
    return f"{study.crimes[table.crime].short}: {who[:1].lower()}{who[1:]}" if varying_crime else who


def _panel(table: ProtectedTable, name: str, who: str) -> Panel:
    cells = {cell.level: cell for cell in table.cells if cell.status != "withheld"}
    statuses = {cell.status for cell in cells.values()}
    if len(statuses) > 1:
        raise StatementRefused.one(_FILE, f"{name}: {table.id}", "counts and words of one variable and group")
    counts = statuses == {"exact"}
    if counts and table.base is None:
        raise StatementRefused.one(_FILE, f"{name}: {table.id}", "counts without their base")
    return Panel(table, who, "counts" if counts else "words", cells)


def _rows(panels: Sequence[Panel], variable: Variable, study: Study) -> tuple[Row, ...]:
    """The answers that a panel shows: ordered ones as in the codebook, others by the counts of the first that has any.

    A level that this panel does not show comes last, by the codebook: its place must not tell its count.
    """
    running = _running_labels(panels, variable, study)
    labels = {level: capitalised(text) for level, text in running.items()}
    labels |= {level.id: level.label for level in variable.levels}
    shown = set(_shown(panels, study))
    levels = [level for level in running if level in shown]
    counted = next((panel for panel in panels if panel.form == "counts"), None)
    if counted and variable.kind not in ("ordinal", "binary"):
        counts = {level: cell.n or 0 for level, cell in counted.cells.items()}
        levels.sort(key=lambda level: -counts.get(level, -1))
    return tuple(Row(level, labels[level], running[level]) for level in levels)


def _running_labels(panels: Sequence[Panel], variable: Variable, study: Study) -> dict[str, str]:
    """Labels as they stand within a sentence, of levels in codebook order and then of sets counted as one."""
    labels = {level.id: _running(level) for level in variable.levels}
    for panel in panels:
        labels |= study.tables[panel.table.id].phrases
    return labels


def _running(level: Level) -> str:
    """The label without its capital, unless that belongs to a name: then the phrase for sentences has it too."""
    first = level.label.split(maxsplit=1)[0]
    return level.label if first in level.phrase else level.label[:1].lower() + level.label[1:]


def _shown(panels: Sequence[Panel], study: Study) -> Iterator[str]:
    """The published levels of all panels, and the sets counted as one whose members are not all among them."""
    for panel in panels:
        sets = study.tables[panel.table.id].together
        for level in panel.cells:
            if level not in sets or not set(sets[level]) <= set(panel.cells):
                yield level
