"""From the nodes of a document to Typst: one function for each kind of node, and none for the unknown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from docutils import nodes

from casebook.canonical import canonical_json
from casebook.errors import Fault
from casebook.publication.book.typst.assembly import Book, label
from casebook.publication.book.typst.images import Images
from casebook.publication.book.typst.literals import string
from casebook.publication.book.typst.numbers import Numbers
from casebook.publication.book.typst.places import Place, file_of, place_of
from casebook.publication.book.typst.structure import TableShape

Renderer = Callable[["Writer", Any, Place], str]


#: A part with more headings, about a page of them, is listed to the second level.
_MOST_ENTRIES = 45


@dataclass
class Listed:
    """What the lists at the front hold, known before Typst lays out a page.

    Typst finds the places of a book by trying; a list whose length depended on a search would move all pages after it,
    and a long book would not come to rest within its five tries. `parts` has the title and number of headings of each.
    """

    parts: list[tuple[str, int]] = field(default_factory=lambda: [("", 0)])
    kinds: set[str] = field(default_factory=set)

    def heading(self, level: int) -> None:
        """Count a heading that a list of contents may show."""
        title, headings = self.parts[-1]
        self.parts[-1] = (title, headings + (level <= _DEEPEST))

    def encoded(self) -> bytes:
        """Return what the template reads from `lists.json`."""
        parts = [
            {"title": title, "entries": headings, "depth": _DEEPEST - (headings > _MOST_ENTRIES)}
            for title, headings in self.parts
        ]
        return canonical_json({"parts": parts, "figures": "figure" in self.kinds, "tables": "table" in self.kinds})


_DEEPEST = 3


class Writer:
    """Writes the book, and gathers on the way what is wrong with it, what it lists, and how its tables are made.

    `since_opening` counts the characters written since the chapter opened.
    """

    def __init__(self, book: Book, numbers: Numbers, images: Images, renderers: dict[str, Renderer]) -> None:
        self.book = book
        self.numbers = numbers
        self.images = images
        self.faults: list[Fault] = []
        self.shapes: list[TableShape] = []
        self.listed = Listed()
        self.since_opening = 0
        self._renderers = renderers
        self._written: set[str] = set()

    def node(self, node: nodes.Node, place: Place) -> str:
        """Return a node as Typst, its label before it; a node of an unknown kind is a fault."""
        renderer = self._renderers.get(type(node).__name__)
        if renderer is None:
            kind = node.tagname if isinstance(node, nodes.Element) else type(node).__name__
            self.fault(node, place, "nothing is known about printing this", value=kind)
            return ""
        written = renderer(self, node, place)
        mark = self.label_of(node, place)
        return f"#anchor({mark});{written}" if mark else written

    def all(self, children: Iterable[nodes.Node], place: Place) -> str:
        """Return several nodes as Typst, in order."""
        return "".join(self.node(child, place) for child in children)

    def twice(self, children: Sequence[nodes.Node], place: Place) -> str:
        """Return words that also stand in a list of contents: there without notes and links."""
        full, bare = self.all(children, place).strip(), self.bare(children, place)
        return full if full == bare else f"#twofold([{full}], [{bare}])"

    def bare(self, children: Sequence[nodes.Node], place: Place) -> str:
        """Return words as a list of contents has them, without notes and links."""
        return self.all(children, replace(place, bare=True)).strip()

    def label_of(self, node: nodes.Node, place: Place) -> str:
        """Return the label of a node as a literal, the first time only; nothing where it has none."""
        if place.bare or not isinstance(node, nodes.Element) or not node.get("ids"):
            return ""
        name = label(place.docname, node["ids"][0])
        return "" if not self.first(name) else string(name)

    def first(self, name: str) -> bool:
        """Return whether this name is written for the first time."""
        if name in self._written:
            return False
        self._written.add(name)
        return True

    def fault(self, node: nodes.Node, place: Place, message: str, **details: str) -> None:
        """Keep a fault with its document and line."""
        file = file_of(self.images.env, place.docname)
        self.faults.append(Fault(file, place_of(node, file), message, **details))
