"""What a released archive is called, and what it says of itself: README, bag and release description."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

from casebook.publication.book.identity import Book, long_date
from casebook.release import verify

_README = """\
{title}
{subtitle}

Version {version}, {date}. Dissemination level {level}: {level_name}.
{marks}
To read it, open   data/site/index.html
To check it, run   python verify.py

data/site         the report as a web book, with the PDF and the register of its statements beside it
data/protected    the protected tables: the only numbers about the interviews that the report rests on
data/*.json       what this is, and the same tables as CSV described for programs
data/metadata     how to cite it and how to register it, and the packages it was made with
data/source       the source it was made from, without any interview
"""


def name_of(book: Book) -> str:
    """Return the name of an archive, such as D1.2-1.0-PU."""
    return f"{book.edition}-{book.entry.version}-{book.dissemination}"


def description_of(book: Book, written: Mapping[str, str]) -> dict[str, Any]:
    """Return what `data/release.json` says: which study, deliverable, version and level, and what was made first."""
    return {
        "study": book.study.project.acronym,
        "grant": book.study.project.grant,
        "deliverable": book.edition,
        "version": book.entry.version,
        "level": book.dissemination,
        "state": book.entry.status,
        "date": book.entry.date.isoformat(),
        "earlier": book.entry.earlier,
        "synthetic": book.study.project.synthetic,
        "casebook": version("casebook"),
        **written,
    }


def tags_of(book: Book) -> dict[str, bytes]:
    """Return the files of the bag that describe it; its manifests and its size come with the payload."""
    marks = "".join(f"{mark}.\n" for mark in book.marks)
    readme = _README.format(
        title=book.title,
        subtitle=book.entry.subtitle,
        version=book.entry.version,
        date=long_date(book.entry.date),
        level=book.dissemination,
        level_name=book.level.name,
        marks=f"{marks}" if marks else "",
    )
    info = {
        "Source-Organization": f"{book.study.project.acronym} ({book.study.project.grant})",
        "External-Identifier": name_of(book),
        "External-Description": f"{book.title}, version {book.entry.version}",
        "Bagging-Date": book.entry.date.isoformat(),
        "Bag-Software-Agent": f"Casebook {version('casebook')}",
    }
    lines = "".join(f"{label}: {value}\n" for label, value in info.items())
    return {
        verify.DECLARATION: b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n",
        verify.INFO: lines.encode("utf-8"),
        "README.txt": readme.encode("utf-8"),
    }
