"""Exact counts of people: what is withheld for its own sake, and what has to go with it."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from casebook.disclosure_control.counts import may_stand, published_counts
from casebook.disclosure_control.feasibility import Universe, intervals
from casebook.disclosure_control.policy import Rules

RULES = Rules(True, 5, 5, 3, 3, frozenset("X"), 7, 12, 5, 8, 5, 2, ())


def single(**counts: int) -> Universe:
    return Universe(tuple(counts), {}, multi=False, exclusive=(), base=sum(counts.values()))


def multi(base: int, levels: tuple[str, ...], **sets: tuple[str, ...]) -> Universe:
    return Universe(levels, sets, multi=True, exclusive=(), base=base)


def published(counts: Mapping[str, int], universe: Universe, *, sensitive: bool = False) -> dict[str, int]:
    candidates = {c: n for c, n in counts.items() if may_stand(n, universe.base, RULES, sensitive=sensitive)}
    return published_counts(candidates, universe, RULES)


@pytest.mark.parametrize(
    ("count", "plain", "sensitive"),
    [
        (0, True, False),
        (1, False, False),
        (2, False, False),
        (3, True, True),
        (12, True, True),
        (13, False, False),
        (14, False, False),
        (15, True, False),
    ],
)
def test_a_count_stands_unless_it_or_its_complement_is_small(count: int, plain: bool, sensitive: bool) -> None:
    found = (may_stand(count, 15, RULES, sensitive=False), may_stand(count, 15, RULES, sensitive=True))
    assert found == (plain, sensitive)


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ({"a": 5, "b": 4, "c": 6}, {"a": 5, "b": 4, "c": 6}),
        ({"a": 8, "b": 5, "c": 2}, {"a": 8}),  # b goes with c, or c could be subtracted
        ({"a": 6, "b": 4, "c": 3, "d": 2}, {"a": 6, "b": 4}),  # the smallest goes first
        ({"a": 13, "b": 2}, {}),
    ],
)
def test_a_withheld_count_takes_others_with_it_where_levels_add_up(
    counts: dict[str, int], expected: dict[str, int]
) -> None:
    assert published(counts, single(**counts)) == expected


def test_a_set_less_its_other_level_would_be_the_withheld_one() -> None:
    universe = Universe(("a", "b", "c"), {"ab": ("a", "b")}, multi=False, exclusive=(), base=15)
    assert published({"a": 6, "b": 2, "c": 7, "ab": 8}, universe) == {"c": 7, "ab": 8}


def test_a_union_does_not_give_its_level_away() -> None:
    # b may be anything from two, those outside a, to all eight
    assert published({"a": 6, "b": 2, "c": 9, "ab": 8}, multi(15, ("a", "b", "c"), ab=("a", "b"))) == {
        "a": 6,
        "c": 9,
        "ab": 8,
    }


def test_levels_that_stand_free_protect_each_other() -> None:
    assert published({"a": 6, "b": 2, "c": 9}, multi(15, ("a", "b", "c"))) == {"a": 6, "c": 9}


@st.composite
def tables(draw: st.DrawFn) -> tuple[dict[str, int], Universe]:
    """The table of a small group of interviews that was drawn one by one."""
    levels, several = ("a", "b", "c", "d"), draw(st.booleans())
    sets = draw(st.sampled_from([{}, {"ab": ("a", "b")}, {"ab": ("a", "b"), "cd": ("c", "d")}]))
    has = st.sets(st.sampled_from(levels), min_size=1, max_size=4 if several else 1)
    group = draw(st.lists(has, min_size=5, max_size=12))
    members = {level: (level,) for level in levels} | sets
    counts = {cell: sum(bool(interview & set(named)) for interview in group) for cell, named in members.items()}
    return counts, Universe(levels, sets, several, (), len(group))


@settings(max_examples=25, deadline=None, derandomize=True)
@given(tables(), st.booleans())
def test_nobody_can_work_out_what_is_withheld(table: tuple[dict[str, int], Universe], sensitive: bool) -> None:
    counts, universe = table
    shown = published(counts, universe, sensitive=sensitive)
    assert shown.items() <= counts.items()
    assert all(may_stand(n, universe.base, RULES, sensitive=sensitive) for n in shown.values())
    assume(shown)
    found = intervals(universe, {cell: (n, n) for cell, n in shown.items()})
    assert [cell for cell in counts if cell not in shown and RULES.exposes(*found[cell], universe.base)] == []


@settings(max_examples=15, deadline=None, derandomize=True)
@given(tables())
def test_the_order_of_cells_decides_nothing(table: tuple[dict[str, int], Universe]) -> None:
    counts, universe = table
    assert published(dict(reversed([*counts.items()])), universe) == published(counts, universe)
