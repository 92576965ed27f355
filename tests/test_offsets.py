"""What a tool counts in its positions is found out from the file, or nothing is quoted."""

from __future__ import annotations

import pytest

from casebook.restricted.intake.offsets import Claim, Text, agrees, decide, spans_of
from casebook.restricted.intake.project import OffsetConvention

RAW = (
    "\ufeffAda 😀 said so.\r\nThen she left the house.\r\nNobody 😀 knew why she had gone.\r\n"
    "Her brother looked everywhere.\r\nNothing 😀 was found by anybody.\r\nWeeks passed without any letter.\r\n"
)
TEXT = Text.of(RAW)
PHRASES = (
    *("said so", "Then she left", "Nobody", "knew why", "she had gone"),
    *("brother", "looked everywhere", "found", "anybody", "passed", "without", "letter"),
)


def width(words: str, convention: OffsetConvention) -> int:
    """How many units a passage has by a convention."""
    units = words if "line end" not in convention else words.replace("\r\n", "\n")
    return len(units.encode("utf-16-le")) // 2 if "UTF-16" in convention else len(units)


def claims(convention: OffsetConvention, *, named: bool) -> list[Claim]:
    """The phrases as a tool with this convention would save them."""
    stored = RAW.removeprefix("\ufeff")
    found = []
    for phrase in PHRASES:
        start = width(stored[: stored.index(phrase)], convention)
        found.append(Claim("one", start, start + width(phrase, convention), phrase if named else ""))
    return found


CONVENTIONS = [
    OffsetConvention.CODE_POINTS,
    OffsetConvention.CODE_POINTS_OF_LINES,
    OffsetConvention.UTF16_UNITS,
    OffsetConvention.UTF16_UNITS_OF_LINES,
]


@pytest.mark.parametrize("named", [True, False], ids=["named after their words", "without names"])
@pytest.mark.parametrize("convention", CONVENTIONS)
def test_each_convention_is_found_out(convention: OffsetConvention, named: bool) -> None:
    many = claims(convention, named=named)
    found = decide(many, {"one": TEXT})
    assert found is convention
    words = [TEXT.characters[slice(*span)] for span in spans_of(many, TEXT, found) if span]
    assert words == list(PHRASES)


def test_a_plain_text_needs_no_evidence_beyond_words_that_are_not_cut() -> None:
    text = Text.of("one two three four five six")
    whole = [Claim("t", 0, 3), Claim("t", 4, 7), Claim("t", 8, 13)]
    assert decide(whole, {"t": text}) is OffsetConvention.CODE_POINTS_OF_LINES


@pytest.mark.parametrize(
    "given",
    [
        [Claim("t", 1, 2), Claim("t", 5, 6), Claim("t", 9, 12)],
        [Claim("t", 0, 3)],
        [Claim("elsewhere", 0, 3, "one"), Claim("elsewhere", 0, 3), Claim("elsewhere", 0, 3)],
    ],
    ids=["cuts words", "too little", "no text"],
)
def test_nothing_is_decided_without_evidence(given: list[Claim]) -> None:
    assert decide(given, {"t": Text.of("one two three four")}) is OffsetConvention.UNDECIDED
    assert decide([], {}) is OffsetConvention.NONE


def test_conventions_that_are_borne_out_alike_decide_nothing() -> None:
    text = Text.of("aa 😀 aa aa")
    both = [Claim("t", 5, 7, "aa"), Claim("t", 6, 8, "aa")]
    assert decide(both, {"t": text}) is OffsetConvention.UNDECIDED


def test_a_position_within_a_character_or_beyond_the_text_has_no_span() -> None:
    text = Text.of("a😀b")
    given = [Claim("t", 1, 2), Claim("t", 3, 9), Claim("t", 1, 3), Claim("t", 3, 4)]
    assert spans_of(given, text, OffsetConvention.UTF16_UNITS) == [None, None, (1, 2), (2, 3)]
    assert text.longest() == 4


@pytest.mark.parametrize(
    ("words", "name", "same"),
    [
        ("so  then\nhe", "so then he", True),
        ("so then he wrote to me", "so then he wro…", True),
        ("so then he wrote to me", "so then", False),
        ("so then", "so…", False),
    ],
)
def test_a_name_may_be_cut_short_if_it_says_so(words: str, name: str, same: bool) -> None:
    assert agrees(words, name) is same
