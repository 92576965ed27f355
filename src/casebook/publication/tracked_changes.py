"""A document for reviewers who work in Word: the later edition's text, with what differs as tracked changes."""

from __future__ import annotations

import datetime
import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from docx import Document
from docx.document import Document as MadeDocument
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from casebook.publication.sentences import plain_blocks

AUTHOR = "Casebook"
_TOKENS = re.compile(r"\s+|[^\s]+")
_DEEPEST = 4
#: The earliest time a file of a ZIP archive can have; the same one for all makes the same bytes.
_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Piece:
    """Words that both editions have ("equal"), or that one of them has ("insert", "delete")."""

    what: str
    words: str


def document(
    title: str, before: Mapping[str, str], now: Mapping[str, str], *, date: datetime.date
) -> tuple[bytes, int]:
    """Return a DOCX of the pages that differ, and how many those are.

    `before` and `now` are the Markdown of both editions by page, in reading order; pages that are the same are named
    at the end. The same text gives the same bytes.
    """
    made = Document()
    made.core_properties.title, made.core_properties.author = title, AUTHOR
    made.core_properties.created = made.core_properties.modified = datetime.datetime.combine(date, datetime.time())
    made.add_heading(title, 0)
    marks = Marks(date)
    same, differing = [], 0
    for page in dict.fromkeys([*now, *before]):
        old, new = (list(plain_blocks(pages.get(page, ""))) for pages in (before, now))
        if old == new:
            same.append(page)
            continue
        differing += 1
        for pieces in paragraphs(old, new):
            marks.add(made.add_paragraph(), pieces)
    if same:
        made.add_heading("Pages that are the same", 1)
        made.add_paragraph(", ".join(same))
    return packed(made), differing


def paragraphs(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[Piece, ...]]:
    """Yield each paragraph of two texts as pieces: whole ones that are the same, gone or new, others word by word."""
    for what, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            yield from ((Piece("equal", text),) for text in new[c:d])
            continue
        paired = min(b - a, d - c)
        yield from (_words(one, other) for one, other in zip(old[a : a + paired], new[c : c + paired], strict=True))
        yield from ((Piece("delete", text),) for text in old[a + paired : b])
        yield from ((Piece("insert", text),) for text in new[c + paired : d])


def _words(old: str, new: str) -> tuple[Piece, ...]:
    before, now = _TOKENS.findall(old), _TOKENS.findall(new)
    pieces = []
    for what, a, b, c, d in SequenceMatcher(None, before, now, autojunk=False).get_opcodes():
        if what == "equal":
            pieces.append(Piece("equal", "".join(now[c:d])))
            continue
        pieces += [Piece("delete", "".join(before[a:b]))] if b > a else []
        pieces += [Piece("insert", "".join(now[c:d]))] if d > c else []
    return tuple(pieces)


class Marks:
    """Writes pieces as runs, inserted and deleted ones within the elements by which Word tracks a change.

    Source: ECMA-376, part 1, 17.13.5 (revisions).
    """

    def __init__(self, date: datetime.date) -> None:
        self._date = f"{date.isoformat()}T00:00:00Z"
        self._number = 0

    def add(self, paragraph: Paragraph, pieces: Sequence[Piece]) -> None:
        first = pieces[0].words if pieces else ""
        level = len(first) - len(first.lstrip("#"))
        if level:
            paragraph.style = f"Heading {min(level, _DEEPEST)}"
        if len({piece.what for piece in pieces}) == 1 and pieces[0].what != "equal":
            self._mark_end(paragraph, pieces[0].what)
        for number, piece in enumerate(pieces):
            self._run(paragraph, piece.what, piece.words.lstrip("# ") if level and number == 0 else piece.words)

    def _run(self, paragraph: Paragraph, what: str, words: str) -> None:
        run = paragraph.add_run(words)
        if what == "equal":
            return
        change = self._change(what)
        run._r.addprevious(change)
        change.append(run._r)
        if what == "delete":
            _as_deleted(run)

    def _mark_end(self, paragraph: Paragraph, what: str) -> None:
        """Track the paragraph's own end, so that accepting or rejecting leaves no empty line."""
        properties = paragraph._p.get_or_add_pPr()
        of_mark = OxmlElement("w:rPr")
        of_mark.append(self._change(what))
        properties.append(of_mark)

    def _change(self, what: str) -> Any:
        self._number += 1
        change = OxmlElement("w:ins" if what == "insert" else "w:del")
        for name, value in (("id", str(self._number)), ("author", AUTHOR), ("date", self._date)):
            change.set(qn(f"w:{name}"), value)
        return change


def _as_deleted(run: Run) -> None:
    for text in run._r.findall(qn("w:t")):
        deleted = OxmlElement("w:delText")
        deleted.text = text.text
        deleted.set(qn("xml:space"), "preserve")
        run._r.replace(text, deleted)


def packed(made: MadeDocument) -> bytes:
    """Return the document's file with its parts in order and without the time of writing."""
    written, packed = io.BytesIO(), io.BytesIO()
    made.save(written)
    with zipfile.ZipFile(written) as source, zipfile.ZipFile(packed, "w") as target:
        for name in sorted(source.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            entry = zipfile.ZipInfo(name, _ZIP_EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, source.read(name))
    return packed.getvalue()
