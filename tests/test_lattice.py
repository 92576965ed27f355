"""Crossings of variables: nothing that could be proved of people in several cells at once escapes."""

from __future__ import annotations

import dataclasses
import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_audit import CONSORTIUM, PUBLIC, SINGLE, SmallGroup, cells

from casebook.disclosure_control.audit_result import Target
from casebook.disclosure_control.lattice import Lattice, Margin
from casebook.disclosure_control.linked_tables import Place
from casebook.disclosure_control.questions import FEW_OTHERS, NARROW, SMALL, exposed
from casebook.disclosure_control.strata import Stratum

SPAIN, OTHERS = Stratum(("D1.2",), "ES"), Stratum(("D1.2",), "others")


def margin(table: str, *ends: tuple[int, ...], part: int = 0) -> Margin:
    return Margin(table, "a", part, ends[0], ends[-1])


def crossed(people: tuple[int, ...], *margins: Margin) -> Lattice:
    return Lattice({one.table: [one] for one in margins}, {}, people)


@pytest.mark.parametrize(
    ("first", "second", "suspect"),
    [
        (((3,),), ((12,),), False),  # none to three
        (((12,),), ((12,),), False),  # nine to twelve
        (((14,),), ((14,),), True),  # thirteen or fourteen
        (((2,),), ((14,),), True),  # one or two
        (((0,), (2,)), ((0,), (15,)), True),
        (((0,), (15,)), ((0,), (15,)), False),
        (((5,),), ((15,),), False),  # to cross with everybody tells nothing
        (((0,),), ((5,),), False),  # nor with nobody
    ],
)
def test_two_cells_of_fifteen_people(
    first: tuple[tuple[int, ...], ...], second: tuple[tuple[int, ...], ...], suspect: bool
) -> None:
    lattice = crossed((15,), margin("t", *first), margin("u", *second, part=1))
    assert bool(list(lattice.suspects(CONSORTIUM))) is suspect


def test_cells_that_may_be_printed_expose_no_crossing_however_many_are_crossed() -> None:
    for base in (6, 8, 15):
        may_stand = range(3, base - 2)
        for counts in itertools.product(may_stand, repeat=3):
            margins = [margin(str(part), (n,), part=part) for part, n in enumerate(counts)]
            assert list(crossed((base,), *margins).suspects(CONSORTIUM)) == [], (base, counts)


def test_known_together_is_not_judged_by_the_ends_alone() -> None:
    lattice = crossed((15,), margin("t", (0,), (15,)), margin("u", (0,), (15,)))
    assert len(list(lattice.suspects(CONSORTIUM))) == 1


def test_every_quasi_identifier_is_crossed_with_every_other_and_a_sensitive_one_with_two_at_most() -> None:
    known = {name: [margin(name, (0,), (9,), part=part)] for part, name in enumerate("tuv")}
    sensitive = {"x": [margin("x", (0,), (9,), part=9)]}
    # tu tv uv tuv, and x with t u v tu tv uv
    assert Lattice(known, sensitive, (9,)).tried == 4 + 6


@st.composite
def two_variables(draw: st.DrawFn) -> tuple[list[tuple[Stratum, str, str]], dict[str, bool]]:
    """People by place and two answers, and whether each place's own counts are printed."""
    sizes = {SPAIN: 2, OTHERS: draw(st.integers(1, 2))}
    levels = st.sampled_from(SINGLE.levels)
    people = [(stratum, draw(levels), draw(levels)) for stratum, n in sizes.items() for _ in range(n)]
    return people, {"t": draw(st.booleans()), "u": draw(st.booleans())}


def group_of(people: list[tuple[Stratum, str, str]], own: dict[str, bool]) -> SmallGroup:
    strata = {stratum: sum(one[0] == stratum for one in people) for stratum in (OTHERS, SPAIN)}
    seen: dict[Place, tuple[int, int]] = {}
    for number, (table, has_own) in enumerate(own.items(), 1):
        for places in ((OTHERS, SPAIN), (SPAIN,), (OTHERS,)) if has_own else ((OTHERS, SPAIN),):
            inside = [one for one in people if one[0] in places]
            counts = {level: sum(one[number] == level for one in inside) for level in SINGLE.levels}
            seen |= cells(places, table, len(inside), **counts)
    topics = {"t": SINGLE, "u": SINGLE}
    return SmallGroup(strata, topics, seen, quasi_identifiers=frozenset(topics))


def possible(group: SmallGroup, places: tuple[Stratum, ...]) -> dict[tuple[str, str], set[int]]:
    """How many people of some places can have both of two answers: all answers are tried that agree with the counts."""
    people = [stratum for stratum, n in group.strata.items() for _ in range(n)]
    inside = [number for number, who in enumerate(people) if who in places]
    both = list(itertools.product(*(_agreeing(group, table, people) for table in group.topics)))
    pairs = [(first, second) for first in SINGLE.levels for second in SINGLE.levels]
    return {pair: {sum((one[n], other[n]) == pair for n in inside) for one, other in both} for pair in pairs}


def _agreeing(group: SmallGroup, table: str, people: list[Stratum]) -> list[tuple[str, ...]]:
    printed = [(places, cell, n) for (places, known, cell), (n, _) in group.seen.items() if known == table and cell]
    return [
        answers
        for answers in itertools.product(SINGLE.levels, repeat=len(people))
        if all(
            n == sum(answer == cell for who, answer in zip(people, answers, strict=True) if who in places)
            for places, cell, n in printed
        )
    ]


@settings(max_examples=12, deadline=None, derandomize=True)
@given(two_variables())
def test_whatever_all_answers_that_agree_expose_is_found_with_its_bounds(
    drawn: tuple[list[tuple[Stratum, str, str]], dict[str, bool]],
) -> None:
    group = group_of(*drawn)
    audit = group.audit()
    for places in ((OTHERS, SPAIN), (SPAIN,)):
        lattice = audit._lattice(places, None)
        suspects = {(t.cell, u.cell): (t, u) for t, u in lattice.suspects(CONSORTIUM)}
        # Where nobody or everybody is known to have one of the answers it is a question about the other alone.
        opened = [[one.cell for one in lattice._open(cells_)] for cells_ in lattice.quasi_identifiers.values()]
        for pair, values in possible(group, places).items():
            if pair in suspects:
                target = audit._target(suspects[pair], places, None)
                assert (target.lower, target.upper) == (min(values), max(values))
            else:
                size = sum(group.strata[stratum] for stratum in places)
                assert pair not in itertools.product(*opened) or not _tells(min(values), max(values), size)


def _tells(lower: int, upper: int, people: int) -> bool:
    target = Target("OG.O", ("t", "u"), ("a", "a"), "", lower, upper, people, (people - upper, people - lower))
    return upper > 0 and exposed(target, CONSORTIUM, people) != ""


def test_the_audit_names_the_crossing_and_the_reason() -> None:
    seen = cells((OTHERS,), "t", 15, a=14) | cells((OTHERS,), "u", 15, a=2)
    group = SmallGroup({OTHERS: 15}, {"t": SINGLE, "u": SINGLE}, seen, quasi_identifiers=frozenset("tu"))
    (found,) = [t for t in group.audit().targets() if len(t.table) == 2 and t.cell == ("a", "a") and not t.insider]
    assert (found.table, found.people, found.lower, found.upper) == (("t", "u"), "all in D1.2", 1, 2)
    assert found.reason == SMALL
    assert exposed(dataclasses.replace(found, lower=13, upper=14, rest=(1, 2)), PUBLIC, 15) == FEW_OTHERS
    assert exposed(dataclasses.replace(found, lower=6, upper=8, rest=(7, 9)), PUBLIC, 15) == NARROW
