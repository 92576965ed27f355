"""What figures and tables show, value by value, as claims: marks of figures and cells of tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from casebook.notebook_run import Mark, Witness
from casebook.protected_tables import ProtectedTables
from casebook.publication.claims import Claim, Register

KINDS = ("mark", "cell")


@dataclass(frozen=True)
class Place:
    """Where a figure or table stands, what its caption says, and what made it, at which line."""

    page: str
    caption: str
    source: str
    line: int = 0


def shown(
    marks: Iterable[Mark], tables: ProtectedTables, place: Place, *, kind: Literal["mark", "cell"]
) -> Iterator[Claim]:
    """Yield a claim for each value, which says in which form its cells are published."""
    for mark in marks:
        about = (mark.table, mark.levels, _form(mark, tables), mark.text, place.source, place.line)
        yield Claim(place.page, kind, *about, sentence=place.caption)


def shown_by_run(witness: Witness, tables: ProtectedTables, notebook: str) -> tuple[Claim, ...]:
    """Return the claims for all that a report run shows in its executed notebook, with their ids."""
    page, register = f"notebooks/{witness.run}", Register()
    for figure in witness.figures:
        place = Place(page, figure.caption, notebook)
        register.show(shown(figure.marks, tables, place, kind="mark"), figure.name)
    register.show(shown(witness.cells, tables, Place(page, witness.title, notebook), kind="cell"), witness.run)
    return tuple(register.shown)


def _form(mark: Mark, tables: ProtectedTables) -> str:
    """Return the status of a value's cells, the least telling of several, or "size" for what is no cell."""
    table = tables.get(mark.table)
    if table is None or not mark.levels:
        return "size"
    statuses = {table.cell(level).status for level in mark.levels}
    return next(status for status in ("withheld", "word", "exact") if status in statuses)
