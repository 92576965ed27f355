"""Tables: where each cell stands, which cells are headings, and the Typst that prints them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from docutils import nodes

from casebook.publication.book.typst.figures import caption_of, captioned
from casebook.publication.book.typst.html_tables import shows_nothing, tables_in
from casebook.publication.book.typst.literals import block, content
from casebook.publication.book.typst.places import Place
from casebook.publication.book.typst.translator import Renderer, Writer

MOST_UPRIGHT_COLUMNS = 8
_NUMBER = re.compile(r"[\s\u2212+\-\u2013]?[\d.,\s\u202f\u00a0]+\s?%?|[\u2013\u2014\-]?")
_DIGIT = re.compile(r"\d")


@dataclass(frozen=True)
class Cell:
    """An entry and the column where it begins."""

    entry: nodes.entry
    column: int
    heading: bool

    @property
    def columns(self) -> int:
        """The number of columns that the cell covers."""
        return 1 + int(self.entry.get("morecols", 0))

    @property
    def rows(self) -> int:
        """The number of rows that the cell covers."""
        return 1 + int(self.entry.get("morerows", 0))


@dataclass(frozen=True)
class Grid:
    """A table as rows of placed cells."""

    widths: tuple[int, ...]
    given: bool
    head: tuple[tuple[Cell, ...], ...]
    body: tuple[tuple[Cell, ...], ...]

    @property
    def shape(self) -> tuple[tuple[bool, ...], ...]:
        """For each row and each cell in it, whether the cell is the heading of its row."""
        plain = tuple(tuple(False for _ in row) for row in self.head)
        return plain + tuple(tuple(cell.heading for cell in row) for row in self.body)

    def numeric(self) -> frozenset[int]:
        """The columns that hold only numbers and dashes, and at least one number."""
        return frozenset(c for c in range(len(self.widths)) if _all_numbers(self.body, c))


def _all_numbers(rows: tuple[tuple[Cell, ...], ...], column: int) -> bool:
    texts = [cell.entry.astext() for row in rows for cell in row if cell.column == column and cell.columns == 1]
    return all(_NUMBER.fullmatch(text) for text in texts) and any(_DIGIT.search(text) for text in texts)


def grid(table: nodes.table) -> Grid:
    """Return the cells of a table with their columns; a table whose rows do not fill them raises ValueError."""
    group = next(table.findall(nodes.tgroup))
    columns = list(group.findall(nodes.colspec))
    stubs = sum(1 for column in columns if column.get("stub"))
    head, body = (
        _placed([row for part in group.children if isinstance(part, kind) for row in part.children], len(columns), stub)
        for kind, stub in ((nodes.thead, 0), (nodes.tbody, stubs))
    )
    widths = tuple(int(column.get("colwidth", 1)) for column in columns)
    return Grid(widths, "colwidths-given" in table["classes"], head, body)


def _placed(rows: list[nodes.Node], columns: int, stubs: int) -> tuple[tuple[Cell, ...], ...]:
    taken: set[tuple[int, int]] = set()
    placed: list[tuple[Cell, ...]] = []
    for number, row in enumerate(rows):
        cells: list[Cell] = []
        for entry in row.findall(nodes.entry):
            column = next((c for c in range(columns) if (number, c) not in taken), columns)
            cell = Cell(entry, column, column < stubs or bool(entry.get("heading")))
            taken |= {(number + r, column + c) for r in range(cell.rows) for c in range(cell.columns)}
            cells.append(cell)
        placed.append(tuple(cells))
    if taken != {(row, column) for row in range(len(rows)) for column in range(columns)}:
        raise ValueError("the rows of a table do not fill its columns")
    return tuple(placed)


def _table(writer: Writer, node: nodes.table, place: Place) -> str:
    if any(inner is not node for inner in node.findall(nodes.table)):
        writer.fault(node, place, "a table stands in a table")
        return ""
    try:
        cells = grid(node)
    except ValueError as fault:
        writer.fault(node, place, str(fault))
        return ""
    writer.shapes.append(cells.shape)
    return _turned(node, cells, _titled(writer, node, place, cells))


def _titled(writer: Writer, node: nodes.table, place: Place, cells: Grid) -> str:
    title = next((child for child in node.children if isinstance(child, nodes.title)), None)
    body = sheet(writer, cells, place)
    if title is None:
        return body
    words = caption_of(writer, title, place)
    return captioned(writer, node, place, kind="table", caption=words, body=body)


def _turned(node: nodes.table, cells: Grid, printed: str) -> str:
    wide = len(cells.widths) > MOST_UPRIGHT_COLUMNS or "landscape" in node["classes"]
    return block(f"landscape{content(printed)}") if wide else printed


def sheet(writer: Writer, cells: Grid, place: Place) -> str:
    """Return the grid of a table as Typst, its header rows repeated on each page."""
    numeric = cells.numeric()
    inner = replace(place, fixed=True)
    head, body = (
        [_cell(writer, cell, inner, numeric) for row in rows for cell in row] for rows in (cells.head, cells.body)
    )
    columns = ", ".join(f"{width}fr" for width in cells.widths) if cells.given else "auto, " * len(cells.widths)
    header = f"table.header(repeat: true, {', '.join(head)}), " if head else ""
    size = f"rows: {len(cells.head) + len(cells.body)}, head: {len(cells.head)}"
    return block(f"sheet(({columns.rstrip(', ')},), {size}, {header}{', '.join(body)})")


def _cell(writer: Writer, cell: Cell, place: Place, numeric: frozenset[int]) -> str:
    options = [f"{name}: {value}" for name, value in (("colspan", cell.columns), ("rowspan", cell.rows)) if value > 1]
    asked = next((name[5:] for name in cell.entry["classes"] if name.startswith("text-")), "")
    align = asked or ("right" if cell.column in numeric and cell.columns == 1 else "")
    options += [f"align: {align}"] if align in ("left", "right", "center") else []
    body = content(writer.all(cell.entry.children, place))
    function = "row-heading" if cell.heading else "table.cell"
    return f"{function}({', '.join(options)}){body}"


def _raw(writer: Writer, node: nodes.raw, place: Place) -> str:
    formats = str(node.get("format", "")).split()
    if "html" not in formats:
        return ""
    found = tables_in(node.astext())
    if not found and (place.fixed or not shows_nothing(node.astext())):
        message = "an output has neither a table nor a static image" if place.fixed else "HTML cannot be printed"
        writer.fault(node, place, message, remedy="give it a printed form, or mark it {only} html")
    return "".join(_table(writer, _set_in(node, table), place) for table in found)


def _set_in(node: nodes.raw, table: nodes.table) -> nodes.table:
    table.parent, table.line = node.parent, node.line
    return table


RENDERERS: dict[str, Renderer] = {"table": _table, "raw": _raw}
