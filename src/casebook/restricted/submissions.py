"""Submissions: what partners hand in, read whole or refused with every fault."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from casebook.codebook import Codebook
from casebook.errors import DataRefused, Fault
from casebook.restricted.cell_rules import faults_of_tables
from casebook.restricted.consistency import faults_of_consistency
from casebook.restricted.csv_tables import read_table
from casebook.restricted.descriptor import DESCRIPTOR, faults_of_descriptor
from casebook.restricted.identifiers import faults_of_identifiers
from casebook.restricted.quotations import faults_of_quotations
from casebook.restricted.submission_tables import COLUMNS, OPTIONAL, Tables, no_rows
from casebook.restricted.untrusted import inert


@dataclass(frozen=True, eq=False)
class Submission:
    """One partner's checked tables; immutable, since a correction is a new submission that names what it replaces."""

    id: str
    partner: str
    country: str
    received: str
    format: str
    synthetic: bool
    replaces: str | None
    tables: Tables

    @property
    def interviews(self) -> pd.DataFrame:
        """The interview table, as text."""
        return self.tables.interview

    @property
    def coding(self) -> pd.DataFrame:
        """Every coder's codings, as text."""
        return self.tables.coding


def submission_folders(countries: Path) -> tuple[Path, ...]:
    """Return the folders `<country>/<submission>` under a folder of countries, in the order of their names."""
    return tuple(sorted(path for path in countries.glob("[!.]*/[!.]*") if path.is_dir()))


def read_submission(folder: Path, codebook: Codebook, *, shown_as: str) -> Submission:
    """Return the submission in a folder, named in messages as `shown_as`.

    Raises DataRefused with every fault of its files, tables and rules.
    """
    submission, faults = _read(folder, codebook, shown_as)
    if submission is None:
        raise DataRefused(faults)
    return submission


def read_submissions(
    folders: Iterable[Path], codebook: Codebook, *, shown_under: str = "data/countries"
) -> tuple[Submission, ...]:
    """Return the submissions of all folders, replaced ones too, in the order of their ids.

    Raises DataRefused with the faults of all of them, and with those between them: an id, an interview or a
    replacement that occurs twice.
    """
    read: list[Submission] = []
    faults: list[Fault] = []
    for folder in folders:
        submission, found = _read(folder, codebook, f"{shown_under}/{folder.parent.name}/{folder.name}")
        read += [submission] if submission else []
        faults += found
    faults += faults_between(read)
    if faults:
        raise DataRefused(faults)
    return tuple(sorted(read, key=lambda submission: submission.id))


def in_force(submissions: Iterable[Submission]) -> tuple[Submission, ...]:
    """Return the submissions that no other of them replaces."""
    given = tuple(submissions)
    replaced = {submission.replaces for submission in given}
    return tuple(submission for submission in given if submission.id not in replaced)


def _read(folder: Path, codebook: Codebook, shown_as: str) -> tuple[Submission | None, list[Fault]]:
    """The submission and no fault, or None and every fault."""
    faults = list(_faults_of_folder(folder, shown_as))
    tables = _tables(folder, shown_as, faults)
    if tables is not None:
        faults += _faults_within(tables, folder, codebook)
    return (submission_of(tables) if tables is not None and not faults else None), faults


def _tables(folder: Path, shown_as: str, faults: list[Fault]) -> Tables | None:
    """The tables, or None with the reasons added to `faults`."""
    frames = {}
    for name, columns in COLUMNS.items():
        file = f"{name}.csv"
        if name in OPTIONAL and not (folder / file).exists():
            frames[name] = no_rows(name)
            continue
        try:
            frames[name] = read_table(folder / file, columns, shown_as=f"{shown_as}/{file}")
        except DataRefused as refusal:
            faults += refusal.faults
    return Tables(shown_as, **frames) if len(frames) == len(COLUMNS) else None


def submission_of(tables: Tables) -> Submission:
    """Return the submission of checked tables."""
    row = {str(column): str(cell) for column, cell in tables.submission.iloc[0].items()}
    return Submission(
        id=row["submission"],
        partner=row["partner"],
        country=row["country"],
        received=row["received"],
        format=row["format"],
        synthetic=row["synthetic"] == "yes",
        replaces=row["replaces"] or None,
        tables=tables,
    )


def _faults_of_folder(folder: Path, shown_as: str) -> Iterator[Fault]:
    known = {DESCRIPTOR, *(f"{name}.csv" for name in COLUMNS)}
    if folder.is_symlink() or not folder.is_dir():
        yield Fault(shown_as, "", "there is no such folder")
        return
    for path in sorted(folder.iterdir()):
        if path.name not in known and not path.name.startswith("."):
            yield Fault(shown_as, "", "a file that no submission has", inert(path.name), remedy="move it elsewhere")


def _faults_within(tables: Tables, folder: Path, codebook: Codebook) -> Iterator[Fault]:
    file = f"{tables.shown_as}/submission.csv"
    if len(tables.submission) != 1:
        yield Fault(file, "", "the table must have one row", str(len(tables.submission)), "1")
    else:
        yield from faults_of_descriptor(folder / DESCRIPTOR, tables)
        if tables.submission["submission"].iloc[0] != folder.name:
            yield Fault(file, "row 2, column submission", "the folder has another name", remedy="rename the folder")
    yield from faults_of_contents(tables, codebook)


def faults_of_contents(tables: Tables, codebook: Codebook) -> Iterator[Fault]:
    """Yield every fault of what tables say, wherever they come from: cells, identifiers of people, consistency."""
    yield from faults_of_tables(tables, codebook)
    yield from faults_of_identifiers(tables)
    yield from faults_of_consistency(tables, codebook)
    yield from faults_of_quotations(tables)


def faults_between(submissions: Sequence[Submission]) -> Iterator[Fault]:
    """Yield what occurs twice in submissions that are read together: an id, an interview or a replacement."""
    ids = Counter(submission.id for submission in submissions)
    replaced = Counter(submission.replaces for submission in submissions if submission.replaces)
    countries = {submission.id: submission.country for submission in submissions}
    for submission in submissions:
        file, place = f"{submission.tables.shown_as}/submission.csv", "row 2, column "
        if ids[submission.id] > 1:
            yield Fault(file, f"{place}submission", "another submission has the same id", submission.id)
        if submission.replaces and replaced[submission.replaces] > 1:
            yield Fault(file, f"{place}replaces", "two submissions replace the same one", submission.replaces)
        if countries.get(submission.replaces or "", submission.country) != submission.country:
            yield Fault(file, f"{place}replaces", "the submission replaced is of another country", submission.country)
    yield from _faults_of_shared_interviews(in_force(submissions))
    yield from _faults_of_circles(submissions)


def _faults_of_shared_interviews(submissions: Iterable[Submission]) -> Iterator[Fault]:
    owners: dict[str, str] = {}
    for submission in submissions:
        for number, interview in submission.interviews["interview"].items():
            owner = owners.setdefault(str(interview), submission.id)
            if owner != submission.id:
                file = f"{submission.tables.shown_as}/interview.csv"
                message = f"the interview is also in submission {owner}"
                remedy = "give it another number, or name the submission that this one replaces"
                yield Fault(file, f"row {number}, column interview", message, remedy=remedy)


def _faults_of_circles(submissions: Sequence[Submission]) -> Iterator[Fault]:
    """Submissions that replace each other, so that none is in force."""
    replaces = {submission.id: submission.replaces for submission in submissions}
    for submission in submissions:
        step, seen = submission.replaces, {submission.id}
        while step and step not in seen:
            seen.add(step)
            step = replaces.get(step)
        if step == submission.id:
            file = f"{submission.tables.shown_as}/submission.csv"
            yield Fault(file, "row 2, column replaces", "submissions replace each other in a circle", submission.id)
