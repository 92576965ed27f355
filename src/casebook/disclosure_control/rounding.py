"""Controlled rounding: every cell goes to a multiple of the base, and all sums that readers see still add up.

Zero-restricted: a cell goes to the multiple just under or just above its value, and a multiple stays as it is. After
L. H. Cox, "A constructive procedure for unbiased controlled rounding", Journal of the American Statistical Association
82 (1987), here as one integer programme over all linked tables.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from casebook.disclosure_control.attacker import OPTIMAL, is_infeasible
from casebook.disclosure_control.deadline import Deadline
from casebook.disclosure_control.instance import CellId, Instance, InstanceCell, Vector
from casebook.disclosure_control.prices import tidy, ties_of, unit_of
from casebook.errors import DisclosureRefused, Fault


@dataclass(frozen=True)
class Rounding:
    """Rounded values of the cells that are published, their weighted total change, and the least there can be."""

    rounded: Mapping[CellId, int]
    objective: float
    bound: float
    proven: bool


def round_cells(instance: Instance, deadline: Deadline, *, earlier: Mapping[CellId, int] | None = None) -> Rounding:
    """Return the rounding of least total change; cells that were rounded in an earlier edition keep their values.

    Sums hold wherever a total is published. When the time runs out the best rounding so far is returned. Raises
    DisclosureRefused where no rounding adds up, or the time was too short to find one.
    """
    weights = np.array([_weight(cell) for cell in instance.ordered])
    ties = ties_of(instance.ordered, unit_of(weights))
    size = len(instance.cells)
    result = milp(
        np.append(ties, weights),
        integrality=np.append(np.ones(size), np.zeros(size)),
        bounds=_bounds(instance, earlier or {}),
        constraints=_relations(instance),
        options={"time_limit": deadline.left, "mip_rel_gap": 0},
    )
    if result.x is None:
        raise _refusal(instance, infeasible=is_infeasible(result))
    places = np.round(result.x[:size]).astype(int) * instance.base
    objective = tidy(weights @ np.abs(places - instance.values))
    proven = result.status == OPTIMAL
    bound = objective if proven else tidy(min(objective, max(0, result.mip_dual_bound - _most(ties, instance))))
    rounded = {cell.id: int(n) for cell, n in zip(instance.ordered, places, strict=True) if cell.publish is True}
    return Rounding(rounded, objective, bound, proven)


def _weight(cell: InstanceCell) -> float:
    """Return the price of a change: all cells count alike unless their weights say otherwise."""
    if cell.publish is not True:
        return 0.0
    return 1.0 if cell.weight is None else float(cell.weight)


def _bounds(instance: Instance, earlier: Mapping[CellId, int]) -> Bounds:
    """Return the bounds of the steps that each cell goes to, in multiples of the base, and of its change."""
    steps = instance.values / instance.base
    low, high = (np.floor(steps), np.ceil(steps)) if instance.zero_restricted else (0 * steps, steps + math.inf)
    for cell, value in earlier.items():
        place = instance.place_of[cell]
        low[place] = high[place] = value / instance.base
    return Bounds(np.append(low, 0 * low), np.append(high, np.full(high.size, np.inf)))


def _relations(instance: Instance) -> LinearConstraint:
    """Return what steps and changes must satisfy: published totals add up, and a change is at least as large as it is.

    Whole steps lie on the lines through the values just under and above, and on those further out.
    """
    base, values = instance.base, instance.values
    under = np.floor(values / base)
    slope = base * (2 * under + 1) - 2 * values
    sums = instance.matrix[[bool(row) for row in _seen(instance)], :]
    one = sparse.eye_array(values.size, format="csr")
    rows = [[sums, None], [-base * one, one], [base * one, one], [-sparse.diags_array(slope), one]]
    if not sums.shape[0]:
        rows = rows[1:]
    least = np.concatenate([np.zeros(sums.shape[0]), -values, values, values - base * under - slope * under])
    most = np.append(np.zeros(sums.shape[0]), np.full(3 * values.size, np.inf))
    return LinearConstraint(sparse.block_array(rows, format="csr"), least, most)


def _seen(instance: Instance) -> list[bool]:
    """Return for each relation whether its total is published."""
    published = np.array([cell.publish is True for cell in instance.ordered])
    totals = instance.matrix.toarray().argmin(axis=1)
    return [bool(published[total]) for total in totals]


def _most(ties: Vector, instance: Instance) -> float:
    """Return what the ties can add to a price at most, where every cell goes up."""
    return float(ties @ np.ceil(instance.values / instance.base + 1))


def _refusal(instance: Instance, *, infeasible: bool) -> DisclosureRefused:
    if not infeasible:
        message, remedy = "the time ran out before a rounding was found", "give it more time or take fewer cells"
    elif instance.zero_restricted:
        message = "no rounding to the next multiples under or above adds up in all tables"
        remedy = "set zero_restricted to false, or leave tables out"
    else:
        message, remedy = "no rounding adds up in all tables", "let fewer cells keep their earlier values"
    return DisclosureRefused([Fault("solver", "", message, remedy=remedy)])
