"""The record of a release: what is committed of it, so that it stays what it was whatever comes after."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from casebook.canonical import checksum, write_atomically
from casebook.errors import Fault, ReleaseRefused
from casebook.publication.book.identity import Book
from casebook.release import verify
from casebook.release.identity import name_of

_REMEDY = "take the file back as it was committed; what was released is never changed"


@dataclass(frozen=True)
class Record:
    """What a release has committed: the manifest of its archive, and files of it by their path in the archive."""

    name: str
    files: Mapping[str, bytes]

    @property
    def manifest(self) -> bytes:
        return self.files[verify.PAYLOAD]


def kept_of(book: Book) -> dict[str, str]:
    """Return which files of an archive a record keeps: their name in the record, and their path in the archive."""
    site = f"{verify.SITE}/{book.address}"
    return {
        verify.PAYLOAD: verify.PAYLOAD,
        "release.json": verify.RELEASE,
        "tables.json": f"data/protected/{book.edition}/{book.dissemination}/tables.json",
        verify.CLAIMS: f"{site}/{verify.CLAIMS}",
        "objects.inv": f"{site}/objects.inv",
    }


def place_of(book: Book) -> Path:
    """Return the folder of a book's record below the folder of all releases."""
    return Path(book.edition, book.entry.version, book.dissemination)


def archive_of(book: Book) -> Path:
    """Return where the archive of a release lies below the folder of all releases."""
    return Path("archives", f"{name_of(book)}.zip")


def is_released(book: Book) -> bool:
    """Return whether this version of the edition was released at this level."""
    return (book.folders.releases / place_of(book)).is_dir()


def write_record(releases: Path, book: Book, bag: Mapping[str, bytes]) -> None:
    """Write record and archive of a book below a folder of releases."""
    for name, path in kept_of(book).items():
        if path in bag:
            write_atomically(releases / place_of(book) / name, bag[path])
    write_atomically(releases / archive_of(book), verify.packed(dict(bag), name_of(book)))


def read_record(book: Book) -> Record:
    """Return the record of a released book; raises ReleaseRefused where a file of it was altered or is missing."""
    place = book.folders.releases / place_of(book)
    files = {path.name: path.read_bytes() for path in sorted(place.glob("*")) if path.is_file()}
    faults = list(_faults(book, files))
    if faults:
        raise ReleaseRefused(faults)
    return Record(name_of(book), files)


def _faults(book: Book, files: Mapping[str, bytes]) -> Iterator[Fault]:
    shown = f"{book.folders.releases.name}/{place_of(book).as_posix()}"
    lines = files.get(verify.PAYLOAD, b"").decode("utf-8", "replace").splitlines()
    listed = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    for name, path in kept_of(book).items():
        if name == verify.PAYLOAD:
            continue
        if path in listed and checksum(files.get(name, b"")) != listed[path]:
            yield Fault(f"{shown}/{name}", "", "the record of a release was altered", remedy=_REMEDY)
    if verify.RELEASE not in listed:
        yield Fault(f"{shown}/{verify.PAYLOAD}", "", "the record of a release was altered", remedy=_REMEDY)


def recorded_manifest(releases: Path, said: Mapping[str, object]) -> bytes | None:
    """Return the manifest recorded of what an archive says it is; None where there was no such release."""
    parts = [str(said.get(name, "")) for name in ("deliverable", "version", "level")]
    if any(verify.unsafe(part) or "/" in part for part in parts):
        return None
    file = releases.joinpath(*parts, verify.PAYLOAD)
    return file.read_bytes() if file.is_file() else None
