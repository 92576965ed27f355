"""Counts that are known within bounds and tied by linear relations: how small and how large a sum of them can be."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
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
        # Every solution found for one number shows how small and large the others can be.
        self._smallest, self._largest = np.full(self._low.size, np.inf), np.full(self._low.size, -np.inf)

    def interval(self, names: Iterable[Name]) -> Interval | None:
        """Return the smallest and largest sum of the numbers named; None where no numbers satisfy everything."""
        places = [self._places[name] for name in names]
        if (self._low > self._high).any():
            return None
        low, high = self._end(places, 1), self._end(places, -1)
        return None if low is None or high is None else (low, high)

    def _end(self, places: Sequence[int], sign: int) -> int | None:
        """Return the smallest (sign 1) or largest (sign -1) sum of the numbers at these places."""
        if len(places) == 1:
            limit, seen = (self._low, self._smallest) if sign > 0 else (self._high, self._largest)
            if limit[places[0]] in (seen[places[0]], (self._high if sign > 0 else self._low)[places[0]]):
                return round(float(limit[places[0]]))
        wanted = np.zeros(self._low.size)
        np.add.at(wanted, places, sign)
        found = self._solution(wanted)
        if found is None:
            return None
        self._smallest, self._largest = np.minimum(self._smallest, found), np.maximum(self._largest, found)
        return round(float(found[places].sum()))

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
        return found
