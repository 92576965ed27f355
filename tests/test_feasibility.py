"""What a reader can work out of a table, held against every group of interviews that could be behind it."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casebook.disclosure_control.counting import Interval
from casebook.disclosure_control.feasibility import LEADING_MARGIN, Universe, intervals, leader
from casebook.errors import DisclosureRefused

SINGLE = Universe(("a", "b", "c"), {}, multi=False, exclusive=(), base=5)
SINGLE_WITH_SETS = Universe(("a", "b", "c", "d"), {"ab": ("a", "b"), "bcd": ("b", "c", "d")}, False, (), 5)
FREE = Universe(("a", "b", "c"), {}, multi=True, exclusive=(), base=4)
WITH_SET = Universe(("a", "b", "c"), {"ab": ("a", "b")}, multi=True, exclusive=(), base=4)
WITH_TWO_SETS = Universe(("a", "b", "c", "d"), {"ab": ("a", "b"), "cd": ("c", "d")}, True, (), 3)
WITH_EXCLUSIVE = Universe(("a", "b", "none"), {}, multi=True, exclusive=("none",), base=5)
WITH_TWO_EXCLUSIVE = Universe(("a", "b", "none", "nobody"), {}, True, ("none", "nobody"), 4)
WITH_ALL = Universe(("a", "b", "c", "none"), {"ab": ("a", "b"), "cn": ("c", "none")}, True, ("none",), 3)
UNIVERSES = {name: value for name, value in globals().items() if isinstance(value, Universe)}


def one_interview(universe: Universe) -> Iterator[frozenset[str]]:
    """Every set of levels that one interview can have."""
    for level in universe.levels:
        yield frozenset({level})
    beside = [level for level in universe.levels if level not in universe.exclusive] if universe.multi else []
    for size in range(2, len(beside) + 1):
        yield from map(frozenset, itertools.combinations(beside, size))


@cache
def tables(name: str) -> list[dict[str, int]]:
    """The table of every group of interviews that there can be, each once."""
    universe = UNIVERSES[name]
    groups = itertools.combinations_with_replacement(list(one_interview(universe)), universe.base)
    return [dict(cells) for cells in {tuple(counted(universe, group).items()) for group in groups}]


def counted(universe: Universe, group: Iterable[frozenset[str]]) -> dict[str, int]:
    held = Counter(group)
    members = {level: (level,) for level in universe.levels} | dict(universe.sets)
    return {cell: sum(n for has, n in held.items() if has & set(levels)) for cell, levels in members.items()}


def by_enumeration(name: str, known: Mapping[str, Interval], leading: str | None) -> dict[str, Interval] | None:
    """The smallest and largest count of each cell over all groups that agree with what is known, if any does."""
    agreeing = [t for t in tables(name) if all(low <= t[c] <= high for c, (low, high) in known.items())]
    if leading is not None:
        others = [level for level in UNIVERSES[name].levels if level != leading]
        agreeing = [t for t in agreeing if all(t[leading] - t[other] >= LEADING_MARGIN for other in others)]
    if not agreeing:
        return None
    return {cell: (min(t[cell] for t in agreeing), max(t[cell] for t in agreeing)) for cell in agreeing[0]}


@st.composite
def known_cells(draw: st.DrawFn) -> tuple[str, dict[str, Interval], str | None]:
    name = draw(st.sampled_from(sorted(UNIVERSES)))
    universe = UNIVERSES[name]
    bounds = st.tuples(st.integers(0, universe.base), st.integers(0, universe.base)).map(lambda b: (min(b), max(b)))
    known = draw(st.dictionaries(st.sampled_from(universe.cells), bounds, max_size=3))
    return name, known, draw(st.none() | st.sampled_from(universe.levels))


@settings(max_examples=50, deadline=None, derandomize=True)
@given(known_cells())
def test_intervals_are_those_of_all_groups_that_agree_with_what_is_known(
    case: tuple[str, dict[str, Interval], str | None],
) -> None:
    name, known, leading = case
    expected = by_enumeration(name, known, leading)
    if expected is None:
        with pytest.raises(DisclosureRefused, match="what would be printed of this variable contradicts itself"):
            intervals(UNIVERSES[name], known, leading)
    else:
        assert intervals(UNIVERSES[name], known, leading) == expected


@pytest.mark.parametrize(
    ("name", "known", "leading", "cell", "expected"),
    [
        ("SINGLE", {}, None, "a", (0, 5)),
        ("SINGLE", {"a": (3, 3), "b": (1, 1)}, None, "c", (1, 1)),  # the rest of the base
        ("SINGLE_WITH_SETS", {"ab": (4, 4), "a": (3, 3)}, None, "b", (1, 1)),  # a set less its other level
        ("SINGLE", {"a": (3, 3)}, "a", "b", (1, 1)),
        ("FREE", {"a": (1, 1), "b": (1, 1)}, None, "c", (2, 4)),  # everybody has some level
        ("WITH_SET", {"ab": (1, 1)}, None, "a", (0, 1)),  # nobody of the level is outside its set
        ("WITH_SET", {"ab": (1, 1)}, None, "c", (3, 4)),  # everybody outside the set is here
        ("WITH_EXCLUSIVE", {"a": (4, 4)}, None, "none", (0, 1)),
        ("WITH_TWO_EXCLUSIVE", {"a": (2, 2), "none": (1, 1)}, None, "nobody", (0, 1)),  # exclusive levels also add up
        ("WITH_EXCLUSIVE", {"none": (3, 5)}, None, "a", (0, 2)),
    ],
)
def test_what_is_said_of_one_cell_bears_on_another(
    name: str, known: dict[str, Interval], leading: str | None, cell: str, expected: Interval
) -> None:
    assert intervals(UNIVERSES[name], known, leading)[cell] == expected


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("SINGLE", {"a": (3, 5), "b": (3, 5)}),
        ("FREE", {"a": (0, 1), "b": (0, 1), "c": (0, 1)}),
        ("WITH_EXCLUSIVE", {"a": (3, 5), "none": (3, 5)}),
    ],
)
def test_a_table_that_contradicts_itself_is_refused(name: str, known: dict[str, Interval]) -> None:
    with pytest.raises(DisclosureRefused) as refusal:
        intervals(UNIVERSES[name], known)
    assert str(refusal.value) == (
        "Disclosure control refuses (1 fault):\n  - door: a: what would be printed of this variable contradicts itself"
    )


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ({"a": 5, "b": 3}, "a"),
        ({"a": 5, "b": 4}, None),  # one interview could turn it round
        ({"a": 5, "b": 5}, None),
        ({"a": 1, "b": 2, "c": 4}, "c"),
        ({"a": 5}, None),  # nothing to lead
        ({}, None),
    ],
)
def test_a_level_leads_from_two_interviews_on(counts: dict[str, int], expected: str | None) -> None:
    assert leader(counts) == expected
