"""Agreement per variable over the double-coded interviews: three coefficients side by side, with their intervals."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from small_study import small_codebook, small_study
from test_coefficients import CANONICAL, rare_code

from casebook.canonical import canonical_json
from casebook.restricted.agreement import Agreement, Estimate, agreement_of, agreement_on


def codings(pairs: list[tuple[str, str]], variable: str = "og_fake_profile") -> pd.DataFrame:
    """Return the codings of two coders: for each interview both levels, `?` where a coder found no answer."""
    rows = [
        (
            f"OG-{number:04}",
            coder,
            kind,
            variable,
            "" if level == "?" else level,
            "not_mentioned" if level == "?" else "",
        )
        for number, pair in enumerate(pairs)
        for coder, kind, level in zip("AB", ("main", "double"), pair, strict=True)
    ]
    return pd.DataFrame(rows, columns=["interview", "coder", "kind", "variable", "level", "missing"], dtype="str")


def agreement(pairs: list[tuple[str, str]], variable: str = "og_fake_profile") -> Agreement:
    return agreement_of(codings(pairs, variable), small_codebook(), seed=1)[0]


HALF_AGREED = [("yes", "yes"), ("yes", "no"), ("no", "no"), ("no", "yes")] * 5


def test_every_coefficient_of_a_variable_stands_beside_the_others() -> None:
    found = agreement([("yes", "yes")] * 8 + [("no", "no")] * 8 + [("yes", "no")] * 2 + [("no", "yes")] * 2)
    assert (found.interviews, found.units, found.agreement, found.prevalence) == (20, 20, 0.8, 0.5)
    assert (found.kappa, found.ac1.value, found.alpha.value) == (0.6, 0.6, 0.61)


def test_agreement_and_prevalence_are_there_as_counts() -> None:
    found = agreement([("yes", "yes")] * 8 + [("no", "no")] * 7 + [("yes", "no")] * 3 + [("yes", "?")])
    assert (found.agreeing, found.units) == (15, 18)
    assert (found.prevalent, found.ratings) == (19, 36)
    assert found.agreement == pytest.approx(15 / 18, abs=1e-4)
    assert found.prevalence == pytest.approx(19 / 36, abs=1e-4)
    nothing = agreement([("yes", "?"), ("?", "no")])
    assert (nothing.agreeing, nothing.ratings, nothing.prevalent) == (0, 0, 0)


def test_one_category_is_undefined_with_its_reason_and_never_one() -> None:
    found = agreement([("yes", "yes")] * 10)
    assert found.agreement == 1.0
    assert found.alpha == Estimate(None, undefined="only one category occurs")
    assert found.ac1 == Estimate(None, undefined="only one category occurs")


def test_a_missing_answer_neither_agrees_nor_disagrees() -> None:
    with_missing = agreement([*HALF_AGREED, ("yes", "?"), ("?", "?")])
    assert (with_missing.units, with_missing.agreement) == (20, 0.5)
    assert with_missing.alpha.value == agreement(HALF_AGREED).alpha.value


def test_where_no_interview_has_two_answers_nothing_can_be_said() -> None:
    found = agreement([("yes", "?"), ("?", "no")])
    assert (found.units, found.agreement, found.prevalence) == (0, None, None)
    assert found.alpha.undefined == "no interview has two coders' answers"


def test_the_interval_holds_the_value_and_comes_from_the_seed() -> None:
    first, again = (agreement_of(codings(HALF_AGREED), small_codebook(), seed=7)[0] for _ in range(2))
    other = agreement_of(codings(HALF_AGREED), small_codebook(), seed=8)[0]
    assert first == again
    assert first.alpha != other.alpha
    assert first.alpha.value == other.alpha.value
    low, value, high = first.alpha.low, first.alpha.value, first.alpha.high
    assert low is not None and value is not None and high is not None
    assert low < value < high


def test_an_ordered_variable_is_less_wrong_for_a_neighbouring_level() -> None:
    ends = [("talk_only", "talk_only"), ("contact_abuse", "contact_abuse"), ("images", "images")] * 4
    near = agreement([*ends, ("talk_only", "images")], "og_outcome")
    far = agreement([*ends, ("talk_only", "contact_abuse")], "og_outcome")
    assert near.metric == "ordinal"
    assert near.alpha.value is not None and far.alpha.value is not None
    assert near.alpha.value > far.alpha.value


def test_a_multiple_answer_has_a_row_for_the_variable_and_one_for_each_level() -> None:
    pairs = [("deception", "deception"), ("coercion", "coercion"), ("deception", "coercion")]
    rows = agreement_of(codings(pairs, "og_strategy"), small_codebook(), seed=1)
    assert [row.level for row in rows] == ["", "deception", "implication", "corruption", "coercion", "blackmail"]
    assert (rows[0].interviews, rows[0].units) == (3, 15)
    assert rows[0].agreement == pytest.approx(13 / 15, abs=1e-4)
    assert (rows[1].units, rows[1].agreement, rows[1].prevalence) == (3, 0.6667, 0.5)
    assert rows[2].alpha.undefined == "only one category occurs"


def test_only_double_coded_interviews_count_and_the_consensus_is_no_coder() -> None:
    rows = {row.variable: row for row in agreement_of(small_study().codings, small_codebook(), seed=1)}
    assert "og_strategy_danger" not in rows
    assert (rows["v_age_onset"].interviews, rows["v_age_onset"].agreement) == (2, 0.5)


def test_a_table_of_ratings_is_resampled_unit_by_unit() -> None:
    alpha, ac1 = agreement_on(CANONICAL, "nominal", seed=1)
    assert (alpha.value, ac1.value) == (0.7434, 0.7754)
    alpha, ac1 = agreement_on(rare_code(), "nominal", seed=1)
    assert (alpha.value, ac1.value) == (-0.0247, 0.9408)
    assert alpha.low is not None and alpha.low < -0.0247


def test_no_interval_is_given_where_many_resamples_leave_one_category() -> None:
    ratings = np.zeros((10, 2))
    ratings[0] = 1
    alpha, _ = agreement_on(ratings, "nominal", seed=1)
    assert (alpha.value, alpha.low, alpha.high) == (1.0, None, None)


def test_an_agreement_can_be_written() -> None:
    assert b'"kappa": 0.0' in canonical_json(agreement(HALF_AGREED).to_json())
