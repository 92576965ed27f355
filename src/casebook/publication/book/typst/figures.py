"""Images, figures with their captions, and captioned source text."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from docutils import nodes

from casebook.publication.book.typst.blocks import RENDERERS as BLOCKS
from casebook.publication.book.typst.images import description, width
from casebook.publication.book.typst.inline import inside
from casebook.publication.book.typst.literals import block, content, string
from casebook.publication.book.typst.places import Place
from casebook.publication.book.typst.translator import Renderer, Writer

# About a page of text: what follows it stands on a later page than the heading. A figure takes at least its share.
CHARACTERS_OF_AN_OPENING_PAGE = 2500
CHARACTERS_OF_A_FIGURE = 700
_SENTENCE_END = re.compile(r"(?<=[a-z0-9)]{2})\.\s+(?=[A-Z])")
_KINDS = {"figure": "image", "table": "table", "code-block": "raw"}


@dataclass(frozen=True)
class Caption:
    """A caption in its place, and as a list of figures or tables has it; both as Typst."""

    full: str = ""
    listed: str = ""


def captioned(writer: Writer, node: nodes.Element, place: Place, *, kind: str, caption: Caption, body: str) -> str:
    """Return a figure, table or listing with the number and caption that the web edition gives it."""
    number = writer.numbers.figure(place.docname, kind, node["ids"])
    options = [
        string(_KINDS[kind]),
        string(number) if number else "none",
        writer.label_of(node, place) or "none",
        content(caption.full) if caption.full else "none",
        content(caption.listed) if caption.full else "none",
    ]
    if number and caption.full:
        writer.listed.kinds.add(kind)
    placement = _placement(writer, place) if kind == "figure" else "none"
    return block(f"captioned({', '.join(options)}, placement: {placement}){content(body)}")


def caption_of(writer: Writer, node: nodes.Element, place: Place) -> Caption:
    """Return the caption whose words are a node's children."""
    return Caption(writer.all(node.children, place).strip(), writer.bare(node.children, place))


def _first_sentence(caption: nodes.Element) -> list[nodes.Node]:
    """Return as much of a caption as a list of figures needs: what is to be seen, not how to read it."""
    kept: list[nodes.Node] = []
    for child in caption.children:
        end = _SENTENCE_END.search(child.astext()) if isinstance(child, nodes.Text) else None
        if end:
            return [*kept, nodes.Text(child.astext()[: end.start()])]
        kept.append(child)
    return kept


def _placement(writer: Writer, place: Place) -> str:
    """Return where a figure may float: not above the heading of the chapter that it belongs to."""
    if place.fixed:
        return "none"
    opening = writer.since_opening < CHARACTERS_OF_AN_OPENING_PAGE
    writer.since_opening += CHARACTERS_OF_A_FIGURE
    return "bottom" if opening else "top"


def _image(writer: Writer, node: nodes.image, place: Place) -> str:
    alt = description(node)
    if not alt:
        writer.fault(node, place, "an image has no alternative text", remedy="say what is to be seen")
    path = writer.images.placed(node["uri"])
    if path is None:
        writer.fault(node, place, "an image is missing", value=node["uri"])
        return ""
    call = f"picture({string(path)}, {string(alt)}, width: {width(node)})"
    return f"#box({call});" if isinstance(node.parent, nodes.TextElement) else block(call)


def _figure(writer: Writer, node: nodes.figure, place: Place) -> str:
    parts = [child for child in node.children if isinstance(child, (nodes.caption, nodes.legend))]
    body = writer.all([child for child in node.children if child not in parts], place)
    caption = next((child for child in parts if isinstance(child, nodes.caption)), None)
    if caption is None:
        return body
    legend = writer.all([child for child in parts if isinstance(child, nodes.legend)], place)
    tail = f"#legend{content(legend)}" if legend else ""
    words = Caption(writer.all(caption.children, place).strip() + tail, writer.bare(_first_sentence(caption), place))
    return captioned(writer, node, place, kind="figure", caption=words, body=body)


def _container(writer: Writer, node: nodes.container, place: Place) -> str:
    if "literal-block-wrapper" not in node["classes"]:
        return BLOCKS["container"](writer, node, place)
    caption = next(child for child in node.children if isinstance(child, nodes.caption))
    rest = [child for child in node.children if child is not caption]
    words = caption_of(writer, caption, place)
    body = writer.all(rest, replace(place, fixed=True))
    return captioned(writer, node, place, kind="code-block", caption=words, body=body)


RENDERERS: dict[str, Renderer] = {
    "image": _image,
    "figure": _figure,
    "legend": inside,
    "container": _container,
}
