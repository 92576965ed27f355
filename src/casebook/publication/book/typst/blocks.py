"""Paragraphs, lists, admonitions, source text and the cells of notebooks."""

from __future__ import annotations

import re
from dataclasses import replace

from docutils import nodes
from sphinx.locale import admonitionlabels

from casebook.publication.book.typst.inline import inside
from casebook.publication.book.typst.literals import block, content, contents, string, words
from casebook.publication.book.typst.places import Place
from casebook.publication.book.typst.translator import Renderer, Writer

_TERMINAL_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
_OBJECT = re.compile(r"\s*<[^<>]+>\s*")
_LANGUAGES = {"ipython3": "python", "python3": "python", "ipython": "python", "default": "python"}
_ENUMERATORS = {"arabic": "1", "loweralpha": "a", "upperalpha": "A", "lowerroman": "i", "upperroman": "I"}


def _paragraph(writer: Writer, node: nodes.Element, place: Place) -> str:
    # A bold line of its own is a title in all but name: it stays with what it announces.
    if len(node.children) == 1 and isinstance(node.children[0], nodes.strong) and not place.bare:
        return block(f"lead-in{content(writer.all(node.children, place))}")
    return f"{writer.all(node.children, place)}\n\n"


def _called(function: str) -> Renderer:
    def call(writer: Writer, node: nodes.Element, place: Place) -> str:
        return block(f"{function}{content(writer.all(node.children, place))}")

    return call


def _bullets(writer: Writer, node: nodes.bullet_list, place: Place) -> str:
    return block(f"list(tight: {_tight(node)}, {_items(writer, node, place)})")


def _enumeration(writer: Writer, node: nodes.enumerated_list, place: Place) -> str:
    pattern = node.get("prefix", "") + _ENUMERATORS[node.get("enumtype", "arabic")] + (node.get("suffix") or ".")
    options = f"start: {node.get('start', 1)}, numbering: {string(pattern)}, tight: {_tight(node)}"
    return block(f"enum({options}, {_items(writer, node, place)})")


def _items(writer: Writer, node: nodes.Element, place: Place) -> str:
    return contents(writer.node(item, place) for item in node.children)


def _tight(node: nodes.Element) -> str:
    items = [item for item in node.children if isinstance(item, nodes.Element)]
    return "true" if all(len(item.children) <= 1 for item in items) else "false"


def _definitions(writer: Writer, node: nodes.Element, place: Place) -> str:
    return block(f"terms({', '.join(writer.node(item, place) for item in node.children)})")


def _definition(writer: Writer, node: nodes.definition_list_item, place: Place) -> str:
    terms = [child for child in node.children if isinstance(child, nodes.term)]
    rest = [child for child in node.children if isinstance(child, nodes.definition)]
    classes = [child for child in node.children if isinstance(child, nodes.classifier)]
    names = "#linebreak();".join(writer.node(term, place) for term in terms) + writer.all(classes, place)
    return f"terms.item({content(names)}, {content(writer.all(rest, place))})"


def _field(writer: Writer, node: nodes.field, place: Place) -> str:
    name, body = node.children
    return f"terms.item({content(writer.node(name, place))}, {content(writer.node(body, place))})"


def _named(kind: str) -> Renderer:
    def admonition(writer: Writer, node: nodes.Element, place: Place) -> str:
        return _box(writer, node, place, (kind, words(str(admonitionlabels[kind]))))

    return admonition


def _admonition(writer: Writer, node: nodes.Element, place: Place) -> str:
    title = next((child for child in node.children if isinstance(child, nodes.title)), None)
    kind = next((str(name) for name in node["classes"] if name in admonitionlabels), "note")
    return _box(writer, node, place, (kind, writer.all(title.children, place) if title is not None else ""))


def _box(writer: Writer, node: nodes.Element, place: Place, kind: tuple[str, str]) -> str:
    rest = [child for child in node.children if not isinstance(child, nodes.title)]
    body = content(writer.all(rest, replace(place, fixed=True)))
    return block(f"admonition({string(kind[0])}, {content(kind[1])}){body}")


def _source(writer: Writer, node: nodes.Element, place: Place) -> str:
    text = _TERMINAL_COLOURS.sub("", node.astext()).rstrip("\n")
    if "output" in node["classes"]:
        if "text_plain" in node["classes"] and _OBJECT.fullmatch(text):
            writer.fault(node, place, "an output has neither a table nor a static image", value=text)
        return block(f"output({string(text)})")
    language = _LANGUAGES.get(node.get("language", ""), node.get("language", ""))
    return block(f"listing({string(text)}, {string(language)})")


def _container(writer: Writer, node: nodes.container, place: Place) -> str:
    if node.get("nb_element") == "cell_code_output":
        return block(f"outputs{content(writer.all(node.children, replace(place, fixed=True)))}")
    if node.get("design_component") == "dropdown":
        title, *rest = node.children
        heading = writer.all(title.children, place) if isinstance(title, nodes.rubric) else ""
        return block(f'admonition("note", {content(heading)}){content(writer.all(rest, place))}')
    return writer.all(node.children, replace(place, fixed=place.fixed or "cell" in node["classes"]))


def _line(writer: Writer, node: nodes.line, place: Place) -> str:
    return f"{writer.all(node.children, place)}#linebreak();"


def _classifier(writer: Writer, node: nodes.classifier, place: Place) -> str:
    return f"{words(' (')}{writer.all(node.children, place)}{words(')')}"


def _transition(_writer: Writer, node: nodes.transition, _place: Place) -> str:
    # Notes stand at the foot of the page, so MyST's rule above them has nothing to divide.
    return "" if "footnotes" in node["classes"] else block("transition()")


def _footnote(writer: Writer, node: nodes.footnote, place: Place) -> str:
    writer.label_of(node, place)
    return ""


def _citation(writer: Writer, node: nodes.citation, place: Place) -> str:
    tag, *rest = node.children
    mark = writer.label_of(node, place)
    return block(f"citation({mark or 'none'}, {string(tag.astext())}){content(writer.all(rest, place))}")


_PLAIN: dict[str, Renderer] = {
    "paragraph": _paragraph,
    "block_quote": _called("quotation"),
    "attribution": _called("attribution"),
    "rubric": _called("rubric"),
    "centered": _called("centred"),
    "line_block": _called("lines"),
    "line": _line,
    "bullet_list": _bullets,
    "enumerated_list": _enumeration,
    "list_item": inside,
    "definition_list": _definitions,
    "definition_list_item": _definition,
    "glossary": inside,
    "term": inside,
    "classifier": _classifier,
    "definition": inside,
    "field_list": _definitions,
    "field": _field,
    "field_name": inside,
    "field_body": inside,
    "hlist": inside,
    "hlistcol": inside,
    "admonition": _admonition,
    "topic": _admonition,
    "sidebar": _admonition,
    "versionmodified": _admonition,
    "literal_block": _source,
    "doctest_block": _source,
    "container": _container,
    "transition": _transition,
    "footnote": _footnote,
    "citation": _citation,
}
RENDERERS = _PLAIN | {kind: _named(kind) for kind in admonitionlabels if kind != "admonition"}
