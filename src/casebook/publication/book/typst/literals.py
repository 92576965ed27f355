"""Typst source in which an author's text is only ever a string literal."""

from __future__ import annotations

from collections.abc import Iterable

_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": None})


def string(text: str) -> str:
    """Return a Typst string literal that means exactly this text."""
    return f'"{text.translate(_ESCAPES)}"'


def words(text: str) -> str:
    """Return markup that prints this text as one run of characters, line ends as spaces."""
    flat = text.replace("\n", " ")
    return f"#{string(flat)};" if flat else ""


def block(call: str) -> str:
    """Return a function call as a block of its own."""
    return f"\n#{call}\n\n"


def content(markup: str) -> str:
    """Return markup as a content argument, without white space at its ends."""
    return f"[{markup.strip()}]"


def contents(markups: Iterable[str]) -> str:
    """Return several content arguments, separated by commas."""
    return ", ".join(content(markup) for markup in markups)


def numbering(number: str | None) -> str:
    """Return a Typst numbering that always gives this number, or none."""
    return f"(..) => {string(number)}" if number else "none"
