"""The audit: the smallest and largest value that a reader can think possible for every cell that is not printed."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from casebook.disclosure_control.attacker import TOLERANCE, Attacker, is_whole
from casebook.disclosure_control.deadline import Deadline
from casebook.disclosure_control.instance import CellId, Instance, Mask, Requirement, Vector, requirements


@dataclass(frozen=True)
class Finding:
    """What a reader can work out about a cell; `upper` is None where there is no largest value."""

    id: CellId
    lower: float
    upper: float | None
    protected: bool


def audit(instance: Instance, deadline: Deadline) -> tuple[Finding, ...]:
    """Return the findings about all cells that are not published, in the order of the instance.

    A sensitive cell that is published is found out. Raises DisclosureRefused when the time runs out.
    """
    withheld = instance.mask(cell.publish is not True for cell in instance.ordered)
    exposed = instance.mask(cell.sensitive and cell.publish is True for cell in instance.ordered)
    return _findings(instance, Attacker.of(instance, withheld, deadline), withheld | exposed)


def audit_of_rounding(instance: Instance, rounded: Mapping[CellId, int], deadline: Deadline) -> tuple[Finding, ...]:
    """Return the findings about all cells, for a reader who sees rounded values and knows how they were rounded.

    Without zero restriction the reader is taken to know how far the furthest value was moved.
    """
    values = instance.values
    moved = np.array([rounded.get(cell.id, math.inf) for cell in instance.ordered]) - values
    reach = float(instance.base)
    if not instance.zero_restricted:
        reach = max([reach, *(abs(moved[np.isfinite(moved)]) + 1)])
    least = reach - 1 if instance.integer else reach
    low = np.where(np.isfinite(moved), np.maximum(moved - least, -values), -values)
    attacker = Attacker(instance.matrix, low, moved + least, instance.integer, deadline)
    return _findings(instance, attacker, np.ones(values.size, dtype=bool))


def _findings(instance: Instance, attacker: Attacker, targets: Mask) -> tuple[Finding, ...]:
    search = _Search(attacker, attacker.unbounded())
    needs = requirements(instance)
    places = [instance.place_of[cell.id] for cell in instance.cells]
    return tuple(_finding(instance, place, search.interval(place), needs) for place in places if targets[place])


class _Search:
    """Finds the ends of intervals; every move found for one cell is held against the bounds of the others."""

    def __init__(self, attacker: Attacker, unbounded: Mask) -> None:
        self._attacker = attacker
        self._unbounded = unbounded
        self._least: Vector = np.zeros(attacker.low.size)
        self._most: Vector = np.zeros(attacker.low.size)

    def interval(self, cell: int) -> tuple[float, float]:
        """Return how far down and up a cell can move."""
        return self._end(cell, -1), self._end(cell, 1)

    def _end(self, cell: int, sign: int) -> float:
        """Return how far up (sign 1) or down (sign -1) a cell can move."""
        if sign > 0 and self._unbounded[cell]:
            return math.inf
        limit = (self._attacker.high if sign > 0 else self._attacker.low)[cell]
        if self._reached(cell, sign) != limit:
            relaxed = self._learn(self._attacker.relaxed().furthest(cell, sign))[cell]
            if not self._attacker.integer:
                return float(relaxed)
            bound = math.floor(sign * relaxed + TOLERANCE)
            if sign * self._reached(cell, sign) < bound:
                self._learn(self._attacker.furthest(cell, sign))
        return self._reached(cell, sign)

    def _reached(self, cell: int, sign: int) -> float:
        return float((self._most if sign > 0 else self._least)[cell])

    def _learn(self, move: Vector) -> Vector:
        if not self._attacker.integer or is_whole(move):
            known = np.round(move) if self._attacker.integer else move
            self._least, self._most = np.minimum(self._least, known), np.maximum(self._most, known)
        return move


def _finding(instance: Instance, place: int, ends: tuple[float, float], needs: Iterable[Requirement]) -> Finding:
    cell = instance.ordered[place]
    lower, upper = (_shown(cell.value + end, instance) for end in ends)
    protected = all(_fulfilled(need, ends) for need in needs if need.cell == place)
    # A sure count from one to under the threshold is a fault of any cell, whether it is called sensitive or not.
    small = instance.threshold is not None and lower >= 1 and upper < instance.threshold
    return Finding(cell.id, lower, None if math.isinf(upper) else upper, protected and not small)


def _fulfilled(requirement: Requirement, ends: tuple[float, float]) -> bool:
    moved = sum(ends[1] if sign > 0 else -ends[0] for sign in requirement.signs)
    return moved >= requirement.amount - TOLERANCE * max(1.0, requirement.amount)


def _shown(end: float, instance: Instance) -> float:
    """Return an end as it is printed: whole where values are, else without the solver's noise."""
    if math.isinf(end):
        return end
    return round(end) if instance.integer else round(end, 6) + 0.0
