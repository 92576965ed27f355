"""A site offers its reader's books and no other, is whole or unchanged, and works from a disk."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from small_book import small_project, write

from casebook.errors import BookRefused
from casebook.publication.book.html import BuiltBook
from casebook.publication.book.identity import Book
from casebook.publication.book.media import Medium
from casebook.publication.book.site import megabytes, publish_sites
from casebook.study import Study

PAGE = '<!DOCTYPE html><html lang="en-GB"><head><title>A book</title></head><body>{text}</body></html>'


def _built(book: Book, *, media: tuple[Medium, ...] = ("html", "pdf"), text: str = "first") -> BuiltBook:
    """A book as Sphinx would have left it, of one page."""
    if "html" in media:
        write(book.html / "index.html", PAGE.format(text=text))
    if "pdf" in media:
        write(book.pdf, text)
    return BuiltBook(book, 1, frozenset(media))


@pytest.fixture
def book(tmp_path: Path, study: Study) -> Book:
    first = study.editions["D1.2"]
    two = study.model_copy(update={"editions": {"D1.2": first, "D1.3": first}})
    return Book(small_project(tmp_path), two, "D1.2", "PU")


def _publish(*books: BuiltBook) -> tuple[Path, ...]:
    first = books[0].book
    return publish_sites(first.folders, first.study, books=books)


def _landing(site: Path) -> BeautifulSoup:
    return BeautifulSoup((site / "index.html").read_text("utf-8"), "html.parser")


def test_the_landing_page_offers_book_and_pdf_with_level_version_status_date_and_marks(book: Book) -> None:
    (site,) = _publish(_built(book))
    page = _landing(site)
    assert [link["href"] for link in page.select(".ways a")] == ["D1.2/1.0/index.html", "D1.2/1.0/D1.2.pdf"]
    assert "D1.2 as PDF (1 kB)" in page.get_text()
    shown = [found.get_text() for found in page.select("dd")]
    assert shown == ["1.0, submitted", "30 September 2021", "PU", *book.marks]
    assert "current edition" in page.get_text()
    assert book.study.project.funding in page.get_text()


def test_the_pdf_lies_beside_the_web_book(book: Book) -> None:
    (site,) = _publish(_built(book))
    assert {path.name for path in (site / "D1.2" / "1.0").iterdir()} == {"index.html", "D1.2.pdf"}


def test_each_level_has_a_site_of_its_own(book: Book) -> None:
    other = dataclasses.replace(book, dissemination="CO")
    sites = _publish(_built(book, text="for everyone"), _built(other, text="for the consortium"))
    assert [site.name for site in sites] == ["consortium", "site"]
    public = book.folders.site("site")
    assert not [path for path in public.rglob("*.html") if "for the consortium" in path.read_text("utf-8")]
    assert "level CO" in " ".join(_landing(sites[0]).get_text().split())


def test_an_edition_not_built_now_is_taken_over_from_the_last_good_site(book: Book) -> None:
    later = dataclasses.replace(book, edition="D1.3")
    _publish(_built(book))
    (site,) = _publish(_built(later))
    assert (site / "D1.2" / "1.0" / "index.html").is_file() and (site / "D1.3" / "1.0" / "index.html").is_file()
    assert [found.get_text() for found in _landing(site).select(".number")] == ["D1.3", "D1.2"]


def test_a_pdf_that_was_not_made_is_not_offered(book: Book) -> None:
    _publish(_built(book))
    (site,) = _publish(_built(book, media=("html",)))
    assert not (site / "D1.2" / "1.0" / "D1.2.pdf").exists()
    assert [link["href"] for link in _landing(site).select(".ways a")] == ["D1.2/1.0/index.html"]


def test_the_versions_script_names_every_web_edition(book: Book) -> None:
    (site,) = _publish(_built(book), _built(dataclasses.replace(book, edition="D1.3")))
    name, _, value = (site / "versions.js").read_text("utf-8").partition(" = ")
    assert name == "window.CASEBOOK_EDITIONS"
    first, later = json.loads(value.rstrip(";\n"))
    assert (first["address"], later["address"]) == ("D1.2/1.0", "D1.3/1.0")
    assert first["title"] == "D1.2, version 1.0" and first["date"] == "30 September 2021"
    assert first["pages"] == ["index.html"]


def test_an_edition_that_another_is_compared_with_is_superseded_by_it(book: Book) -> None:
    entry = book.study.editions["D1.2"].model_copy(update={"earlier": "D1.2"})
    study = book.study.model_copy(update={"editions": {**book.study.editions, "D1.3": entry}})
    books = [dataclasses.replace(book, study=study, edition=edition) for edition in ("D1.2", "D1.3")]
    (site,) = _publish(*map(_built, books))
    versions = json.loads((site / "versions.js").read_text("utf-8").partition(" = ")[2].rstrip(";\n"))
    assert [entry["superseded_by"] for entry in versions] == ["D1.3/1.0", None]
    assert [found.get_text() for found in _landing(site).select(".state")] == ["current edition", "superseded by D1.3"]


def test_data_countries_and_changes_are_offered_where_they_are(book: Book) -> None:
    built = _built(book)
    for name in (book.data_name, "countries.html", "annex-changes.html"):
        write(book.html / name, PAGE.format(text="there"))
    (site,) = _publish(built)
    ways = [link["href"] for link in _landing(site).select(".ways a")]
    assert ways[2:] == [f"D1.2/1.0/{name}" for name in ("D1.2-PU-data.csv", "countries.html", "annex-changes.html")]


def test_a_site_that_is_refused_leaves_the_last_good_ones(book: Book) -> None:
    other = dataclasses.replace(book, dissemination="CO")
    _publish(_built(book, text="good"), _built(other, text="good"))
    with pytest.raises(BookRefused, match="a link leads nowhere"):
        _publish(_built(other, text="new"), _built(book, text='<a href="lost.html">lost</a>'))
    for built in (book, other):
        page = built.folders.site(built.level.site) / built.address / "index.html"
        assert "good" in page.read_text("utf-8")


def test_an_exchange_that_fails_puts_the_last_good_site_back(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    (site,) = _publish(_built(book, text="good"))
    rename = Path.rename

    def fail_for_the_new_site(self: Path, target: Path) -> Path:
        if self == book.folders.next_site("site"):
            raise OSError("no space left")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fail_for_the_new_site)
    with pytest.raises(OSError, match="no space left"):
        _publish(_built(book, text="new"))
    assert "good" in (site / "D1.2" / "1.0" / "index.html").read_text("utf-8")


def test_the_title_of_an_edition_is_text_in_the_landing_page(book: Book) -> None:
    entry = book.entry.model_copy(update={"title": "<script>alert(1)</script>"})
    study = book.study.model_copy(update={"editions": {"D1.2": entry}})
    (site,) = _publish(_built(dataclasses.replace(book, study=study)))
    assert not _landing(site).select("script") and "<script>alert(1)</script>" in _landing(site).get_text()


@pytest.mark.parametrize(
    ("size", "shown"),
    [(1, "1 kB"), (999, "1 kB"), (471_235, "471 kB"), (1_000_000, "1.0 MB"), (2_340_000, "2.3 MB")],
)
def test_sizes_are_given_as_a_download_link_does(size: int, shown: str) -> None:
    assert megabytes(size) == shown
