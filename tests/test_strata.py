"""Strata: the people of a group as editions and countries tell them apart."""

from __future__ import annotations

import pytest

from casebook.disclosure_control.strata import (
    Change,
    Stratum,
    change_between,
    covered,
    in_group,
    strata_of,
)
from casebook.restricted.edition_people import Cohort

COHORTS = (
    Cohort("OG", "O", "DE", ("D1", "D2"), corrected=False, interviews=6),
    Cohort("OG", "O", "ES", ("D1", "D2"), corrected=False, interviews=4),
    Cohort("OG", "O", "ES", ("D1",), corrected=True, interviews=2),
    Cohort("OG", "O", "ES", ("D2",), corrected=True, interviews=2),
    Cohort("OG", "O", "PT", ("D2",), corrected=False, interviews=5),
    Cohort("OG", "V", "PT", ("D1",), corrected=False, interviews=9),
)
OFFENDERS = in_group(COHORTS, "OG", "O")


def test_offenders_and_victims_together_are_both() -> None:
    assert in_group(COHORTS, "OG", "OV") == list(COHORTS)
    assert in_group(COHORTS, "CB", "OV") == []


@pytest.mark.parametrize(
    ("editions", "countries", "expected"),
    [
        (["D1"], [], {(("D1",), "others"): 12}),
        (["D1"], ["DE"], {(("D1",), "DE"): 6, (("D1",), "others"): 6}),
        (["D1", "D2"], [], {(("D1",), "others"): 2, (("D1", "D2"), "others"): 10, (("D2",), "others"): 7}),
    ],
)
def test_only_the_editions_and_countries_asked_for_tell_people_apart(
    editions: list[str], countries: list[str], expected: dict[tuple[tuple[str, ...], str], int]
) -> None:
    assert strata_of(OFFENDERS, editions=editions, countries=countries) == expected


def test_a_table_counts_whole_strata() -> None:
    strata = strata_of(OFFENDERS, editions=["D1", "D2"], countries=["DE"])
    assert covered(strata, edition="D2", country="DE") == (Stratum(("D1", "D2"), "DE"),)
    assert sum(strata[one] for one in covered(strata, edition="D1", country="pooled")) == 12
    assert sum(strata[one] for one in covered(strata, edition="D2", country="pooled")) == 17


def test_a_change_counts_those_who_came_left_and_left_for_good() -> None:
    assert change_between(OFFENDERS, earlier="D1", edition="D2") == Change(joined=7, left=2, withdrawn=0)
    victims = in_group(COHORTS, "OG", "V")
    assert change_between(victims, earlier="D1", edition="D2") == Change(joined=0, left=9, withdrawn=9)
    assert change_between(victims, earlier="D1", edition="D1").none
