"""The response to a review: one table as page, PDF and DOCX."""

from __future__ import annotations

import datetime
import html
from collections.abc import Iterator, Sequence
from pathlib import Path

import typst
from docx import Document

from casebook.publication.book.fonts import font_folders
from casebook.publication.book.identity import LANGUAGE, Book
from casebook.publication.book.typst.literals import string
from casebook.publication.tracked_changes import Marks, Piece, packed
from casebook.review.answers import Answer
from casebook.review.sheet import about

COLUMNS = ("Item", "Comment", "Answer", "Text since then")
UNANSWERED = "Not answered yet."
_SHOWN = {"equal": "{}", "insert": "<ins>{}</ins>", "delete": "<del>{}</del>"}
_PRINTED = {"equal": "#({})", "insert": "#underline({})", "delete": "#strike({})"}
_STYLE = """
body { max-width: 76rem; margin: 2rem auto; padding: 0 1.25rem; color: #1d2229; font: 400 1rem/1.5 Georgia, serif; }
h1, table { font-family: Arial, sans-serif; } table { width: 100%; border-collapse: collapse; font-size: .9rem; }
th, td { padding: .5rem .8rem .5rem 0; border-bottom: 1px solid #ccd2d9; text-align: left; vertical-align: top; }
th:last-child, td:last-child { width: 45%; } ins { background: #dff0dd; } del { background: #f9dedc; }
"""
_SHEET = """\
#set document(title: {title})
#set text(lang: "en", region: "GB", font: "Source Sans 3", size: 9pt)
#set page(paper: "a4", flipped: true, margin: 18mm, numbering: "1")
#set table(stroke: (_, y) => (y: .35pt + luma(160)), align: left + top, inset: (x: 5pt, y: 5pt))
#heading(level: 1, {title})
#v(1em)
#table(columns: (1.2fr, 2fr, 2fr, 3.4fr), table.header({head}), {cells})
"""


def title_of(book: Book) -> str:
    """Return what the response is called."""
    return f"Response to the review of {about(book)}"


def rows(answers: Sequence[Answer]) -> Iterator[tuple[str, str, str, Answer]]:
    """Yield the cells of each row as text, the last one as the answer whose pieces it shows."""
    for answer in answers:
        said = answer.comment
        item = f"{said.number}, {said.kind}, {said.place}"
        yield item, f"{said.reviewer}, {said.weight}: {said.comment}", said.answer or UNANSWERED, answer


def page(book: Book, answers: Sequence[Answer]) -> bytes:
    """Return the table as one HTML page that asks for no other file."""
    body = "".join(
        f"<tr><td>{html.escape(item)}</td><td>{html.escape(comment)}</td><td>{html.escape(told)}</td>"
        f"<td><strong>{answer.fate}</strong><br>{_pieces(answer.pieces)}</td></tr>\n"
        for item, comment, told, answer in rows(answers)
    )
    head = "".join(f'<th scope="col">{name}</th>' for name in COLUMNS)
    title = html.escape(title_of(book))
    return (
        f'<!DOCTYPE html>\n<html lang="{LANGUAGE}">\n<head><meta charset="utf-8"><title>{title}</title>'
        f"<style>{_STYLE}</style></head>\n<body>\n<h1>{title}</h1>\n"
        f"<table><thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody></table>\n</body>\n</html>\n"
    ).encode()


def _pieces(pieces: Sequence[Piece]) -> str:
    return "".join(_SHOWN[piece.what].format(html.escape(piece.words)) for piece in pieces)


def pdf(book: Book, answers: Sequence[Answer]) -> bytes:
    """Return the table as accessible, archivable PDF; the same answers give the same bytes."""
    cells = []
    for item, comment, told, answer in rows(answers):
        cells += [f"[#({string(text)})]" for text in (item, comment, told)]
        since = "".join(f"{_PRINTED[piece.what].format(string(piece.words))};" for piece in answer.pieces)
        cells.append(f"[#strong({string(answer.fate)}) #linebreak() {since}]")
    head = ", ".join(f"[#strong({string(name)})]" for name in COLUMNS)
    source = _SHEET.format(title=string(title_of(book)), head=head, cells=", ".join(cells))
    folders = [str(folder) for folder in font_folders()]
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=folders)
    # typst-py takes files in memory, its type information does not say so.
    made = typst.compile(  # type: ignore[call-overload]
        {"main.typ": source.encode("utf-8")},
        font_paths=fonts,
        format="pdf",
        pdf_standards=["ua-1", "a-2a"],
        timestamp=book.timestamp,
    )
    return bytes(made)


def docx(book: Book, answers: Sequence[Answer]) -> bytes:
    """Return the table as DOCX, what has changed in the text as tracked changes."""
    made = Document()
    made.core_properties.title, made.core_properties.author = title_of(book), book.study.project.acronym
    date = datetime.datetime.combine(book.entry.date, datetime.time())
    made.core_properties.created = made.core_properties.modified = date
    made.add_heading(title_of(book), 0)
    table = made.add_table(1, len(COLUMNS), style="Table Grid")
    for cell, name in zip(table.rows[0].cells, COLUMNS, strict=True):
        cell.text = name
    marks = Marks(book.entry.date)
    for *texts, answer in rows(answers):
        cells = table.add_row().cells
        for cell, text in zip(cells, texts, strict=False):
            cell.text = str(text)
        cells[-1].text = answer.fate
        marks.add(cells[-1].add_paragraph(), answer.pieces)
    return packed(made)


def write_response(folder: Path, book: Book, answers: Sequence[Answer]) -> list[Path]:
    """Write the response in all its forms into a folder and return where they are."""
    from casebook.canonical import write_atomically

    forms = {"response.html": page, "response.pdf": pdf, "response.docx": docx}
    made = {folder / name: form(book, answers) for name, form in forms.items()}
    for path, data in made.items():
        write_atomically(path, data)
    return list(made)
