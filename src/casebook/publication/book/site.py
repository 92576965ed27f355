"""The sites: a landing page and the books of one reader, put together aside and exchanged for the last good ones."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
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
    """A book as its site offers it: which media lie there, and the size of its PDF in bytes."""

    book: Book
    web: bool
    pdf_size: int


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
    cleared = {(book.edition, book.dissemination): book.cleared for book in built}
    offered = []
    for edition, dissemination in _editions_of(site, study):
        book = Book(folders, study, edition, dissemination, cleared.get((edition, dissemination), False))
        place, last = folders.next_site(site) / book.address, folders.site(site) / book.address
        if not place.is_dir() and last.is_dir():
            shutil.copytree(last, place)
        if place.is_dir():
            offered.append(_publication(book, place))
    return offered


def _editions_of(site: str, study: Study) -> Iterable[tuple[str, str]]:
    levels = [name for name, level in study.dissemination.items() if level.site == site]
    return ((edition, level) for edition in study.editions for level in levels)


def _publication(book: Book, place: Path) -> Publication:
    pdf = place / book.pdf_name
    return Publication(book, (place / "index.html").is_file(), pdf.stat().st_size if pdf.is_file() else 0)


def _versions(offered: Sequence[Publication]) -> bytes:
    """A script, because a page opened from a disk may load one and may not load JSON."""
    books = [item.book for item in offered if item.web]
    entries = [
        {"address": f"{book.address}/index.html", "title": f"{book.edition}, version {book.entry.version}"}
        for book in books
    ]
    return f"window.CASEBOOK_EDITIONS = {json.dumps(entries, indent=1, sort_keys=True)};\n".encode()


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
