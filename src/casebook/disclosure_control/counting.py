"""Counts that are known within bounds and tied by linear relations: how small and how large a sum of them can be."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from copy import copy
from typing import Generic, TypeVar

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from casebook.disclosure_control.attacker import OPTIMAL, is_infeasible, is_whole, out_of_time
from casebook.disclosure_control.deadline import Deadline
from casebook.disclosure_control.instance import Vector

Name = TypeVar("Name", bound=Hashable)
Interval = tuple[int, int]
#: Whole factors of counts, and the least and the most that the sum of the products can be.
Row = tuple[Mapping[Name, int], float, float]


class System(Generic[Name]):
    """Whole numbers within bounds, all at once under the relations between them, as an integer programme.

    `bounds` holds the smallest and largest value of each. Raises DisclosureRefused when the time runs out.
    """

    def __init__(
        self, bounds: Mapping[Name, Interval], rows: Sequence[Row[Name]], deadline: Deadline | None = None
    ) -> None:
        self._places = {name: place for place, name in enumerate(bounds)}
        self._low = np.array([low for low, _ in bounds.values()], dtype=float)
        self._high = np.array([high for _, high in bounds.values()], dtype=float)
        self._deadline = deadline
        entries = [(n, self._places[name], x) for n, (row, _, _) in enumerate(rows) for name, x in row.items()]
        places = np.array([(row, column) for row, column, _ in entries], dtype=int).reshape(-1, 2).T
        self._matrix = sparse.csr_array(
            ([float(x) for _, _, x in entries], (places[0], places[1])), shape=(len(rows), len(self._places))
        )
        self._least, self._most = np.array([low for _, low, _ in rows]), np.array([high for _, _, high in rows])
        # Every solution found for one sum shows how small and large the others can be.
        self._found: list[Vector] = []
        self._ends: dict[tuple[tuple[int, ...], int], tuple[int, ...] | None] = {}

    def given(self, bounds: Mapping[Name, Interval]) -> System[Name]:
        """Return the same numbers, of which some are known to lie within narrower bounds."""
        narrower = copy(self)
        narrower._low, narrower._high = self._low.copy(), self._high.copy()
        for name, (low, high) in bounds.items():
            place = self._places[name]
            narrower._low[place] = max(low, self._low[place])
            narrower._high[place] = min(high, self._high[place])
        narrower._found = [x for x in self._found if (narrower._low <= x).all() and (x <= narrower._high).all()]
        narrower._ends = {}
        narrower._outer = self
        return narrower

    #: The system that this one narrows, whose ends its own cannot pass.
    _outer: System[Name] | None = None

    def interval(self, names: Iterable[Name]) -> Interval | None:
        """Return the smallest and largest sum of the numbers named; None where no numbers satisfy everything."""
        ends = self.ends(names)
        return None if ends is None else (sum(ends[0]), sum(ends[1]))

    def ends(self, names: Iterable[Name]) -> tuple[tuple[int, ...], tuple[int, ...]] | None:
        """Return what the numbers named can be where their sum is smallest, and where it is largest."""
        places = tuple(self._places[name] for name in names)
        if (self._low > self._high).any():
            return None
        low, high = self._end(places, 1), self._end(places, -1)
        return None if low is None or high is None else (low, high)

    def met(self, names: Iterable[Name]) -> frozenset[tuple[int, ...]]:
        """Return what the numbers named can be together, as far as it was met on the way to any end."""
        places = [self._places[name] for name in names]
        return frozenset(tuple(round(float(number)) for number in found[places]) for found in self._found)

    def example(self) -> Mapping[Name, int] | None:
        """Return numbers that satisfy everything, or None where there are none."""
        found = self._found[0] if self._found else self._solution(np.zeros(self._low.size))
        return None if found is None else {name: round(float(found[place])) for name, place in self._places.items()}

    def _end(self, places: tuple[int, ...], sign: int) -> tuple[int, ...] | None:
        """Return the numbers at these places where their sum is smallest (sign 1) or largest (sign -1)."""
        if (places, sign) not in self._ends:
            found = self._reached(places, sign)
            self._ends[places, sign] = None if found is None else tuple(round(float(number)) for number in found)
        return self._ends[places, sign]

    def _reached(self, places: tuple[int, ...], sign: int) -> Vector | None:
        at = list(places)
        known = self._known(at, sign)
        if known is not None:
            return known
        solution = self._solution(self._wanted(at, sign))
        return None if solution is None else solution[at]

    def _known(self, at: list[int], sign: int) -> Vector | None:
        """Return the numbers at some places at an end that needs no search: they are fixed, or it was met before."""
        if bool((self._low[at] == self._high[at]).all()):
            return self._low[at]
        limit = float((self._low if sign > 0 else self._high)[at].sum())
        outer = self._outer._ends.get((tuple(at), sign)) if self._outer else None
        limit = limit if outer is None else sign * max(sign * limit, sign * sum(outer))
        return next((found[at] for found in self._found if float(found[at].sum()) == limit), None)

    def _wanted(self, at: list[int], sign: int) -> Vector:
        wanted = np.zeros(self._low.size)
        np.add.at(wanted, at, sign)
        return wanted

    def _solution(self, wanted: Vector) -> Vector | None:
        options = {} if self._deadline is None else {"time_limit": self._deadline.left}
        result = milp(
            wanted,
            integrality=np.ones(wanted.size),
            bounds=Bounds(self._low, self._high),
            constraints=LinearConstraint(self._matrix, self._least, self._most) if self._least.size else (),
            options={"mip_rel_gap": 0, **options},
        )
        if is_infeasible(result):
            return None
        if result.status != OPTIMAL:
            raise out_of_time()
        found: Vector = np.round(result.x)
        self._found.append(found)
        return found


#: How many sums are sought at once; more make the programmes no faster.
_AT_ONCE = 64


def solve_together(questions: Iterable[tuple[System[Name], Iterable[Name]]]) -> None:
    """Find the ends of many sums at once, wherever the ends without regard to whole numbers are whole.

    The systems are one and what was narrowed of it; each must have a solution. What is not found is left to `interval`.
    """
    ends = [(system, [system._places[name] for name in names]) for system, names in questions]
    open_ = [(system, at, sign) for system, at in ends for sign in (1, -1) if system._known(at, sign) is None]
    for start in range(0, len(open_), _AT_ONCE):
        _solve_together(open_[start : start + _AT_ONCE])


def _solve_together(ends: Sequence[tuple[System[Name], list[int], int]]) -> None:
    """Solve one linear programme that consists of one for each end, none of which bears on another."""
    one = ends[0][0]
    matrix = sparse.kron(sparse.eye_array(len(ends)), one._matrix, format="csr")
    relations = LinearConstraint(matrix, np.tile(one._least, len(ends)), np.tile(one._most, len(ends)))
    result = milp(
        np.concatenate([system._wanted(at, sign) for system, at, sign in ends]),
        bounds=Bounds(
            np.concatenate([system._low for system, _, _ in ends]),
            np.concatenate([system._high for system, _, _ in ends]),
        ),
        constraints=relations if one._least.size else (),
        options={} if one._deadline is None else {"time_limit": one._deadline.left},
    )
    if result.status != OPTIMAL:
        return
    for (system, at, sign), found in zip(ends, result.x.reshape(len(ends), -1), strict=True):
        if is_whole(found):
            whole = np.round(found)
            system._found.append(whole)
            system._ends[tuple(at), sign] = tuple(round(float(number)) for number in whole[at])
