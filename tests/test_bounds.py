"""What published cells tell of a set of answers, held against every table that they leave possible."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_figures import table

from casebook.errors import StatementRefused
from casebook.publication.bounds import Bounds, bounds_of
from casebook.publication.wording import counts_of

RISK = ("lonely", "bullied", "telegram", "school")
SETS = {"either": ("bullied", "telegram")}


def bounds(cells: dict[str, int | str | None], *levels: str, base: int = 15, multi: bool = True) -> tuple[int, int]:
    every = {level: cells.get(level) for level in (*RISK, "either")}
    found = bounds_of(table("OG.O.risk", base, every, multi=multi), SETS, levels)
    return found.low, found.high


@pytest.mark.parametrize(
    ("cells", "levels", "expected"),
    [
        ({"lonely": 12}, ("lonely",), (12, 12)),
        ({"lonely": "most"}, ("lonely",), (12, 15)),
        ({"lonely": "less than half"}, ("lonely",), (0, 7)),
        ({}, ("lonely",), (0, 15)),
        ({"either": 9}, ("bullied", "telegram"), (9, 9)),
        ({"either": "more than half"}, ("telegram", "bullied"), (8, 15)),
        ({"bullied": 4, "telegram": 6}, ("bullied", "telegram"), (6, 10)),
        ({"lonely": 3, "either": 9}, ("lonely", "bullied", "telegram"), (9, 15)),
        ({"either": 5}, ("bullied",), (0, 5)),
    ],
)
def test_several_answers_may_stand_together(
    cells: dict[str, int | str | None], levels: tuple[str, ...], expected: tuple[int, int]
) -> None:
    assert bounds(cells, *levels) == expected


@pytest.mark.parametrize(
    ("cells", "levels", "expected"),
    [
        ({"bullied": 4, "telegram": 6}, ("bullied", "telegram"), (10, 10)),
        ({"either": "more than half"}, ("lonely", "school"), (0, 7)),
        ({"either": 9}, ("lonely", "school"), (6, 6)),
        ({"lonely": 3, "school": 2}, ("bullied", "telegram"), (10, 10)),
        ({"bullied": "named"}, ("lonely",), (0, 14)),
    ],
)
def test_of_one_answer_the_others_tell_as_well(
    cells: dict[str, int | str | None], levels: tuple[str, ...], expected: tuple[int, int]
) -> None:
    assert bounds(cells, *levels, multi=False) == expected


@settings(max_examples=60, deadline=None)
@given(data=st.data(), multi=st.booleans(), base=st.integers(1, 4))
def test_no_possible_count_lies_outside_the_bounds(data: st.DataObject, multi: bool, base: int) -> None:
    answers = st.sets(st.sampled_from(RISK), min_size=1, max_size=None if multi else 1)
    people = data.draw(st.lists(answers, min_size=base, max_size=base))
    counts = {level: sum(level in person for person in people) for level in RISK}
    counts["either"] = sum(bool(person & set(SETS["either"])) for person in people)
    shown = data.draw(st.sets(st.sampled_from(sorted(counts))))
    levels = data.draw(st.sets(st.sampled_from(RISK), min_size=1))
    low, high = bounds({level: counts[level] for level in shown}, *levels, base=base, multi=multi)
    assert low <= sum(bool(person & levels) for person in people) <= high


@pytest.mark.parametrize("word", ["named", "less than half", "more than half", "most"])
def test_a_word_leaves_just_the_counts_it_is_true_of(word: str) -> None:
    found = Bounds(*counts_of(word, 15), 15, ("lonely",))
    assert found.word == word
    assert (found.above_half, found.below_half) == (word in ("more than half", "most"), word == "less than half")


def test_what_is_open_has_no_word() -> None:
    assert Bounds(0, 15, 15, ()).word is None


def test_the_cells_that_tell_are_named() -> None:
    def cells(*levels: str, **given_cells: int) -> tuple[str, ...]:
        every = {level: given_cells.get(level) for level in (*RISK, "either")}
        return bounds_of(table("OG.O.risk", 15, every, multi=False), SETS, levels).cells

    assert cells("bullied", "telegram", either=9, bullied=4, telegram=5) == ("either",)
    assert cells("bullied", "telegram", bullied=4, telegram=5) == ("bullied", "telegram")
    assert cells("lonely", "school", either=9) == ("either",)


def test_a_table_without_base_is_refused() -> None:
    with pytest.raises(StatementRefused, match=r"OG\.O\.risk: a share of interviews whose number is withheld"):
        bounds_of(table("OG.O.risk", None, {"lonely": None}), {}, ["lonely"])


def every_split(total: int, parts: int) -> Iterator[tuple[int, ...]]:
    return (split for split in itertools.product(range(total + 1), repeat=parts) if sum(split) == total)


@pytest.mark.parametrize("split", list(every_split(3, 4)))
def test_a_published_set_of_a_single_answer_tells_its_complement(split: tuple[int, ...]) -> None:
    counts = dict(zip(RISK, split, strict=True))
    cells: dict[str, int | str | None] = {"either": counts["bullied"] + counts["telegram"]}
    assert bounds(cells, "lonely", "school", base=3, multi=False) == (counts["lonely"] + counts["school"],) * 2
