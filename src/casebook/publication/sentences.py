"""Marked text: where its claims are, and the sentences they stand in as a reader sees them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

# Private-use characters bracket a claim in the rendered text until its sentence has been read off.
_OPEN, _SEPARATOR, _CLOSE = "\ue000", "\ue001", "\ue002"
_MARK = f"{_OPEN}\\d+{_SEPARATOR}|{_CLOSE}"
_MARKS = re.compile(_MARK)
_NUMBERED = re.compile(f"{_OPEN}(\\d+){_SEPARATOR}")
# Closing brackets, quotes, notes and marks belong to the sentence they end, opening ones to the next.
_END = re.compile(rf"[.!?](?:\\?[)\]\"'”’*_]|\[\^[^\]]+\]|{_MARK})*\s+(?=(?:\\?[(\[\"'“‘*_]|{_MARK})*[A-ZÀ-Þ\d])")
# No-break spaces are not among them: they are printed.
_BLANKS = re.compile(r"[ \t\n]+")
_ABBREVIATION = re.compile(r"\b(?:e\.g|i\.e|cf|vs|Nos?|Arts?|Drs?|Prof|Mrs?|Ms|St|al|pp?|vol|Figs?|ca|approx|[A-Z])\.$")
# Headings, list items, table rows, definitions, directives and their options begin something of their own.
_ITEM = re.compile(
    rf"^\s*((?:{_MARK})*)"
    r"(?:(?:[-*+|>:]|#{1,6}|\d+[.)])\s+|:[\w-]+:\s|(?:`{3,}|:{3,})(?:\{[^}]*\})?)+"
)
#: What is markup in a sentence, and what is printed of it.
_MARKUP = (
    (re.compile(r" ?(?<!\\)\{cite:p\}`[^`]*`"), ""),
    # A link to a page prints its own words; one without words prints the page's title, which only Sphinx knows.
    (re.compile(r"(?<!\\)\{(?:doc|ref|numref)\}`([^`<]*?) ?<[^`>]*>`"), r"\1"),
    (re.compile(r" ?\((?:(?:see )?\{(?:doc|ref|numref)\}`[^`]*`(?:, | and )?)+\)"), ""),
    (re.compile(r"(?<!\\)\{(?:doc|ref|numref)\}`/?([^`]*)`"), r"\1"),
    (re.compile(r"(?<!\\)\[\^[^\]]+\]"), ""),
    (re.compile(r"(?<!\\)\[((?:\\.|[^\]\\])+)\]\([^)]*\)"), r"\1"),
    (re.compile(r"(?<!\\)\*+"), ""),
    (re.compile(r"\\([!-/:-@\[-`{-~])"), r"\1"),
)


def marked(number: int, text: str) -> str:
    """Return a claim's text between marks that hold its number."""
    return f"{_OPEN}{number}{_SEPARATOR}{text}{_CLOSE}"


def without_marks(text: str) -> str:
    """Return a text without the marks of its claims."""
    return _MARKS.sub("", text)


def numbers_in(text: str) -> list[int]:
    """Return the numbers of the claims in a marked text, in order."""
    return [int(number) for number in _NUMBERED.findall(text)]


def at_first_word(text: str, change: Callable[[str], str]) -> str:
    """Return a marked text with a change made to the part that holds its first letter or figure."""
    parts = re.split(f"({_MARK})", text)
    first = next((i for i, part in enumerate(parts) if not i % 2 and any(map(str.isalnum, part))), None)
    return "".join(change(part) if i == first else part for i, part in enumerate(parts))


def sentences(text: str) -> Iterator[tuple[list[int], str]]:
    """Yield the claims and the printed words of each sentence of a marked text.

    Claims that stand before a sentence, on their own, come with it.
    """
    waiting: list[int] = []
    for block in re.split(r"\n\s*\n", text):
        for item in _items(block):
            for sentence in _sentences_of(_BLANKS.sub(" ", item)):
                waiting += numbers_in(sentence)
                if words := printed(sentence):
                    yield waiting, words
                    waiting = []


def printed(text: str) -> str:
    """Return what a reader sees of marked inline Markdown: no marks, citations, notes, links, emphasis or escapes."""
    text = without_marks(text)
    for markup, words in _MARKUP:
        text = markup.sub(words, text)
    return text.strip()


def _items(block: str) -> Iterator[str]:
    """Yield the lines of a block, joined up to the next that begins an item; the signs of items are left out."""
    lines: list[str] = []
    for line in block.splitlines():
        begun = _ITEM.match(line)
        if begun:
            yield "\n".join(lines)
            lines = []
        lines.append(begun[1] + line[begun.end() :] if begun else line)
        if begun and "#" in begun[0]:
            yield lines.pop()
    yield "\n".join(lines)


def _sentences_of(text: str) -> Iterator[str]:
    start = 0
    for end in _END.finditer(text):
        if not _ABBREVIATION.search(without_marks(text[start : end.start() + 1])):
            yield text[start : end.end()]
            start = end.end()
    yield text[start:]
