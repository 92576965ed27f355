"""Answers to published test instances, as the JSON documents that other programmes' answers can be held against."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

from casebook.disclosure_control.audit import audit, audit_of_rounding
from casebook.disclosure_control.deadline import Deadline
from casebook.disclosure_control.instance import CellId, Instance, InstanceCell
from casebook.disclosure_control.rounding import Rounding, round_cells
from casebook.disclosure_control.suppression import Suppression, suppress
from casebook.errors import DisclosureRefused, Fault

#: What the audit of a found pattern may take at least, however much time the search took.
_SECONDS_OF_AUDIT = 60.0


def solved(instance: Instance, seconds: float, clock: Callable[[], float] = time.monotonic) -> dict[str, Any]:
    """Return each cell's status (u sensitive, x withheld beside it, s safe) or rounded value, and what they cost.

    Raises DisclosureRefused where the instance has no solution, or none was found in time.
    """
    start = clock()
    deadline = Deadline.after(seconds, clock)
    answer = _suppressed(instance, deadline) if instance.method == "suppress" else _rounded(instance, deadline)
    return answer | {"seconds": round(clock() - start, 3)}


def audited(instance: Instance, seconds: float, clock: Callable[[], float] = time.monotonic) -> dict[str, Any]:
    """Return the smallest and largest possible value of every cell that is not published, and if it is protected."""
    deadline = Deadline.after(seconds, clock)
    if instance.method == "suppress":
        findings = audit(instance, deadline)
    else:
        findings = audit_of_rounding(instance, round_cells(instance, deadline).rounded, deadline)
    return {"cells": [asdict(finding) for finding in findings]}


def _suppressed(instance: Instance, deadline: Deadline) -> dict[str, Any]:
    found = suppress(instance, deadline)
    _refuse_what_the_audit_finds(instance, found.withheld, deadline)
    shown = {cell.id for cell in instance.cells} - found.withheld
    return _answer([_told(cell, shown=cell.id in shown, rounded=None) for cell in instance.cells], found)


def _rounded(instance: Instance, deadline: Deadline) -> dict[str, Any]:
    found = round_cells(instance, deadline)
    values = found.rounded
    return _answer([_told(c, shown=c.id in values, rounded=values.get(c.id)) for c in instance.cells], found)


def _answer(cells: list[dict[str, Any]], found: Suppression | Rounding) -> dict[str, Any]:
    return {"cells": cells, "objective": found.objective, "bound": found.bound, "proven": found.proven}


def _told(cell: InstanceCell, *, shown: bool, rounded: int | None) -> dict[str, Any]:
    status = "s" if shown else "u" if cell.sensitive else "x"
    return {"id": cell.id, "value": cell.value, "status": status, "rounded": rounded}


def _refuse_what_the_audit_finds(instance: Instance, withheld: frozenset[CellId], deadline: Deadline) -> None:
    """Audit a pattern as its readers would; raises DisclosureRefused with every target that is exposed."""
    cells = tuple(_as_found(cell) if cell.id in withheld else cell for cell in instance.cells)
    longer = Deadline(max(deadline.end, deadline.clock() + _SECONDS_OF_AUDIT), deadline.clock)
    targets = {cell.id for cell in instance.cells if cell.targeted}
    exposed = [f for f in audit(replace(instance, cells=cells), longer) if f.id in targets and not f.protected]
    if exposed:
        message = "the audit found it exposed in the pattern that was to protect it"
        raise DisclosureRefused(Fault("solver", f"cell {finding.id}", message) for finding in exposed)


def _as_found(cell: InstanceCell) -> InstanceCell:
    return replace(cell, publish="suppressed") if cell.publish is True else cell
