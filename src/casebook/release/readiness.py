"""What stands against a release: the state of the edition, its date, placeholders, marks, PDF, uncommitted files."""

from __future__ import annotations

import datetime
import subprocess
from collections.abc import Collection, Iterator
from pathlib import Path

import pikepdf

from casebook.errors import Fault
from casebook.publication.book.identity import NOT_CLEARED, PLACEHOLDER, Book
from casebook.study import FILE

#: What the metadata of the PDF must declare: accessible (PDF/UA-1) and archivable (PDF/A-3a).
_DECLARED = {"pdfuaid:part": "1", "pdfaid:part": "3", "pdfaid:conformance": "A"}


def faults_of(book: Book, *, today: datetime.date) -> Iterator[Fault]:
    """Yield what stands against the release of a book as it lies in its site."""
    place = f"editions.{book.edition}"
    if book.entry.status != "submitted":
        yield Fault(FILE, f"{place}.status", "only a submitted edition is released", book.entry.status, "submitted")
    if book.entry.date > today:
        yield Fault(FILE, f"{place}.date", "the date lies ahead", value=book.entry.date.isoformat())
    site = book.folders.site(book.level.site) / book.address
    if book.level.placeholders == "refused":
        yield from _open_fields(book, place)
    yield from _of_pages(book, site)
    if (site / book.pdf_name).is_file():
        yield from _of_the_pdf(site / book.pdf_name, book.pdf_name)


def _open_fields(book: Book, place: str) -> Iterator[Fault]:
    for field, value in book.entry.model_dump().items():
        if PLACEHOLDER in str(value):
            message = f"an open placeholder, which level {book.dissemination} does not allow"
            yield Fault(FILE, f"{place}.{field}", message, value=PLACEHOLDER, remedy="write it")


def _of_pages(book: Book, site: Path) -> Iterator[Fault]:
    texts = {
        page.relative_to(site).as_posix(): " ".join(page.read_text("utf-8").split())
        for page in sorted(site.rglob("*.html"))
    }
    waiting = [name for name, text in texts.items() if NOT_CLEARED in text]
    if waiting:
        place = f"and {len(waiting) - 1} more pages" if waiting[1:] else ""
        yield Fault(waiting[0], place, "the disclosure audit is outstanding", remedy="build when it has passed")
    for name, text in texts.items():
        if PLACEHOLDER in text and book.level.placeholders == "refused" and name != "index.html":
            yield Fault(name, "", f"an open placeholder, which level {book.dissemination} does not allow")


def _of_the_pdf(file: Path, shown: str) -> Iterator[Fault]:
    with pikepdf.open(file) as pdf, pdf.open_metadata() as metadata:
        for name, wanted in _DECLARED.items():
            if str(metadata.get(name, "")) != wanted:
                yield Fault(shown, name, "the PDF does not declare its standard", str(metadata.get(name, "")), wanted)


def uncommitted(root: Path, source: Collection[str]) -> Iterator[Fault]:
    """Yield the files of the source that the repository does not hold as they are; none without a repository."""
    if not (root / ".git").exists():
        return
    command = ["git", "status", "--porcelain", "-z", "--untracked-files=all", "--no-renames"]
    told = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout
    for name in (entry[3:] for entry in told.split("\0") if entry):
        if name in source:
            yield Fault(name, "", "the file is not committed as it is", remedy="commit it, or take it away")
