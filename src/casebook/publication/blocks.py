"""Figures and tables of results as Markdown blocks in the subset that Jupyter Book 1 and MyST 2 both read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from casebook.notebook_run import Mark
from casebook.publication.book.inert import inert, inert_option
from casebook.publication.table_view import TableView

#: The ids of the values that a table prints, by the key of their table and their levels.
Ids = Mapping[tuple[str, tuple[str, ...]], str]
NO_IDS: Ids = MappingProxyType({})


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


def results_block(views: Sequence[TableView], place: str = "", *, ids: Ids = NO_IDS) -> str:
    """Return a list-table of one variable, a row per answer, a column per group, with the place in its caption.

    A value whose table and levels `ids` names stands in an element with that id.
    """
    first = views[0]
    variable = first.codebook[first.table.variable]
    name = first.key.replace(".", "-").replace("@", "-").replace("_", "-").lower()
    header = [inert(variable.label), *(f"{inert(view.noun.capitalize())}{_size(view, ids)}" for view in views)]
    rows = [header, *_rows(views, ids)]
    body = "\n".join("\n".join(f"{'* -' if i == 0 else '  -'} {c}" for i, c in enumerate(r)) for r in rows)
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


def _size(view: TableView, ids: Ids) -> str:
    return f", {_shown(f'n = {view.table.base}', view, (), ids)}" if view.table.base is not None else ""


def _rows(views: Sequence[TableView], ids: Ids) -> list[list[str]]:
    variable = views[0].codebook[views[0].table.variable]
    rows = []
    for level in variable.levels:
        values = [view.value_text(view.table.cell(level.id)) for view in views]
        if any(value != "withheld" for value in values):
            shown = [_shown(value, view, (level.id,), ids) for view, value in zip(views, values, strict=True)]
            rows.append([inert(level.label), *shown])
    return rows


def _shown(value: str, view: TableView, levels: tuple[str, ...], ids: Ids) -> str:
    """Return a value as an element of MyST where it has an id; what is withheld is a dash and has none."""
    text, name = inert("–" if value == "withheld" else value), ids.get((view.key, levels))
    return f"[{text}]{{.shown #{name}}}" if name else text
