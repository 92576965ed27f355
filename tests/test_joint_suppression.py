"""Exact counts of people: what is withheld for its own sake, and what goes with it in tables that hang together."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from casebook.disclosure_control.deadline import Deadline
from casebook.disclosure_control.exposure import Part, Sheet, may_stand
from casebook.disclosure_control.feasibility import BASE, Topic, Universe, intervals
from casebook.disclosure_control.joint_suppression import printed_counts
from casebook.disclosure_control.linked_tables import LinkedTables, Seen, names_of, system_of
from casebook.disclosure_control.policy import Rules
from casebook.disclosure_control.strata import Stratum

RULES = Rules(True, 5, 5, 3, 3, frozenset("X"), 7, 12, 5, 8, 5, 2, (), 10, 3)
SPAIN, OTHERS = Stratum(("D1",), "ES"), Stratum(("D1",), "others")


def single(**counts: int) -> Universe:
    return Universe(tuple(counts), {}, multi=False, exclusive=(), base=sum(counts.values()))


def multi(base: int, levels: tuple[str, ...], **sets: tuple[str, ...]) -> Universe:
    return Universe(levels, sets, multi=True, exclusive=(), base=base)


def part_of(
    topic: Topic, people: Mapping[Stratum, Mapping[str, int]], *, sensitive: bool, own: tuple[Stratum, ...] = ()
) -> Part:
    """A variable's table of all people, and one of each stratum that has its own; `people` holds bases, too."""
    together = {cell: sum(counts[cell] for counts in people.values()) for cell in (BASE, *topic.cells)}
    shown = {"all": (tuple(people), together)} | {one.place: ((one,), people[one]) for one in own}
    sheets = tuple(
        Sheet(key, "t", strata, n[BASE], {cell: n[cell] for cell in topic.cells}, sensitive)
        for key, (strata, n) in shown.items()
    )
    tables = LinkedTables({"t": topic}, {stratum: counts[BASE] for stratum, counts in people.items()})
    covers = {sheet.key: sheet.strata for sheet in sheets}
    return Part(sheets, tables, {(one, "t"): n for one, n in people.items()}, tables, covers, Seen({}))


def published(counts: Mapping[str, int], universe: Universe, *, sensitive: bool = False) -> dict[str, int]:
    part = part_of(universe, {OTHERS: {BASE: universe.base, **counts}}, sensitive=sensitive)
    return printed_counts(part, RULES, Deadline.after(60))["all"]


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
        ({"a": 6, "b": 4, "c": 3, "d": 2}, {"a": 6, "b": 4}),  # the smallest that will do goes with it
        ({"a": 6, "b": 5, "c": 1, "d": 1}, {"a": 6}),  # two of three could be one or two
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


@settings(max_examples=10, deadline=None, derandomize=True)
@given(tables())
def test_the_order_of_cells_decides_nothing(table: tuple[dict[str, int], Universe]) -> None:
    counts, universe = table
    assert published(dict(reversed([*counts.items()])), universe) == published(counts, universe)


def test_no_more_is_withheld_than_protection_needs() -> None:
    # giving up the smallest counts one by one would end with b and c, and withhold c for nothing
    counts = {"a": 3, "b": 5, "c": 2, "d": 5}
    assert published(counts, single(**counts)) == {"b": 5, "d": 5}


TOPIC = Topic(("a", "b", "c"), {}, multi=False, exclusive=())


@pytest.mark.parametrize(
    ("spain", "others", "withheld"),
    [
        ({"a": 3, "b": 4, "c": 3}, {"a": 4, "b": 3, "c": 3}, {"all": "", "ES": ""}),
        # two of the others: known from all less Spain, unless Spain's is withheld with another
        ({"a": 3, "b": 4, "c": 3}, {"a": 2, "b": 4, "c": 4}, {"all": "", "ES": "ac"}),
        ({"a": 1, "b": 5, "c": 4}, {"a": 4, "b": 3, "c": 3}, {"all": "", "ES": "ac"}),
    ],
)
def test_what_a_country_leaves_to_the_others_is_protected_as_well(
    spain: dict[str, int], others: dict[str, int], withheld: dict[str, str]
) -> None:
    people = {SPAIN: {BASE: sum(spain.values()), **spain}, OTHERS: {BASE: sum(others.values()), **others}}
    found = printed_counts(part_of(TOPIC, people, sensitive=False, own=(SPAIN,)), RULES, Deadline.after(60))
    assert {key: "".join(sorted(set("abc") - set(counts))) for key, counts in found.items()} == withheld


@st.composite
def people_in_two_places(draw: st.DrawFn) -> tuple[Topic, dict[Stratum, dict[str, int]]]:
    levels, several = ("a", "b", "c"), draw(st.booleans())
    has = st.sets(st.sampled_from(levels), min_size=1, max_size=3 if several else 1)
    groups = {place: draw(st.lists(has, min_size=8, max_size=12)) for place in (SPAIN, OTHERS)}
    counts = {
        place: {BASE: len(group), **{level: sum(level in one for one in group) for level in levels}}
        for place, group in groups.items()
    }
    return Topic(levels, {}, several, ()), counts


@settings(max_examples=15, deadline=None, derandomize=True)
@given(people_in_two_places(), st.booleans())
def test_nobody_can_work_out_what_is_withheld_of_linked_tables(
    drawn: tuple[Topic, dict[Stratum, dict[str, int]]], sensitive: bool
) -> None:
    topic, people = drawn
    part = part_of(topic, people, sensitive=sensitive, own=(SPAIN,))
    found = printed_counts(part, RULES, Deadline.after(60))
    seen = {(s.strata, "t", c): (n, n) for s in part.sheets for c, n in {BASE: s.base, **found[s.key]}.items()}
    system = system_of(part.tables, Seen(seen))
    for stratum, counts in people.items():
        for cell in topic.cells:
            low, high = system.interval(names_of([stratum], "t", cell)) or (0, 0)
            stands = may_stand(counts[cell], counts[BASE], RULES, sensitive=sensitive)
            assert low <= counts[cell] <= high
            assert (stands and low == high) or not RULES.exposes(low, high, counts[BASE])
