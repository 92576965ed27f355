"""Why a pattern does not protect a cell: inequalities that every protecting pattern satisfies and this one does not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse
from scipy.optimize import linprog

from casebook.disclosure_control.attacker import TOLERANCE
from casebook.disclosure_control.instance import Instance, Mask, Requirement, Vector

#: Multipliers are rounded to fractions of this denominator, so that what they give is exact.
_DENOMINATOR = 720_720
#: How far a cell that is printed may move where a cut is looked for, as a share of one that is withheld. The more, the
#: stronger a cut is beyond the pattern at hand; the less, the surer it is to be violated by it.
GLIMPSES = (0.5, 0.25, 0.1, 0.01, 0.001, 0.0)
_FEW_GLIMPSES = (0.001, 0.0)


@dataclass(frozen=True)
class Cut:
    """What a pattern needs: its withheld cells, each times its coefficient, must come to at least so much."""

    coefficients: Vector
    least: float

    def violated_by(self, pattern: Vector) -> bool:
        return bool(self.coefficients @ pattern < self.least - TOLERANCE * max(1.0, self.least))


@dataclass(frozen=True)
class Separation:
    """Finds cuts for an instance; `fixed` marks the cells that are withheld in every pattern."""

    instance: Instance
    fixed: Mask

    @cached_property
    def _transposed(self) -> sparse.csr_array:
        return sparse.csr_array(self.instance.matrix.T)

    def cut(self, requirement: Requirement, pattern: Vector) -> Cut | None:
        """Return a cut that a pattern, whole or fractional, violates, or None where none was found."""
        return next(self.cuts(requirement, pattern, _FEW_GLIMPSES), None)

    def cuts(self, requirement: Requirement, pattern: Vector, glimpses: Sequence[float] = GLIMPSES) -> Iterator[Cut]:
        """Yield different cuts that a pattern, whole or fractional, violates; none where none was found."""
        seen = set()
        for glimpse in glimpses:
            found = self._cut(requirement, np.maximum(pattern, glimpse))
            if found.violated_by(pattern) and found.coefficients.tobytes() not in seen:
                seen.add(found.coefficients.tobytes())
                yield found

    def _cut(self, requirement: Requirement, pattern: Vector) -> Cut:
        coefficients = np.zeros(pattern.size)
        for sign in requirement.signs:
            coefficients += self._reach(self._multipliers(requirement, sign, pattern), requirement.cell, sign)
        # What is withheld anyhow counts already, and no cell counts for more than what is missing.
        least = requirement.amount - coefficients[self.fixed].sum()
        return Cut(np.where(self.fixed, 0, np.minimum(coefficients, max(least, 0))), least)

    def _multipliers(self, requirement: Requirement, sign: int, pattern: Vector) -> Vector:
        """Return the multiplier of each relation in the proof that a cell cannot move further, as whole numbers.

        They are the dual solution of how far it can, where cells move as far as they are withheld.
        """
        amount, values = requirement.amount, self.instance.values
        wanted = np.zeros(pattern.size)
        wanted[requirement.cell] = -sign
        low = np.where(self.fixed, -values, -np.minimum(values, amount) * pattern)
        high = np.where(self.fixed, np.inf, amount * pattern)
        low[requirement.cell], high[requirement.cell] = max(-values[requirement.cell], -amount), amount
        zeros = np.zeros(self.instance.matrix.shape[0])
        bounds = np.column_stack([low, high])
        result = linprog(wanted, A_eq=self.instance.matrix, b_eq=zeros, bounds=bounds, method="highs-ds")
        if result.status != 0:
            return zeros
        multipliers: Vector = np.round(-result.eqlin.marginals * _DENOMINATOR)
        return multipliers

    def _reach(self, multipliers: Vector, cell: int, sign: int) -> Vector:
        """Return by how much each cell, if withheld, lets the target move at most, as the multipliers prove it.

        The target counts for nothing: its own part is taken off by scaling, since it is withheld in any case.
        """
        rest = -(self._transposed @ multipliers)
        rest[cell] += sign * _DENOMINATOR
        own = 1 - sign * rest[cell] / _DENOMINATOR
        if own <= TOLERANCE:
            return np.where(np.arange(rest.size) == cell, np.inf, 0.0)
        rest[cell] = 0
        up, down = np.maximum(rest, 0) / _DENOMINATOR, np.maximum(-rest, 0) / _DENOMINATOR
        reach: Vector = np.where(up > 0, np.inf, down * self.instance.values) / own
        return reach
