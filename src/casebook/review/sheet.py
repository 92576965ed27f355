"""The sheet in which a reviewer comments a book, item by item."""

from __future__ import annotations

import datetime
import io
from collections.abc import Sequence
from typing import Any

import xlsxwriter

from casebook.publication.book.identity import Book
from casebook.publication.book.items import Item

SHEET, ABOUT = "Comments", "About"
COLUMNS = ("Number", "Place", "Kind", "Text", "Comment", "Weight")
WEIGHTS = ("major", "minor", "advice")
#: Where a reviewer writes their name, and which edition, version and level the sheet is about.
REVIEWER, BOOK = "Reviewer", "Book"
_WIDTHS = (10, 28, 11, 70, 50, 10)
_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_HOW = (
    "Write your name above. In the sheet Comments, write beside the text that you comment, and choose a weight:",
    "major: the text must not be published as it is; minor: it should be mended; advice: the authors may follow it.",
    "Several comments on one text: copy its row. The numbers stand in the margins of web book and PDF.",
)


def about(book: Book) -> str:
    """Return which book a sheet is about, so that no sheet is taken for another's."""
    return f"{book.edition}, version {book.entry.version}, {book.dissemination}"


def sheet(book: Book, items: Sequence[Item]) -> bytes:
    """Return the workbook for a book's items; the same items give the same bytes."""
    stream = io.BytesIO()
    made = xlsxwriter.Workbook(stream, _OPTIONS)
    date = datetime.datetime.combine(book.entry.date, datetime.time())
    made.set_properties({"title": f"Review of {about(book)}", "created": date})
    plain = made.add_format({"text_wrap": True, "valign": "top"})
    bold = made.add_format({"bold": True, "valign": "top"})
    comments = made.add_worksheet(SHEET)
    for column, (name, width) in enumerate(zip(COLUMNS, _WIDTHS, strict=True)):
        comments.set_column(column, column, width, plain)
        comments.write_string(0, column, name, bold)
    for row, item in enumerate(items, start=1):
        for column, text in enumerate((item.number, item.title, item.kind, item.text)):
            comments.write_string(row, column, text, plain)
    comments.freeze_panes(1, 1)
    comments.data_validation(1, 5, 2 * len(items) + 100, 5, {"validate": "list", "source": list(WEIGHTS)})
    _about(made.add_worksheet(ABOUT), about(book), bold)
    made.close()
    return stream.getvalue()


def _about(sheet: Any, told: str, bold: Any) -> None:
    sheet.set_column(0, 0, 12)
    sheet.set_column(1, 1, 60)
    for row, (name, value) in enumerate(((BOOK, told), (REVIEWER, ""))):
        sheet.write_string(row, 0, name, bold)
        sheet.write_string(row, 1, value)
    for row, text in enumerate(_HOW, start=3):
        sheet.write_string(row, 0, text)
