"""Rounded tables add up, stay close, and no closer ones do: held against all roundings."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import OptimizeResult
from small_instances import in_time, margins, table, value_of

from casebook.disclosure_control import rounding
from casebook.disclosure_control.instance import CellId, Instance, InstanceCell, Relation
from casebook.disclosure_control.instance_answers import audited, solved
from casebook.disclosure_control.rounding import round_cells
from casebook.errors import DisclosureRefused


def to_round(counts: Sequence[int], shape: Sequence[int], base: int, *, zero_restricted: bool = True) -> Instance:
    return replace(table(counts, shape), method="round", base=base, zero_restricted=zero_restricted)


def roundings(instance: Instance, shape: Sequence[int]) -> Iterator[dict[CellId, int]]:
    """Every additive table of multiples that the instance's restriction allows, up to two steps away."""
    value = {cell.id: int(cell.value) for cell in instance.cells}
    inner = [name for name in margins(shape) if "total" not in name]
    choices = [allowed(value["/".join(name)], instance) for name in inner]
    for chosen in itertools.product(*choices):
        found: dict[CellId, int] = {"/".join(name): value_of(name, chosen, shape) for name in margins(shape)}
        if all(n in allowed(value[cell], instance) or not instance.zero_restricted for cell, n in found.items()):
            yield found


def allowed(value: int, instance: Instance) -> list[int]:
    base, under = instance.base, value // instance.base * instance.base
    if instance.zero_restricted:
        return [under] if under == value else [under, under + base]
    return [n for n in range(under - base, under + 3 * base, base) if n >= 0]


def change(rounded: Mapping[CellId, int], instance: Instance) -> float:
    return sum((1 if c.weight is None else c.weight) * abs(rounded[c.id] - c.value) for c in instance.cells)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.sampled_from([(2, 3), (2, 2)]), st.sampled_from([3, 5]), st.booleans(), st.data())
def test_no_additive_rounding_changes_less(
    shape: tuple[int, int], base: int, zero_restricted: bool, data: st.DataObject
) -> None:
    size = shape[0] * shape[1]
    counts = data.draw(st.lists(st.integers(0, 12), min_size=size, max_size=size))
    instance = to_round(counts, shape, base, zero_restricted=zero_restricted)
    found = round_cells(instance, in_time())
    least = min(change(one, instance) for one in roundings(instance, shape))
    assert (found.objective, found.bound, found.proven) == (least, least, True)
    assert change(found.rounded, instance) == least


@settings(max_examples=25, deadline=None, derandomize=True)
@given(st.lists(st.integers(0, 40), min_size=12, max_size=12), st.sampled_from([3, 5, 10]))
def test_rounded_tables_add_up_next_to_their_values(counts: list[int], base: int) -> None:
    instance = to_round(counts, (3, 4), base)
    found = round_cells(instance, in_time()).rounded
    for relation in instance.relations:
        assert found[relation.total] == sum(found[part] for part in relation.parts)
    for cell in instance.cells:
        assert found[cell.id] % base == 0 and abs(found[cell.id] - cell.value) < base


@settings(max_examples=15, deadline=None, derandomize=True)
@given(st.lists(st.integers(0, 20), min_size=6, max_size=6), st.integers(0, 5))
def test_cells_keep_what_they_were_rounded_to_in_an_earlier_edition(counts: list[int], number: int) -> None:
    instance = to_round(counts, (2, 3), 5, zero_restricted=False)
    earlier = round_cells(instance, in_time()).rounded
    later = to_round([n + 7 * (place == number) for place, n in enumerate(counts)], (2, 3), 5, zero_restricted=False)
    values = {cell.id: cell.value for cell in later.cells}
    kept = {cell.id: earlier[cell.id] for cell in instance.cells if values[cell.id] == cell.value}
    found = round_cells(later, in_time(), earlier=kept).rounded
    assert {cell: found[cell] for cell in kept} == kept


def test_weights_say_which_cells_to_change() -> None:
    cells = (InstanceCell("a", 2, weight=10), InstanceCell("b", 3), InstanceCell("all", 5))
    instance = Instance(cells, (Relation("all", ("a", "b")),), "round", 5)
    assert round_cells(instance, in_time()).rounded == {"a": 0, "b": 5, "all": 5}
    dear = replace(instance, cells=(cells[0], replace(cells[1], value=2), replace(cells[2], value=4)))
    assert round_cells(dear, in_time()).rounded == {"a": 0, "b": 5, "all": 5}
    cheap = replace(dear, cells=(replace(cells[0], weight=0.1), *dear.cells[1:]))
    assert round_cells(cheap, in_time()).rounded == {"a": 5, "b": 0, "all": 5}


def test_sums_hold_where_their_total_is_published() -> None:
    cells = (InstanceCell("a", 2), InstanceCell("b", 2), InstanceCell("all", 4, publish=False))
    instance = Instance(cells, (Relation("all", ("a", "b")),), "round", 5)
    assert round_cells(instance, in_time()).rounded == {"a": 0, "b": 0}


def test_the_rounding_does_not_depend_on_the_order_of_cells() -> None:
    instance = to_round((2, 3, 3, 2, 2, 3), (2, 3), 5)
    turned = replace(instance, cells=instance.cells[::-1], relations=instance.relations[::-1])
    assert round_cells(turned, in_time()).rounded == round_cells(instance, in_time()).rounded


def three_pairs(*, zero_restricted: bool) -> Instance:
    """Three cells of one, each two of which make two: whatever two go to, the third fits only one of them."""
    cells = [InstanceCell(name, 1) for name in "abc"] + [InstanceCell(pair, 2) for pair in ("ab", "bc", "ac")]
    relations = tuple(Relation(pair, tuple(pair)) for pair in ("ab", "bc", "ac"))
    return Instance(tuple(cells), relations, "round", 2, zero_restricted)


def test_a_rounding_that_does_not_exist_is_refused() -> None:
    with pytest.raises(DisclosureRefused) as refusal:
        round_cells(three_pairs(zero_restricted=True), in_time())
    assert str(refusal.value) == (
        "Disclosure control refuses (1 fault):\n  - solver: no rounding to the next multiples under or above adds up "
        "in all tables; do: set zero_restricted to false, or leave tables out"
    )


def test_without_zero_restriction_a_rounding_is_found_further_away() -> None:
    found = round_cells(three_pairs(zero_restricted=False), in_time())
    # One of the three goes to two and the others to nothing: they change by one each, and the others' pair by two.
    assert (found.objective, found.proven) == (5, True)
    assert all(found.rounded[pair] == found.rounded[pair[0]] + found.rounded[pair[1]] for pair in ("ab", "bc", "ac"))


def test_earlier_values_that_no_longer_add_up_are_refused() -> None:
    instance = Instance((InstanceCell("a", 2), InstanceCell("all", 2)), (Relation("all", ("a",)),), "round", 5, False)
    with pytest.raises(DisclosureRefused, match="no rounding adds up in all tables; do: let fewer cells keep their"):
        round_cells(instance, in_time(), earlier={"a": 0, "all": 5})


def test_a_rounding_not_found_in_time_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rounding, "milp", lambda *_, **__: OptimizeResult(status=1, x=None))
    with pytest.raises(DisclosureRefused, match="the time ran out before a rounding was found; do: give it more time"):
        round_cells(three_pairs(zero_restricted=False), in_time())


def test_the_answer_holds_rounded_values_and_null_for_what_is_not_published() -> None:
    cells = (InstanceCell("a", 2, sensitive=True), InstanceCell("b", 6), InstanceCell("c", 1, publish=False))
    answer = solved(Instance(cells, (), "round", 5), 60)
    assert [(c["id"], c["status"], c["rounded"]) for c in answer["cells"]] == [
        ("a", "s", 0),
        ("b", "s", 5),
        ("c", "x", None),
    ]
    assert (answer["objective"], answer["bound"], answer["proven"]) == (3, 3, True)


def test_the_audit_of_a_rounding_lists_all_cells_with_what_could_have_been_rounded_so() -> None:
    cells = (InstanceCell("a", 2, sensitive=True), InstanceCell("b", 6), InstanceCell("all", 8))
    instance = Instance(cells, (Relation("all", ("a", "b")),), "round", 5, threshold=3)
    assert round_cells(instance, in_time()).rounded == {"a": 0, "b": 5, "all": 5}
    assert audited(instance, 60)["cells"] == [
        {"id": "a", "lower": 0, "upper": 4, "protected": True},
        {"id": "b", "lower": 1, "upper": 9, "protected": True},
        {"id": "all", "lower": 1, "upper": 9, "protected": True},
    ]
