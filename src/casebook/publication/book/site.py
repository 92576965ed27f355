"""The sites: a landing page and the books of one reader, put together aside and exchanged for the last good ones."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from casebook.canonical import exchange, write_atomically
from casebook.errors import BookRefused
from casebook.folders import Folders
from casebook.publication.book.html import BuiltBook, banner
from casebook.publication.book.identity import LANGUAGE, Book, long_date
from casebook.publication.book.page_checks import check_pages
from casebook.publication.book.web_fonts import lay_fonts
from casebook.study import Study

_LANDING = "site/landing.html.j2"
# Not in book/_static: Jupyter Book gives each style sheet there to every page of a book.
_LANDING_STYLE = "templates/site/landing.css"
_MARK = "book/_static/mark.svg"


@dataclass(frozen=True)
class Publication:
    """A book as its site offers it: its pages, the bytes of its PDF and of its data annex, and its successor."""

    book: Book
    pages: tuple[str, ...]
    pdf_size: int
    data_size: int
    superseded_by: Book | None = None

    @property
    def web(self) -> bool:
        """Whether there is a web book to read."""
        return "index.html" in self.pages


def publish_sites(folders: Folders, study: Study, *, books: Sequence[BuiltBook]) -> tuple[Path, ...]:
    """Put the books into their sites and return the sites' folders.

    Editions of a site that were not built now are taken over from the last good one. All sites are complete before the
    first is exchanged: whatever fails, the last good ones stay.
    """
    sites = sorted({built.book.level.site for built in books})
    for site in sites:
        _assemble(site, folders, study=study, books=[built for built in books if built.book.level.site == site])
    return tuple(exchange(folders.next_site(site), folders.site(site)) for site in sites)


def _assemble(site: str, folders: Folders, *, study: Study, books: Sequence[BuiltBook]) -> None:
    aside = folders.next_site(site)
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    for built in books:
        _add(built, aside / built.book.address)
    _furnish(folders, aside, offered=_take_over(site, folders, study=study, built=[built.book for built in books]))


def lone_site(book: Book, place: Path) -> None:
    """Make a site that offers one book alone, as it lies in its site; raises BookRefused where it needs another one."""
    last = book.folders.site(book.level.site) / book.address
    if not (last / "index.html").is_file() or not (last / book.pdf_name).is_file():
        shown = last.relative_to(book.folders.root).as_posix()
        raise BookRefused.one(shown, "", "the edition was not built in both media", remedy="nox -s build")
    shutil.copytree(last, place / book.address)
    _furnish(book.folders, place, offered=[_publication(book, place / book.address)])


def _furnish(folders: Folders, place: Path, *, offered: Sequence[Publication]) -> None:
    """Give a site its landing page and what its books look up there, and check all of its pages."""
    write_atomically(place / "versions.js", _versions(offered))
    _landing(folders, place, offered=offered)
    check_pages(place)


def _add(built: BuiltBook, place: Path) -> None:
    if "html" in built.media:
        shutil.copytree(built.book.html, place)
    if "pdf" in built.media:
        place.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(built.book.pdf, place / built.book.pdf_name)


def _take_over(site: str, folders: Folders, *, study: Study, built: Sequence[Book]) -> list[Publication]:
    """All publications of a site in the study's order, those of the last good site copied in."""
    audits = {(book.edition, book.dissemination): book.audit for book in built}
    offered = []
    for edition, dissemination in _editions_of(site, study):
        book = Book(folders, study, edition, dissemination, audits.get((edition, dissemination)))
        place, last = folders.next_site(site) / book.address, folders.site(site) / book.address
        if not place.is_dir() and last.is_dir():
            shutil.copytree(last, place)
        if place.is_dir():
            offered.append(_publication(book, place))
    return [replace(item, superseded_by=_successor(item.book, offered)) for item in offered]


def _successor(book: Book, offered: Sequence[Publication]) -> Book | None:
    """The edition of the same site and level that names this one as the one before it."""
    later = (item.book for item in offered if item.book.dissemination == book.dissemination)
    return next((other for other in later if other.entry.earlier == book.edition), None)


def _editions_of(site: str, study: Study) -> Iterable[tuple[str, str]]:
    levels = [name for name, level in study.dissemination.items() if level.site == site]
    return ((edition, level) for edition in study.editions for level in levels)


def _publication(book: Book, place: Path) -> Publication:
    pages = tuple(sorted(page.relative_to(place).as_posix() for page in place.rglob("*.html")))
    return Publication(book, pages, _size(place / book.pdf_name), _size(place / book.data_name))


def _size(file: Path) -> int:
    return file.stat().st_size if file.is_file() else 0


def _versions(offered: Sequence[Publication]) -> bytes:
    """A script, because a page opened from a disk may load one and may not load JSON."""
    entries = [_version(item) for item in offered if item.web]
    return f"window.CASEBOOK_EDITIONS = {json.dumps(entries, indent=1, sort_keys=True)};\n".encode()


def _version(item: Publication) -> Mapping[str, Any]:
    book, later = item.book, item.superseded_by
    return {
        "address": book.address,
        "title": f"{book.edition}, version {book.entry.version}",
        "date": long_date(book.entry.date),
        "pages": item.pages,
        "superseded_by": later.address if later else None,
    }


def _landing(folders: Folders, aside: Path, *, offered: Sequence[Publication]) -> None:
    templates = Environment(
        loader=FileSystemLoader(folders.root / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    page = templates.get_template(_LANDING).render(_seen_from_landing(offered))
    write_atomically(aside / "index.html", page.encode("utf-8"))
    write_atomically(aside / "_static" / "mark.svg", (folders.root / _MARK).read_bytes())
    write_atomically(aside / "_static" / "landing.css", (folders.root / _LANDING_STYLE).read_bytes())
    lay_fonts(folders, aside / "_static" / "fonts")


def _seen_from_landing(offered: Sequence[Publication]) -> Mapping[str, Any]:
    first = offered[0].book
    return {
        "language": LANGUAGE,
        "project": first.study.project,
        "level": first.dissemination,
        "level_name": first.level.name,
        "banner": banner(first),
        "publications": offered,
        "long_date": long_date,
        "megabytes": megabytes,
    }


def megabytes(size: int) -> str:
    """Return a size in bytes as a reader of a download link wants it: kilobytes below one megabyte."""
    return f"{max(1, round(size / 1000))} kB" if size < 1_000_000 else f"{size / 1_000_000:.1f} MB"
