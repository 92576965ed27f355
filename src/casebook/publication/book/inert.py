"""Text from data, made so that nothing of it is markup in a page."""

from __future__ import annotations

import json
import re

_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
# No-break spaces are not among them: they belong to the text.
_BLANKS = re.compile(r"[\x00-\x20\x7f-\x9f\u2028\u2029]+")
# Characters that turn the direction of what follows and so can make a page show what its text does not say.
_TURNING = re.compile(r"[\u202a-\u202e\u2066-\u2069]")


def inert(text: str) -> str:
    """Return Markdown that shows exactly this text, on one line, wherever inline text may stand.

    Every ASCII punctuation character is backslash-escaped, which CommonMark 0.31 (section 2.4) and MyST read as the
    character itself; runs of blanks and control characters become one space.
    """
    return _PUNCTUATION.sub(r"\\\1", _one_line(text))


def inert_option(text: str) -> str:
    """Return a quoted value that gives a directive's option (`:alt:`, `:name:`) exactly this text."""
    return json.dumps(_one_line(text), ensure_ascii=False)


def _one_line(text: str) -> str:
    return _TURNING.sub("\N{REPLACEMENT CHARACTER}", _BLANKS.sub(" ", text)).strip(" ")
