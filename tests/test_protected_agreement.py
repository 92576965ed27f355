"""What the door lets pass of the agreement between coders, as tables around its bounds."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from casebook.codebook import Codebook
from casebook.disclosure_control.agreement import protect_agreement
from casebook.disclosure_control.door import Door
from casebook.disclosure_control.policy import rules_of
from casebook.errors import DisclosureRefused
from casebook.protected_tables import (
    Coefficient,
    ExpertAgreement,
    ProtectedAgreement,
    ProtectedTables,
    read_protected_tables,
)
from casebook.restricted.agreement import ONE_CATEGORY, Agreement, Estimate
from casebook.restricted.coefficients import gwet_ac1, krippendorff_alpha, once, units_of
from casebook.restricted.measured_agreement import Measured, Pool
from casebook.study import Study

PLANNED = {"og_strategy": {"E", "O", "V"}, "og_fake_profile": {"O"}, "og_gender_diff": {"E"}}


def agreement(
    variable: str = "og_strategy", interviews: int = 12, alpha: float | None = 0.8129, **changes: Any
) -> Agreement:
    estimate = Estimate(alpha, 0.5511, 0.9949) if alpha is not None else Estimate(None, undefined=ONE_CATEGORY)
    made = Agreement(
        variable=variable,
        level="",
        metric="nominal",
        interviews=interviews,
        units=60,
        agreement=0.95,
        prevalence=0.6333,
        alpha=estimate,
        ac1=dataclasses.replace(estimate),
        kappa=None,
        agreeing=57,
        ratings=120,
        prevalent=76,
    )
    return dataclasses.replace(made, **changes)


def passed(
    study: Study,
    codebook: Codebook,
    *measured: tuple[Pool, Agreement],
    level: str = "PU",
    planned: Mapping[str, Collection[str]] = PLANNED,
) -> tuple[ProtectedAgreement, ...]:
    rows = [Measured(pool, found) for pool, found in measured]
    return protect_agreement(rows, codebook, rules_of(study.policy_of(level)), planned=planned)


def test_figures_over_experts_pass_in_two_decimals(study: Study, codebook: Codebook) -> None:
    found = passed(study, codebook, ("experts", agreement()))
    coefficient = Coefficient(0.81, 0.55, 0.99)
    assert found == (
        ProtectedAgreement("og_strategy", ExpertAgreement(12, 60, 57, 120, 76, coefficient, coefficient), None),
    )


@pytest.mark.parametrize(("interviews", "too_few"), [(10, False), (9, True), (0, True)])
@pytest.mark.parametrize("level", ["PU", "CO"])
def test_figures_need_ten_experts_interviews_and_fewer_are_said_to_be_too_few(
    level: str, interviews: int, too_few: bool, study: Study, codebook: Codebook
) -> None:
    found = passed(study, codebook, ("experts", agreement(interviews=interviews)), level=level)
    assert [(entry.experts is None, entry.too_few) for entry in found] == [(too_few, too_few)]


@pytest.mark.parametrize(
    ("alpha", "grade"),
    [
        (1.0, "customary"),
        (0.8, "customary"),
        (0.7999, "tentative"),
        (0.667, "tentative"),
        (0.6669, "below"),
        (-0.1, "below"),
    ],
)
@pytest.mark.parametrize("level", ["PU", "CO"])
def test_over_all_interviews_the_grade_alone_passes(
    level: str, alpha: float, grade: str, study: Study, codebook: Codebook
) -> None:
    found = passed(study, codebook, ("everybody", agreement(alpha=alpha)), level=level)
    assert [(entry.experts, entry.grade) for entry in found] == [(None, grade)]


@pytest.mark.parametrize(("interviews", "grade"), [(10, "customary"), (9, None)])
@pytest.mark.parametrize("level", ["PU", "CO"])
def test_a_grade_needs_ten_interviews(
    level: str, interviews: int, grade: str | None, study: Study, codebook: Codebook
) -> None:
    found = passed(study, codebook, ("everybody", agreement(interviews=interviews)), level=level)
    assert [entry.grade for entry in found] == [grade]


def test_undefined_is_said_of_experts_and_of_nobody_else(study: Study, codebook: Codebook) -> None:
    of_experts = passed(study, codebook, ("experts", agreement(alpha=None)))
    assert of_experts[0].experts is not None
    assert of_experts[0].experts.alpha == Coefficient(None, undefined=ONE_CATEGORY)
    # Of offenders and victims it would say that all of them gave the same answer.
    ungraded = passed(study, codebook, ("everybody", agreement(alpha=None)))
    assert ungraded == passed(study, codebook, ("everybody", agreement(interviews=9)))
    assert ungraded[0].grade is None


def test_two_measurements_over_all_that_differ_in_counts_alone_look_the_same(study: Study, codebook: Codebook) -> None:
    one = passed(study, codebook, ("everybody", agreement()))
    other = agreement(interviews=40, alpha=0.97, units=90, agreeing=89, ratings=180, prevalent=170, prevalence=0.94)
    assert passed(study, codebook, ("everybody", other)) == one


def test_two_decimals_of_both_coefficients_would_give_the_codings_back() -> None:
    """Why only a grade passes: of all codings of eleven interviews, one and its mirror have the same coefficients."""
    of_the_study = rounded(4, 1, 6)
    same = [(yes, both, 11 - yes - both) for yes in range(12) for both in range(12 - yes)]
    assert [found for found in same if rounded(*found) == of_the_study] == [(4, 1, 6), (6, 1, 4)]


def rounded(yes: int, both: int, no: int) -> tuple[float, float]:
    """Alpha and AC1 in two decimals, where two coders said yes, differed, or said no so often."""
    units = units_of(np.array([[1, 1]] * yes + [[1, 0]] * both + [[0, 0]] * no, dtype=float))
    alpha, ac1 = krippendorff_alpha(units, once(units)), gwet_ac1(units, once(units))
    return round(float(alpha[0]), 2), round(float(ac1[0]), 2)


def test_figures_of_a_variable_that_is_not_reported_of_experts_stay_inside(study: Study, codebook: Codebook) -> None:
    assert passed(study, codebook, ("experts", agreement("og_fake_profile"))) == ()


def test_a_variable_that_is_not_reported_stays_inside(study: Study, codebook: Codebook) -> None:
    both: tuple[tuple[Pool, Agreement], ...] = (
        ("experts", agreement("expert_field")),
        ("everybody", agreement("expert_field")),
    )
    assert passed(study, codebook, *both) == ()


def test_a_variable_that_is_never_released_stays_inside(study: Study, codebook: Codebook) -> None:
    never = next(variable.id for variable in codebook.variables if variable.disclosure == "D")
    assert passed(study, codebook, ("experts", agreement(never)), planned={never: {"E"}}) == ()


def test_levels_stay_inside(study: Study, codebook: Codebook) -> None:
    assert passed(study, codebook, ("experts", agreement(level="deception"))) == ()


@pytest.mark.parametrize(
    ("faulty", "message"),
    [
        ((agreement("no_such"),), "door: agreement of no_such: the codebook has no such variable"),
        ((agreement(), agreement()), "door: agreement of og_strategy: handed in twice"),
        ((agreement(agreeing=61),), "door: agreement of og_strategy: no such agreement can be"),
        ((agreement(prevalent=121),), "door: agreement of og_strategy: no such agreement can be"),
        ((agreement(interviews=61),), "door: agreement of og_strategy: no such agreement can be"),
        ((agreement(alpha=1.2),), "door: agreement of og_strategy: no such agreement can be"),
    ],
)
def test_what_cannot_be_is_refused(
    faulty: tuple[Agreement, ...], message: str, study: Study, codebook: Codebook
) -> None:
    with pytest.raises(DisclosureRefused, match=message):
        passed(study, codebook, *(("experts", found) for found in faulty))


def test_the_door_takes_agreement_with_the_tables(tmp_path: Path, study: Study, codebook: Codebook) -> None:
    door = Door(study, codebook, "D1.2", "PU", {}, key=b"key of the tests")
    tables = door.protect([], [Measured("experts", agreement()), Measured("everybody", agreement())])
    assert [(entry.variable, entry.grade) for entry in tables.agreement] == [("og_strategy", "customary")]
    assert door.protect([]).agreement == ()
    tables.write(tmp_path)
    assert read_protected_tables(tmp_path).agreement == tables.agreement


@pytest.mark.parametrize(
    "coefficient",
    [
        {"value": 0.812},
        {"value": 1.01},
        {"value": None},
        {"value": 0.5, "undefined": "why"},
        {"value": 0.5, "low": 0.123},
    ],
)
def test_a_coefficient_that_is_finer_or_none_at_all_is_refused(coefficient: dict[str, Any]) -> None:
    with pytest.raises(DisclosureRefused, match="not a coefficient that may be published"):
        Coefficient(**coefficient)


def test_tables_of_an_edition_without_agreement_can_be_read(tmp_path: Path) -> None:
    ProtectedTables("D1.2", "PU", {}, {}, {}).write(tmp_path)
    assert read_protected_tables(tmp_path).agreement == ()
