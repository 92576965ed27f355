"""A researcher explores one coded value per interview and variable; missing answers keep their kind."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from small_study import small_codebook, small_study, sound_submission

from casebook.errors import DataRefused
from casebook.restricted.interviews import RestrictedStudy, all_codings, names
from casebook.restricted.submissions import Submission


def values_of(submissions: list[Submission]) -> pd.DataFrame:
    """The coded value of every interview and variable of some submissions."""
    return RestrictedStudy.of(submissions, small_codebook()).values


def levels_of(frame: pd.DataFrame, interview: str, variable: str) -> list[str]:
    rows = frame[frame["interview"].eq(interview) & frame["variable"].eq(variable)]
    return list(rows["level"])


def test_the_coded_value_is_the_consensus_where_there_is_one_and_else_the_main_coders() -> None:
    values = values_of([sound_submission()])
    assert list(values.columns) == ["interview", "crime", "role", "country", "wave", "variable", "level", "missing"]
    assert levels_of(values, "OG-1002", "v_age_onset") == ["15-16"]
    assert levels_of(values, "OG-1003", "v_age_onset") == ["11-12"]


def test_without_a_consensus_the_main_coder_counts_and_the_second_does_not() -> None:
    sound = sound_submission()
    coverage = sound.tables.coverage
    alone = replace(sound, tables=replace(sound.tables, coverage=coverage[coverage["kind"].ne("consensus")]))
    assert levels_of(values_of([alone]), "OG-1002", "v_age_onset") == ["13-14"]


def test_every_coders_codings_stay_apart() -> None:
    codings = all_codings([sound_submission()])
    ages = codings[codings["interview"].eq("OG-1002") & codings["variable"].eq("v_age_onset")]
    assert list(zip(ages["coder"], ages["kind"], ages["level"], strict=True)) == [
        ("A", "main", "13-14"),
        ("B", "double", "15-16"),
        ("CONS", "consensus", "15-16"),
    ]


def test_the_order_of_rows_in_a_file_changes_nothing() -> None:
    sound = sound_submission()
    shuffled = replace(sound, tables=replace(sound.tables, coding=sound.coding.sample(frac=1, random_state=1)))
    assert values_of([shuffled]).equals(values_of([sound]))


def test_a_replaced_submission_is_not_counted_twice() -> None:
    sound = sound_submission()
    correction = replace(sound, id="BE-W1.1", replaces="BE-W1")
    assert values_of([sound, correction]).equals(values_of([sound]))


def test_interviews_have_a_row_each_with_attributes_and_variables() -> None:
    frame = small_study().interviews("OG")
    assert list(frame.index) == ["OG-1001", "OG-1002", "OG-1003"]
    attributes = [frame.at["OG-1001", column] for column in ("role", "country", "wave", "duration_min")]
    assert attributes == ["E", "BE", 1, 60]
    assert frame.loc["OG-1002", "og_strategy"] == ("implication", "coercion")
    assert frame["og_outcome"].cat.categories[:2].tolist() == ["talk_only", "images"]
    assert not {"ht_means", "cb_platform", "coder", "partner"} & set(frame.columns)


@pytest.mark.parametrize(
    ("crime", "interview", "variable", "expected"),
    [
        ("OG", "OG-1003", "og_meeting", "missing:not_asked"),
        ("OG", "OG-1001", "og_outcome", "missing:not_for_role"),
        ("HT", "HT-2001", "ht_v_selfview", "missing:not_for_role"),
    ],
)
def test_a_missing_answer_keeps_its_kind(crime: str, interview: str, variable: str, expected: str) -> None:
    column = small_study().interviews(crime)[variable]
    assert column[interview] == expected


def test_a_variable_that_an_incomplete_coding_lacks_is_not_coded_which_is_not_no() -> None:
    study = small_study()
    codings = study.codings[study.codings["variable"].ne("og_fake_profile")]
    frame = replace(study, codings=codings).interviews("OG")
    assert set(frame["og_fake_profile"]) == {"missing:not_coded"}


def test_a_level_is_found_alone_or_among_others() -> None:
    frame = small_study().interviews("OG")
    assert names(frame["og_strategy"], "implication").tolist() == [True, True, False]
    assert names(frame["og_fake_profile"], "yes").tolist() == [True, False, True]


def test_waves_and_countries_narrow_the_study() -> None:
    study = small_study()
    assert list(study.waves(1).people["wave"].unique()) == [1]
    assert study.waves(1).interviews("HT").empty
    assert list(study.waves(1, 2).interviews("HT").index) == ["HT-2001"]
    assert study.interviews("OG", "PT").empty
    assert len(study.interviews("OG", "BE")) == 3


def test_a_crime_that_is_not_studied_is_refused() -> None:
    with pytest.raises(DataRefused, match="interviews: crime: unknown crime; found XX; allowed: OG, CB, HT"):
        small_study().interviews("XX")


def test_any_variable_can_be_tabulated_while_exploring() -> None:
    table = small_study().table("og_strategy", "V", crime="OG")
    assert (table.id, table.base) == ("OG.V.og_strategy", 2)
    assert table.counts["implication"] == 1


def test_a_study_without_submissions_is_empty() -> None:
    study = RestrictedStudy.of([], small_codebook())
    assert study.interviews("OG").empty
    assert values_of([]).empty
