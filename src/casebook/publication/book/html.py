"""The web book and the PDF, made by one Sphinx process from one staged book."""

from __future__ import annotations

import html
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import casebook
from casebook.errors import BookRefused, Fault
from casebook.publication.audit_view import in_a_line
from casebook.publication.book.glossary import FILE as GLOSSARY
from casebook.publication.book.glossary import read_glossary
from casebook.publication.book.identity import LANGUAGE, Book, front_matter
from casebook.publication.book.media import MEDIA, Medium
from casebook.publication.book.page_checks import check_pages
from casebook.publication.book.search_index import index_pages
from casebook.publication.book.staging import BESIDE
from casebook.publication.book.trimming import trim
from casebook.publication.book.web_fonts import lay_fonts

_SETTINGS = "_config.yml"
_BUILDERS: Mapping[Medium, str] = {"html": "html", "pdf": "typst"}
# Whatever the machine's own settings are, Sphinx sees these.
_FIXED = {"LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "LANGUAGE": "", "TZ": "UTC", "PYTHONHASHSEED": "0"}


@dataclass(frozen=True)
class BuiltBook:
    """What was made of a staged book: the number of pages of the web book, and which media there are."""

    book: Book
    pages: int
    media: frozenset[Medium]


def build_book(book: Book, *, only: Medium | None = None) -> BuiltBook:
    """Make web book and PDF of a staged book, or one of them; raises BookRefused with every warning there was.

    Nothing is taken over from an earlier build, and no notebook is executed.
    """
    media: tuple[Medium, ...] = (only,) if only else MEDIA
    shutil.rmtree(book.work, ignore_errors=True)
    book.work.mkdir(parents=True)
    if "html" in media:
        lay_fonts(book.folders, book.source / "_static" / "fonts")
    faults = _run_sphinx(book, _request(book, media))
    if faults:
        raise BookRefused(faults)
    pages = _finished(book) if "html" in media else 0
    return BuiltBook(book, pages, frozenset(media))


def _finished(book: Book) -> int:
    """Return the number of pages, after what no browser asks for is gone and the search has its index."""
    trim(book.html)
    index_pages(book.html)
    return check_pages(book.html, beside=(book.pdf_name,))


def _request(book: Book, media: tuple[Medium, ...]) -> dict[str, Any]:
    return {
        "settings": str(book.folders.root / _SETTINGS),
        "source": str(book.source),
        "work": str(book.work),
        "report": str(book.work / "faults.json"),
        "builders": [_BUILDERS[medium] for medium in media],
        "overrides": {**_web(book, with_pdf="pdf" in media), **(_print(book) if "pdf" in media else {})},
    }


def _web(book: Book, *, with_pdf: bool) -> dict[str, Any]:
    return {
        "project": book.title,
        "html_title": book.title,
        "author": ", ".join(book.entry.authors),
        "language": LANGUAGE.replace("-", "_"),
        "html_extra_path": [BESIDE] if (book.source / BESIDE).is_dir() else [],
        "html_context": {"casebook": _seen_from_pages(book, with_pdf=with_pdf), "default_mode": "auto"},
        "casebook_terms": terms_of(book),
        "casebook_review": book.entry.status == "review",
        "html_theme_options": {"announcement": html.escape(" · ".join(banner(book)))},
    }


def _seen_from_pages(book: Book, *, with_pdf: bool) -> dict[str, Any]:
    beside = book.source / BESIDE / book.data_name
    return {
        **front_matter(book),
        "address": book.address,
        "audit": in_a_line(book.audit),
        "banner": banner(book),
        "data": book.data_name if beside.is_file() else "",
        "pdf": with_pdf and book.pdf_name,
        "year": str(book.entry.date.year),
    }


def terms_of(book: Book) -> dict[str, tuple[str, str]]:
    """Return each form of a word of the glossary with its anchor in the annex and its meaning."""
    forms = read_glossary(book.folders.root / "book" / GLOSSARY).forms
    return {form: (entry.anchor, entry.meaning) for form, entry in forms.items()}


def banner(book: Book) -> tuple[str, ...]:
    """Return what every page says at its top: the level and its reader, and what the reader is warned of."""
    return (f"{book.dissemination} – {book.level.reader} edition", *book.marks)


def _print(book: Book) -> dict[str, Any]:
    beside = Path(BESIDE, book.data_name)
    told = f"All tables of {book.title}, level {book.dissemination}, as they are published"
    return {
        "typst_attached": {book.data_name: (str(beside), told)} if (book.source / beside).is_file() else {},
        "typst_meta": front_matter(book),
        "typst_timestamp": book.timestamp,
        "typst_pdf_name": book.pdf_name.removesuffix(".pdf"),
    }


def _run_sphinx(book: Book, request: Mapping[str, Any]) -> list[Fault]:
    command = [sys.executable, "-m", "casebook.publication.book.sphinx_run"]
    environment = {**os.environ, **_FIXED, "SOURCE_DATE_EPOCH": str(book.timestamp), "PYTHONPATH": _import_path()}
    asked = json.dumps(request)
    done = subprocess.run(
        command, input=asked, env=environment, cwd=book.source, text=True, capture_output=True, check=False
    )
    report = Path(request["report"])
    if done.returncode or not report.is_file():
        return [Fault("the book", "", "Sphinx ended without a report", value=_last_line(done.stderr))]
    return [Fault(**entry) for entry in json.loads(report.read_text("utf-8"))]


def _import_path() -> str:
    """Where the child finds this very package, whether it is installed or read from its source."""
    here = str(Path(casebook.__file__).parents[1])
    return os.pathsep.join(filter(None, (here, os.environ.get("PYTHONPATH"))))


def _last_line(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[-1] if lines else ""
