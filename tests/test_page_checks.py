"""A built page fetches nothing from elsewhere, says its language, describes its images, and leads somewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from casebook.errors import BookRefused
from casebook.publication.book.page_checks import check_pages

FAULTY = Path(__file__).parent / "faulty_data"


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ("without_language", "index.html: html: the page does not say its language"),
        ("without_alt", "index.html: index.html: an image without alt text"),
        ("script_from_elsewhere", "index.html: https://cdn.example/x.js: the page would fetch this from another host"),
        ("style_from_elsewhere", "a.css: //fonts.example/serif.css: the page would fetch this from another host"),
        ("dead_link", "index.html: lost.html: a link leads nowhere"),
        ("dead_anchor", "index.html: #lost: a link leads nowhere"),
    ],
)
def test_a_faulty_page_is_refused(fault: str, message: str) -> None:
    with pytest.raises(BookRefused) as refusal:
        check_pages(FAULTY / f"page_{fault}")
    assert [str(found).partition(";")[0] for found in refusal.value.faults] == [message]


def test_all_faults_are_reported_together() -> None:
    with pytest.raises(BookRefused, match="2 faults"):
        check_pages(FAULTY / "page_several_faults")


def test_a_sound_page_passes_with_its_links_out_of_the_folder_and_the_pdf_put_beside_it() -> None:
    assert check_pages(FAULTY / "page_without_fault", beside=["D1.2.pdf"]) == 1


def test_a_pdf_that_will_not_be_there_is_a_dead_link() -> None:
    with pytest.raises(BookRefused, match=r"D1\.2\.pdf: a link leads nowhere"):
        check_pages(FAULTY / "page_without_fault")
