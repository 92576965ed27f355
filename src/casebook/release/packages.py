"""The packages an edition was made with, as a CycloneDX bill of materials: from the lock and the list of licences."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from casebook.canonical import canonical_json
from casebook.publication.book.identity import Book

LOCK, LICENCES = "locks/run.txt", "docs/licences.md"
_PINNED = re.compile(r"^(?P<name>[\w.-]+)==(?P<version>[^ \\;]+)", re.MULTILINE)
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_ROW = re.compile(r"^\| (?P<licence>[^|]+) \| (?P<packages>[^|]+) \|$", re.MULTILINE)


def bill_of_materials(book: Book) -> bytes:
    """Return the bill of materials of an edition in CycloneDX 1.6 JSON, made from the files and the edition alone."""
    root = book.folders.root
    licences = licences_of(root)
    parts = [_component(*part, licences) for part in locked(root)]
    about = f"{book.edition}-{book.entry.version}-{book.dissemination}"
    tool = {"type": "application", "name": "casebook", "version": version("casebook")}
    bill = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_OID, about)}",
        "version": 1,
        "metadata": {
            "timestamp": f"{book.entry.date.isoformat()}T00:00:00Z",
            "component": {"type": "application", "name": about, "version": book.entry.version},
            "tools": {"components": [tool]},
        },
        "components": parts,
    }
    return canonical_json(bill)


def locked(root: Path) -> Iterator[tuple[str, str, list[str]]]:
    """Yield name, version and the SHA-256 of the files of each package that a build needs."""
    text = (root / LOCK).read_text("utf-8")
    found = list(_PINNED.finditer(text))
    ends = [pin.start() for pin in found[1:]] + [len(text)]
    for pin, end in zip(found, ends, strict=True):
        yield pin["name"], pin["version"], _HASH.findall(text, pin.start(), end)


def licences_of(root: Path) -> dict[str, str]:
    """Return the licence of each package, as docs/licences.md lists them."""
    found: dict[str, str] = {}
    for row in _ROW.finditer((root / LICENCES).read_text("utf-8")):
        for package in re.sub(r"\([^)]*\)", "", row["packages"]).split(","):
            found.setdefault(package.strip(), row["licence"].strip())
    return found


def _component(name: str, pinned: str, hashes: list[str], licences: Mapping[str, str]) -> dict[str, Any]:
    address = f"pkg:pypi/{name}@{pinned}"
    return {
        "type": "library",
        "bom-ref": address,
        "name": name,
        "version": pinned,
        "purl": address,
        "licenses": [{"license": {"name": licences[name]}}] if name in licences else [],
        "properties": [{"name": "casebook:sha256", "value": digest} for digest in sorted(hashes)],
    }
