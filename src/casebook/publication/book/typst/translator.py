"""From the nodes of a document to Typst: one function for each kind of node, and none for the unknown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from docutils import nodes

from casebook.errors import Fault
from casebook.publication.book.typst.assembly import Book, label
from casebook.publication.book.typst.images import Images
from casebook.publication.book.typst.literals import string
from casebook.publication.book.typst.numbers import Numbers
from casebook.publication.book.typst.places import Place, file_of, place_of
from casebook.publication.book.typst.structure import TableShape

Renderer = Callable[["Writer", Any, Place], str]


class Writer:
    """Writes the book, and gathers on the way what is wrong with it and how its tables are made.

    `since_opening` counts the characters written since the chapter opened.
    """

    def __init__(self, book: Book, numbers: Numbers, images: Images, renderers: dict[str, Renderer]) -> None:
        self.book = book
        self.numbers = numbers
        self.images = images
        self.faults: list[Fault] = []
        self.shapes: list[TableShape] = []
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

    def twice(
        self, children: Sequence[nodes.Node], place: Place, *, tail: str = "", listed: Sequence[nodes.Node] = ()
    ) -> str:
        """Return words that also stand in a list of contents: there as listed, without notes, links and the tail."""
        full = self.all(children, place).strip() + tail
        bare = self.all(listed or children, replace(place, bare=True)).strip()
        return full if full == bare else f"#twofold([{full}], [{bare}])"

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
