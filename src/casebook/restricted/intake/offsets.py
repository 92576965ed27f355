"""What a tool counts in its positions, found out from the file itself; nothing is quoted where that does not decide."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from casebook.restricted.intake.project import OffsetConvention

Span = tuple[int, int]

_ASTRAL = re.compile("[\U00010000-\U0010ffff]")
_CRLF = re.compile("\r\n")
#: The first of those that read a file alike is taken.
CANDIDATES = (
    OffsetConvention.CODE_POINTS_OF_LINES,
    OffsetConvention.CODE_POINTS,
    OffsetConvention.UTF16_UNITS_OF_LINES,
    OffsetConvention.UTF16_UNITS,
)
_OF_LINES = frozenset({OffsetConvention.CODE_POINTS_OF_LINES, OffsetConvention.UTF16_UNITS_OF_LINES})
_UTF16 = frozenset({OffsetConvention.UTF16_UNITS, OffsetConvention.UTF16_UNITS_OF_LINES})
#: Ends of selections that may cut a word where the convention is right: people select carelessly.
_CARELESS = 0.1
_LEAST_ENDS = 6


@dataclass(frozen=True)
class Claim:
    """A selection as a file gives it: the text it is in, its positions, and the words it says are there, or nothing."""

    text: str
    start: int
    end: int
    name: str = ""


@dataclass(frozen=True)
class Text:
    """A text with its line ends as one character, and where it had more units than characters."""

    characters: str
    astral: tuple[int, ...]
    line_ends: tuple[int, ...]

    @classmethod
    def of(cls, raw: str) -> Text:
        """Return the text without a byte order mark."""
        stored = raw.removeprefix("\ufeff")
        characters = stored.replace("\r\n", "\n")
        astral = tuple(match.start() for match in _ASTRAL.finditer(characters))
        line_ends = tuple(match.start() - before for before, match in enumerate(_CRLF.finditer(stored)))
        return cls(characters, astral, line_ends)

    def wide(self, convention: OffsetConvention) -> list[int]:
        """Return the places of the characters that count as two."""
        wide = [*(self.astral if convention in _UTF16 else ()), *(() if convention in _OF_LINES else self.line_ends)]
        return sorted(wide)

    def longest(self) -> int:
        """Return the number of units by the convention that counts most."""
        return len(self.characters) + len(self.astral) + len(self.line_ends)


def spans_of(claims: Iterable[Claim], text: Text, convention: OffsetConvention) -> list[Span | None]:
    """Return each claim's span in code points, or None where it ends within a character or beyond the text."""
    # The unit that follows each wide character.
    after = [place + number + 2 for number, place in enumerate(text.wide(convention))]
    within = {unit - 1 for unit in after}

    def code_point(unit: int) -> int | None:
        place = unit - bisect_right(after, unit)
        return place if unit not in within and 0 <= place <= len(text.characters) else None

    spans = []
    for claim in claims:
        start, end = code_point(claim.start), code_point(claim.end)
        spans.append((start, end) if start is not None and end is not None and start <= end else None)
    return spans


@dataclass(frozen=True)
class Reading:
    """How all claims of a file look by one convention: their spans, how many agree with their names, what they cut."""

    convention: OffsetConvention
    spans: tuple[Span | None, ...]
    agreeing: int
    cut: int


def decide(claims: Iterable[Claim], texts: Mapping[str, Text]) -> OffsetConvention:
    """Return the convention that the file's own words bear out, UNDECIDED where none is, NONE without any claim.

    Where selections are named after their words, the convention is the one by which most of them agree; otherwise the
    one by which hardly any selection begins or ends within a word, if by every other they do so clearly more often.
    """
    given = tuple(claims)
    if not given:
        return OffsetConvention.NONE
    readings = [_reading(given, texts, convention) for convention in CANDIDATES]
    named = sum(1 for claim in given if claim.name)
    best = max(reading.agreeing for reading in readings)
    if best and 2 * best >= named:
        return _only(readings, [reading for reading in readings if reading.agreeing == best])
    least = min(reading.cut for reading in readings)
    ends = 2 * len(given)
    if ends < _LEAST_ENDS or least > _CARELESS * ends:
        return OffsetConvention.UNDECIDED
    return _only(readings, [reading for reading in readings if reading.cut < max(3, 3 * least)])


def agrees(words: str, name: str) -> bool:
    """Tell whether a passage is what a selection is named after, which may be cut short."""
    words, name = " ".join(words.split()), " ".join(name.split())
    beginning = name.rstrip(".… ")
    return words == name or (name.endswith(("…", "...")) and len(beginning) >= 10 and words.startswith(beginning))


def _only(readings: list[Reading], best: list[Reading]) -> OffsetConvention:
    """The convention of the best readings if they read the file alike, which makes it sure."""
    alike = best and all(reading.spans == best[0].spans for reading in best)
    return best[0].convention if alike and best[0] in readings else OffsetConvention.UNDECIDED


def _reading(claims: tuple[Claim, ...], texts: Mapping[str, Text], convention: OffsetConvention) -> Reading:
    spans: list[Span | None] = [None] * len(claims)
    agreeing = cut = 0
    by_text: dict[str, list[int]] = {}
    for number, claim in enumerate(claims):
        by_text.setdefault(claim.text, []).append(number)
    for name, numbers in by_text.items():
        if name not in texts:
            cut += 2 * len(numbers)
            continue
        text = texts[name]
        for number, span in zip(numbers, spans_of([claims[n] for n in numbers], text, convention), strict=True):
            spans[number] = span
            cut += 2 if span is None else _cuts(text.characters, span)
            agreeing += bool(
                span and claims[number].name and agrees(text.characters[slice(*span)], claims[number].name)
            )
    return Reading(convention, tuple(spans), agreeing, cut)


def _cuts(characters: str, span: Span) -> int:
    """How many ends of a span lie within a word."""
    return sum(
        1
        for place in span
        if 0 < place < len(characters) and characters[place - 1].isalnum() and characters[place].isalnum()
    )
