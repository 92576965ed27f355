"""A Sphinx extension: each paragraph, figure and table has a number that stays the same as long as its words do."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes

from casebook.canonical import canonical_json, write_atomically
from casebook.publication.book.reading_order import reading_order

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

FILE = "items.json"
#: The class of a number that is shown, and of one that stands within a line instead of in the margin.
MARK, WITHIN = "casebook-item", "casebook-item-within"
#: What is made of data for reference is reviewed in its source.
_NOT_REVIEWED = ("notebooks/", "annex-evidence")
# Without letters and digits that are mistaken for each other when they are read out.
_DIGITS = "23456789abcdefghjkmnpqrstvwxyz"
_LENGTH = 6


@dataclass(frozen=True)
class Item:
    """A paragraph, figure or table: its number, its page by name and title, what it is, and its words."""

    number: str
    page: str
    title: str
    kind: str
    text: str


def number_items(app: Sphinx, doctree: nodes.document) -> None:
    """Number the items of a document, keep them with the environment, and show the numbers in review state."""
    page, kept = app.env.docname, _kept(app.env)
    kept.pop(page, None)
    if page.startswith(_NOT_REVIEWED):
        return
    taken = {item.number for items in kept.values() for item in items}
    title = next((node.astext() for node in doctree.findall(nodes.title)), page)
    kept[page] = []
    for node in [found for found in doctree.findall(nodes.Element) if _is_item(found)]:
        kind, text = node.tagname, " ".join(_words(node).split())
        number = _number(page, kind, text, taken)
        taken.add(number)
        kept[page].append(Item(number, page, title, kind, text))
        if app.config.casebook_review:
            _show(node, number)


def _kept(env: BuildEnvironment) -> dict[str, list[Item]]:
    if not hasattr(env, "casebook_items"):
        env.casebook_items = {}  # type: ignore[attr-defined]
    kept: dict[str, list[Item]] = env.casebook_items  # type: ignore[attr-defined]
    return kept


def _is_item(node: nodes.Element) -> bool:
    if isinstance(node, nodes.figure):
        return bool(list(node.findall(nodes.caption)))
    if isinstance(node, nodes.paragraph):
        return bool(node.astext().strip()) and not _within(node)
    return isinstance(node, nodes.table)


def _within(node: nodes.Node) -> bool:
    """Whether a paragraph is part of a figure, a table or a cell of a notebook."""
    parent: Any = node.parent
    while parent is not None:
        if isinstance(parent, (nodes.figure, nodes.table)):
            return True
        parent = parent.parent
    return False


def _words(node: nodes.Element) -> str:
    if isinstance(node, nodes.paragraph):
        return node.astext()
    parts = [part.astext() for kind in (nodes.caption, nodes.legend, nodes.title) for part in node.findall(kind)]
    parts += [entry.astext() for entry in node.findall(nodes.entry)]
    return "; ".join([*parts, *(image.get("alt", "") for image in node.findall(nodes.image))])


def _number(page: str, kind: str, text: str, taken: set[str]) -> str:
    """Return digits of the digest of the words; the same words again on a page get further ones, in their order."""
    for time in range(len(taken) + 1):
        digest = hashlib.sha256("\0".join((page, kind, text, str(time))).encode("utf-8")).digest()
        value, digits = int.from_bytes(digest, "big"), ""
        for _ in range(_LENGTH):
            value, place = divmod(value, len(_DIGITS))
            digits += _DIGITS[place]
        if digits not in taken:
            break
    return digits


def _show(node: nodes.Element, number: str) -> None:
    mark = nodes.inline("", number, classes=[MARK], ids=[f"{MARK}-{number}"])
    if isinstance(node, nodes.paragraph):
        node.insert(0, mark)
        return
    mark["classes"].append(WITHIN)
    places = [place for kind in (nodes.caption, nodes.title, nodes.paragraph) for place in node.findall(kind)]
    for place in places[:1]:
        place.extend([nodes.Text(" "), mark])


def write_items(app: Sphinx, env: BuildEnvironment) -> None:
    """Write the items in reading order beside the doctrees, once all documents are read."""
    kept = _kept(env)
    ordered = [item for page in reading_order(env, env.config.root_doc) for item in kept.get(page, ())]
    write_atomically(Path(app.doctreedir).parent / FILE, canonical_json([asdict(item) for item in ordered]))


def read_items(path: Path) -> Iterator[Item]:
    """Yield the items of a book as it was last built, in reading order."""
    for entry in json.loads(path.read_text("utf-8")):
        yield Item(**entry)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.add_config_value("casebook_review", False, "env", [bool])
    # After the numbers of statements and the head rows: what is hashed is what is read.
    app.connect("doctree-read", number_items, priority=900)
    app.connect("env-updated", write_items)
    return {"parallel_read_safe": False, "parallel_write_safe": True}
