"""Disclosure control: what all analysis runs have handed over goes through the door, and all books are audited."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from casebook.cache import Step
from casebook.canonical import canonical_json, write_atomically
from casebook.disclosure_control.ledger import FOLDER as LEDGER
from casebook.disclosure_control.ledger import Ledger
from casebook.disclosure_control.ledger_files import read_ledger
from casebook.disclosure_control.quotations import decisions, log_of
from casebook.errors import DisclosureRefused
from casebook.folders import DATA_VARIABLE
from casebook.protected_tables import ProtectedTables
from casebook.protection import Book, HandedOver, Protection
from casebook.restricted.analysis_run import AGREEMENT_FILE, HAND_OVER_FILE, edition_interviews
from casebook.restricted.edition_people import Cohort
from casebook.restricted.quotations import APPROVALS_FILE, read_approvals
from casebook.restricted.study_key import FILE as KEY_FILE
from casebook.restricted.study_key import study_key
from casebook.stages.project import DESCRIPTION, Project, submission_files

#: The folders of the analysis runs of each edition, the earliest first.
Runs = Mapping[str, Sequence[Path]]


def step(project: Project, runs: Runs, cohorts: Sequence[Cohort]) -> Step:
    """Return the step that protects the tables of all editions that were run, at all dissemination levels."""
    folders = project.folders
    handed = [folder.relative_to(folders.root).as_posix() for run in runs.values() for folder in run]
    files = [f"{folder}/{name}" for folder in handed for name in (HAND_OVER_FILE, AGREEMENT_FILE)]
    real = os.environ.get(DATA_VARIABLE)
    data = Path(real).absolute().as_posix() if real else "data"
    people = (f"{data}/{KEY_FILE}", f"{data}/{APPROVALS_FILE}", submission_files(real))
    books = [(edition, level) for edition in runs for level in project.study.dissemination]
    made = [place(*book) for book in books for place in (folders.protected, folders.quotation_log)]
    return Step(
        f"protection/{'-'.join(runs)}",
        leaves=(folders.audit, *made),
        reads=(*DESCRIPTION, *people, f"{LEDGER}/*.csv", *files),
        modules=(__name__,),
        settings={"editions": " ".join(runs), "cohorts": repr(list(cohorts))},
        restricted=True,
    )


def protect(project: Project, runs: Runs, cohorts: Sequence[Cohort]) -> Mapping[str, Any]:
    """Write the protected tables of each edition and level, and tell how many of how many cells are withheld.

    Those of a released version are taken from the ledger; raises DisclosureRefused where they are no longer true, and
    where the audit finds that a reader could work out too much. What it found is left among the restricted files.
    """
    study, folders = project.study, project.folders
    handed = {edition: _handed_over(project, edition, run) for edition, run in runs.items()}
    ledger = read_ledger(folders.root)
    released = _released(project, ledger, list(runs))
    protection = Protection(study, project.codebook, study_key(folders.data), handed, cohorts, released)
    books = dict(protection.protect())
    audit = protection.audit(books)
    write_atomically(folders.audit, canonical_json(audit.as_json()))
    if not audit.passed:
        raise DisclosureRefused(list(audit.faults()))
    for (edition, level), tables in books.items():
        reader, digest = study.dissemination[level].reader, ledger.digest(level)
        statement = tables.audit or audit.statement(edition, reader, ledger=digest)
        replace(tables, audit=statement).write(folders.protected(edition, level))
        log = log_of(decisions(tables, handed[edition].quotations, study))
        write_atomically(folders.quotation_log(edition, level), canonical_json(log))
    return {f"{edition}/{level}": _withheld(tables) for (edition, level), tables in books.items()}


def _handed_over(project: Project, edition: str, run: Sequence[Path]) -> HandedOver:
    """Return what the runs of an edition have handed over, and what may be quoted of its interviews."""
    root = project.folders.root
    coded = edition_interviews(root, project.study, project.codebook, edition=edition)
    counted = HandedOver.read(run, project.study.planned(edition))
    return replace(counted, quotations=coded.quotations(read_approvals(root)))


def _released(project: Project, ledger: Ledger, editions: Sequence[str]) -> dict[Book, ProtectedTables]:
    """Return what was published of the editions whose present version was released."""
    versions = {edition: project.study.editions[edition].version for edition in editions}
    return {
        (edition, level): ledger.tables(edition, version, level)
        for edition, version in versions.items()
        for level in project.study.dissemination
        if ledger.holds(edition, version, level)
    }


def _withheld(tables: ProtectedTables) -> tuple[int, int]:
    """Return how many cells are withheld, of how many."""
    cells = [cell for table in tables.values() for cell in table.cells]
    return sum(cell.status == "withheld" for cell in cells), len(cells)
