"""What stands within a line: emphasis, literals, links, notes."""

from __future__ import annotations

from dataclasses import replace

from docutils import nodes

from casebook.publication.book.items import MARK, WITHIN
from casebook.publication.book.typst.assembly import label, statement_of
from casebook.publication.book.typst.literals import content, string, words
from casebook.publication.book.typst.places import Place
from casebook.publication.book.typst.translator import Renderer, Writer

LOCAL = "%"


def _text(writer: Writer, node: nodes.Text, place: Place) -> str:
    writer.since_opening += 0 if place.bare else len(node)
    return words(node.astext())


def inside(writer: Writer, node: nodes.Element, place: Place) -> str:
    """Return what an element holds, without a mark of its own."""
    return writer.all(node.children, place)


def nothing(_writer: Writer, _node: nodes.Node, _place: Place) -> str:
    """Return nothing, for what is not meant to be printed."""
    return ""


def _wrapped(function: str) -> Renderer:
    def wrap(writer: Writer, node: nodes.Element, place: Place) -> str:
        return f"#{function}[{writer.all(node.children, place)}];"

    return wrap


def _inline(writer: Writer, node: nodes.inline, place: Place) -> str:
    """Return what an element holds; after the last claim of a statement, also its number in the evidence annex."""
    if MARK in node["classes"]:
        function = "item-number-within" if WITHIN in node["classes"] else "item-number"
        return "" if place.bare else f"#{function}({string(node.astext())});"
    body = inside(writer, node, place)
    found = statement_of(writer.book, node["ids"][0]) if node["ids"] and not place.bare else None
    return f"{body}#statement({string(found[0])}, {string(found[1])});" if found else body


def _literal(_writer: Writer, node: nodes.literal, _place: Place) -> str:
    return f"#raw({string(node.astext())});"


def _reference(writer: Writer, node: nodes.Element, place: Place) -> str:
    body = writer.all(node.children, place)
    if place.bare:
        return body
    uri = str(node.get("refuri", ""))
    if uri and not uri.startswith(LOCAL):
        return f"#link({string(uri)})[{body}];"
    name = _aim(node, uri, place)
    if name not in writer.book.labels:
        writer.fault(node, place, "a reference leads nowhere", value=name, remedy="mend the name or the target")
        return body
    return f"#link(label({string(writer.book.labels[name])}))[{body}];"


def _aim(node: nodes.Element, uri: str, place: Place) -> str:
    if "refid" in node:
        return label(place.docname, node["refid"])
    docname, _, identifier = uri.removeprefix(LOCAL).partition("#")
    return label(docname, identifier)


def _footnote_reference(writer: Writer, node: nodes.footnote_reference, place: Place) -> str:
    if place.bare:
        return ""
    name = label(place.docname, str(node.get("refid", "")))
    note = writer.book.footnotes.get(name)
    if note is None:
        writer.fault(node, place, "a footnote is missing", value=node.astext())
        return ""
    mark = string(f"note:{name}")
    if not writer.first(f"note:{name}"):
        return f"#footnote(label({mark}));"
    body = [child for child in note.children if not isinstance(child, nodes.label)]
    return f"#footnote{content(writer.all(body, replace(place, fixed=True)))}#label({mark});"


def _problem(writer: Writer, node: nodes.Element, place: Place) -> str:
    writer.fault(node, place, "the source could not be read", value=node.astext())
    return ""


def _mathematics(writer: Writer, node: nodes.Element, place: Place) -> str:
    writer.fault(node, place, "formulas are not printed yet", value=node.astext(), remedy="say it in words")
    return ""


RENDERERS: dict[str, Renderer] = {
    "Text": _text,
    "emphasis": _wrapped("emph"),
    "literal_emphasis": _wrapped("emph"),
    "title_reference": _wrapped("emph"),
    "strong": _wrapped("strong"),
    "literal_strong": _wrapped("strong"),
    "subscript": _wrapped("sub"),
    "superscript": _wrapped("super"),
    "inline": _inline,
    "abbreviation": inside,
    "acronym": inside,
    "download_reference": inside,
    "target": inside,
    "literal": _literal,
    "reference": _reference,
    "number_reference": _reference,
    "footnote_reference": _footnote_reference,
    "math": _mathematics,
    "math_block": _mathematics,
    "problematic": _problem,
    "system_message": _problem,
    "comment": nothing,
    "index": nothing,
    "meta": nothing,
    "tabular_col_spec": nothing,
}
