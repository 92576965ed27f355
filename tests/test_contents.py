"""A table of contents names every page of its book once, and no other."""

from __future__ import annotations

from pathlib import Path

import pytest

from casebook.errors import BookRefused
from casebook.publication.book.contents import Contents, read_contents, title_of

FAULTY = Path(__file__).parent / "faulty_data"
PAGES = {"index": "Report", "grooming": "Online grooming"}


def _read(fault: str, pages: dict[str, str] | None = None) -> Contents:
    text = (FAULTY / f"contents_{fault}" / "_toc.yml").read_text("utf-8")
    return read_contents(text, file="book/D1.2/_toc.yml", pages=pages or PAGES)


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ("not_yaml", "book/D1.2/_toc.yml: is not YAML; do: mend indentation and quotes"),
        ("without_root", "book/D1.2/_toc.yml: root: names no first page; do: begin with `root: index`"),
        ("page_missing", "book/D1.2/_toc.yml: cyberbullying: there is no such page in this edition and level"),
        ("pattern_without_match", "book/D1.2/_toc.yml: countries/*: there is no such page in this edition and level"),
        ("page_left_out", "book/D1.2/_toc.yml: grooming: a page has no place in the contents"),
        ("page_twice", "book/D1.2/_toc.yml: grooming: a page is named twice"),
    ],
)
def test_a_faulty_table_of_contents_is_refused(fault: str, message: str) -> None:
    with pytest.raises(BookRefused) as refusal:
        _read(fault)
    assert len(refusal.value.faults) == 1
    assert str(refusal.value.faults[0]).startswith(message)


def test_all_faults_are_reported_together() -> None:
    with pytest.raises(BookRefused, match="2 faults"):
        _read("several_faults")


def test_a_pattern_stands_for_its_pages_in_the_order_of_their_titles() -> None:
    countries = {"countries/DE": "Germany", "countries/EE": "Estonia", "countries/GB": "the United Kingdom"}
    contents = _read("pattern_without_match", PAGES | countries)
    assert list(contents.entries()) == ["index", "grooming", "countries/EE", "countries/DE", "countries/GB"]


@pytest.mark.parametrize(
    ("name", "page", "title"),
    [
        ("a.md", "(label)=\n# Grooming in a\\-b\n\n## Below\n", "Grooming in a-b"),
        ("a.md", "No heading\n", ""),
        ("a.ipynb", '{"cells": [{"cell_type": "code", "source": "# no title"}]}', ""),
        (
            "a.ipynb",
            '{"cells": [{"cell_type": "markdown", "source": ["# Grooming, Spain\\n", "text"]}]}',
            "Grooming, Spain",
        ),
    ],
)
def test_a_page_s_title_is_its_first_heading(name: str, page: str, title: str) -> None:
    assert title_of(name, page.encode()) == title
