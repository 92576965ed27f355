"""Times suppression, rounding and audit on linked tables of made-up people, as JSON."""

from __future__ import annotations

import argparse
import json
import os
import platform
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import scipy
from tables import linked_tables

from casebook.disclosure_control.audit import audit
from casebook.disclosure_control.deadline import Deadline
from casebook.disclosure_control.instance import CellId, Instance
from casebook.disclosure_control.rounding import round_cells
from casebook.disclosure_control.suppression import suppress

_THREE_WAY = ((0, 1, 2), (0, 1, 3), (0, 2, 3))
_PEOPLE = 130
#: Levels of each attribute, the tables, and the seconds a proof is searched for.
CASES = {
    "240 cells of three linked three-way tables": ((3, 3, 4, 5), _THREE_WAY, 60.0),
    "432 cells of a four-way table": ((2, 3, 3, 8), ((0, 1, 2, 3),), 170.0),
}
_TARGETS = 250


def main() -> None:
    """Print what each case took and how far from its bound it ended."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, help="file for the JSON; it is printed as well")
    parser.add_argument("--seeds", type=int, default=1, help="how many made-up groups of people (1)")
    given = parser.parse_args()
    found = {"machine": machine(), "cases": [case for seed in range(given.seeds) for case in timed_cases(seed)]}
    text = json.dumps(found, indent=2, sort_keys=True) + "\n"
    if given.out:
        given.out.write_text(text, "utf-8")
    print(text, end="")


def timed_cases(seed: int) -> Iterator[dict[str, Any]]:
    for name, (sizes, tables, seconds) in CASES.items():
        instance = linked_tables(sizes, tables, people=_PEOPLE, seed=seed)
        yield {"case": name, "seed": seed, "cells": len(instance.cells), **timed(instance, seconds)}


def timed(instance: Instance, seconds: float) -> dict[str, Any]:
    """Suppress, audit what is withheld, and round the same cells."""
    start = time.monotonic()
    found = suppress(instance, Deadline.after(seconds))
    suppressed = time.monotonic()
    findings = audit(_published(instance, found.withheld), Deadline.after(seconds))
    audited = time.monotonic()
    rounding = round_cells(replace(instance, method="round", zero_restricted=False), Deadline.after(seconds))
    return {
        "sensitive": sum(cell.sensitive for cell in instance.cells),
        "withheld": len(found.withheld),
        "objective": found.objective,
        "bound": found.bound,
        "proven": found.proven,
        "protected": all(finding.protected for finding in findings),
        "seconds to suppress": round(suppressed - start, 1),
        "targets audited": len(findings),
        "seconds to audit": round(audited - suppressed, 1),
        "seconds to round": round(time.monotonic() - audited, 1),
        "rounding proven": rounding.proven,
        "seconds to audit many": round(_seconds_to_audit_many(instance, found.withheld), 1),
    }


def _seconds_to_audit_many(instance: Instance, withheld: frozenset[CellId]) -> float:
    """Return the seconds for a pattern with as many targets as the goal names, or all cells but the last."""
    more = [cell.id for cell in instance.cells if cell.id not in withheld][: max(0, _TARGETS - len(withheld))]
    start = time.monotonic()
    audit(_published(instance, withheld | set(more[: len(more) - 1])), Deadline.after(600))
    return time.monotonic() - start


def _published(instance: Instance, withheld: frozenset[CellId]) -> Instance:
    cells = (replace(cell, publish="suppressed") if cell.id in withheld else cell for cell in instance.cells)
    return replace(instance, cells=tuple(cells))


def machine() -> dict[str, Any]:
    return {"cores": os.cpu_count(), "python": platform.python_version(), "scipy": scipy.__version__}


if __name__ == "__main__":
    main()
