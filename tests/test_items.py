"""Numbers of paragraphs, figures and tables: the same as long as their words are, and seen by reviewers only."""

from __future__ import annotations

from pathlib import Path

import pypdf
import pytest
from bs4 import BeautifulSoup
from small_book import small_book, write

from casebook.codebook import Codebook
from casebook.publication.book.html import build_book
from casebook.publication.book.identity import Book
from casebook.publication.book.items import Item, read_items
from casebook.study import Study


def made(folder: Path, study: Study, codebook: Codebook, *, state: str, **pages: str) -> Book:
    entry = study.editions["D1.2"].model_copy(update={"status": state})
    editions = {**study.editions, "D1.2": entry}
    book = small_book(folder, study.model_copy(update={"editions": editions}), codebook=codebook)
    for name, text in pages.items():
        write(book.source / f"{name}.md", text)
    build_book(book)
    return book


@pytest.fixture(scope="module")
def under_review(tmp_path_factory: pytest.TempPathFactory, study: Study, codebook: Codebook) -> Book:
    return made(tmp_path_factory.mktemp("review"), study, codebook, state="review")


@pytest.fixture(scope="module")
def submitted(tmp_path_factory: pytest.TempPathFactory, study: Study, codebook: Codebook) -> Book:
    text = "# Introduction\n\n## Purpose\n\nA paragraph before all others.\n\nThe same.\n\nThe same.\n"
    return made(tmp_path_factory.mktemp("submitted"), study, codebook, state="submitted", introduction=text)


def by_page(book: Book, page: str) -> list[Item]:
    return [item for item in read_items(book.items) if item.page == page]


def test_paragraphs_figures_and_tables_have_numbers_and_no_two_the_same(under_review: Book) -> None:
    items = list(read_items(under_review.items))
    assert {item.kind for item in items} == {"paragraph", "figure", "table"}
    assert len({item.number for item in items}) == len(items)
    assert {item.title for item in by_page(under_review, "grooming")} == {"Online grooming"}


def test_a_number_stays_while_the_words_do_whatever_changes_elsewhere(under_review: Book, submitted: Book) -> None:
    assert by_page(under_review, "grooming") == by_page(submitted, "grooming")
    changed = {item.number for item in by_page(under_review, "introduction")}
    assert changed.isdisjoint(item.number for item in by_page(submitted, "introduction"))


def test_the_same_words_twice_have_two_numbers(submitted: Book) -> None:
    twice = [item.number for item in by_page(submitted, "introduction") if item.text == "The same."]
    assert len(set(twice)) == 2


def test_executed_notebooks_are_not_numbered(under_review: Book) -> None:
    assert not [item for item in read_items(under_review.items) if item.page.startswith("notebooks/")]


def test_reviewers_see_the_numbers_in_web_book_and_pdf(under_review: Book) -> None:
    page = BeautifulSoup((under_review.html / "grooming.html").read_text("utf-8"), "html.parser")
    shown = [mark.get_text() for mark in page.select("article .casebook-item")]
    assert shown == [item.number for item in by_page(under_review, "grooming")]
    printed = " ".join(sheet.extract_text() for sheet in pypdf.PdfReader(under_review.pdf).pages)
    assert [number for number in shown if number not in printed] == []


def test_lists_of_figures_and_tables_do_not_repeat_them(under_review: Book) -> None:
    lists = (under_review.html / "figures-and-tables.html").read_text("utf-8")
    assert not [item for item in read_items(under_review.items) if item.number in lists]


def test_other_readers_do_not(submitted: Book) -> None:
    for path in submitted.html.rglob("*.html"):
        assert "casebook-item" not in path.read_text("utf-8")
    assert "item-number(" not in submitted.pdf.with_name("main.typ").read_text("utf-8")
