"""Documents, sections and their headings."""

from __future__ import annotations

from dataclasses import replace

from docutils import nodes
from sphinx import addnodes

from casebook.publication.book.typst.assembly import contents_of
from casebook.publication.book.typst.inline import inside
from casebook.publication.book.typst.literals import numbering
from casebook.publication.book.typst.places import Place
from casebook.publication.book.typst.translator import Renderer, Writer

_SILENT = (nodes.title, nodes.target, nodes.comment, addnodes.index, addnodes.toctree)


def book(writer: Writer) -> str:
    """Return the whole book; a root page that only holds the contents leaves no chapter."""
    return _document(writer, writer.book.root, 0)


def _document(writer: Writer, docname: str, level: int) -> str:
    document = writer.book.documents[docname]
    # The line number behind a message of the Typst compiler is looked up in these comments.
    return f"\n// document {docname}\n{writer.all(document.children, Place(docname, level))}"


def _section(writer: Writer, node: nodes.section, place: Place) -> str:
    rest = [child for child in node.children if not isinstance(child, nodes.title)]
    inner = replace(place, level=place.level + 1)
    if place.docname == writer.book.root and not _speaks(node):
        return writer.all(rest, inner)
    return _heading(writer, node, inner) + writer.all(rest, inner)


def _speaks(node: nodes.Element) -> bool:
    return any(
        _speaks(child) if isinstance(child, nodes.compound) else not isinstance(child, _SILENT)
        for child in node.children
    )


def _heading(writer: Writer, node: nodes.section, place: Place) -> str:
    title = next((child for child in node.children if isinstance(child, nodes.title)), None)
    if title is None:
        writer.fault(node, place, "a section has no title")
        return ""
    number = numbering(writer.numbers.section(place.docname, node))
    mark = writer.label_of(node, place)
    body = writer.twice(title.children, place)
    writer.listed.heading(place.level)
    opening = ""
    if place.level == 1:
        opening, writer.since_opening = "\n#chapter()\n", 0
    return (
        f"{opening}\n#heading(level: {place.level}, numbering: {number})[{body}]{f'#label({mark})' if mark else ''}\n\n"
    )


def _toctree(writer: Writer, node: addnodes.toctree, place: Place) -> str:
    level = 0 if place.docname == writer.book.root else place.level
    caption = _part(writer, str(node.get("caption") or "")) if level == 0 else ""
    return caption + "".join(_document(writer, docname, level) for docname in contents_of(node))


def _part(writer: Writer, title: str) -> str:
    """Return the mark of where a part begins; the part before the first such mark has no title."""
    mark = f"\n#part({len(writer.listed.parts)})\n"
    writer.listed.parts.append((title, 0))
    return mark


RENDERERS: dict[str, Renderer] = {
    "section": _section,
    "toctree": _toctree,
    "compound": inside,
}
