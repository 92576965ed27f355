"""What an analysis notebook works with: the interviews of its crime and country, and the hand-over to the door."""

from __future__ import annotations

import functools
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import pandas as pd

from casebook.canonical import canonical_json, write_atomically
from casebook.codebook import EVERY_CRIME, Codebook, read_codebook
from casebook.errors import DataRefused, NotebookFailed
from casebook.folders import DATA_VARIABLE, Folders
from casebook.notebook_run import Witness, check_asked, labels_of, name_of, table_id, title_of
from casebook.observed import by_parts, saw
from casebook.restricted import parts
from casebook.restricted.frequency_tables import FrequencyTable, SampleRow, count, sample_table
from casebook.restricted.interviews import ATTRIBUTES, RestrictedStudy
from casebook.restricted.measured_agreement import Measured, as_frame, measure
from casebook.restricted.submissions import Submission, read_submissions, submission_folders
from casebook.study import PlannedTable, Study
from casebook.study_files import read_study

HAND_OVER_FILE, AGREEMENT_FILE = "hand_over.json", "agreement.json"


@dataclass
class AnalysisRun:
    """One crime and country of an edition, as a researcher explores it; restricted, as all it shows."""

    study: Study
    codebook: Codebook
    _coded: RestrictedStudy
    folder: Path
    about: Witness
    _read: set[str] = field(default_factory=set)
    _measured: tuple[Measured, ...] = ()

    @property
    def coded(self) -> RestrictedStudy:
        """The interviews of the edition's waves, of all crimes and countries."""
        self._saw(parts.EVERYTHING)
        return self._coded

    def interviews(self) -> pd.DataFrame:
        """Return a row per interview: attributes and coded values, or attributes alone in a run for all crimes."""
        if self.about.crime == EVERY_CRIME:
            self._saw(parts.PEOPLE)
            return self._coded.people[["crime", *ATTRIBUTES]]
        self._saw(parts.interviews(self.about.crime, self.about.country))
        return self._coded.interviews(self.about.crime, self.about.country)

    def table(self, variable: str, group: str, among: str = "") -> pd.DataFrame:
        """Return the frequencies of a variable in a group: level, label, n and base, one row per level or planned set.

        Any variable coded for the group can be read here; what is to be published has to be planned in study.yml.
        """
        plan = parts.plan_of(self.study, self.codebook, table_id(self.about.crime, group, variable, among))
        table = count(plan, self._coded, country=self.about.country)
        saw(parts.ingredient(self.about.edition, parts.table(plan.id, self.about.country)), table.to_json)
        self._read.add(table.key)
        labels = labels_of(self.codebook[variable], plan)
        rows = [(level, labels[level], n, table.base) for level, n in table.counts.items()]
        return pd.DataFrame(rows, columns=["level", "label", "n", "base"])

    def sample(self) -> pd.DataFrame:
        """Return the number of interviews n per crime and group of the analysis plan."""
        sizes = sizes_by_group(self._strata(), self.study.planned(self.about.edition))
        rows = [(*key.split("."), n) for key, n in sizes.items()]
        return pd.DataFrame(rows, columns=["crime", "group", "n"])

    def strata(self) -> pd.DataFrame:
        """Return the number of interviews by crime, role, country and wave."""
        columns = [field.name for field in fields(SampleRow)]
        return pd.DataFrame([row.to_json() for row in self._strata()], columns=columns)

    def agreement(self) -> pd.DataFrame:
        """Return how far coders agree, over experts' interviews and over all: a row per variable and level.

        Measured over all double-coded interviews of the edition; a run for all crimes hands it over when it closes.
        """
        self._saw(parts.DOUBLES)
        self._measured = measure(parts.double_coded(self._coded), self.codebook)
        return as_frame(self._measured, self.codebook)

    def close(self) -> None:
        """Hand the planned tables over to the door, or the sample in a run for all crimes; leave the run's witness."""
        tables = self._planned_tables()
        sample = self._strata() if self.about.crime == EVERY_CRIME else ()
        handed = {"tables": [table.to_json() for table in tables], "sample": [row.to_json() for row in sample]}
        write_atomically(self.folder / HAND_OVER_FILE, canonical_json(handed))
        if self._measured and self.about.crime == EVERY_CRIME:
            measured = {"measured": [entry.to_json() for entry in self._measured]}
            write_atomically(self.folder / AGREEMENT_FILE, canonical_json(measured))
        read = tuple(sorted({*self._read, *(table.key for table in tables)}))
        Witness(**{**self.about.__dict__, "tables": read}).write(self.folder)

    def _strata(self) -> tuple[SampleRow, ...]:
        self._saw(parts.STRATA)
        return sample_table(self._coded)

    def _saw(self, part: str) -> None:
        """Say that the run has read a part of the coded interviews."""
        saw(parts.ingredient(self.about.edition, part), lambda: parts.look(self._coded, part))

    def _planned_tables(self) -> tuple[FrequencyTable, ...]:
        """Count all planned tables whose group has interviews in this crime and country."""
        plans = [plan for plan in self.study.planned(self.about.edition) if plan.crime == self.about.crime]
        if plans:
            self._saw(parts.interviews(self.about.crime, self.about.country))
        tables = [count(plan, self._coded, country=self.about.country) for plan in plans]
        return tuple(table for table in tables if table.whole_group)


def open_run(*, crime: str, country: str, edition: str) -> AnalysisRun:
    """Open the run of a crime ("ALL" for all) and country ("pooled" for all) in the project of the working folder.

    Raises NotebookFailed where study.yml has no such crime, country or edition, and DataRefused for faulty submissions.
    """
    root = Path.cwd()
    with by_parts():
        study, codebook = _project(root)
    check_asked(study, crime=crime, country=country, edition=edition)
    run = name_of(os.environ, crime=crime, country=country)
    with by_parts():
        coded = edition_interviews(root, study, codebook, edition=edition)
    title = title_of(study, run=run, crime=crime, country=country)
    about = Witness(run, title, crime, country, edition, dissemination=None, tables=())
    return AnalysisRun(study, codebook, coded, Folders(root).analysis_run(edition, run), about)


def read_ahead(root: Path) -> None:
    """Read once, for every run that a process opens or forks, the study, its codebook and all submissions."""
    _, codebook = _project(root)
    _submissions(root, os.environ.get(DATA_VARIABLE), codebook)


def edition_interviews(root: Path, study: Study, codebook: Codebook, *, edition: str) -> RestrictedStudy:
    """Return the interviews an edition takes: its submissions' interviews of its waves.

    Real submissions are read from the folder that CASEBOOK_DATA names, the synthetic ones of the repository otherwise.
    """
    return interviews_of(read_all_submissions(root, codebook), study, codebook, edition=edition)


def interviews_of(
    submissions: tuple[Submission, ...], study: Study, codebook: Codebook, *, edition: str
) -> RestrictedStudy:
    """Return the interviews that an edition takes of these submissions; raises DataRefused where it names another."""
    taken = study.editions[edition]
    if taken.submissions != "all":
        submissions = _chosen(submissions, taken.submissions, edition)
    return RestrictedStudy.of(submissions, codebook).waves(*taken.waves)


def read_all_submissions(root: Path, codebook: Codebook) -> tuple[Submission, ...]:
    """Return all submissions of a project, or the real ones; raises DataRefused with the faults of all."""
    return _submissions(root, os.environ.get(DATA_VARIABLE), codebook)


def read_hand_over(folder: Path) -> tuple[FrequencyTable, ...]:
    """Read the tables a run has handed over, none for all crimes; raises NotebookFailed where it has not closed."""
    return tuple(FrequencyTable.from_json(entry) for entry in _handed(folder)["tables"])


def read_sample(folder: Path) -> tuple[SampleRow, ...]:
    """Read the sample, which a run for all crimes has counted; raises NotebookFailed where it has not closed."""
    return tuple(SampleRow(**entry) for entry in _handed(folder)["sample"])


def read_agreement(folder: Path) -> tuple[Measured, ...]:
    """Read the agreement a run has handed over, none where it measured none; raises NotebookFailed if unreadable."""
    path = folder / AGREEMENT_FILE
    if not path.exists():
        return ()
    try:
        entries = json.loads(path.read_text("utf-8"))["measured"]
        return tuple(Measured.from_json(entry) for entry in entries)
    except (OSError, ValueError, LookupError, TypeError) as error:
        message = "the agreement handed over cannot be read"
        raise NotebookFailed.one(folder.name, AGREEMENT_FILE, message, remedy="build again") from error


def sizes_by_group(sample: Iterable[SampleRow], planned: Iterable[PlannedTable]) -> dict[str, int]:
    """Return the number of interviews of each crime and group that a table is planned for, as in {"OG.E": 23}.

    Each run for all crimes counts the same sample: a stratum that comes again is counted once.
    """
    rows = tuple(dict.fromkeys(sample))
    groups = dict.fromkeys((plan.crime, plan.group) for plan in planned)
    sizes = {
        f"{crime}.{group}": sum(row.interviews for row in rows if row.crime == crime and row.role in group)
        for crime, group in groups
    }
    return {key: n for key, n in sizes.items() if n}


def _handed(folder: Path) -> Mapping[str, Any]:
    try:
        handed: Mapping[str, Any] = json.loads((folder / HAND_OVER_FILE).read_text("utf-8"))
        return {name: handed[name] for name in ("tables", "sample")}
    except (OSError, ValueError, LookupError, TypeError) as error:
        message, remedy = "the run has handed nothing over", "let the last cell of the notebook be study.close()"
        raise NotebookFailed.one(folder.name, HAND_OVER_FILE, message, remedy=remedy) from error


@functools.cache
def _project(root: Path) -> tuple[Study, Codebook]:
    codebook = read_codebook(root / "data")
    return read_study(root, codebook), codebook


@functools.cache
def _submissions(root: Path, real: str | None, codebook: Codebook) -> tuple[Submission, ...]:
    return read_submissions_anew(root, codebook, real=real)


def read_submissions_anew(root: Path, codebook: Codebook, *, real: str | None) -> tuple[Submission, ...]:
    """Return all submissions as they are on the disk now, the real ones where a folder of them is named."""
    countries = Path(real) if real else root / "data" / "countries"
    shown = DATA_VARIABLE if real else "data/countries"
    return read_submissions(submission_folders(countries), codebook, shown_under=shown)


def _chosen(submissions: Iterable[Submission], ids: Iterable[str], edition: str) -> tuple[Submission, ...]:
    by_id = {submission.id: submission for submission in submissions}
    if absent := [name for name in ids if name not in by_id]:
        place = f"editions.{edition}.submissions"
        raise DataRefused.one("study.yml", place, "there is no such submission", value=", ".join(absent))
    return tuple(by_id[name] for name in ids)
