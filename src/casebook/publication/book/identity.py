"""What a book is and says of itself: edition, level, marker, front matter and the folders it is made in."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from casebook.folders import Folders
from casebook.protected_tables import AuditStatement, read_protected_tables
from casebook.study import Dissemination, Edition, Study

LANGUAGE = "en-GB"
NOT_CLEARED = "Not cleared for publication: disclosure audit outstanding"
SYNTHETIC = "Synthetic data"
#: What every page of an edition says that was not submitted yet, by its state.
UNFINISHED = {"draft": "Draft", "review": "Under review"}
#: What stands where only the consortium can know what to write.
PLACEHOLDER = "to be completed by the consortium"
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


@dataclass(frozen=True)
class Book:
    """One edition at one dissemination level, as web book and PDF, with what is said of its disclosure audit."""

    folders: Folders
    study: Study
    edition: str
    dissemination: str
    audit: AuditStatement | None = None

    @property
    def entry(self) -> Edition:
        return self.study.editions[self.edition]

    @property
    def level(self) -> Dissemination:
        return self.study.dissemination[self.dissemination]

    @property
    def source(self) -> Path:
        """The staged book that Sphinx reads."""
        return self.folders.staged_book(self.edition, self.dissemination)

    @property
    def work(self) -> Path:
        """Where Sphinx keeps doctrees and writes what it makes of them."""
        return self.folders.build / "sphinx" / self.edition / self.dissemination

    @property
    def html(self) -> Path:
        return self.work / "html"

    @property
    def pdf(self) -> Path:
        return self.work / "typst" / self.pdf_name

    @property
    def items(self) -> Path:
        """The numbered items of the book as it was last built."""
        return self.work / "items.json"

    @property
    def pdf_name(self) -> str:
        return f"{self.edition}.pdf"

    @property
    def data_name(self) -> str:
        """The file of all protected tables; it names the level, for it may travel without the book."""
        return f"{self.edition}-{self.dissemination}-data.csv"

    @property
    def address(self) -> str:
        """The book's folder within its site."""
        return f"{self.edition}/{self.entry.version}"

    @property
    def title(self) -> str:
        return f"{self.edition} {self.entry.title}"

    @classmethod
    def audited(cls, folders: Folders, study: Study, edition: str, dissemination: str) -> Book:
        """Return a book with what its protected tables, where it has any, say of its disclosure audit."""
        place = folders.protected(edition, dissemination)
        audit = read_protected_tables(place).audit if place.is_dir() else None
        return cls(folders, study, edition, dissemination, audit)

    @property
    def cleared(self) -> bool:
        """Return whether the book may be published: its disclosure audit has passed."""
        return self.audit is not None and self.audit.cleared

    @property
    def marks(self) -> tuple[str, ...]:
        """What every page must warn its reader of, as long as it is true."""
        warnings = ((SYNTHETIC, self.study.project.synthetic), (NOT_CLEARED, not self.cleared))
        state = (UNFINISHED.get(self.entry.status, ""), self.entry.status in UNFINISHED)
        return tuple(text for text, holds in (state, *warnings) if holds)

    @property
    def timestamp(self) -> int:
        """The edition's date as seconds since 1970, the only clock a book is made by."""
        midnight = datetime.datetime.combine(self.entry.date, datetime.time(), datetime.UTC)
        return int(midnight.timestamp())


def long_date(date: datetime.date) -> str:
    """Return a date as British prose has it, whatever the machine's locale."""
    return f"{date.day} {_MONTHS[date.month - 1]} {date.year}"


def front_matter(book: Book) -> dict[str, Any]:
    """Return the fields of cover, control sheet, version history and document metadata, all of them text."""
    entry, project = book.entry, book.study.project
    return {
        "number": book.edition,
        "title": entry.title,
        "subtitle": entry.subtitle,
        "acronym": project.acronym,
        "project": project.title,
        "grant": project.grant,
        "programme": project.programme,
        "level": book.dissemination,
        "level_name": book.level.name,
        "version": entry.version,
        "status": entry.status,
        "date": long_date(entry.date),
        "lead": entry.lead,
        "authors": list(entry.authors),
        "keywords": list(entry.keywords),
        "abstract": entry.abstract,
        "funding": project.funding,
        "disclaimer": project.disclaimer,
        "marker": ". ".join(book.marks),
        "language": LANGUAGE,
        "region": "GB",
        "control": [list(row) for row in control_sheet(book).items()],
        "history": [[row.version, row.date.isoformat(), row.organisation, row.change] for row in entry.history],
    }


def control_sheet(book: Book) -> Mapping[str, str]:
    """Return the document control sheet, field by field in the order of a deliverable."""
    entry, project = book.entry, book.study.project
    return {
        "Deliverable": book.edition,
        "Title": entry.title,
        "Project": f"{project.acronym}: {project.title}",
        "Programme and grant": f"{project.programme}, {project.grant}",
        "Work package and task": f"{entry.work_package}; {entry.task}",
        "Type": entry.kind,
        "Dissemination level": f"{book.dissemination}: {book.level.name}",
        "Contractual due date": entry.due,
        "Actual date": long_date(entry.date),
        "Version and status": f"{entry.version}, {entry.status}",
        "Lead beneficiary": entry.lead,
        "Authors": ", ".join(entry.authors),
        "Contributors": entry.contributors,
        "Reviewers": entry.reviewers,
        "Approval": entry.approval,
        "Keywords": ", ".join(entry.keywords),
    }
