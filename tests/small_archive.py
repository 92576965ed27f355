"""An archive small enough to see at once: a book of one page and one statement, its register, tables and ledger."""

from __future__ import annotations

import json
from collections.abc import Mapping

from casebook.canonical import canonical_json, checksum
from casebook.publication.evidence import seal
from casebook.release import verify
from casebook.release.packing import bag_of

NAME = "D1.2-1.0-PU"
BOOK = "site/D1.2/1.0"
TABLES = canonical_json(
    {
        "edition": "D1.2",
        "dissemination": "PU",
        "sample": {"OG.E": 23},
        "countries": {"OG": ["ES"]},
        "tables": {},
        "agreement": [],
    }
)
RECEIPT = {
    "id": "c0123456789",
    "page": "index",
    "kind": "quantity",
    "form": "word",
    "text": "the offender's most",
    "sentence": "The offender's most was said.",
    "definition": "",
    "holds": [],
    "template": "index.md.j2",
    "line": 1,
    "table": "OG.O.og_platform",
    "run": "",
    "cells": [],
}
_SAID = {"deliverable": "D1.2", "version": "1.0", "level": "PU", "sources": {}, "claims": [RECEIPT]}
REGISTER = {**_SAID, "sha256": seal(_SAID)}
PAGE = (
    '<html lang="en-GB"><p><span class="claim" id="c0123456789">The offender’s <b>most</b></span> was said.</p></html>'
)
DESCRIPTION = {
    "study": "RAYUELA",
    "grant": "grant agreement No 882828",
    "deliverable": "D1.2",
    "version": "1.0",
    "level": "PU",
    "state": "submitted",
    "date": "2021-09-30",
    "tables": checksum(TABLES),
}


def payload(**changed: bytes) -> dict[str, bytes]:
    """The payload of the small archive, with files put in or changed."""
    files = {
        "release.json": canonical_json(DESCRIPTION),
        f"{BOOK}/index.html": PAGE.encode(),
        f"{BOOK}/D1.2.pdf": b"%PDF-1.7 the report",
        f"{BOOK}/claims.json": canonical_json(REGISTER),
        "protected/D1.2/PU/tables.json": TABLES,
        "source/study.yml": b"project: {}\n",
    }
    return {**files, **changed}


def bag(files: Mapping[str, bytes] | None = None) -> dict[str, bytes]:
    """The bag of a payload, as every archive is made."""
    tags = {verify.DECLARATION: b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n", verify.INFO: b""}
    return bag_of(files or payload(), tags)


def described(**changed: str) -> bytes:
    """The description of the release, with fields changed."""
    return json.dumps({**DESCRIPTION, **changed}).encode()
