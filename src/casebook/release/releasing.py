"""A release: every check, then the ledger, the record and the archives of an edition, all of them or none."""

from __future__ import annotations

import datetime
import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from casebook.canonical import exchange
from casebook.checks import check_front_matter
from casebook.disclosure_control.ledger import Ledger, entered
from casebook.disclosure_control.ledger_files import read_ledger, write_ledger
from casebook.errors import Fault, ReleaseRefused
from casebook.folders import Folders
from casebook.protected_tables import read_protected_tables
from casebook.publication.book.identity import Book
from casebook.release.contents import source_of
from casebook.release.hygiene import Machine
from casebook.release.packing import checked_bag
from casebook.release.readiness import faults_of, uncommitted
from casebook.release.record import archive_of, is_released, write_record


def release(books: Sequence[Book], *, machine: Machine, today: datetime.date) -> list[Path]:
    """Release books of one edition, as they were last built, and return their archives.

    Enters their tables into the ledger, and writes record and archive of each. Raises ReleaseRefused with everything
    that stands against it, DisclosureRefused where the edition was released already or comes before the one it follows
    on; nothing is written then.
    """
    refuse_unready(books, today=today)
    ledger = _entered(books)
    bags = {book.dissemination: checked_bag(book, machine, ledger) for book in books}
    folders = books[0].folders
    _write_aside(folders, ledger, [(book, bags[book.dissemination]) for book in books])
    exchange(folders.next_releases / folders.releases.name, folders.releases)
    return [folders.releases / archive_of(book) for book in books]


def _write_aside(folders: Folders, ledger: Ledger, packed: Sequence[tuple[Book, Mapping[str, bytes]]]) -> None:
    """Put all releases together in a folder of their own: those there are, which are never changed, and the new one."""
    aside = folders.next_releases
    shutil.rmtree(aside, ignore_errors=True)
    releases = aside / folders.releases.name
    releases.mkdir(parents=True)
    if folders.releases.is_dir():
        shutil.copytree(folders.releases, releases, copy_function=os.link, dirs_exist_ok=True)
    write_ledger(aside, ledger)
    for book, bag in packed:
        write_record(releases, book, bag)


def refuse_unready(books: Sequence[Book], *, today: datetime.date) -> None:
    """Raise ReleaseRefused with everything that stands against the release of books; StudyRefused for front matter."""
    check_front_matter(books[0].study)
    root = books[0].folders.root
    faults = [fault for book in books for fault in faults_of(book, today=today)]
    faults += uncommitted(root, source_of(root))
    faults += [Fault(f"{b.edition} {b.dissemination}", "", "it was released already") for b in books if is_released(b)]
    if faults:
        raise ReleaseRefused(faults)


def _entered(books: Sequence[Book]) -> Ledger:
    first = books[0]
    tables = [read_protected_tables(first.folders.protected(book.edition, book.dissemination)) for book in books]
    return entered(read_ledger(first.folders.root), first.entry, tables)
