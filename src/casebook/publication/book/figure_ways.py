"""A Sphinx extension: below each figure of the web book, the ways to see it large and to take it and its data away."""

from __future__ import annotations

import html
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from docutils import nodes
from sphinx.application import Sphinx

from casebook.publication.book.beside import FIGURES
from casebook.publication.book.staging import BESIDE

_FILES = (("PNG", ".png"), ("data as CSV", ".csv"))


def add_ways(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Add to each figure's caption links to the drawing, and to those of its files that lie beside the pages."""
    if app.builder.format != "html":
        return
    root = app.builder.get_relative_uri(docname, "index").rpartition("/")[0]
    prefix = f"{root}/" if root else ""
    numbers = app.env.toc_fignumbers.get(docname, {}).get("figure", {})
    for figure in doctree.findall(nodes.figure):
        image = next(iter(figure.findall(nodes.image)), None)
        caption = next(iter(figure.findall(nodes.caption)), None)
        # An image whose file is missing has been warned of, and is in no folder.
        if image is None or caption is None or image["uri"] not in app.env.images:
            continue
        number = ".".join(map(str, next((numbers[name] for name in figure["ids"] if name in numbers), ())))
        links = "".join(_links(app, image, prefix, f"Figure {number}".strip()))
        ways = f'<span class="casebook-ways">{links}</span>'
        figure.insert(figure.index(caption) + 1, nodes.raw("", ways, format="html"))


def _links(app: Sphinx, image: nodes.image, prefix: str, named: str) -> Iterator[str]:
    name = PurePosixPath(image["uri"]).name
    drawing = f"{prefix}_images/{app.env.images[image['uri']][1]}"
    yield _link(drawing, "Large", f"{named} large", ' class="casebook-large"')
    yield _link(drawing, "SVG", f"{named} as SVG", " download")
    for shown, suffix in _FILES:
        file = f"{FIGURES}/{PurePosixPath(name).stem}{suffix}"
        if (Path(app.srcdir) / BESIDE / file).is_file():
            told = f"{named}, {shown}" if "data" in shown else f"{named} as {shown}"
            yield _link(prefix + file, shown[:1].upper() + shown[1:], told, " download")


def _link(address: str, shown: str, told: str, more: str) -> str:
    """A link whose name, which lists of links read out, says which figure it is about and begins with what it shows."""
    return f'<a href="{html.escape(address)}" aria-label="{html.escape(f"{shown}: {told}")}"{more}>{shown}</a>'


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.connect("doctree-resolved", add_ways)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
