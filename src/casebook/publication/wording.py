"""The words for shares and counts, defined once for the method chapter, prose, figures and alt text."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from casebook.errors import StatementRefused
from casebook.protected_tables import ONE_SIDED_WORDS, Cell

#: A no-break space that keeps the per cent sign beside its number, narrow as typesetters set it.
NARROW_SPACE = "\u202f"
PERCENTAGES_FROM = 20
_NUMBER_WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_FILE = "statements"

Test = Callable[[int, int], bool]


@dataclass(frozen=True)
class Rung:
    """A word of the ladder, the test that a count of a base passes to reach it, and what the word means."""

    word: str
    reached: Test
    definition: str


#: The words beside exact counts, strongest first: a count takes the first it reaches, so each interval is half-open.
LADDER = (
    Rung("all", lambda n, base: n == base, "Every interview of the base."),
    Rung("almost all", lambda n, base: 10 * n >= 9 * base, f"At least 90{NARROW_SPACE}%, but not all."),
    Rung(
        "most",
        lambda n, base: 4 * n >= 3 * base,
        f"At least 75{NARROW_SPACE}% and under 90{NARROW_SPACE}%.",
    ),
    Rung(
        "more than half",
        lambda n, base: 2 * n > base,
        f"Over 50{NARROW_SPACE}% and under 75{NARROW_SPACE}%.",
    ),
    Rung("half", lambda n, base: 2 * n == base, f"Exactly 50{NARROW_SPACE}%."),
    Rung(
        "less than half",
        lambda n, base: 4 * n >= base,
        f"At least 25{NARROW_SPACE}% and under 50{NARROW_SPACE}%.",
    ),
    Rung("some", lambda n, _base: n >= 1, f"At least one interview, but under 25{NARROW_SPACE}%."),
    Rung("none", lambda n, _base: n == 0, "No interview of the base."),
)

LADDER_DEFINITIONS: Mapping[str, str] = MappingProxyType({rung.word: rung.definition for rung in LADDER})

#: The words that stand alone where counts are not published; each leaves open how far beyond its bound the count lies.
ONE_SIDED_DEFINITIONS: Mapping[str, str] = MappingProxyType(
    {
        "named": "At least one interview, and possibly all.",
        "less than half": f"Under 50{NARROW_SPACE}%, and possibly none.",
        "more than half": f"Over 50{NARROW_SPACE}%, and possibly all.",
        "most": f"At least 75{NARROW_SPACE}%, and possibly all.",
    }
)


def _defined(word: str) -> str:
    beside, alone = LADDER_DEFINITIONS.get(word), ONE_SIDED_DEFINITIONS.get(word)
    if beside and alone:
        return f"Beside a count: {_lowered(beside)}; without a count: {_lowered(alone)}."
    return beside or alone or ""


def _lowered(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:].removesuffix(".")


#: Every word with its definition in one sentence; a word used in both forms has both meanings in it.
DEFINITIONS: Mapping[str, str] = MappingProxyType(
    {word: _defined(word) for word in (*LADDER_DEFINITIONS, *ONE_SIDED_DEFINITIONS)}
)

# What a word claims of a count: the floor or ceiling alone, so that "most" also holds of all.
_CLAIMS: Mapping[str, Test] = MappingProxyType(
    {
        **{rung.word: rung.reached for rung in LADDER},
        "less than half": lambda n, base: 2 * n < base,
        "some": lambda n, base: 0 < 4 * n < base,
        "named": lambda n, _base: n >= 1,
    }
)

_IMPLIED: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "most": frozenset({"most", "more than half", "named"}),
        "more than half": frozenset({"more than half", "named"}),
        "named": frozenset({"named"}),
        "less than half": frozenset({"less than half"}),
    }
)


def ladder_word(n: int, base: int) -> str:
    """Return the ladder's word for n of base; raises StatementRefused where n cannot be a count of that base."""
    check_count(n, base)
    return next(rung.word for rung in LADDER if rung.reached(n, base))


def count_text(n: int, base: int) -> str:
    """Return "12 of 15", or from a base of 20 on "15 of 23 (65 %)"; raises StatementRefused on an impossible count."""
    check_count(n, base)
    return f"{n} of {base} ({percentage(n, base)})" if base >= PERCENTAGES_FROM else f"{n} of {base}"


def count_in_brackets(n: int, base: int) -> str:
    """Return a count as it stands within brackets: "12 of 15", or from a base of 20 on "15 of 23, 65 %"."""
    check_count(n, base)
    return f"{n} of {base}, {percentage(n, base)}" if base >= PERCENTAGES_FROM else f"{n} of {base}"


def percentage(n: int, base: int) -> str:
    """Return the share in whole per cent, which never says 0 or 100 unless it is nobody or everybody.

    Raises StatementRefused on an impossible count and on a base too small to carry a percentage.
    """
    check_count(n, base)
    _check_base_carries_percentage(base)
    whole = _whole_per_cent(n, base)
    if whole == 0 and n > 0:
        return f"under 1{NARROW_SPACE}%"
    if whole == 100 and n < base:
        return f"over 99{NARROW_SPACE}%"
    return f"{whole}{NARROW_SPACE}%"


def proves(cell: Cell, base: int | None, word: str) -> bool:
    """Return whether the published form of a cell proves that the word holds of it.

    An exact cell is held to the floor or ceiling of the word ("most" also holds of all), a word proves what it
    implies, a withheld cell proves nothing; raises StatementRefused on a word that is not defined.
    """
    if word not in _CLAIMS:
        raise StatementRefused.one(_FILE, cell.level, "unknown word", value=word, allowed=", ".join(_CLAIMS))
    if cell.n is not None and base is not None:
        check_count(cell.n, base)
        return _CLAIMS[word](cell.n, base)
    return word in _IMPLIED[_one_sided(cell)] if cell.word is not None else False


def counts_of(word: str, base: int) -> tuple[int, int]:
    """Return the smallest and largest count of a base that a one-sided word leaves possible.

    Raises StatementRefused for another word.
    """
    if word not in ONE_SIDED_WORDS:
        allowed = ", ".join(ONE_SIDED_WORDS)
        raise StatementRefused.one(_FILE, f"base {base}", "not a one-sided word", value=word, allowed=allowed)
    possible = [n for n in range(base + 1) if _CLAIMS[word](n, base)]
    return possible[0], possible[-1]


def quantified(cell: Cell, base: int | None, noun_plural: str) -> str:
    """Return who a published cell speaks of: "most offenders (12 of 15)", "at least one of the offenders".

    Raises StatementRefused on a withheld cell, and on an exact one whose base is withheld.
    """
    if cell.n is not None and base is not None:
        return quantified_count(cell.n, base, noun_plural)
    return quantified_word(_stand_alone_word(cell), noun_plural)


def quantified_word(word: str, noun_plural: str) -> str:
    """Return whom a word speaks of where no count is published: "at least one of the offenders", "most offenders"."""
    return _worded("at least one" if word == "named" else word, noun_plural)


def quantified_of_them(cell: Cell, base: int | None) -> str:
    """Return the same of a group just named: "most of them (12 of 15)", "at least one of them"."""
    if cell.n is not None and base is not None:
        return f"{ladder_word(cell.n, base)} of them ({count_in_brackets(cell.n, base)})"
    return f"{_stand_alone_word(cell)} of them"


def _stand_alone_word(cell: Cell) -> str:
    if cell.word is None:
        remedy = "give the sentence a wording for when this is withheld"
        raise StatementRefused.one(_FILE, cell.level, "the statement rests on a withheld cell", remedy=remedy)
    word = _one_sided(cell)
    return "at least one" if word == "named" else word


def quantified_count(n: int, base: int, noun_plural: str) -> str:
    """Return who an exact count speaks of: "most offenders (12 of 15)", "all 8 victims"."""
    word = ladder_word(n, base)
    if word == "all":
        return f"all {base} {noun_plural}"
    if word == "none":
        return f"none of the {base} {noun_plural}"
    return f"{_worded(word, noun_plural)} ({count_in_brackets(n, base)})"


def _worded(word: str, noun_plural: str) -> str:
    joint = " " if word in ("almost all", "most", "some") else " of the "
    return f"{word}{joint}{noun_plural}"


def _one_sided(cell: Cell) -> str:
    if cell.word not in ONE_SIDED_WORDS:
        allowed = ", ".join(ONE_SIDED_WORDS)
        raise StatementRefused.one(_FILE, cell.level, "not a one-sided word", value=str(cell.word), allowed=allowed)
    return cell.word


def check_count(n: int, base: int) -> None:
    """Raise StatementRefused where n cannot be a count of that base."""
    if not 0 <= n <= base or base == 0:
        allowed = f"0 to {base}" if base > 0 else "a base of at least one interview"
        raise StatementRefused.one(_FILE, f"{n} of {base}", "no such count can be", allowed=allowed)


def _check_base_carries_percentage(base: int) -> None:
    if base < PERCENTAGES_FROM:
        allowed = f"a base of at least {PERCENTAGES_FROM}"
        raise StatementRefused.one(_FILE, f"base {base}", "the base is too small for a percentage", allowed=allowed)


def _whole_per_cent(n: int, base: int) -> int:
    """Round half up in whole numbers: floats and half-to-even would give some pairs a share readers do not get."""
    return (200 * n + base) // (2 * base)


def join(phrases: Sequence[str]) -> str:
    """Return "a, b and c", with semicolons where a phrase has a comma; raises StatementRefused on an empty list."""
    if not phrases:
        raise StatementRefused.one(_FILE, "", "a list in a sentence is empty", remedy="make the sentence conditional")
    *first, last = phrases
    if not first:
        return last
    if len(first) > 1 and any("," in phrase for phrase in phrases):
        return f"{'; '.join(first)}; and {last}"
    return f"{', '.join(first)} and {last}"


def number_word(n: int) -> str:
    """Return one to twelve in words, other numbers in digits."""
    return _NUMBER_WORDS[n - 1] if 1 <= n <= len(_NUMBER_WORDS) else str(n)


def capitalised(text: str) -> str:
    """Return the text with its first letter upper case, unless it begins with a number."""
    for place, character in enumerate(text):
        if character.isalnum():
            return text[:place] + character.upper() + text[place + 1 :]
    return text
