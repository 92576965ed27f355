"""Cells and the relations between them: the form in which tables go to the solver, and test instances are published."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy import sparse

CellId = str | int
Publish = bool | Literal["suppressed"]
Method = Literal["suppress", "round"]
Vector = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

#: How far from zero the sum of a relation may lie, as a share of its largest value; float sums are not exact.
RELATIVE_TOLERANCE = 1e-9
#: A cell of a table of real numbers is taken for pinned when its interval is narrower than this share of its value.
PINNED_SHARE = 1e-4


@dataclass(frozen=True)
class InstanceCell:
    """One cell with its true value and what a reader must not find out about it.

    `publish` is true for a cell that is meant to be printed, false for one that stands in no table, and "suppressed"
    for one that stands there withheld. `upper_level` and `lower_level` are the distances that the ends of the interval
    a reader can work out must have from the value, `sliding_level` is the interval's smallest width.
    """

    id: CellId
    value: float
    sensitive: bool = False
    weight: float | None = None
    publish: Publish = True
    upper_level: float = 0
    lower_level: float = 0
    sliding_level: float = 0

    @property
    def name(self) -> str:
        return str(self.id)

    @property
    def targeted(self) -> bool:
        """Return whether the cell must be protected: it is sensitive, or is withheld and has levels of its own."""
        levels = self.upper_level or self.lower_level or self.sliding_level
        return self.sensitive or (self.publish is not True and bool(levels))


@dataclass(frozen=True)
class Relation:
    """A total that is the sum of its parts, as every reader knows."""

    total: CellId
    parts: tuple[CellId, ...]


@dataclass(frozen=True)
class Instance:
    """All cells and relations that are protected together, and how; cells and relations in any order.

    `threshold` is the smallest count that a reader may be sure of; `integer` tells that readers know all values to be
    whole numbers. They know as well that no value is negative.
    """

    cells: tuple[InstanceCell, ...]
    relations: tuple[Relation, ...]
    method: Method = "suppress"
    base: int = 5
    zero_restricted: bool = True
    threshold: int | None = None
    integer: bool = True

    @cached_property
    def ordered(self) -> tuple[InstanceCell, ...]:
        """The cells sorted by name, so that no result depends on the order they came in."""
        return tuple(sorted(self.cells, key=lambda cell: (cell.name, isinstance(cell.id, int))))

    @cached_property
    def place_of(self) -> Mapping[CellId, int]:
        """The place of each cell among the ordered ones."""
        return {cell.id: place for place, cell in enumerate(self.ordered)}

    @cached_property
    def values(self) -> Vector:
        return np.array([cell.value for cell in self.ordered], dtype=float)

    @cached_property
    def matrix(self) -> sparse.csr_array:
        """One row per relation, one column per ordered cell: parts 1, total -1; times the values it is zero."""
        rows = sorted(
            {(self.place_of[r.total], tuple(sorted(self.place_of[p] for p in r.parts))) for r in self.relations}
        )
        entries = [(row, total, -1) for row, (total, _) in enumerate(rows)]
        entries += [(row, part, 1) for row, (_, parts) in enumerate(rows) for part in parts]
        places = np.array([(row, column) for row, column, _ in entries], dtype=int).reshape(-1, 2).T
        signs = [float(sign) for _, _, sign in entries]
        return sparse.csr_array((signs, (places[0], places[1])), shape=(len(rows), len(self.cells)))

    def mask(self, wanted: Iterator[bool]) -> Mask:
        """Return one truth value per ordered cell."""
        return np.fromiter(wanted, dtype=bool, count=len(self.cells))


@dataclass(frozen=True)
class Requirement:
    """What the interval of a target must be: the signed moves of its ends from the value together reach an amount.

    `signs` is (1,) for the upper end, (-1,) for the lower end, (1, -1) for the width.
    """

    cell: int
    signs: tuple[int, ...]
    amount: float


def requirements(instance: Instance) -> tuple[Requirement, ...]:
    """Return what has to hold of the intervals of all targets, the amounts larger than zero."""
    return tuple(
        Requirement(place, signs, amount)
        for place, cell in enumerate(instance.ordered)
        if cell.targeted
        for signs, amount in _amounts(cell, instance)
        if amount > 0
    )


def _amounts(cell: InstanceCell, instance: Instance) -> Iterator[tuple[tuple[int, ...], float]]:
    upper, lower, width = cell.upper_level, cell.lower_level, cell.sliding_level
    # What is rounded need not reach the threshold: that a count may be none at all protects it as well.
    if cell.sensitive and instance.threshold is not None and instance.method == "suppress":
        upper = max(upper, instance.threshold - cell.value)
    if upper <= 0 and lower <= 0:
        width = max(width, 1 if instance.integer else PINNED_SHARE * max(1.0, cell.value))
    if upper + lower >= width:
        width = 0
    for signs, amount in (((1,), upper), ((-1,), lower), ((1, -1), width)):
        yield signs, float(math.ceil(amount - RELATIVE_TOLERANCE)) if instance.integer else amount
