"""The audit finds of every withheld cell what every table that could be the true one says of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import OptimizeResult
from small_instances import every_table, in_time, intervals_by_enumeration, small_tables, table

from casebook.disclosure_control import attacker
from casebook.disclosure_control.audit import audit, audit_of_rounding
from casebook.disclosure_control.instance import CellId, Instance, InstanceCell, Publish, Relation
from casebook.errors import DisclosureRefused


def with_published(instance: Instance, published: dict[CellId, Publish]) -> Instance:
    cells = (replace(cell, publish=published.get(cell.id, cell.publish)) for cell in instance.cells)
    return replace(instance, cells=tuple(cells))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(small_tables([(3,), (2, 3), (3, 3), (2, 2, 2)], most=5), st.data())
def test_intervals_are_those_of_all_tables_that_show_the_same(
    drawn: tuple[tuple[int, ...], Sequence[int]], data: st.DataObject
) -> None:
    counts, shape = drawn
    instance = table(counts, shape)
    names = sorted(str(cell.id) for cell in instance.cells)[:-1]  # the total stays, so that tables can be counted up
    withheld: set[CellId] = set(data.draw(st.sets(st.sampled_from(names), min_size=1)))
    found = audit(with_published(instance, dict.fromkeys(withheld, "suppressed")), in_time())
    expected = intervals_by_enumeration(instance, withheld, every_table(sum(counts), shape))
    assert {f.id: (f.lower, f.upper) for f in found if f.id in withheld} == expected


def odd(total: int, *, integer: bool) -> Instance:
    """Two tables with the same margin x, of which an odd total of both is known: 2x + y = total, y at most 1."""
    cells = (
        InstanceCell("x", total // 2, publish="suppressed"),
        InstanceCell("x2", total // 2, publish="suppressed"),
        InstanceCell("y", 1, publish="suppressed"),
        InstanceCell("rest", 0, publish="suppressed"),
        InstanceCell("z", 4 - total // 2, publish="suppressed"),
        InstanceCell("both", total),
        InstanceCell("one", 1),
        InstanceCell("four", 4),
        InstanceCell("four2", 4),
    )
    relations = (
        Relation("both", ("x", "x2", "y")),
        Relation("one", ("y", "rest")),
        Relation("four", ("x", "z")),
        Relation("four2", ("x2", "z")),
    )
    return Instance(cells, relations, integer=integer)


def test_a_reader_who_knows_that_counts_are_whole_knows_more() -> None:
    # x = x2, so y is odd: with y of 0 or 1 in whole numbers nothing is open.
    whole = {f.id: (f.lower, f.upper) for f in audit(odd(5, integer=True), in_time())}
    real = {f.id: (f.lower, f.upper) for f in audit(odd(5, integer=False), in_time())}
    assert whole["y"] == (1, 1) and whole["x"] == (2, 2)
    assert real["y"] == (0, 1) and real["x"] == (2, 2.5)


def pair(first: InstanceCell, second: InstanceCell, *, threshold: int | None = None, total: Publish = True) -> Instance:
    whole = InstanceCell("all", first.value + second.value, publish=total)
    return Instance((first, second, whole), (Relation("all", (first.id, second.id)),), threshold=threshold)


def test_a_value_without_an_end_has_no_upper_one() -> None:
    withheld = pair(InstanceCell("a", 2, publish="suppressed"), InstanceCell("b", 3), total="suppressed")
    found = {f.id: (f.lower, f.upper) for f in audit(withheld, in_time())}
    assert found == {"a": (0, None), "all": (3, None)}


def test_what_is_printed_is_not_listed_unless_it_is_sensitive() -> None:
    found = audit(pair(InstanceCell("a", 2, sensitive=True), InstanceCell("b", 3)), in_time())
    assert [(f.id, f.lower, f.upper, f.protected) for f in found] == [("a", 2, 2, False)]


@pytest.mark.parametrize(
    ("levels", "threshold", "protected"),  # the cell is 4 and may be anything from 0 to 6
    [
        ({}, None, True),
        ({"upper_level": 2}, None, True),
        ({"upper_level": 3}, None, False),
        ({"lower_level": 4}, None, True),
        ({"lower_level": 5}, None, False),
        ({"sliding_level": 6}, None, True),
        ({"sliding_level": 7}, None, False),
        ({}, 6, True),
        ({}, 7, False),
        ({"upper_level": 2, "lower_level": 5}, 6, False),
    ],
)
@pytest.mark.parametrize("sensitive", [True, False])
def test_protection_is_by_levels_and_threshold(
    levels: dict[str, float], threshold: int | None, protected: bool, sensitive: bool
) -> None:
    cell = InstanceCell("a", 4, sensitive=sensitive, publish="suppressed", **levels)
    found = audit(pair(cell, InstanceCell("b", 2, publish="suppressed"), threshold=threshold), in_time())[0]
    assert (found.lower, found.upper) == (0, 6)
    assert found.protected is (protected or (not sensitive and not levels))


@pytest.mark.parametrize(("others", "protected"), [(0, False), (1, False), (2, True)])
def test_a_count_that_is_surely_small_is_a_fault_of_any_cell(others: int, protected: bool) -> None:
    # The cell is at least 1 and at most 1 + others.
    cells = (
        InstanceCell("a", 1, publish="suppressed"),
        InstanceCell("b", others, publish="suppressed"),
        InstanceCell("c", 0, publish="suppressed"),
        InstanceCell("ab", 1 + others),
        InstanceCell("bc", others),
    )
    instance = Instance(cells, (Relation("ab", ("a", "b")), Relation("bc", ("b", "c"))), threshold=3)
    found = audit(instance, in_time())[0]
    assert (found.lower, found.upper, found.protected) == (1, 1 + others, protected)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(st.lists(st.integers(0, 7), min_size=2, max_size=3), st.sampled_from([2, 3]))
def test_readers_of_rounded_values_think_all_tables_possible_that_could_round_to_them(
    values: list[int], base: int
) -> None:
    cells = (*(InstanceCell(str(n), value) for n, value in enumerate(values)), InstanceCell("all", sum(values)))
    instance = Instance(cells, (Relation("all", tuple(str(n) for n in range(len(values)))),), "round", base)
    rounded: dict[CellId, int] = {cell.id: int(cell.value) // base * base for cell in cells}
    possible = [
        (*inner, sum(inner))
        for inner in np.ndindex(*[value + base for value in values])
        if all(abs(n - rounded[cell.id]) < base for n, cell in zip((*inner, sum(inner)), cells, strict=True))
    ]
    found = [(f.lower, f.upper) for f in audit_of_rounding(instance, rounded, in_time())]
    assert found == [(min(column), max(column)) for column in zip(*possible, strict=True)]


def test_without_zero_restriction_a_reader_reckons_with_the_furthest_change() -> None:
    cells = (InstanceCell("a", 1), InstanceCell("b", 1), InstanceCell("all", 2))
    instance = Instance(cells, (Relation("all", ("a", "b")),), "round", 5, zero_restricted=False)
    found = audit_of_rounding(instance, {"a": 10, "b": 0, "all": 10}, in_time())
    assert [(f.lower, f.upper) for f in found] == [(1, 19), (0, 9), (1, 19)]


def test_an_audit_that_does_not_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attacker, "milp", lambda *_, **__: OptimizeResult(status=1, x=None))
    with pytest.raises(DisclosureRefused) as refusal:
        audit(pair(InstanceCell("a", 2, publish="suppressed"), InstanceCell("b", 3, publish="suppressed")), in_time())
    assert str(refusal.value) == (
        "Disclosure control refuses (1 fault):\n  - solver: the time ran out before it was known what a reader can "
        "work out; do: give it more time or take fewer cells"
    )
