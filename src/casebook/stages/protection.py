"""Disclosure control: what all analysis runs of an edition have handed over goes through the door together."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from casebook.cache import Step
from casebook.disclosure_control.door import Door
from casebook.disclosure_control.frozen import validated
from casebook.disclosure_control.ledger import FOLDER as LEDGER
from casebook.disclosure_control.ledger_files import read_ledger
from casebook.folders import DATA_VARIABLE, Folders
from casebook.protected_tables import ProtectedTables
from casebook.restricted.analysis_run import (
    AGREEMENT_FILE,
    HAND_OVER_FILE,
    read_agreement,
    read_hand_over,
    read_sample,
    sizes_by_group,
)
from casebook.restricted.study_key import FILE as KEY_FILE
from casebook.restricted.study_key import study_key
from casebook.stages.project import DESCRIPTION, Project


def step(folders: Folders, edition: str, level: str, handed: Sequence[Path]) -> Step:
    """Return the step that protects the tables of an edition for a dissemination level.

    `handed` are the folders of the analysis runs.
    """
    own = [folder.relative_to(folders.root).as_posix() for folder in handed]
    files = [f"{folder}/{name}" for folder in own for name in (HAND_OVER_FILE, AGREEMENT_FILE)]
    real = os.environ.get(DATA_VARIABLE)
    key = (Path(real).absolute() / KEY_FILE).as_posix() if real else f"data/{KEY_FILE}"
    return Step(
        f"protection/{edition}/{level}",
        leaves=(folders.protected(edition, level),),
        reads=(*DESCRIPTION, key, f"{LEDGER}/*.csv", *files),
        modules=(__name__,),
        settings={"edition": edition, "level": level},
        restricted=True,
    )


def protect(project: Project, edition: str, level: str, handed: Sequence[Path]) -> Mapping[str, Any]:
    """Write the protected tables of an edition and dissemination level, and tell how many cells are withheld.

    Those of a released version are taken from the ledger; raises DisclosureRefused where they are no longer true.
    """
    tables = [table for folder in handed for table in read_hand_over(folder)]
    rows = [row for folder in handed for row in read_sample(folder)]
    measured = [row for folder in handed for row in read_agreement(folder)]
    sample = sizes_by_group(rows, project.study.planned(edition))
    door = Door(project.study, project.codebook, edition, level, sample, study_key(project.folders.data))
    released = _released(project, edition, level)
    protected = door.protect(tables, measured) if released is None else validated(released, tables)
    protected.write(project.folders.protected(edition, level))
    return dict(zip(("withheld", "cells"), _withheld(protected), strict=True))


def _released(project: Project, edition: str, level: str) -> ProtectedTables | None:
    """Return what was published of the edition where this version of it was released."""
    ledger, version = read_ledger(project.folders.root), project.study.editions[edition].version
    return ledger.tables(edition, version, level) if ledger.holds(edition, version, level) else None


def _withheld(tables: ProtectedTables) -> tuple[int, int]:
    """Return how many cells are withheld, of how many."""
    cells = [cell for table in tables.values() for cell in table.cells]
    return sum(cell.status == "withheld" for cell in cells), len(cells)
