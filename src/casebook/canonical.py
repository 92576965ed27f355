"""Canonical bytes, checksums, and files and folders that are whole or not there."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import shutil
import threading
from pathlib import Path
from typing import Any


def canonical_json(value: Any) -> bytes:
    """Return the one UTF-8 form of a JSON value: sorted keys, two spaces, a final line feed.

    Floating-point numbers must be finite; NaN raises ValueError.
    """
    text = json.dumps(value, sort_keys=True, indent=2, ensure_ascii=False, allow_nan=False)
    return (text + "\n").encode("utf-8")


def checksum(data: bytes) -> str:
    """Return the SHA-256 of published bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def keyed_digest(key: bytes, data: bytes) -> str:
    """Return the HMAC-SHA-256 of restricted bytes, in hexadecimal.

    A plain checksum of a tiny table can be guessed by trying every table; without the key this one cannot.
    """
    return hmac.new(key, data, hashlib.sha256).hexdigest()


def write_atomically(path: Path, data: bytes) -> None:
    """Write a file that is whole or not there, whatever interrupts it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}.partial")
    try:
        partial.write_bytes(data)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def exchange(fresh: Path, place: Path) -> Path:
    """Put a complete folder in the place of another by two renames, and only then remove the one that was there."""
    last = fresh.with_name(f"{fresh.name}.last")
    shutil.rmtree(last, ignore_errors=True)
    if place.exists():
        place.rename(last)
    try:
        fresh.rename(place)
    except OSError:
        if last.exists():
            last.rename(place)
        raise
    shutil.rmtree(last, ignore_errors=True)
    return place
