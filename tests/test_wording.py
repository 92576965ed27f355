"""The words for counts, read as a table around each border of the ladder."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casebook.errors import StatementRefused
from casebook.protected_tables import ONE_SIDED_WORDS, Cell
from casebook.publication import wording

SPACE = "\u202f"


def exact(n: int) -> Cell:
    return Cell("level", "exact", n=n)


def word(text: str) -> Cell:
    return Cell("level", "word", word=text)


WITHHELD = Cell("level", "withheld")


@pytest.mark.parametrize(
    ("n", "base", "expected"),
    [
        (20, 20, "all"),
        (1, 1, "all"),
        (19, 20, "almost all"),
        (18, 20, "almost all"),  # 90 % exactly
        (17, 20, "most"),
        (15, 20, "most"),  # 75 % exactly
        (14, 20, "more than half"),
        (11, 20, "more than half"),
        (10, 20, "half"),
        (9, 20, "less than half"),
        (5, 20, "less than half"),  # 25 % exactly
        (4, 20, "some"),
        (1, 20, "some"),
        (0, 20, "none"),
        (8, 15, "more than half"),
        (7, 15, "less than half"),
        (12, 15, "most"),
        (21, 23, "almost all"),
        (899, 1000, "most"),
        (501, 1000, "more than half"),
        (249, 1000, "some"),
    ],
)
def test_the_ladder_gives_one_word_on_each_side_of_a_border(n: int, base: int, expected: str) -> None:
    assert wording.ladder_word(n, base) == expected


@given(st.integers(1, 300).flatmap(lambda base: st.tuples(st.integers(0, base), st.just(base))))
def test_every_count_has_a_word_and_the_word_is_proven_by_its_count(pair: tuple[int, int]) -> None:
    n, base = pair
    assert wording.proves(exact(n), base, wording.ladder_word(n, base))


@given(st.integers(2, 300).flatmap(lambda base: st.tuples(st.integers(1, base), st.just(base))))
def test_one_interview_more_never_gives_a_weaker_word(pair: tuple[int, int]) -> None:
    n, base = pair
    order = [rung.word for rung in wording.LADDER]
    assert order.index(wording.ladder_word(n, base)) <= order.index(wording.ladder_word(n - 1, base))


def test_every_word_of_the_ladder_and_of_the_door_is_defined_in_one_sentence() -> None:
    assert list(wording.ONE_SIDED_DEFINITIONS) == list(ONE_SIDED_WORDS)
    assert set(wording.DEFINITIONS) == {rung.word for rung in wording.LADDER} | set(ONE_SIDED_WORDS)
    for definition in wording.DEFINITIONS.values():
        assert definition.endswith(".")
        assert definition.count(".") == 1


def test_a_word_used_in_both_forms_is_defined_for_both() -> None:
    assert wording.DEFINITIONS["most"] == (
        f"Beside a count: at least 75{SPACE}% and under 90{SPACE}%; "
        f"without a count: at least 75{SPACE}%, and possibly all."
    )


@pytest.mark.parametrize(
    ("n", "base", "expected"),
    [
        (12, 15, "12 of 15"),
        (18, 19, "18 of 19"),
        (19, 20, f"19 of 20 (95{SPACE}%)"),
        (15, 23, f"15 of 23 (65{SPACE}%)"),
        (25, 50, f"25 of 50 (50{SPACE}%)"),
        (0, 23, f"0 of 23 (0{SPACE}%)"),
        (5, 40, f"5 of 40 (13{SPACE}%)"),  # 12.5 is rounded up, not to the even number
        (1, 300, f"1 of 300 (under 1{SPACE}%)"),
        (299, 300, f"299 of 300 (over 99{SPACE}%)"),
    ],
)
def test_a_count_shows_a_percentage_only_from_a_base_of_twenty(n: int, base: int, expected: str) -> None:
    assert wording.count_text(n, base) == expected


@pytest.mark.parametrize(("n", "base"), [(16, 15), (-1, 15), (0, 0)])
def test_an_impossible_count_is_refused(n: int, base: int) -> None:
    for say in (wording.ladder_word, wording.count_text, wording.percentage):
        with pytest.raises(StatementRefused, match=f"{n} of {base}: no such count can be; allowed: "):
            say(n, base)


def test_a_percentage_of_a_small_base_is_refused() -> None:
    with pytest.raises(
        StatementRefused, match="base 15: the base is too small for a percentage; allowed: a base of at least 20"
    ):
        wording.percentage(12, 15)


@pytest.mark.parametrize(
    ("cell", "base", "proven"),
    [
        (exact(15), 15, {"all", "almost all", "most", "more than half", "named"}),
        (exact(14), 15, {"almost all", "most", "more than half", "named"}),
        (exact(12), 15, {"most", "more than half", "named"}),
        (exact(8), 15, {"more than half", "named"}),
        (exact(4), 8, {"half", "named"}),
        (exact(7), 15, {"less than half", "named"}),
        (exact(3), 15, {"less than half", "some", "named"}),
        (exact(0), 15, {"less than half", "none"}),
        (exact(12), None, set()),
        (word("most"), 15, {"most", "more than half", "named"}),
        (word("more than half"), 15, {"more than half", "named"}),
        (word("named"), 15, {"named"}),
        (word("less than half"), 15, {"less than half"}),
        (WITHHELD, 15, set()),
        (WITHHELD, None, set()),
    ],
)
def test_a_cell_proves_what_its_published_form_implies_and_no_more(
    cell: Cell, base: int | None, proven: set[str]
) -> None:
    assert {name for name in wording.DEFINITIONS if wording.proves(cell, base, name)} == proven


@pytest.mark.parametrize("n", range(24))
def test_what_a_word_proves_holds_of_every_count_the_word_may_stand_for(n: int) -> None:
    holds = {name for name in wording.DEFINITIONS if wording.proves(exact(n), 23, name)}
    for published, implied in itertools.product(ONE_SIDED_WORDS, wording.DEFINITIONS):
        if published in holds and wording.proves(word(published), 23, implied):
            assert implied in holds


def test_an_undefined_word_is_refused_rather_than_taken_for_false() -> None:
    with pytest.raises(StatementRefused, match="level: unknown word; found many; allowed: all, almost all"):
        wording.proves(WITHHELD, 15, "many")


def test_a_cell_with_a_word_the_door_does_not_know_is_refused() -> None:
    with pytest.raises(StatementRefused, match="not a one-sided word; found some; allowed: named, less than half"):
        wording.quantified(word("some"), 15, "offenders")


@pytest.mark.parametrize(
    ("n", "base", "noun", "expected"),
    [
        (12, 15, "offenders", "most offenders (12 of 15)"),
        (11, 11, "experts", "all 11 experts"),
        (23, 23, "experts", "all 23 experts"),
        (21, 23, "experts", f"almost all experts (21 of 23, 91{SPACE}%)"),
        (14, 23, "experts", f"more than half of the experts (14 of 23, 61{SPACE}%)"),
        (4, 8, "experts", "half of the experts (4 of 8)"),
        (7, 23, "experts", f"less than half of the experts (7 of 23, 30{SPACE}%)"),
        (3, 23, "experts", f"some experts (3 of 23, 13{SPACE}%)"),
        (0, 23, "experts", "none of the 23 experts"),
    ],
)
def test_an_exact_cell_is_said_with_word_and_count(n: int, base: int, noun: str, expected: str) -> None:
    assert wording.quantified(exact(n), base, noun) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("most", "most offenders"),
        ("more than half", "more than half of the offenders"),
        ("less than half", "less than half of the offenders"),
        ("named", "at least one of the offenders"),
    ],
)
def test_a_word_stands_without_any_number(text: str, expected: str) -> None:
    assert wording.quantified(word(text), 15, "offenders") == expected
    assert wording.quantified(word(text), None, "offenders") == expected


@pytest.mark.parametrize(("cell", "base"), [(WITHHELD, 15), (exact(12), None)])
def test_a_statement_on_a_withheld_cell_is_refused(cell: Cell, base: int | None) -> None:
    with pytest.raises(StatementRefused, match="level: the statement rests on a withheld cell; do: give"):
        wording.quantified(cell, base, "offenders")


@pytest.mark.parametrize(
    ("phrases", "expected"),
    [
        (["a"], "a"),
        (["a", "b"], "a and b"),
        (["a", "b", "c"], "a, b and c"),
        (["a, or x", "b", "c"], "a, or x; b; and c"),
        (["a, or x", "b"], "a, or x and b"),
    ],
)
def test_a_list_is_joined_as_british_prose_does(phrases: list[str], expected: str) -> None:
    assert wording.join(phrases) == expected


def test_an_empty_list_is_refused() -> None:
    with pytest.raises(StatementRefused, match="a list in a sentence is empty; do: make the sentence conditional"):
        wording.join([])


@pytest.mark.parametrize(("n", "expected"), [(0, "0"), (1, "one"), (12, "twelve"), (13, "13"), (100, "100")])
def test_numbers_to_twelve_are_words(n: int, expected: str) -> None:
    assert wording.number_word(n) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("most offenders", "Most offenders"),
        ("12 of 15", "12 of 15"),
        ("*most*", "*Most*"),
        ("élan", "Élan"),
        ("", ""),
    ],
)
def test_capitals_are_set_on_the_first_letter_alone(text: str, expected: str) -> None:
    assert wording.capitalised(text) == expected


@pytest.mark.parametrize(
    ("text", "base", "expected"),
    [
        ("named", 15, (1, 15)),
        ("less than half", 15, (0, 7)),
        ("less than half", 8, (0, 3)),
        ("more than half", 15, (8, 15)),
        ("more than half", 8, (5, 8)),
        ("most", 15, (12, 15)),
        ("most", 12, (9, 12)),
    ],
)
def test_a_word_leaves_counts_from_its_bound_on(text: str, base: int, expected: tuple[int, int]) -> None:
    assert wording.counts_of(text, base) == expected


def test_a_word_of_the_ladder_leaves_no_range() -> None:
    with pytest.raises(StatementRefused, match="base 15: not a one-sided word; found half; allowed: named, less than"):
        wording.counts_of("half", 15)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("named", "at least one of the victims"),
        ("most", "most victims"),
        ("less than half", "less than half of the victims"),
    ],
)
def test_a_word_alone_says_whom_it_speaks_of(text: str, expected: str) -> None:
    assert wording.quantified_word(text, "victims") == expected
