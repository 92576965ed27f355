"""Reading: which countries have interviews, and the parts of the coded data that runs may look at."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import pandas as pd

from casebook.cache import Step
from casebook.folders import DATA_VARIABLE
from casebook.restricted.analysis_run import edition_interviews, read_all_submissions
from casebook.restricted.anonymity import refuse_identifying
from casebook.restricted.edition_people import Cohort, cohorts
from casebook.restricted.parts import PartDigests
from casebook.stages.project import DESCRIPTION, Project, submission_files


def step(editions: Sequence[str]) -> Step:
    """Return the step that reads the submissions of some editions; it leaves nothing but what it tells."""
    submissions = submission_files(os.environ.get(DATA_VARIABLE))
    return Step(
        f"reading/{'-'.join(editions)}",
        leaves=(),
        reads=(*DESCRIPTION, submissions),
        modules=(__name__,),
        settings={"editions": " ".join(editions)},
        restricted=True,
    )


def read(project: Project, editions: Sequence[str]) -> Mapping[str, Any]:
    """Return, by edition and crime, the countries with interviews, and the cohorts of all editions.

    Raises DataRefused for faulty submissions, and for interviews that could point at somebody.
    """
    root, study, codebook = project.folders.root, project.study, project.codebook
    coded = {name: edition_interviews(root, study, codebook, edition=name) for name in editions}
    refuse_identifying(coded, read_all_submissions(root, codebook), codebook, limits=study.anonymity)
    countries = {name: _countries(interviews.people) for name, interviews in coded.items()}
    return {"countries": countries, "cohorts": [asdict(cohort) for cohort in cohorts(coded)]}


def cohorts_of(facts: Mapping[str, Any]) -> tuple[Cohort, ...]:
    """Return the cohorts that `read` has told."""
    return tuple(Cohort(**{**entry, "editions": tuple(entry["editions"])}) for entry in facts["cohorts"])


def _countries(people: pd.DataFrame) -> dict[str, list[str]]:
    found = people.groupby("crime")["country"].unique()
    return {str(crime): sorted(map(str, names)) for crime, names in found.items()}


def parts(project: Project, edition: str, data: str) -> PartDigests:
    """Return the digests of the parts of an edition's interviews, which `data` tells from other interviews."""
    root, study, codebook = project.folders.root, project.study, project.codebook
    file = project.folders.restricted / "parts" / f"{edition}.json"
    return PartDigests(file, data, lambda: edition_interviews(root, study, codebook, edition=edition))
