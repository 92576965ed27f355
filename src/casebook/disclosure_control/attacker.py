"""What a reader of a pattern of withheld cells can work out, as linear and integer programmes.

A *move* takes the true table to another one that the reader cannot tell from it: relations still hold, printed cells
stay, no value becomes negative. After M. Fischetti and J. J. Salazar, "Solving the cell suppression problem on tabular
data with linear constraints", Management Science 47 (2001).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, milp

from casebook.disclosure_control.deadline import Deadline
from casebook.disclosure_control.instance import Instance, Mask, Requirement, Vector
from casebook.errors import DisclosureRefused, Fault

#: How far a solver's number may lie from the one it stands for.
TOLERANCE = 1e-6
OPTIMAL = 0
_INFEASIBLE = 2
#: The gap at which a solver ends with the first solution it has.
_ANY = 1e6


@dataclass(frozen=True)
class Attacker:
    """All a reader reasons with: the relations, as a matrix over the cells, and how far each value may have moved.

    `low` and `high` are zero where a cell is printed; `integer` tells that values are known to be whole.
    """

    matrix: sparse.csr_array
    low: Vector
    high: Vector
    integer: bool
    deadline: Deadline

    @classmethod
    def of(cls, instance: Instance, withheld: Mask, deadline: Deadline) -> Attacker:
        """Return the reader who sees all cells but those withheld."""
        low, high = np.where(withheld, -instance.values, 0.0), np.where(withheld, np.inf, 0.0)
        return cls(instance.matrix, low, high, instance.integer, deadline)

    def relaxed(self) -> Attacker:
        """Return the reader who does not know that values are whole."""
        return replace(self, integer=False)

    def furthest(self, cell: int, sign: int) -> Vector:
        """Return a move that takes a cell as far up (sign 1) or down (sign -1) as can be; there must be an end."""
        wanted = np.zeros(self.low.size)
        wanted[cell] = -sign
        found = self._optimum(wanted, Bounds(self.low, self.high), LinearConstraint(self.matrix, 0, 0))
        return np.zeros(self.low.size) if found is None else found

    def unbounded(self) -> Mask:
        """Return for each cell whether its value may be as large as one likes."""
        size, relations = self.low.size, self.matrix.shape[0]
        one = sparse.eye_array(size, format="csr")
        # A direction without end, and for each cell the part of it, up to one, that counts.
        rows = sparse.block_array([[self.matrix, None], [one, -one]], format="csr")
        ends = (np.zeros(relations + size), np.append(np.zeros(relations), np.full(size, np.inf)))
        endless = np.isinf(self.high)
        high = np.append(np.where(endless, np.inf, 0), np.where(endless, 1.0, 0))
        wanted = np.append(np.zeros(size), -np.ones(size))
        found = self.relaxed()._optimum(wanted, Bounds(np.zeros(2 * size), high), LinearConstraint(rows, *ends))
        return np.zeros(size, dtype=bool) if found is None else np.asarray(found[size:] > 0.5)

    def cheapest(self, requirement: Requirement, prices: Vector) -> Vector | None:
        """Return moves that fulfil a requirement at a low price per unit moved, or None if nothing does.

        There is one row per sign of the requirement and one column per cell.
        """
        copies, size = len(requirement.signs), self.low.size
        steps = sparse.kron(sparse.eye_array(copies), sparse.csr_array(self.matrix))
        target = np.zeros((copies, size))
        target[:, requirement.cell] = requirement.signs
        rows = sparse.vstack([steps, sparse.csr_array(target.reshape(1, -1))])
        zeros = np.zeros(steps.shape[0])
        least, most = np.append(zeros, requirement.amount), np.append(zeros, np.inf)
        high = np.concatenate([np.tile(self.high, copies), np.tile(-self.low, copies)])
        relations = LinearConstraint(sparse.hstack([rows, -rows], format="csr"), least, most)
        # Any whole moves prove as much as the cheapest do, and are found much sooner.
        found = self._optimum(np.tile(prices, 2 * copies), Bounds(np.zeros(high.size), high), relations, gap=_ANY)
        if found is None:
            return None
        moves: Vector = (found[: copies * size] - found[copies * size :]).reshape(copies, size)
        return moves

    def _optimum(self, wanted: Vector, bounds: Bounds, relations: LinearConstraint, *, gap: float = 0) -> Vector | None:
        """Return the moves with the least of what is wanted, or None where there are none."""
        found = self._solution(wanted, bounds, relations, {})
        if found is None or not self.integer:
            return found
        if not is_whole(found):
            found = self._solution(wanted, bounds, relations, {"mip_rel_gap": gap}, integrality=np.ones(wanted.size))
        return None if found is None else np.round(found)

    def _solution(
        self,
        wanted: Vector,
        bounds: Bounds,
        relations: LinearConstraint,
        options: dict[str, float],
        *,
        integrality: Vector | None = None,
    ) -> Vector | None:
        options = options | {"time_limit": self.deadline.left}
        result = milp(wanted, integrality=integrality, bounds=bounds, constraints=relations, options=options)
        if is_infeasible(result):
            return None
        if result.status != OPTIMAL:
            raise out_of_time()
        found: Vector = result.x
        return found


def is_whole(moves: Vector) -> bool:
    """Return whether a solver's numbers stand for whole ones."""
    return bool(np.all(np.abs(moves - np.round(moves)) < TOLERANCE))


def out_of_time() -> DisclosureRefused:
    """Return the refusal of a computation that did not end in its time; nothing may be published then."""
    message = "the time ran out before it was known what a reader can work out"
    return DisclosureRefused([Fault("solver", "", message, remedy="give it more time or take fewer cells")])


def is_infeasible(result: OptimizeResult) -> bool:
    """Return whether a solver found that there is no solution, as against none in its time."""
    return int(result.status) == _INFEASIBLE
