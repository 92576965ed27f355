"""Whether a pattern of withheld cells protects every target, and how a pattern that does not is mended and trimmed.

What protects a target is kept as proof: moves to other tables that a reader must think possible, too. They hold for
every pattern that withholds the cells they move.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from casebook.disclosure_control.attacker import TOLERANCE, Attacker
from casebook.disclosure_control.deadline import Deadline
from casebook.disclosure_control.instance import Instance, Mask, Requirement, Vector

#: Proofs kept per target; older ones are forgotten.
_MOST_PROOFS = 30


class Protection:
    """Knows for one instance which patterns protect which targets, and remembers the proofs."""

    def __init__(self, instance: Instance, fixed: Mask, deadline: Deadline) -> None:
        self._instance = instance
        self._fixed = fixed
        self._deadline = deadline
        self._proofs: dict[Requirement, list[Mask]] = {}

    def holds(self, requirement: Requirement, pattern: Mask) -> bool:
        """Return whether a pattern fulfils a requirement."""
        if any(not np.any(moved & ~pattern) for moved in self._proofs.get(requirement, ())):
            return True
        return self._moved(requirement, pattern, np.ones(pattern.size)) is not None

    def mended(self, requirements: Iterable[Requirement], pattern: Mask, *, open_: Mask, prices: Vector) -> Mask:
        """Return the pattern with cells added, as cheap ones as can be, until all requirements are fulfilled.

        Only the open cells may be withheld; with all of them every requirement must hold.
        """
        mended = pattern.copy()
        for requirement in requirements:
            if not self.holds(requirement, mended):
                moved = self._moved(requirement, open_, np.where(mended, TOLERANCE, prices))
                mended |= open_ if moved is None else moved
        return mended

    def trimmed(self, requirements: Iterable[Requirement], pattern: Mask, prices: Vector) -> Mask:
        """Return the pattern without the cells that no requirement needs, the dearest given back first."""
        trimmed, wanted = pattern.copy(), list(requirements)
        for cell in sorted(np.flatnonzero(pattern & ~self._fixed), key=lambda place: -prices[place]):
            trimmed[cell] = False
            if self._deadline.passed or not all(self.holds(requirement, trimmed) for requirement in wanted):
                trimmed[cell] = True
        return trimmed

    def _moved(self, requirement: Requirement, pattern: Mask, prices: Vector) -> Mask | None:
        """Return the cells moved by the cheapest proof that a pattern fulfils a requirement, or None."""
        attacker = Attacker.of(self._instance, pattern, self._deadline)
        moves = attacker.cheapest(requirement, prices)
        if moves is None:
            return None
        moved: Mask = np.any(np.abs(moves) > TOLERANCE, axis=0)
        self._proofs[requirement] = [moved, *self._proofs.get(requirement, ())][:_MOST_PROOFS]
        return moved
