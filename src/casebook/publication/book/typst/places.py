"""Where something stands: for the reader of a message, and for the writer of the page."""

from __future__ import annotations

from dataclasses import dataclass

from docutils import nodes
from sphinx.environment import BuildEnvironment

# myst-nb counts the lines of a notebook as ten thousand for each cell and one for each line within it.
LINES_OF_A_CELL = 10_000


@dataclass(frozen=True)
class Place:
    """Where the writer stands in the book.

    `bare` text goes into a list of contents, where labels, links and notes would stand twice;
    in a `fixed` place (a cell of a notebook or of a table) nothing floats.
    """

    docname: str
    level: int = 0
    bare: bool = False
    fixed: bool = False


def file_of(env: BuildEnvironment, docname: str) -> str:
    """Return the source file of a document, relative to the book."""
    return str(env.doc2path(docname, False))


def place_of(node: nodes.Node, file: str) -> str:
    """Return the line of a node, or the cell of a notebook, or nothing where it is not known."""
    current: nodes.Node | None = node
    while current is not None and not current.line:
        current = current.parent
    if current is None or not current.line:
        return ""
    if not file.endswith(".ipynb"):
        return f"line {current.line}"
    return f"cell {current.line // LINES_OF_A_CELL}"
