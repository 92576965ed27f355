"""The review desk: what reviewers are given, what of it is read back, and what they are answered."""

from __future__ import annotations

import io
import re
from pathlib import Path

import openpyxl
import page as validator
import pytest
from click.testing import CliRunner
from docx import Document
from rehearsal import PROJECT, project

from casebook.cli import main
from casebook.errors import DataRefused, ReviewRefused
from casebook.folders import Folders
from casebook.publication.book.identity import Book
from casebook.publication.book.items import Item
from casebook.review.answers import Answer, answers
from casebook.review.comments import Comment, collected, comments_csv, read_comments, read_filled
from casebook.review.response import docx, page, pdf
from casebook.review.sheet import about, sheet

ITEMS = [
    Item("aaaaaa", "method", "Method", "paragraph", "Twelve interviews were coded by two people who agreed."),
    Item("bbbbbb", "grooming", "Online grooming", "paragraph", "Most offenders flattered the child before all else."),
    Item("cccccc", "grooming", "Online grooming", "figure", "Strategies named by offenders."),
]
#: The same book later: one paragraph has changed, the figure is gone.
LATER = [
    ITEMS[0],
    Item("dddddd", "grooming", "Online grooming", "paragraph", "Most offenders flattered the child first of all."),
]


@pytest.fixture
def book() -> Book:
    return Book(Folders(PROJECT), project()[0], "D1.3", "PU")


def filled(place: Path, book: Book, *rows: tuple[int, str, str], reviewer: str = "A. Reviewer") -> Path:
    """A sheet with comments and weights in its rows."""
    workbook = openpyxl.load_workbook(io.BytesIO(sheet(book, ITEMS)))
    for row, comment, weight in rows:
        workbook["Comments"].cell(row, 5, comment)
        workbook["Comments"].cell(row, 6, weight)
    workbook["About"]["B2"] = reviewer
    workbook.save(place)
    return place


def on(item: Item, comment: str, weight: str, answer: str = "") -> Comment:
    return Comment("A. Reviewer", item.number, item.title, item.kind, item.text, comment, weight, answer)


COMMENTS = [
    on(ITEMS[2], "Where are the victims?", "minor"),
    on(ITEMS[1], "Of whom?", "major", "Said in the method."),
    on(ITEMS[0], "Fine.", "advice"),
]


@pytest.fixture
def answered() -> list[Answer]:
    return answers(COMMENTS, LATER)


def test_a_sheet_has_a_row_for_each_item_and_the_same_bytes_each_time(book: Book) -> None:
    rows = list(openpyxl.load_workbook(io.BytesIO(sheet(book, ITEMS)))["Comments"].values)
    assert rows[0] == ("Number", "Place", "Kind", "Text", "Comment", "Weight")
    assert [row[0] for row in rows[1:]] == ["aaaaaa", "bbbbbb", "cccccc"]
    assert sheet(book, ITEMS) == sheet(book, ITEMS)


def test_only_what_is_commented_is_collected(book: Book, tmp_path: Path) -> None:
    place = filled(tmp_path / "one.xlsx", book, (3, "Of whom?", "major"))
    assert read_filled([place], about=about(book)) == [on(ITEMS[1], "Of whom?", "major")]


def test_every_fault_of_every_sheet_is_told_at_once(book: Book, tmp_path: Path) -> None:
    one = filled(tmp_path / "one.xlsx", book, (2, "", "major"), (3, "Of whom?", "grave"), reviewer="")
    other = filled(tmp_path / "other.xlsx", Book(book.folders, book.study, "D1.2", "PU"), (2, "Fine.", "advice"))
    with pytest.raises(ReviewRefused) as refused:
        read_filled([one, other], about=about(book))
    assert [str(fault) for fault in refused.value.faults] == [
        "one.xlsx: sheet About: nobody has signed the review; do: write a name beside Reviewer",
        "one.xlsx: sheet Comments, row 2, column Comment: a weight without a comment; found major",
        "one.xlsx: sheet Comments, row 3, column Weight: not a weight; found grave; allowed: major, minor, advice",
        "other.xlsx: sheet About: the sheet is about another book; found D1.2, version 1.0, PU; "
        "allowed: D1.3, version 1.0, PU",
    ]


def test_a_workbook_of_another_kind_and_a_formula_are_refused(book: Book, tmp_path: Path) -> None:
    openpyxl.Workbook().save(tmp_path / "empty.xlsx")
    with pytest.raises(ReviewRefused, match="these are not the columns of a review"):
        read_filled([tmp_path / "empty.xlsx"], about=about(book))
    with pytest.raises(DataRefused, match="the cell holds a formula"):
        read_filled([filled(tmp_path / "formula.xlsx", book, (2, "=1+1", "minor"))], about=about(book))


def test_answers_that_are_kept_are_not_lost_when_further_sheets_come_in(tmp_path: Path) -> None:
    kept = [on(ITEMS[0], "Fine.", "advice", "Thank you.")]
    again = [on(ITEMS[0], "Fine.", "advice"), on(ITEMS[1], "Of whom?", "major")]
    (tmp_path / "kept.csv").write_bytes(comments_csv(collected(kept, again)))
    assert read_comments(tmp_path / "kept.csv") == [*kept, again[1]]


def test_kept_comments_with_other_columns_are_refused(tmp_path: Path) -> None:
    (tmp_path / "kept.csv").write_text("reviewer,comment\nA,b\n")
    with pytest.raises(ReviewRefused, match="not the columns of kept comments"):
        read_comments(tmp_path / "kept.csv")


def test_each_comment_is_told_what_became_of_its_text_in_the_order_of_the_book(answered: list[Answer]) -> None:
    assert [(answer.comment.number, answer.fate) for answer in answered] == [
        ("aaaaaa", "as it was"),
        ("bbbbbb", "changed"),
        ("cccccc", "no longer there"),
    ]
    gone = "".join(piece.words for piece in answered[1].pieces if piece.what != "insert")
    now = "".join(piece.words for piece in answered[1].pieces if piece.what != "delete")
    assert (gone, now) == (ITEMS[1].text, LATER[1].text)


def test_the_page_shows_old_and_new_words_and_nothing_of_a_comment_is_markup(book: Book) -> None:
    hostile = on(ITEMS[1], "<script>alert(1)</script>", "major")
    shown = page(book, answers([hostile], LATER)).decode()
    assert "<del>before </del>" in shown or re.search(r"<del>.*</del>", shown)
    assert "<script>" not in shown and "&lt;script&gt;" in shown and "Not answered yet." in shown


def test_the_pdf_is_accessible_and_archivable_and_the_same_each_time(book: Book, answered: list[Answer]) -> None:
    made = pdf(book, answered)
    for profile in (validator.ValidationProfile.PDF_UA_1, validator.ValidationProfile.PDF_A_2A):
        assert validator.validate_pdf_bytes(made, profile=profile).failures == []
    assert pdf(book, answered) == made


def test_the_document_tracks_what_has_changed(book: Book, answered: list[Answer]) -> None:
    made = docx(book, answered)
    table = Document(io.BytesIO(made)).tables[0]
    assert [cell.text for cell in table.rows[0].cells] == ["Item", "Comment", "Answer", "Text since then"]
    assert "w:ins" in table.rows[2].cells[-1]._tc.xml and "w:del" in table.rows[2].cells[-1]._tc.xml
    assert docx(book, answered) == made


def test_a_book_that_was_not_built_is_refused(tmp_path: Path) -> None:
    for name in ("study.yml", "data"):
        (tmp_path / name).symlink_to(PROJECT / name)
    out = str(tmp_path / "D1.3.xlsx")
    done = CliRunner().invoke(main, ["--project", str(tmp_path), "review", "sheet", "D1.3", "--out", out])
    assert done.exit_code == ReviewRefused.exit_code
    assert "it has not been built; do: casebook build --edition D1.3 --level PU" in done.output
