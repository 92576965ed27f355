"""A pattern protects every target, and no other that does weighs less: held against the literature and all patterns."""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_instances import TOTAL, Tables, every_table, in_time, small_tables, table

from casebook.disclosure_control.audit import audit
from casebook.disclosure_control.deadline import Deadline
from casebook.disclosure_control.instance import CellId, Instance, InstanceCell, Relation
from casebook.disclosure_control.instance_answers import solved
from casebook.disclosure_control.instance_files import read_instance
from casebook.disclosure_control.suppression import suppress
from casebook.errors import DisclosureRefused

INSTANCES = Path(__file__).parent / "instances"


def expected(name: str) -> dict[str, object]:
    found: dict[str, object] = json.loads((INSTANCES / f"{name}.json").read_text("utf-8"))["expected"]
    return found


def withheld_as(instance: Instance, withheld: frozenset[CellId]) -> Instance:
    """The instance as it is published with a pattern."""
    cells = (replace(c, publish="suppressed") if c.publish and c.id in withheld else c for c in instance.cells)
    return replace(instance, cells=tuple(cells))


@pytest.mark.parametrize("name", sorted(path.stem for path in INSTANCES.glob("*.json")))
def test_instances_of_the_literature_have_their_known_answers(name: str, project: Path) -> None:
    instance, right = read_instance(INSTANCES / f"{name}.json", project), expected(name)
    found = suppress(instance, in_time())
    assert sorted(map(str, found.withheld)) == right["withheld"]
    assert (found.objective, found.bound, found.proven) == (right["objective"], right["objective"], True)


def test_the_interval_of_fischetti_and_salazar_is_found(project: Path) -> None:
    instance = read_instance(INSTANCES / "investment.json", project)
    published = withheld_as(instance, suppress(instance, in_time()).withheld)
    found = {f.id: [f.lower, f.upper] for f in audit(published, in_time())}
    assert {"II/C": found["II/C"]} == expected("investment")["intervals"]


def test_a_sensitive_cell_alone_is_found_out_as_by_sdctable(project: Path) -> None:
    found = audit(read_instance(INSTANCES / "regions.json", project), in_time())
    assert [(f.id, f.lower, f.upper, f.protected) for f in found] == [("A/female", 2, 2, False)]


def least_weight(instance: Instance, tables: Mapping[CellId, Tables], keep: Sequence[CellId]) -> float | None:
    """The weight of the best of all patterns, each judged by all tables that show the same as the true one."""
    fixed = [cell for cell in instance.cells if cell.sensitive or cell.publish is not True]
    free = [cell for cell in instance.cells if cell not in fixed and cell.id not in keep]
    weights = []
    for size in range(len(free) + 1):
        for chosen in itertools.combinations(free, size):
            withheld = [*fixed, *chosen]
            if protects(instance, {cell.id for cell in withheld}, tables):
                weights.append(sum(weight(cell) for cell in withheld if cell.publish is not False))
    return min(weights, default=None)


def weight(cell: InstanceCell) -> float:
    return cell.value if cell.weight is None else cell.weight


def protects(instance: Instance, withheld: set[CellId], tables: Mapping[CellId, Tables]) -> bool:
    same = next(iter(tables.values())) >= 0
    for cell in instance.cells:
        if cell.id not in withheld:
            same = same & (tables[cell.id] == cell.value)
    return all(
        int(tables[cell.id][same].max()) >= max(instance.threshold or 0, cell.value + cell.upper_level)
        and int(tables[cell.id][same].min()) <= cell.value - cell.lower_level
        and int(tables[cell.id][same].max() - tables[cell.id][same].min()) >= max(1, cell.sliding_level)
        for cell in instance.cells
        if cell.sensitive
    )


def agrees_with_enumeration(instance: Instance, tables: Mapping[CellId, Tables], total: str) -> None:
    best = least_weight(instance, tables, [total])
    if best is None:
        with pytest.raises(DisclosureRefused, match="cannot be protected by withholding other cells"):
            suppress(instance, in_time(), keep=[total])
    else:
        found = suppress(instance, in_time(), keep=[total])
        assert (found.objective, found.proven) == (best, True)
        assert protects(instance, set(found.withheld), tables)


@settings(max_examples=20, deadline=None, derandomize=True)
@given(small_tables([(4,), (2, 2), (2, 3)], least=4, most=8), st.sampled_from([2, 3, 4]))
def test_no_pattern_that_protects_weighs_less(drawn: tuple[tuple[int, ...], Sequence[int]], threshold: int) -> None:
    counts, shape = drawn
    instance = table(counts, shape, sensitive=lambda _, n: 0 < n < threshold, threshold=threshold)
    agrees_with_enumeration(instance, every_table(sum(counts), shape), "/".join([TOTAL] * len(shape)))


@settings(max_examples=10, deadline=None, derandomize=True)
@given(small_tables([(2, 2, 2)], least=4, most=7), st.sampled_from([None, 2]))
def test_no_pattern_over_linked_tables_weighs_less(
    drawn: tuple[tuple[int, ...], Sequence[int]], threshold: int | None
) -> None:
    counts, shape = drawn
    # Only the tables of the first by the second and the first by the third attribute are published.
    instance = table(
        counts,
        shape,
        unplanned=lambda name: name[1] != TOTAL and name[2] != TOTAL,
        sensitive=lambda name, n: n == 1 and name[0] != TOTAL and TOTAL in name[1:],
        threshold=threshold,
    )
    agrees_with_enumeration(instance, every_table(sum(counts), shape), f"{TOTAL}/{TOTAL}/{TOTAL}")


@pytest.mark.parametrize(("upper", "lower", "width"), [(2, 0, 0), (1, 1, 0), (0, 0, 3)])
@pytest.mark.parametrize("counts", [(1, 3, 2, 2, 0, 2), (0, 1, 4, 3, 2, 1), (2, 2, 2, 1, 1, 1)])
def test_levels_are_kept_at_the_least_weight(upper: int, lower: int, width: int, counts: Sequence[int]) -> None:
    instance = table(counts, (2, 3), sensitive=lambda name, n: n == 1 and TOTAL not in name, threshold=None)
    cells = tuple(
        replace(cell, upper_level=upper, lower_level=lower, sliding_level=width) if cell.sensitive else cell
        for cell in instance.cells
    )
    agrees_with_enumeration(replace(instance, cells=cells), every_table(sum(counts), (2, 3)), f"{TOTAL}/{TOTAL}")


@settings(max_examples=10, deadline=None, derandomize=True)
@given(st.lists(st.integers(0, 6), min_size=18, max_size=18))
def test_every_target_of_a_larger_table_passes_the_audit(counts: list[int]) -> None:
    instance = table(counts, (3, 3, 2))
    if sum(counts) < 3:
        return
    found = suppress(instance, in_time())
    sensitive = {cell.id for cell in instance.cells if cell.sensitive}
    findings = {f.id: f for f in audit(withheld_as(instance, found.withheld), in_time())}
    assert found.proven and sensitive <= found.withheld
    assert all(findings[cell].protected and (findings[cell].upper or 3) >= 3 for cell in sensitive)


COUNTS = (1, 4, 2, 3, 0, 5, 2, 2, 1, 6, 1, 3)


def test_the_pattern_depends_neither_on_the_order_of_cells_nor_on_that_of_relations() -> None:
    instance = table(COUNTS, (3, 4))
    same_weights = replace(instance, cells=tuple(replace(cell, weight=1) for cell in instance.cells))
    patterns = set()
    for seed in range(4):
        chance = random.Random(seed)
        cells, relations = list(same_weights.cells), list(same_weights.relations)
        chance.shuffle(cells)
        chance.shuffle(relations)
        patterns.add(
            suppress(replace(same_weights, cells=tuple(cells), relations=tuple(relations)), in_time()).withheld
        )
    assert len(patterns) == 1


def two(first: int, second: int, **of_first: float) -> Instance:
    cells = (
        InstanceCell("a", first, sensitive=True, **of_first),  # type: ignore[arg-type]
        InstanceCell("b", second),
        InstanceCell("all", first + second),
    )
    return Instance(cells, (Relation("all", ("a", "b")),))


def test_a_cell_with_less_weight_is_withheld_first_and_a_kept_one_never() -> None:
    cheap = two(2, 9)
    assert suppress(cheap, in_time()).withheld == {"a", "b"}
    assert suppress(cheap, in_time(), keep=["b"]).withheld == {"a", "all"}


def test_what_is_published_nowhere_costs_nothing_and_what_is_withheld_already_stays_so() -> None:
    cells = (
        InstanceCell("a", 2, sensitive=True),
        InstanceCell("b", 9, publish=False),
        InstanceCell("c", 4, publish="suppressed"),
        InstanceCell("all", 15),
    )
    found = suppress(Instance(cells, (Relation("all", ("a", "b", "c")),)), in_time())
    assert (set(found.withheld), found.objective) == ({"a", "b", "c"}, 6)


def test_without_targets_everything_is_published() -> None:
    instance = table(COUNTS, (3, 4), sensitive=lambda *_: False)
    found = suppress(instance, in_time())
    assert (found.withheld, found.objective, found.proven) == (frozenset(), 0, True)


@pytest.mark.parametrize(
    ("instance", "keep", "fault"),
    [
        (two(2, 9, lower_level=3), [], "cell a: cannot be protected by withholding other cells"),
        (two(2, 9), ["b", "all"], "cell a: cannot be protected by withholding other cells"),
        (two(2, 9), ["a"], "cell a: must be withheld and kept"),
    ],
)
def test_what_no_pattern_can_do_is_refused(instance: Instance, keep: list[CellId], fault: str) -> None:
    with pytest.raises(DisclosureRefused) as refusal:
        suppress(instance, in_time(), keep=keep)
    assert str(refusal.value).startswith(f"Disclosure control refuses (1 fault):\n  - solver: {fault}")


def stopping_after(calls: int) -> Callable[[], float]:
    """A clock that stands still for so many calls and is then a day on."""
    readings = itertools.chain(itertools.repeat(0.0, calls), itertools.repeat(86_400.0))
    return lambda: next(readings)


@pytest.mark.parametrize("calls", [14, 20, 28])
def test_when_the_time_runs_out_the_pattern_protects_all_the_same_and_says_so(calls: int) -> None:
    instance = table(COUNTS, (3, 4))
    best = suppress(instance, in_time())
    found = suppress(instance, Deadline(3600, stopping_after(calls)))
    assert not found.proven and 0 <= found.bound <= best.objective <= found.objective
    assert all(f.protected for f in audit(withheld_as(instance, found.withheld), in_time()))


def test_the_answer_names_each_cell_in_the_order_it_came_with_its_status() -> None:
    answer = solved(two(2, 9), 60)
    assert answer.pop("seconds") < 60
    assert answer == {
        "cells": [
            {"id": "a", "value": 2, "status": "u", "rounded": None},
            {"id": "b", "value": 9, "status": "x", "rounded": None},
            {"id": "all", "value": 11, "status": "s", "rounded": None},
        ],
        "objective": 11,
        "bound": 11,
        "proven": True,
    }


def test_a_pattern_that_the_audit_finds_wanting_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    from casebook.disclosure_control import instance_answers
    from casebook.disclosure_control.suppression import Suppression

    nothing_else = Suppression(frozenset({"a"}), 2, 2, proven=True)
    monkeypatch.setattr(instance_answers, "suppress", lambda *_: nothing_else)
    with pytest.raises(
        DisclosureRefused, match="cell a: the audit found it exposed in the pattern that was to protect it"
    ):
        solved(two(2, 9), 60)
