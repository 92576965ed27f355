"""Taking a book as it was released: its pages and its PDF come from its archive, and are not made again."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from typing import Any

from casebook.cache import Step
from casebook.canonical import write_atomically
from casebook.errors import ReleaseRefused
from casebook.publication.book.identity import Book
from casebook.release import verify
from casebook.release.record import archive_of, place_of, read_record
from casebook.stages.project import DESCRIPTION


def step(book: Book) -> Step:
    """Return the step that takes a released book from its archive."""
    releases = book.folders.releases.relative_to(book.folders.root)
    return Step(
        f"released/{book.edition}/{book.dissemination}",
        leaves=(book.html, book.pdf),
        reads=(*DESCRIPTION, (releases / place_of(book)).as_posix(), (releases / archive_of(book)).as_posix()),
        modules=(__name__,),
        settings={"edition": book.edition, "level": book.dissemination, "version": book.entry.version},
        kept=False,
    )


def take(book: Book) -> Mapping[str, Any]:
    """Lay a released book where it would have been built, and tell how many pages it has.

    Raises ReleaseRefused where the archive is missing, was altered, or is not the recorded one.
    """
    site = f"{verify.SITE}/{book.address}/"
    found = {name.removeprefix(site): data for name, data in _released(book).items() if name.startswith(site)}
    shutil.rmtree(book.work, ignore_errors=True)
    for name, data in found.items():
        write_atomically(book.pdf if name == book.pdf_name else book.html / name, data)
    return {"pages": sum(name.endswith(".html") for name in found)}


def _released(book: Book) -> Mapping[str, bytes]:
    """Return the files of a book's archive, once all of them are what the record says."""
    place = book.folders.releases / archive_of(book)
    remedy = "take the archive back as it was committed"
    if not place.is_file():
        raise ReleaseRefused.one(place.name, "", "the archive of a released edition is missing", remedy=remedy)
    archive = verify.opened(place)
    faults = verify.faults_of(archive)
    if faults or archive.read[verify.PAYLOAD] != read_record(book).manifest:
        shown = faults[0][0] if faults else ""
        raise ReleaseRefused.one(place.name, shown, "the archive is not the one that was released", remedy=remedy)
    return archive.read
