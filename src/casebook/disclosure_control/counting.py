"""Counts that are known within bounds and tied by linear relations: how small and how large a sum of them can be."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from copy import copy
from typing import Generic, TypeVar

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from casebook.disclosure_control.attacker import OPTIMAL, is_infeasible, out_of_time
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
        matrix = sparse.csr_array(
            ([float(x) for _, _, x in entries], (places[0], places[1])), shape=(len(rows), len(self._places))
        )
        least, most = [low for _, low, _ in rows], [high for _, _, high in rows]
        self._relations = [LinearConstraint(matrix, least, most)] if rows else []
        # Every solution found for one sum shows how small and large the others can be.
        self._found: list[Vector] = []
        self._ends: dict[tuple[tuple[int, ...], int], int | None] = {}

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
        places = tuple(self._places[name] for name in names)
        if (self._low > self._high).any():
            return None
        low, high = self._end(places, 1), self._end(places, -1)
        return None if low is None or high is None else (low, high)

    def example(self) -> Mapping[Name, int] | None:
        """Return numbers that satisfy everything, or None where there are none."""
        found = self._found[0] if self._found else self._solution(np.zeros(self._low.size))
        return None if found is None else {name: round(float(found[place])) for name, place in self._places.items()}

    def _end(self, places: tuple[int, ...], sign: int) -> int | None:
        """Return the smallest (sign 1) or largest (sign -1) sum of the numbers at these places."""
        if (places, sign) not in self._ends:
            self._ends[places, sign] = self._reached(places, sign)
        return self._ends[places, sign]

    def _reached(self, places: tuple[int, ...], sign: int) -> int | None:
        at = list(places)
        limit = float((self._low if sign > 0 else self._high)[at].sum())
        outer = self._outer._ends.get((places, sign)) if self._outer else None
        limit = limit if outer is None else sign * max(sign * limit, sign * outer)
        settled = bool((self._low[at] == self._high[at]).all())
        if settled or any(float(found[at].sum()) == limit for found in self._found):
            return round(limit)
        wanted = np.zeros(self._low.size)
        np.add.at(wanted, at, sign)
        found = self._solution(wanted)
        return None if found is None else round(float(found[at].sum()))

    def _solution(self, wanted: Vector) -> Vector | None:
        options = {} if self._deadline is None else {"time_limit": self._deadline.left}
        result = milp(
            wanted,
            integrality=np.ones(wanted.size),
            bounds=Bounds(self._low, self._high),
            constraints=self._relations,
            options={"mip_rel_gap": 0, **options},
        )
        if is_infeasible(result):
            return None
        if result.status != OPTIMAL:
            raise out_of_time()
        found: Vector = np.round(result.x)
        self._found.append(found)
        return found
