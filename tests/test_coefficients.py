"""Coefficients of agreement, checked against published examples and cases worked by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from casebook.restricted.coefficients import (
    Array,
    Metric,
    cohen_kappa,
    gwet_ac1,
    krippendorff_alpha,
    once,
    percent_agreement,
    units_of,
)

NAN = float("nan")
# Krippendorff, Computing Krippendorff's Alpha-Reliability (2011), section C: four observers, twelve units.
CANONICAL = np.array(
    [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, NAN, NAN, NAN],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, NAN, 3],
        [NAN, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, NAN],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, NAN],
    ]
).T


def rare_code() -> Array:
    """Return 125 units of which two coders each name the code a few times, never the same unit."""
    ratings = np.zeros((125, 2))
    ratings[:4, 0] = 1
    ratings[4:7, 1] = 1
    return ratings


def alpha(ratings: Array, metric: Metric = "nominal") -> float:
    units = units_of(ratings)
    return float(krippendorff_alpha(units, once(units), metric)[0])


def ac1(ratings: Array) -> float:
    units = units_of(ratings)
    return float(gwet_ac1(units, once(units))[0])


def per_cent(ratings: Array) -> float:
    units = units_of(ratings)
    return float(percent_agreement(units, once(units))[0])


@pytest.mark.parametrize(
    ("metric", "published"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849), ("ratio", 0.797)]
)
def test_alpha_of_the_canonical_example(metric: Metric, published: float) -> None:
    assert round(alpha(CANONICAL, metric), 3) == published


def test_ac1_of_the_canonical_example_is_that_of_gwets_handbook() -> None:
    assert round(ac1(CANONICAL), 5) == 0.77544


def test_a_rare_code_has_high_agreement_beside_an_alpha_below_chance() -> None:
    found = [round(statistic(rare_code()), 3) for statistic in (per_cent, alpha, ac1)]
    assert found == [0.944, -0.025, 0.941]


def test_kappa_of_a_table_worked_by_hand() -> None:
    # 20 yes-yes, 5 yes-no, 10 no-yes, 15 no-no: agreement .70, by chance .50.
    ratings = np.array([[1, 1]] * 20 + [[1, 0]] * 5 + [[0, 1]] * 10 + [[0, 0]] * 15, dtype=float)
    assert cohen_kappa(ratings) == pytest.approx(0.4)


def test_perfect_agreement_is_one() -> None:
    ratings = np.array([[0, 0], [1, 1], [2, 2]], dtype=float)
    assert (alpha(ratings), ac1(ratings), cohen_kappa(ratings), per_cent(ratings)) == pytest.approx((1, 1, 1, 1))


@pytest.mark.parametrize("statistic", [alpha, ac1, cohen_kappa])
def test_one_category_only_is_undefined_and_never_one(statistic: object) -> None:
    assert callable(statistic)
    assert math.isnan(statistic(np.ones((5, 2))))


@pytest.mark.parametrize("statistic", [alpha, ac1, cohen_kappa, per_cent])
def test_without_two_values_of_a_unit_nothing_is_defined(statistic: object) -> None:
    assert callable(statistic)
    assert math.isnan(statistic(np.array([[1, NAN], [NAN, 0]])))


def test_a_unit_with_one_value_does_not_change_alpha() -> None:
    with_lone_value = np.vstack([CANONICAL, [[4, NAN, NAN, NAN]]])
    assert alpha(with_lone_value) == pytest.approx(alpha(CANONICAL))


@pytest.mark.parametrize("metric", ["nominal", "ordinal", "interval", "ratio"])
def test_a_weight_counts_a_unit_as_often_as_repeating_it(metric: Metric) -> None:
    units = units_of(CANONICAL)
    weights = np.arange(12, dtype=float)[None, :] % 3
    repeated = CANONICAL[np.repeat(np.arange(12), weights[0].astype(int))]
    assert krippendorff_alpha(units, weights, metric)[0] == pytest.approx(alpha(repeated, metric))
    assert gwet_ac1(units, weights)[0] == pytest.approx(ac1(repeated))
