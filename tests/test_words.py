"""Words in place of counts: when one is true, and which may stand beside each other."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casebook.disclosure_control import words
from casebook.disclosure_control.feasibility import Universe, intervals
from casebook.disclosure_control.policy import Rules
from casebook.protected_tables import ONE_SIDED_WORDS

RULES = Rules(False, 5, 10, 5, 3, frozenset("X"), 7, 12, 10, 10, 10, 2, ("consortium",), 15, 5)
LEVELS = ("a", "b", "c", "d")


def of_several(base: int, *exclusive: str, **sets: tuple[str, ...]) -> Universe:
    return Universe(LEVELS, sets, multi=True, exclusive=exclusive, base=base)


def of_one(base: int, **sets: tuple[str, ...]) -> Universe:
    return Universe(LEVELS, sets, multi=False, exclusive=(), base=base)


@pytest.mark.parametrize(
    ("word", "base", "expected"),
    [
        ("named", 8, (1, 8)),
        ("less than half", 8, (0, 3)),
        ("less than half", 15, (0, 7)),
        ("more than half", 8, (5, 8)),
        ("more than half", 15, (8, 15)),
        ("most", 12, (9, 12)),
        ("most", 15, (12, 15)),
        ("most", 13, (10, 13)),
    ],
)
def test_a_word_stands_for_a_range_that_is_open_on_one_side(word: str, base: int, expected: tuple[int, int]) -> None:
    assert words.bounds_of(word, base) == expected


@pytest.mark.parametrize(
    ("word", "count", "base", "holds"),
    [
        ("less than half", 0, 7, True),
        ("less than half", 3, 7, True),
        ("less than half", 4, 7, False),
        ("less than half", 4, 8, False),
        ("less than half", 0, 6, False),  # the base is too small for a half-word
        ("more than half", 4, 7, True),
        ("more than half", 7, 7, True),
        ("more than half", 4, 8, False),
        ("more than half", 6, 6, False),
        ("most", 9, 12, True),
        ("most", 8, 12, False),
        ("most", 11, 11, False),  # nine, ten or eleven: narrower than three
    ],
)
def test_a_half_word_holds_of_true_counts_over_bases_that_leave_it_open(
    word: str, count: int, base: int, holds: bool
) -> None:
    assert words.half_word_holds(word, count, base, RULES) is holds


@given(st.sampled_from(ONE_SIDED_WORDS), st.integers(5, 49))
def test_no_word_alone_exposes_anybody(word: str, base: int) -> None:
    smallest = {"most": RULES.most_from, "named": 0}.get(word, RULES.half_words_from)
    assert base < smallest or not RULES.exposes(*words.bounds_of(word, base), base)


@pytest.mark.parametrize(
    ("said", "universe", "expected"),
    [
        # levels of an open list bear on each other only through sets and exclusive levels
        ({"a": "named", "b": "most"}, of_several(15), ["a", "b"]),
        # at least one of a, and less than half of a or b: one to three of eight
        ({"a": "named", "ab": "less than half"}, of_several(8, ab=("a", "b")), ["a"]),
        ({"a": "named", "ab": "less than half"}, of_several(15, ab=("a", "b")), ["a", "ab"]),  # one to seven
        # more than half of one level and some of another that excludes it: one to three of eight
        ({"a": "more than half", "b": "named"}, of_one(8), ["a"]),
        ({"b": "named", "a": "more than half"}, of_one(8), ["b"]),  # the last planned is given up first
        ({"a": "more than half", "b": "named"}, of_one(15), ["a", "b"]),  # one to seven
        ({"a": "most", "b": "named"}, of_one(15), ["a"]),  # one to three
        ({"a": "most", "d": "named"}, of_several(15, "d"), ["a"]),  # the same where an exclusive level was named
        # few of a and few of b leave most for c and d together
        ({"a": "less than half", "b": "less than half"}, of_one(8, cd=("c", "d")), ["a", "b"]),
        ({"a": "named", "b": "named", "c": "named", "d": "named"}, of_one(6), ["a", "b"]),
    ],
)
def test_words_that_together_give_a_count_away_do_not_stand_together(
    said: dict[str, str], universe: Universe, expected: list[str]
) -> None:
    assert list(words.jointly_safe(said, universe, RULES)) == expected


@settings(max_examples=20, deadline=None, derandomize=True)
@given(st.dictionaries(st.sampled_from(LEVELS), st.sampled_from(ONE_SIDED_WORDS), max_size=3), st.integers(12, 20))
def test_what_is_said_together_exposes_nobody(said: Mapping[str, str], base: int) -> None:
    universe = of_several(base, "d", ab=("a", "b"))
    # Words that are true of some group; contradictions cannot come from one.
    true = {level: word for level, word in said.items() if level != "d" and word != "less than half"}
    kept = words.jointly_safe(true, universe, RULES)
    assert kept.items() <= true.items()
    found = intervals(universe, {cell: words.bounds_of(word, base) for cell, word in kept.items()})
    assert not kept or not any(RULES.exposes(*found[cell], base) for cell in universe.cells)


@pytest.mark.parametrize(
    ("said", "universe", "safe"),
    [
        ({}, of_one(15), True),
        ({"a": "more than half"}, of_one(15), True),
        ({"a": "less than half"}, of_one(15), False),  # six or seven
        ({"a": "less than half"}, of_several(15), False),  # six or seven, since everybody named something
        ({"a": "more than half"}, of_several(15), True),
    ],
)
def test_a_ranking_is_said_only_where_it_exposes_nobody_beside_the_words(
    said: dict[str, str], universe: Universe, safe: bool
) -> None:
    assert words.leading_is_safe("a", said, universe, RULES) is safe


def test_a_decoy_is_left_out_where_a_planned_name_is_missing() -> None:
    assert words.with_decoy({"a", "b", "c"}, [], key=b"k", table="t") == {"a", "b", "c"}
    kept = words.with_decoy({"a", "b", "c"}, ["d"], key=b"k", table="t")
    assert len(kept) == 2
    assert kept < {"a", "b", "c"}
    assert words.with_decoy(set(), ["d"], key=b"k", table="t") == set()


def test_the_decoy_is_always_the_same_but_nobody_without_the_key_can_say_which() -> None:
    by_key = [words.with_decoy(["c", "b", "a"], ["d"], key=bytes([n]), table="t") for n in range(20)]
    again = [words.with_decoy(["a", "b", "c"], ["d"], key=bytes([n]), table="t") for n in range(20)]
    assert by_key == again
    assert len({frozenset(kept) for kept in by_key}) == 3
    by_table = {frozenset(words.with_decoy("abc", ["d"], key=b"k", table=str(n))) for n in range(20)}
    assert len(by_table) == 3
