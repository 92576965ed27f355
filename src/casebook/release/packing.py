"""Packing: the archive of one edition for one reader, as a BagIt bag whose bytes depend on nothing but its files."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path

from casebook.canonical import canonical_json, checksum, write_atomically
from casebook.disclosure_control.ledger import Ledger
from casebook.disclosure_control.ledger_files import ledger_bytes, read_ledger
from casebook.errors import Fault, ReleaseRefused
from casebook.publication.book.identity import Book
from casebook.publication.book.site import lone_site
from casebook.release import hygiene, verify
from casebook.release.citation import citation_files
from casebook.release.contents import site_files, source_of, tables_of
from casebook.release.data_package import descriptions_of
from casebook.release.hygiene import Machine
from casebook.release.identity import description_of, name_of, tags_of
from casebook.release.packages import bill_of_materials


def pack(books: Sequence[Book], out: Path, *, machine: Machine) -> list[Path]:
    """Write the archive of each book, as it was last built, into a folder and return them; all were verified before.

    Raises BookRefused where a book was not built, ReleaseRefused where something would enter that may not, where it
    would tell of the machine, a secret or how to reach a person, and where an archive does not verify; nothing is
    written then.
    """
    packed = {name_of(book): archive_of(book, machine) for book in books}
    for name, data in packed.items():
        write_atomically(out / f"{name}.zip", data)
    return [out / f"{name}.zip" for name in packed]


def archive_of(book: Book, machine: Machine) -> bytes:
    """Return the archive of a book; raises as `pack` does."""
    return verify.packed(checked_bag(book, machine, read_ledger(book.folders.root)), name_of(book))


def checked_bag(book: Book, machine: Machine, ledger: Ledger) -> dict[str, bytes]:
    """Return the files of a book's archive, with its level's rows of a ledger; raises as `pack` does."""
    rows = ledger.rows.get(book.dissemination, ())
    chain = {f"ledger/{book.dissemination}.csv": ledger_bytes(rows)} if rows else {}
    bag = bag_of({**payload_of(book), **chain}, tags_of(book))
    faults = [Fault(name_of(book), file, message) for file, message in verify.faults_of(verify.Archive(bag, []))]
    faults += hygiene.faults_of(bag, machine)
    if faults:
        raise ReleaseRefused(faults)
    return bag


def payload_of(book: Book) -> dict[str, bytes]:
    """Return everything that an archive hands over, by its path below `data/`."""
    root = book.folders.root
    tables, site = tables_of(book.folders, written_with(book)), _site_of(book)
    payload = {
        **_below("site", site),
        **descriptions_of(book, site),
        **_below("protected", tables),
        **_below("metadata", citation_files(book)),
        **_below("source", source_of(root)),
        "metadata/sbom.cdx.json": bill_of_materials(book),
        **{name: (root / name).read_bytes() for name in ("LICENSE", "LICENSE-TEXT")},
    }
    described = description_of(book, {"tables": checksum(tables[f"{book.edition}/{book.dissemination}/tables.json"])})
    return payload | {"release.json": canonical_json(described)}


def written_with(book: Book) -> list[tuple[str, str]]:
    """Return the edition and level of a book and of all that it is compared with, of which it cannot do without."""
    found, edition = [], book.edition
    while edition:
        found.append((edition, book.dissemination))
        edition = book.study.editions[edition].earlier or ""
    return found


def _site_of(book: Book) -> dict[str, bytes]:
    with tempfile.TemporaryDirectory() as aside:
        lone_site(book, Path(aside))
        return site_files(Path(aside))


def _below(folder: str, found: Mapping[str, bytes]) -> dict[str, bytes]:
    return {f"{folder}/{name}": data for name, data in found.items()}


def bag_of(payload: Mapping[str, bytes], tags: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return payload and tags with the manifests of both and the program that verifies them (BagIt 1.0, RFC 8493)."""
    program = files("casebook.release").joinpath("verify.py").read_bytes()
    bag = {**_below("data", payload), **tags, "verify.py": program}
    size = f"Payload-Oxum: {sum(map(len, payload.values()))}.{len(payload)}\n"
    bag[verify.INFO] += size.encode()
    bag[verify.PAYLOAD] = _manifest({name: data for name, data in bag.items() if name.startswith("data/")})
    bag[verify.TAGS] = _manifest({name: data for name, data in bag.items() if not name.startswith("data/")})
    return bag


def _manifest(named: Mapping[str, bytes]) -> bytes:
    return "".join(f"{checksum(data)}  {name}\n" for name, data in sorted(named.items())).encode("utf-8")
