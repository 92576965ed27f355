"""The study's secret: what makes digests and decoys unguessable."""

from __future__ import annotations

import os
from pathlib import Path

from casebook.errors import DataRefused
from casebook.folders import DATA_VARIABLE

FILE = "key"
_SHORTEST = 32


def study_key(data: Path) -> bytes:
    """Return the key that lies beside the submissions; real ones keep theirs outside the repository.

    The synthetic study's key is in the repository, since there is nobody to protect. Raises DataRefused where there is
    none, or it is too short to keep a secret.
    """
    real = os.environ.get(DATA_VARIABLE)
    folder, shown = (Path(real), DATA_VARIABLE) if real else (data, "data")
    path = folder / FILE
    if not path.is_file():
        remedy = 'make one with: python -c "import secrets; print(secrets.token_hex(32))"'
        raise DataRefused.one(f"{shown}/{FILE}", "", "the study has no key", remedy=remedy)
    key = path.read_bytes().strip()
    if len(key) < _SHORTEST:
        raise DataRefused.one(f"{shown}/{FILE}", "", "the key is too short", allowed=f"{_SHORTEST} characters or more")
    return key
