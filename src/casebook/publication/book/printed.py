"""What a reader is shown of a built book, passage by passage: text of pages, captions, alt texts, words of figures."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import lxml.etree
import lxml.html

from casebook.publication.naked import ASSERTION, CLAIM

_BLOCKS = ("p", "li", "td", "th", "dt", "dd", "h1", "h2", "h3", "h4", "figcaption", "caption")
#: What is no text of the report: source of notebooks, numbers that Sphinx and the review give, and works cited.
_LEFT_OUT = frozenset(
    (
        "casebook-item",
        "headerlink",
        "section-number",
        "caption-number",
        "toctree-wrapper",
        "cell_input",
        "citation-list",
        "citation",
    )
)
#: Elements of the register: claims, values of tables, and assertions, which are empty.
_MARKED = frozenset(("claim", "shown", "assertion"))
_NO_TEXT = frozenset(("script", "style", "pre", "code", "nav"))
_WORKS = "references.html#"
_SENTENCE = re.compile(rf"[^.!?]*(?:[.!?](?!\s|{ASSERTION}|$)[^.!?]*)*(?:[.!?]+[\"”’)\]]*)?(?:{ASSERTION}\w+;)*")
_MARK = re.compile(rf"{ASSERTION}(\w+);")
# Content and alternative texts; other strings of the source are names.
_LITERAL = re.compile(r'(?:#|alt: )"((?:\\.|[^"\\])*)"')


@dataclass(frozen=True)
class Passage:
    """A piece of text of one page: where it stands, its words with a sign for each claim, and the claim before it.

    `figure` names the figure whose words they are, if they are a figure's.
    """

    page: str
    place: str
    text: str
    near: str = ""
    figure: str = ""

    def sentences(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Yield each sentence with the ids of the marks that bear it: its own, or the last before it."""
        borne: tuple[str, ...] = ()
        for found in _SENTENCE.finditer(self.text):
            borne = tuple(_MARK.findall(found[0])) or borne
            if words := _MARK.sub("", found[0]).strip():
                yield words, borne


def passages(folder: Path) -> Iterator[Passage]:
    """Yield the passages of the pages of a web book, in order; the words of a drawing come where it is first shown."""
    drawn: set[str] = set()
    for path in sorted(folder.rglob("*.html")):
        page = path.relative_to(folder).with_suffix("").as_posix()
        for article in lxml.html.parse(str(path)).getroot().iter("article"):
            _strip(article)
            for passage in _of_article(article, page):
                yield passage
                if passage.figure not in drawn and (file := folder / "_images" / passage.figure).suffix == ".svg":
                    drawn.add(passage.figure)
                    yield replace(passage, place="words of the figure", text=words_of_svg(file))


def words_of_svg(path: Path) -> str:
    """Return the words of a drawing; a label broken into lines comes out whole, a number by itself as a size."""
    texts = lxml.etree.parse(str(path)).getroot().iter("{*}text", "{*}title", "{*}desc")
    words = (" ".join("".join(map(str, text.itertext())).split()) for text in texts)
    return " ".join(f"n = {text}" if text.isdecimal() else text for text in words)


def literals(typst: str) -> str:
    """Return all text that a Typst document sets, in one line."""
    found = (literal[1] for literal in _LITERAL.finditer(typst))
    return "".join(re.sub(r"\\(.)", r"\1", text) for text in found)


def _strip(article: lxml.html.HtmlElement) -> None:
    """Leave the words of the report, a sign for each claim, and the mark of each assertion."""
    for element in list(article.iter()):
        if not isinstance(element.tag, str):
            continue
        classes = set(element.get("class", "").split())
        cited = element.tag == "a" and _WORKS in element.get("href", "")
        if element.tag in _NO_TEXT or classes & _LEFT_OUT or cited:
            element.drop_tree()
        elif classes & _MARKED:
            for child in list(element):
                child.drop_tree()
            name = element.get("id") or next((c for c in sorted(classes) if re.fullmatch("c[0-9a-f]{10}", c)), "")
            element.set("data-claim", name)
            element.text = f"{ASSERTION}{name};" if "assertion" in classes else CLAIM


def _of_article(article: lxml.html.HtmlElement, page: str) -> Iterator[Passage]:
    near = ""
    for element in article.iter():
        if not isinstance(element.tag, str):
            continue
        if element.tag == "img":
            yield Passage(page, "alt text", element.get("alt", ""), near, Path(element.get("src", "")).name)
        if element.tag in _BLOCKS and not any(child.tag in _BLOCKS for child in element.iterdescendants()):
            text = " ".join(element.text_content().split())
            if text:
                place = "caption" if _within(element, "figcaption", "caption") else "text"
                yield Passage(page, place, text, _first_claim(element) or near, _figure(element))
        near = element.get("data-claim") or near


def _within(element: lxml.html.HtmlElement, *tags: str) -> bool:
    return element.tag in tags or any(parent.tag in tags for parent in element.iterancestors())


def _first_claim(element: lxml.html.HtmlElement) -> str:
    return next((name for child in element.iterdescendants() if (name := child.get("data-claim"))), "")


def _figure(element: lxml.html.HtmlElement) -> str:
    """Return the file of the figure that an element is a caption of."""
    for parent in element.iterancestors("figure"):
        for image in parent.iter("img"):
            return Path(image.get("src", "")).name
    return ""
