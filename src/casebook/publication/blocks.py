"""Figures and tables of results as Markdown blocks in the subset that Jupyter Book 1 and MyST 2 both read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from casebook.notebook_run import Mark
from casebook.publication.book.inert import inert, inert_option
from casebook.publication.table_view import TableView


@dataclass(frozen=True)
class Figure:
    """A drawn figure: its name in the book, its file below the staged book, its words, and the tables it shows.

    `marks` are the values that it draws.
    """

    name: str
    file: str
    alt: str
    caption: str
    tables: tuple[str, ...] = ()
    marks: tuple[Mark, ...] = ()


def figure_block(figure: Figure) -> str:
    """Return the figure directive; alt text and caption come out as text whatever they hold."""
    alt = " ".join(figure.alt.split())
    return (
        f"\n```{{figure}} /{figure.file}\n:name: fig-{figure.name}\n:alt: {inert_option(alt)}\n:width: 100%\n\n"
        f"{inert(figure.caption)}\n```\n"
    )


def definitions_block(definitions: Mapping[str, str]) -> str:
    """Return a definition list of words and what they mean."""
    return "\n\n".join(f"{inert(word)}\n: {inert(meaning)}" for word, meaning in definitions.items())


def results_block(views: Sequence[TableView], place: str = "") -> str:
    """Return a list-table of one variable, a row per answer, a column per group, with the place in its caption."""
    first = views[0]
    variable = first.codebook[first.table.variable]
    name = first.key.replace(".", "-").replace("@", "-").replace("_", "-").lower()
    header = [variable.label, *(f"{view.noun.capitalize()}{_size(view)}" for view in views)]
    rows = [header, *_rows(views)]
    body = "\n".join("\n".join(f"{'* -' if i == 0 else '  -'} {inert(c)}" for i, c in enumerate(r)) for r in rows)
    caption = results_caption(views, place)
    return (
        f"\n```{{list-table}} {inert(caption)}\n:name: tab-{name}\n:header-rows: 1\n:stub-columns: 1\n\n{body}\n```\n"
    )


def results_caption(views: Sequence[TableView], place: str) -> str:
    """Return the caption of that table."""
    label = views[0].codebook[views[0].table.variable].label
    return f"{label}: answers by group" + (f", {place}" if place else "")


def results_marks(views: Sequence[TableView]) -> Iterator[Mark]:
    """Yield the values that the table prints: the size of each group, and the cells that are not withheld."""
    for view in views:
        if view.table.base is not None:
            yield Mark(view.key, (), f"n = {view.table.base}")
        for level in view.codebook[view.table.variable].levels:
            if (value := view.value_text(view.table.cell(level.id))) != "withheld":
                yield Mark(view.key, (level.id,), value)


def _size(view: TableView) -> str:
    return f", n = {view.table.base}" if view.table.base is not None else ""


def _rows(views: Sequence[TableView]) -> list[list[str]]:
    variable = views[0].codebook[views[0].table.variable]
    rows = []
    for level in variable.levels:
        values = [view.value_text(view.table.cell(level.id)) for view in views]
        if any(value != "withheld" for value in values):
            rows.append([level.label, *("–" if value == "withheld" else value for value in values)])
    return rows
