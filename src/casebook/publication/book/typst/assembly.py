"""The documents of a book in reading order, with every place that a link can lead to."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass

from docutils import nodes
from sphinx import addnodes
from sphinx.builders import Builder
from sphinx.util.logging import NAMESPACE, WarningSuppressor, suppress_logging

from casebook.errors import Fault
from casebook.publication.book.evidence_annex import ANNEX, ENTRY
from casebook.publication.book.reading_order import reading_order
from casebook.publication.book.typst.places import file_of, place_of


@dataclass(frozen=True)
class Book:
    """The resolved documents, the label behind each name that a link may use, and the numbers of the statements.

    A statement's number in the evidence annex is found by the label of its entry there.
    """

    root: str
    documents: Mapping[str, nodes.document]
    labels: Mapping[str, str]
    footnotes: Mapping[str, nodes.footnote]
    statements: Mapping[str, str]


class _WarningsAsFaults(logging.Handler):
    """Keeps each warning that Sphinx gives, with its document and line, as a fault."""

    def __init__(self, builder: Builder) -> None:
        super().__init__(logging.WARNING)
        self.faults: list[Fault] = []
        self.docname = ""
        self._env = builder.env
        self.addFilter(WarningSuppressor(builder.app))

    def emit(self, record: logging.LogRecord) -> None:
        file, location = file_of(self._env, self.docname), getattr(record, "location", None)
        place = place_of(location, file) if isinstance(location, nodes.Node) else ""
        self.faults.append(Fault(file, place, record.getMessage()))


def assemble(builder: Builder) -> tuple[Book, list[Fault]]:
    """Return the book below the root document, resolved as the web edition resolves it, and what did not resolve."""
    env, root = builder.env, builder.config.root_doc
    watcher = _WarningsAsFaults(builder)
    documents: dict[str, nodes.document] = {}
    # Each warning becomes a fault, so it is not also written to Sphinx's own stream.
    with suppress_logging():
        logging.getLogger(NAMESPACE).addHandler(watcher)
        for docname in reading_order(env, root):
            watcher.docname = docname
            documents[docname] = _resolved(builder, docname)
    return Book(root, documents, _labels(documents), _footnotes(documents), _statements(documents)), watcher.faults


def _resolved(builder: Builder, docname: str) -> nodes.document:
    doctree = builder.env.get_doctree(docname)
    builder.env.resolve_references(doctree, docname, builder)
    builder.post_process_images(doctree)
    return doctree


def label(docname: str, identifier: str) -> str:
    """Return the one label of an element of a document."""
    return f"{docname}#{identifier}"


def _labels(documents: Mapping[str, nodes.document]) -> dict[str, str]:
    found: dict[str, str] = {}
    for docname, document in documents.items():
        for node in document.findall(nodes.Element):
            identifiers: list[str] = node.get("ids", [])
            found |= {label(docname, name): label(docname, identifiers[0]) for name in identifiers}
        found[label(docname, "")] = _first_label(docname, document)
    return found


def _first_label(docname: str, document: nodes.document) -> str:
    section = next(document.findall(nodes.section), None)
    return label(docname, section["ids"][0] if section is not None else "")


def _footnotes(documents: Mapping[str, nodes.document]) -> dict[str, nodes.footnote]:
    return {
        label(docname, identifier): note
        for docname, document in documents.items()
        for note in document.findall(nodes.footnote)
        for identifier in note["ids"]
    }


def _statements(documents: Mapping[str, nodes.document]) -> dict[str, str]:
    annex = documents.get(ANNEX.removesuffix(".md"))
    entries = annex.findall(nodes.inline) if annex is not None else ()
    return {entry["ids"][0]: entry.astext() for entry in entries if entry["ids"] and entry.astext()}


def statement_of(book: Book, claim: str) -> tuple[str, str] | None:
    """Return the label of the entry of the statement that ends with a claim, and its number; None where none does."""
    number = book.statements.get(f"{ENTRY}{claim}")
    return (label(ANNEX.removesuffix(".md"), f"{ENTRY}{claim}"), number) if number else None


def contents_of(node: addnodes.toctree) -> list[str]:
    """Return the documents that a table of contents includes, in order."""
    return [str(docname) for docname in node["includefiles"]]
