"""A Sphinx extension: a page of the web book that lists its figures and tables by number."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from casebook.publication.book.extensions import FIGURE_LISTS
from casebook.publication.book.items import MARK
from casebook.publication.book.reading_order import reading_order

_TEMPLATE = "casebook-lists.html"


@dataclass(frozen=True)
class _List:
    title: str
    kind: str
    element: type[nodes.Element]
    caption: type[nodes.Element]


_LISTS = (_List("Figures", "figure", nodes.figure, nodes.caption), _List("Tables", "table", nodes.table, nodes.title))


def pages(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Yield the one page of lists, as Sphinx takes pages that no document is written for."""
    lists = [{"title": about.title, "entries": list(_entries(app.env, about))} for about in _LISTS]
    shown = [found for found in lists if found["entries"]]
    yield FIGURE_LISTS, {"title": "Figures, tables and data", "lists": shown}, _TEMPLATE


def _entries(env: BuildEnvironment, about: _List) -> Iterator[dict[str, str]]:
    """Yield each numbered figure or table in reading order, with the first sentence of its caption."""
    for docname in reading_order(env, env.config.root_doc):
        numbers = env.toc_fignumbers.get(docname, {}).get(about.kind, {})
        for node in env.get_doctree(docname).findall(about.element) if numbers else ():
            named = next((name for name in node["ids"] if name in numbers), None)
            said = next(iter(node.findall(about.caption)), None)
            if named is not None and said is not None:
                number = ".".join(map(str, numbers[named]))
                title = _words(said).partition(". ")[0].rstrip(".")
                yield {"docname": docname, "anchor": named, "number": number, "title": title}


def _words(caption: nodes.Element) -> str:
    """Return a caption without the number that reviewers see."""
    marks = [node for node in caption.findall(nodes.inline) if MARK in node["classes"]]
    return "".join(child.astext() for child in caption.children if child not in marks)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.connect("html-collect-pages", pages)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
