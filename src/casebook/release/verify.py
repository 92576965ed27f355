#!/usr/bin/env python3
"""Verify a released archive: python verify.py [ARCHIVE.zip or FOLDER]; without one, the folder this file lies in.

It lies in every archive as it lies in Casebook, so it needs Python 3.9 or later and nothing else, and no network. It
reads and never unpacks. It ends with 0 where everything is as it was packed, else with 1 and a line for each fault.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import stat
import sys
import zipfile
from collections.abc import Callable, Iterable, Iterator
from html.parser import HTMLParser
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

ALGORITHM = "sha256"
DECLARATION = "bagit.txt"
INFO = "bag-info.txt"
PAYLOAD, TAGS = f"manifest-{ALGORITHM}.txt", f"tagmanifest-{ALGORITHM}.txt"
RELEASE = "data/release.json"
LEDGER = "data/ledger"
SITE = "data/site"
CLAIMS = "claims.json"
#: The date in every header of an archive: the earliest a ZIP file can hold, so that no clock is read.
EPOCH = (1980, 1, 1, 0, 0, 0)

_TYPOGRAPHY = {0x2018: "'", 0x2019: "'", 0x201C: '"', 0x201D: '"', 0x2013: "-", 0x2014: "-", 0x2026: "..."}

#: A fault: the file, and what is wrong with it.
Fault = tuple[str, str]


class Archive(NamedTuple):
    """The files of an archive, by their path within the bag, and what is wrong with how they are packed."""

    read: dict[str, bytes]
    faults: list[Fault]


def faults_of(archive: Archive) -> list[Fault]:
    """Return everything that is wrong with an archive; what its books say only where all files are as packed."""
    found = [*archive.faults, *(_of_the_bag(archive.read) if archive.read else ())]
    return found or [*_of_the_books(archive.read), *_of_the_ledger(archive.read)]


def opened(place: Path) -> Archive:
    """Read an archive whole, as a ZIP file or unpacked; nothing of it is written, followed or run."""
    if place.is_dir():
        return _folder(place)
    try:
        with zipfile.ZipFile(place) as archive:
            entries = archive.infolist()
            faults = list(_of_the_entries(entries, place.stat().st_size))
            whole = {} if faults else {info.filename: archive.read(info) for info in entries}
    except (OSError, zipfile.BadZipFile, NotImplementedError, EOFError, ValueError) as error:
        return Archive({}, [(place.name, f"the archive cannot be read: {_told(error)}")])
    top = next(iter(whole), "").partition("/")[0]
    read = {name.partition("/")[2]: data for name, data in whole.items()}
    if not faults and packed(read, top) != place.read_bytes():
        faults = [(place.name, "the archive was packed anew, or its headers were altered")]
    return Archive(read, faults)


def _told(error: Exception) -> str:
    """Say which entry is damaged, which is what zipfile says, or what kind of fault it was."""
    found = re.search(r"'[^']*'", str(error))
    return f"damaged at {found[0]}" if found else type(error).__name__


def packed(files: dict[str, bytes], top: str) -> bytes:
    """Return files as a ZIP file below one folder: sorted, uncompressed and without a clock, so always the same bytes.

    Compressed bytes differ between versions of zlib, stored ones do not.
    """
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            info = zipfile.ZipInfo(f"{top}/{name}", EPOCH)
            info.create_system = 3
            info.external_attr = (stat.S_IFREG | 0o644) << 16
            archive.writestr(info, files[name])
    return out.getvalue()


def _of_the_entries(entries: list[zipfile.ZipInfo], size: int) -> Iterator[Fault]:
    """What could harm whoever unpacks an archive, or was never packed by us; nothing has been read yet."""
    names = [info.filename for info in entries]
    for name in sorted({name for name in names if names.count(name) > 1}) if len(set(names)) < len(names) else ():
        yield name, "the archive holds this file twice"
    for info in entries:
        mode = info.external_attr >> 16
        if unsafe(info.filename) or "/" not in info.filename:
            yield info.filename, "the path leads out of the archive"
        elif info.is_dir() or (mode and not stat.S_ISREG(mode)):
            yield info.filename, "not a plain file"
        elif info.compress_type != zipfile.ZIP_STORED or info.flag_bits & 0x1 or info.file_size != info.compress_size:
            yield info.filename, "compressed or encrypted, which a released archive never is"
    if sum(info.file_size for info in entries) > size:
        yield "", "the files are larger than the archive that holds them"
    if len({name.partition("/")[0] for name in names}) != 1:
        yield "", "the archive does not hold exactly one folder"


def unsafe(name: str) -> bool:
    """Return whether a path could lead out of the folder that it is relative to, on any system."""
    parts = name.split("/")
    return not name or "\\" in name or ":" in name or "\0" in name or any(part in ("", ".", "..") for part in parts)


def _folder(place: Path) -> Archive:
    read, faults = {}, []
    for path in sorted(place.rglob("*")):
        name = path.relative_to(place).as_posix()
        if path.is_symlink():
            faults.append((name, "not a plain file"))
        elif path.is_file():
            read[name] = path.read_bytes()
    return Archive(read, faults)


def _of_the_bag(read: dict[str, bytes]) -> Iterator[Fault]:
    """What differs from the two manifests (BagIt 1.0, RFC 8493): one of the payload, one of all else."""
    if DECLARATION not in read or PAYLOAD not in read or TAGS not in read:
        yield from ((name, "is missing") for name in (DECLARATION, PAYLOAD, TAGS) if name not in read)
        return
    payload = {name for name in read if name.startswith("data/")}
    yield from _of_a_manifest(PAYLOAD, read, payload)
    yield from _of_a_manifest(TAGS, read, set(read) - payload - {TAGS})
    size = f"{sum(len(read[name]) for name in payload)}.{len(payload)}"
    if f"Payload-Oxum: {size}" not in read.get(INFO, b"").decode("utf-8", "replace").splitlines():
        yield INFO, "does not give the size of the payload as it is"


def _of_a_manifest(manifest: str, read: dict[str, bytes], there: set[str]) -> Iterator[Fault]:
    listed: dict[str, str] = {}
    for number, line in enumerate(read[manifest].decode("utf-8", "replace").splitlines(), 1):
        digest, _, name = line.partition("  ")
        if not re.fullmatch("[0-9a-f]{64}", digest) or unsafe(name):
            yield manifest, f"line {number} cannot be read"
        elif name in listed:
            yield manifest, f"line {number} lists {name} a second time"
        listed.setdefault(name, digest)
    yield from ((name, f"was added: {manifest} does not list it") for name in sorted(there - set(listed)))
    yield from ((name, f"is missing: {manifest} lists it") for name in sorted(set(listed) - there))
    for name in sorted(there & set(listed)):
        if hashlib.sha256(read[name]).hexdigest() != listed[name]:
            yield name, f"{kind_of(name)} was altered"


def kind_of(name: str) -> str:
    """Return in words what a file of an archive is."""
    path = PurePosixPath(name)
    if name.startswith("data/source/"):
        return "a file of the source"
    if path.name == CLAIMS:
        return "the register of claims"
    kinds = {".pdf": "the PDF", ".html": "a page of the book", ".svg": "a figure or mark"}
    return kinds.get(path.suffix, "the file")


class _Page(HTMLParser):
    """The statements of a page: the words of every claim, by its id."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: dict[str, str] = {}
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, Any]]) -> None:
        if tag == "span":
            found = dict(attrs)
            claim = "claim" in (found.get("class") or "").split()
            self._open.append((found.get("id") or "") if claim else "")
            if claim:
                self.said.setdefault(self._open[-1], "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "span" and self._open:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        for claim in self._open:
            if claim:
                self.said[claim] += data


def _of_the_books(read: dict[str, bytes]) -> Iterator[Fault]:
    """Statements of a book that its register does not hold, or holds in other words, and registered ones not made."""
    registers = sorted(name for name in read if name.startswith(SITE) and name.endswith(f"/{CLAIMS}"))
    if not registers:
        yield SITE, f"there is no book with a register of its statements ({CLAIMS})"
    for register in registers:
        book = register[: -len(CLAIMS)]
        try:
            claims = {claim["id"]: claim for claim in json.loads(read[register])["claims"]}
        except (ValueError, KeyError, TypeError):
            yield register, "cannot be read"
            continue
        said: dict[str, str] = {}
        for page in (name for name in sorted(read) if name.startswith(book) and name.endswith(".html")):
            found = statements(read[page])
            said.update(found)
            yield from _unregistered(page, found, claims)
        yield from ((register, f"{claim} is in no page") for claim in _printed(claims) if claim not in said)


def statements(page: bytes) -> dict[str, str]:
    """Return the words of every claim that a page marks, by its id."""
    reader = _Page()
    reader.feed(page.decode("utf-8", "replace"))
    return {claim: plain(words) for claim, words in reader.said.items()}


def plain(words: str) -> str:
    """Return words without what typesetting makes of them: blanks, quotation marks, dashes, a capital letter."""
    return " ".join(words.translate(_TYPOGRAPHY).replace("--", "-").split()).lower()


def _printed(claims: dict[str, Any]) -> Iterable[str]:
    """Return the claims that are words of a sentence, which pages mark one by one."""
    prose = ("quantity", "list", "ranking", "size", "comparison", "reference", "agreement", "audit")
    return (claim for claim, receipt in claims.items() if receipt["kind"] in prose and receipt["text"])


def _unregistered(page: str, said: dict[str, str], claims: dict[str, Any]) -> Iterator[Fault]:
    for claim, words in said.items():
        registered = plain(claims[claim]["text"]) if claim in claims else ""
        if claim not in claims:
            yield page, f"the statement {claim} ({words!r}) is not in {CLAIMS}"
        elif words != registered:
            yield page, f"the statement {claim} says {words!r}, but {CLAIMS} says {registered!r}"


def _of_the_ledger(read: dict[str, bytes]) -> Iterator[Fault]:
    """The first row of a ledger that does not follow from the row before it."""
    for name in sorted(name for name in read if name.startswith(f"{LEDGER}/")):
        before = "0" * 64
        rows = csv.reader(io.StringIO(read[name].decode("utf-8", "replace"), newline=""))
        next(rows, None)
        for number, (*words, digest) in enumerate((row or [""] for row in rows), 1):
            before = hashlib.sha256("\0".join([before, *words]).encode("utf-8")).hexdigest()
            if digest != before:
                yield name, f"row {number} does not follow from the row before it"
                break


def about(read: dict[str, bytes]) -> dict[str, Any]:
    """Return what an archive says of itself; empty where it says nothing that can be read."""
    try:
        found = json.loads(read[RELEASE])
    except (KeyError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def main(arguments: list[str], say: Callable[[str], Any] = print) -> int:
    """Verify the archive that is named, or the one this file lies in; return the exit code."""
    archive = opened(Path(arguments[0]) if arguments else Path(__file__).resolve().parent)
    faults = faults_of(archive)
    for name, message in faults:
        say(f"{name}: {message}" if name else message)
    verdict = f"{len(faults)} faults: this is not what was released." if faults else "No fault."
    say(f"{len(archive.read)} files. {verdict}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
