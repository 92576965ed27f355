"""A Sphinx extension: the first time a page uses a word of the glossary, the word leads to its meaning and shows it."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache

from docutils import nodes
from sphinx.application import Sphinx

#: Where a word is part of something else: a heading, a link, a number with its receipt, a caption, source text.
_NOT_WITHIN = (
    nodes.title,
    nodes.reference,
    nodes.inline,
    nodes.caption,
    nodes.literal,
    nodes.FixedTextElement,
    nodes.table,
    nodes.term,
    nodes.Admonition,
)
GLOSSARY = "annex-glossary"
_PAGES_WITHOUT = ("annex-", "notebooks/", "references", "search")


@dataclass(frozen=True)
class _Page:
    """A page under way: the address of the glossary from it, and the words already explained on it."""

    terms: Mapping[str, tuple[str, str]]
    glossary: str
    said: set[str] = field(default_factory=set)

    def explained(self, text: str) -> Iterator[nodes.Node]:
        """Yield the text in pieces, the words that it is the first to use as links."""
        done = 0
        for found in _pattern(tuple(self.terms)).finditer(text):
            anchor, meaning = self._entry(found[0])
            if anchor in self.said:
                continue
            self.said.add(anchor)
            address = html.escape(f"{self.glossary}#{anchor}")
            link = f'<a class="casebook-term" href="{address}" data-meaning="{html.escape(meaning)}">'
            yield nodes.Text(text[done : found.start()])
            yield nodes.raw("", f"{link}{html.escape(found[0])}</a>", format="html")
            done = found.end()
        yield nodes.Text(text[done:])

    def _entry(self, found: str) -> tuple[str, str]:
        form = found.replace("’", "'")
        return self.terms.get(form) or self.terms[form[:1].lower() + form[1:]]


def explain(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Make the first occurrence of each word on a page of the web book a link to the glossary that carries its meaning.

    `casebook_terms` maps each form of a word to its anchor in the annex and its meaning.
    """
    if app.builder.format != "html" or docname.startswith(_PAGES_WITHOUT) or not app.config.casebook_terms:
        return
    page = _Page(app.config.casebook_terms, app.builder.get_relative_uri(docname, GLOSSARY))
    for text in list(doctree.findall(nodes.Text)):
        if isinstance(text.parent, nodes.paragraph) and not _within_something_else(text):
            text.parent.replace(text, list(page.explained(text.astext())))


def _within_something_else(text: nodes.Text) -> bool:
    node = text.parent
    while node is not None:
        if isinstance(node, _NOT_WITHIN):
            return True
        node = node.parent
    return False


@cache
def _pattern(forms: tuple[str, ...]) -> re.Pattern[str]:
    """Forms as whole words, longer ones first, with a capital where a sentence begins and either apostrophe."""
    ordered = sorted(forms, key=len, reverse=True)
    either = (f"[{form[0]}{form[0].upper()}]{re.escape(form[1:])}".replace("'", "['’]") for form in ordered)
    return re.compile(rf"(?<![\w-])(?:{'|'.join(either)})(?![\w-])")


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.add_config_value("casebook_terms", {}, "html", [dict])
    app.connect("doctree-resolved", explain)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
