"""Who is in which edition, told by numbers of interviews that are the same in all that hold them."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from casebook.codebook import Codebook
from casebook.restricted.edition_people import Cohort, cohorts


@dataclass(frozen=True)
class Coded:
    """Interviews with their crime, role and country, and one row per answer."""

    codebook: Codebook
    people: pd.DataFrame
    values: pd.DataFrame


def coded(answers: dict[str, str], role: str = "V") -> Coded:
    """A study in which each interview, by name, gives one answer."""
    about = {"crime": "OG", "role": role, "country": "BE"}
    rows = [{"interview": name, "variable": "v", "level": level, "missing": ""} for name, level in answers.items()]
    return Coded(Codebook(()), pd.DataFrame(about, index=list(answers)), pd.DataFrame(rows))


def cohort(editions: str, n: int, *, corrected: bool = False) -> Cohort:
    return Cohort("OG", "V", "BE", tuple(editions.split()), corrected, n)


def test_interviews_that_two_editions_hold_alike_are_one_cohort() -> None:
    found = cohorts({"D1": coded({"a": "yes", "b": "no"}), "D2": coded({"a": "yes", "b": "no", "c": "no"})})
    assert found == (cohort("D1 D2", 2), cohort("D2", 1))


def test_a_corrected_interview_is_in_two_cohorts() -> None:
    found = cohorts({"D1": coded({"a": "yes", "b": "no"}), "D2": coded({"a": "yes", "b": "yes"})})
    assert found == (cohort("D1", 1, corrected=True), cohort("D1 D2", 1), cohort("D2", 1, corrected=True))


def test_a_withdrawn_interview_leaves_without_coming_back() -> None:
    assert cohorts({"D1": coded({"a": "yes", "b": "no"}), "D2": coded({"a": "yes"})}) == (
        cohort("D1", 1),
        cohort("D1 D2", 1),
    )


def test_groups_are_told_apart() -> None:
    both = cohorts({"D1": coded({"a": "yes"}, "O"), "D2": coded({"b": "yes"}, "V")})
    assert [(found.role, found.editions) for found in both] == [("O", ("D1",)), ("V", ("D2",))]
