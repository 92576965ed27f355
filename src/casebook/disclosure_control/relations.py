"""Linear relations between counts as sums of cells, the form that the solver of cells and relations takes."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from casebook.disclosure_control.instance import InstanceCell, Relation
from casebook.errors import DisclosureRefused, Fault

#: Cells that are added (1) and subtracted (-1), and the most that may come out; the least is none.
Signed = tuple[Mapping[str, int], float]


def relations_of_rows(
    rows: Iterable[Signed], values: Mapping[str, float]
) -> tuple[tuple[InstanceCell, ...], tuple[Relation, ...]]:
    """Return relations that say the same as the rows, and the further cells that stand in no table.

    What an inequality leaves open is a cell of its own. Raises DisclosureRefused where the values break a row.
    """
    further: list[InstanceCell] = []
    relations: list[Relation] = []
    for number, (row, most) in enumerate(rows):
        made, sums = _of_row(str(number), row, values, equal=math.isfinite(most))
        further += made
        relations += sums
    return tuple(further), tuple(relations)


def _of_row(
    number: str, row: Mapping[str, int], values: Mapping[str, float], *, equal: bool
) -> tuple[list[InstanceCell], list[Relation]]:
    more = [name for name, sign in row.items() if sign > 0]
    less = [name for name, sign in row.items() if sign < 0]
    left = sum(values[name] for name in more) - sum(values[name] for name in less)
    if left < 0 or (equal and left):
        raise _broken(next(iter(row)))
    made: list[InstanceCell] = []
    if not equal:
        made.append(_unprinted(f"left {number}", left))
        less = [*less, made[0].name]
    if 1 not in (len(more), len(less)):
        made.append(_unprinted(f"sum {number}", sum(values[name] for name in more)))
        return made, [Relation(made[-1].id, tuple(more)), Relation(made[-1].id, tuple(less))]
    total, parts = (more, less) if len(more) == 1 else (less, more)
    return made, [Relation(total[0], tuple(parts))]


def _unprinted(name: str, value: float) -> InstanceCell:
    return InstanceCell(name, value, weight=0, publish=False)


def _broken(cell: str) -> DisclosureRefused:
    message = "the counts break a rule that holds for all interviews"
    return DisclosureRefused([Fault("door", cell, message, remedy="look for the fault in the coding")])
