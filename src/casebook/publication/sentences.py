"""Marked text: where its claims are, and the sentences they stand in as a reader sees them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

# Private-use characters bracket a claim in the rendered text until its sentence has been read off.
_OPEN, _SEPARATOR, _CLOSE = "\ue000", "\ue001", "\ue002"
_MARK = f"{_OPEN}\\d+{_SEPARATOR}|{_CLOSE}"
_MARKS = re.compile(_MARK)
_NUMBERED = re.compile(f"{_OPEN}(\\d+){_SEPARATOR}")
_MARKED = re.compile(f"{_OPEN}(\\d+){_SEPARATOR}([^{_OPEN}{_CLOSE}]*){_CLOSE}")
# Closing brackets, quotes, notes and marks belong to the sentence they end, opening ones to the next.
_END = re.compile(rf"[.!?](?:\\?[)\]\"'”’*_]|\[\^[^\]]+\]|{_MARK})*\s+(?=(?:\\?[(\[\"'“‘*_]|{_MARK})*[A-ZÀ-Þ\d{{])")
# No-break spaces are not among them: they are printed.
_BLANKS = re.compile(r"[ \t\n]+")
_ABBREVIATION = re.compile(r"\b(?:e\.g|i\.e|cf|vs|Nos?|Arts?|Drs?|Prof|Mrs?|Ms|St|al|pp?|vol|Figs?|ca|approx|[A-Z])\.$")
# Headings, list items, table rows, definitions, directives and their options begin something of their own.
_ITEM = re.compile(
    rf"^\s*((?:{_MARK})*)"
    r"(?:(?:[-*+|>:]|#{1,6}|\d+[.)])\s+|:[\w-]+:\s|(?:`{3,}|:{3,})(?:\{[^}]*\})?)+"
)
# Headings, options of directives and what follows a directive's name hold text without markup, save a table's title.
_PLAIN = re.compile(
    rf"^\s*(?:{_MARK})*(?:#{{1,6}}\s|:[\w-]+:\s|(?:`{{3,}}|:{{3,}})\{{(?!list-table\}})[^}}]*\}})[^\n]*", re.MULTILINE
)
# What stands in a role is for Sphinx to read.
_ROLE = re.compile(r"(?<!\\)\{[\w:]+\}`[^`]*`")
# An element of a claim, an assertion or a table's value in a finished page.
_ELEMENT = re.compile(r"(?<!\\)\[((?:\\.|[^\]\\])*)\]\{\.(?:claim|assertion|shown) [^}]*\}")
_BLOCK = re.compile(r"^(?:#{1,6}\s|[-*+]\s|\d+[.)]\s|`{3,}|:{3,})")
# The first cell of a row of a list-table begins the row, the others go on with it.
_CELL = re.compile(r"^(?:\* -|  -)\s+")
_DIRECTIVE = re.compile(r"^\s*(?:`{3,}.*|:{3,}.*|:[\w-]+:.*|\([\w-]+\)=)$")
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


@dataclass(frozen=True)
class Sentence:
    """The numbers of the claims in a sentence, its printed words, and where it ends in the marked text.

    `running` says that it is text, neither a heading nor an option of a directive.
    """

    claims: tuple[int, ...]
    words: str
    end: int
    running: bool = True


def sentences(text: str) -> Iterator[Sentence]:
    """Yield the sentences of a marked text; claims that stand before one, on their own, come with it.

    Before a heading they wait for the text below it.
    """
    waiting: list[int] = []
    for start, end, running in _items(text):
        for first, last in _sentences_of(text, start, end):
            own, words = numbers_in(text[first:last]), printed(text[first:last])
            if not words:
                waiting += own
            elif running:
                yield Sentence((*waiting, *own), words, last)
                waiting = []
            else:
                yield Sentence(tuple(own), words, last, running=False)


def replaced(text: str, change: Callable[[int, str], str]) -> str:
    """Return a marked text with each claim changed, given number and text; plain where no markup can be."""
    for plain in (_PLAIN, _ROLE):
        text = plain.sub(lambda found: without_marks(found[0]), text)
    return without_marks(_MARKED.sub(lambda found: change(int(found[1]), found[2]), text))


def plain_blocks(page: str) -> Iterator[str]:
    """Yield the headings, paragraphs, items and table rows of a finished page as a reader sees them.

    A heading keeps its number signs, the cells of a row stand between bars; what is markup alone is left out.
    """
    lines: list[str] = []
    for line in [*_ELEMENT.sub(r"\1", page).split("\n"), ""]:
        begun = _BLOCK.match(line)
        cell = _CELL.match(line)
        if (begun or not line.strip()) and lines:
            yield printed(" ".join(lines))
            lines = []
        if cell and lines:
            lines.append("|")
        if line.strip() and not _DIRECTIVE.match(line):
            lines.append(line[cell.end() :] if cell else line.strip())


def printed(text: str) -> str:
    """Return what a reader sees of marked inline Markdown: no marks, citations, notes, links, emphasis or escapes."""
    text = _BLANKS.sub(" ", without_marks(text))
    for markup, words in _MARKUP:
        text = markup.sub(words, text)
    return text.strip()


def _items(text: str) -> Iterator[tuple[int, int, bool]]:
    """Yield where each item of a text begins and ends, without the signs of items, and whether it is running text.

    An item goes on to the next one or to an empty line.
    """
    start, position = 0, 0
    for line in text.split("\n"):
        begun = _ITEM.match(line)
        if begun or not line.strip():
            yield start, position, True
            start = position + (begun.end() if begun else len(line))
        if begun and begun[1]:
            yield position, position + len(begun[1]), True
        position += len(line) + 1
        if begun and _PLAIN.match(line):
            yield start, position - 1, False
            start = position
    yield start, len(text), True


def _sentences_of(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield where each sentence of an item begins and ends, without the blanks around it."""
    for found in _END.finditer(text, start, end):
        if not _ABBREVIATION.search(without_marks(text[start : found.start() + 1])):
            yield start, start + len(text[start : found.end()].rstrip())
            start = found.end()
    yield start, start + len(text[start:end].rstrip())
