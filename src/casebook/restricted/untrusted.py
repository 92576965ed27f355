"""What comes from elsewhere: bytes read with a bound, and text shown so that it steers nothing and quotes nobody."""

from __future__ import annotations

import unicodedata
from pathlib import Path

from casebook.errors import DataRefused

LARGEST_FILE = 64 * 1024 * 1024
LONGEST_CELL = 32_767
LONGEST_SHOWN = 40
MOST_WORDS = 3


def bounded_bytes(path: Path, *, shown_as: str) -> bytes:
    """Return the bytes of a regular file of at most 64 MiB; raises DataRefused for anything else."""
    if path.is_symlink() or not path.is_file():
        raise DataRefused.one(shown_as, "", "the file is missing or is not a regular file", remedy="hand it in")
    with path.open("rb") as stream:
        content = stream.read(LARGEST_FILE + 1)
    if len(content) > LARGEST_FILE:
        allowed = f"at most {LARGEST_FILE // 2**20} MiB"
        raise DataRefused.one(shown_as, "", "the file is too large", allowed=allowed, remedy="split the submission")
    return content


def inert(value: str) -> str:
    """Return a value as a message may show it: at most 40 characters, none that steers a screen or its direction.

    Of a sentence only the length is told: in the column of a closed list it is somebody's words, pasted by mistake.
    """
    if len(value.split()) > MOST_WORDS:
        return f"a text of {len(value):,} characters"
    shown = value if value.isprintable() else "".join(map(_harmless, value))
    return shown if len(shown) <= LONGEST_SHOWN else shown[: LONGEST_SHOWN - 1] + "…"


def _harmless(character: str) -> str:
    return "\N{REPLACEMENT CHARACTER}" if is_control(character) else character


def is_control(character: str) -> bool:
    """Tell whether a character is a control, a bidirectional or other format mark, a surrogate or a line separator."""
    return unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
