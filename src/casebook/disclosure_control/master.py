"""The master programme of complementary suppression: the cheapest pattern that satisfies all cuts found so far."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from casebook.disclosure_control.attacker import TOLERANCE
from casebook.disclosure_control.cuts import Cut
from casebook.disclosure_control.deadline import Deadline
from casebook.disclosure_control.instance import Instance, InstanceCell, Mask, Vector
from casebook.disclosure_control.prices import tidy, ties_of, unit_of

_OPTIMAL = 0


@dataclass(frozen=True)
class Proposal:
    """A pattern (one number per cell, None if there was no time for one), and a bound under all patterns' prices."""

    pattern: Vector | None
    bound: float
    optimal: bool


class Master:
    """Proposes patterns: `fixed` cells are withheld always, cells that are not `open` never."""

    def __init__(self, instance: Instance, fixed: Mask, open_: Mask) -> None:
        self._low, self._high = fixed.astype(float), open_.astype(float)
        self.weights = np.array([_weight(cell) for cell in instance.ordered])
        self._unit = unit_of(self.weights)
        ties = ties_of(instance.ordered, self._unit)
        self.prices: Vector = self.weights + ties
        self._ties = float(ties.sum())
        self._relations = sparse.csr_array(abs(instance.matrix))
        self._companions: set[tuple[int, int]] = set()
        self._rows: list[Vector] = []
        self._least: list[float] = []

    def add(self, cuts: Iterable[Cut]) -> int:
        """Take in cuts and return their number."""
        before = len(self._rows)
        for cut in cuts:
            # Divided by what is missing, so that solvers' tolerances mean the same for every cut.
            self._rows.append(cut.coefficients / cut.least)
            self._least.append(1.0)
        return len(self._rows) - before

    def add_companions(self, pattern: Vector) -> int:
        """Ask that no cell be the only one withheld of a relation, where the pattern has it so; return how many.

        A reader works such a cell out from the others: to withhold it protects nobody.
        """
        withheld = self._relations @ pattern
        entries = self._relations.tocoo()
        alone = withheld[entries.row] - 2 * pattern[entries.col] < -TOLERANCE
        new = set(zip(entries.row[alone].tolist(), entries.col[alone].tolist(), strict=True)) - self._companions
        self._companions |= new
        for relation, cell in sorted(new):
            row = self._relations[[relation], :].toarray()[0]
            row[cell] = -1
            self._rows.append(row)
            self._least.append(0.0)
        return len(new)

    def relaxed(self, deadline: Deadline) -> Proposal:
        """Return the cheapest fractional pattern."""
        return self._solved(deadline, whole=False, gap=0)

    def whole(self, deadline: Deadline, gap: float) -> Proposal:
        """Return a pattern whose price is at most a share above that of the cheapest one."""
        return self._solved(deadline, whole=True, gap=gap)

    def objective(self, pattern: Mask) -> float:
        return tidy(self.weights[pattern].sum())

    def bound_on_weight(self, bound_on_price: float) -> float:
        """Return the least weight that patterns of at least a price can have."""
        steps = math.ceil((bound_on_price - self._ties) / self._unit - TOLERANCE)
        return tidy(max(steps * self._unit, float(self.weights @ self._low)))

    def _solved(self, deadline: Deadline, *, whole: bool, gap: float) -> Proposal:
        rows = sparse.csr_array(np.array(self._rows)) if self._rows else sparse.csr_array((1, self.prices.size))
        least = np.array(self._least) if self._least else np.zeros(1)
        result = milp(
            self.prices,
            integrality=np.full(self.prices.size, int(whole)),
            bounds=Bounds(self._low, self._high),
            constraints=LinearConstraint(rows, least, np.inf),
            options={"time_limit": deadline.left, "mip_rel_gap": gap},
        )
        found = None if result.x is None else (np.round(result.x) if whole else result.x)
        bound = result.mip_dual_bound if whole else result.fun if result.status == _OPTIMAL else None
        return Proposal(found, -math.inf if bound is None else float(bound), result.status == _OPTIMAL)


def _weight(cell: InstanceCell) -> float:
    """Return what is lost by withholding a cell: nothing for one that stands in no table."""
    if cell.publish is False:
        return 0.0
    return float(cell.value if cell.weight is None else cell.weight)
