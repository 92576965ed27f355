"""Handing in: a draft becomes a submission that is checked like any other, and is written whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from casebook.codebook import Codebook
from casebook.errors import DataRefused, Fault
from casebook.restricted.descriptor import DESCRIPTOR
from casebook.restricted.intake.draft import Draft
from casebook.restricted.submission_files import data_package, table_bytes
from casebook.restricted.submission_tables import Tables
from casebook.restricted.submissions import (
    Submission,
    faults_between,
    faults_of_contents,
    read_submission,
    submission_of,
)

SYNTHETIC_NOTICE = "Synthetic data: no row describes a person, and nobody's words are in it."
REAL_NOTICE = "Restricted: coded interviews with people; never to be copied into a repository."


def faults_of_draft(draft: Draft, codebook: Codebook, others: Sequence[Submission]) -> list[Fault]:
    """Return every fault of a draft's tables, and those between it and the submissions that are there."""
    faults = list(faults_of_contents(draft.tables, codebook))
    if not draft.tables.interview.empty and not faults:
        faults += faults_between([*others, submission_of(draft.tables)])
    return faults


def write_submission(tables: Tables, countries: Path, codebook: Codebook) -> Path:
    """Write a submission into `<country>/<submission>/` of a folder of countries and return where it lies.

    It is written aside, read back as a build would read it, and moved to its place in one step: whatever interrupts
    it, nothing has changed. Raises DataRefused where a submission of that name is there already.
    """
    submission = submission_of(tables)
    parent = countries / submission.country
    place = parent / submission.id
    _refuse_what_is_there(place)
    parent.mkdir(parents=True, exist_ok=True)
    # A name that begins with a full stop is no submission to any reader.
    aside = Path(tempfile.mkdtemp(prefix=".handing-in-", dir=parent))
    try:
        staged = aside / submission.id
        staged.mkdir()
        for name, content in _files(tables, submission).items():
            _write_through(staged / name, content)
        read_submission(staged, codebook, shown_as=submission.id)
        _refuse_what_is_there(place)
        staged.rename(place)
    except OSError as error:
        message = "the submission could not be written; nothing has changed"
        raise DataRefused.one(submission.id, "", message, value=os.strerror(error.errno or 0)) from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return place


def _files(tables: Tables, submission: Submission) -> dict[str, bytes]:
    synthetic = submission.synthetic
    about = {
        "title": f"Submission {submission.id}{' (synthetic)' if synthetic else ''}",
        "description": SYNTHETIC_NOTICE if synthetic else REAL_NOTICE,
    }
    written = {f"{name}.csv": table_bytes(name, _rows(tables, name)) for name in tables.names}
    return {**written, DESCRIPTOR: data_package(submission.id, tables.names, synthetic=synthetic, about=about)}


def _rows(tables: Tables, name: str) -> list[dict[str, str]]:
    rows = getattr(tables, name).to_dict("records")
    return [{str(column): str(cell) for column, cell in row.items()} for row in rows]


def _write_through(path: Path, content: bytes) -> None:
    """Write a file down to the disk, so that a full disk is noticed before anything moves."""
    with path.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


def _refuse_what_is_there(place: Path) -> None:
    if place.exists() or place.is_symlink():
        remedy = "submissions are never changed: choose another name, and --replaces to correct this one"
        raise DataRefused.one(place.name, "", "a submission of that name is there already", remedy=remedy)
