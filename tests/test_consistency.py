"""Rules between the rows of a submission: each breach is told once, with its row and what to do."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from small_study import faults_of, small_codebook, sound_submission

from casebook.restricted.codings import codings_of, expected_variables
from casebook.restricted.consistency import RULES, faults_of_consistency, victim_was_a_minor


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (
            "other_role",
            "coding.csv: row 49, column variable: the variable is not coded for this role; found og_strategy_danger; "
            "allowed: roles E; do: remove the row",
        ),
        (
            "other_crime",
            "coding.csv: row 49, column variable: the variable belongs to another crime; found cb_platform; "
            "do: remove the row",
        ),
        (
            "not_told_together",
            "coding.csv: row 49, column variable: trafficking interviews of wave 2 are coded only for what both "
            "offenders and victims are asked; found ht_v_selfview; do: remove the row",
        ),
        (
            "level_and_missing",
            "coding.csv: row 38, column level: the row has a level and a missing answer; found not_proposed; "
            "do: keep one of them",
        ),
        (
            "neither_level_nor_missing",
            "coding.csv: row 38, column level: the row has neither a level nor a missing answer; "
            "do: say why the answer is missing",
        ),
        (
            "missing_beside_level",
            "coding.csv: row 49, column missing: a missing answer stands beside another row of the variable; "
            "found refused; do: keep the level or one kind of missing",
        ),
        (
            "two_levels_of_one",
            "coding.csv: row 49, column level: a second level of a variable that takes one; found talk_only; "
            "do: keep one level",
        ),
        (
            "exclusive_level",
            "coding.csv: row 49, column level: the level excludes the others chosen; found nothing; "
            "do: keep it or the others",
        ),
        (
            "main_strategy",
            "coding.csv: row 37, column level: the main strategy is not one of og_strategy; found blackmail; "
            "do: code it there too",
        ),
        (
            "fake_profile_without_lie",
            "coding.csv: row 34, column level: a fake profile, but nothing in og_lied_about; found yes; "
            "allowed: yes only with a level of og_lied_about other than nothing; "
            "do: code what the profile was false about",
        ),
        (
            "meeting_not_held",
            "coding.csv: row 39, column level: the outcome of a meeting, but og_meeting is not held; "
            "found contact_abuse; do: code og_meeting as held or correct the outcome",
        ),
    ],
)
def test_a_breach_is_the_only_fault_told(fault: str, expected: str, tmp_path: Path) -> None:
    assert faults_of(fault, tmp_path) == [expected]


def test_a_sound_submission_breaks_no_rule() -> None:
    assert list(faults_of_consistency(sound_submission().tables, small_codebook())) == []


@pytest.mark.parametrize(
    ("interview", "band", "refused"),
    [
        ("OG-1003", "17", False),
        ("OG-1003", "<=10", False),
        ("OG-1003", "17-18", True),
        ("OG-1003", "18+", True),
        ("HT-2001", "15+", True),
        ("HT-2001", "15-17", False),
    ],
)
def test_a_victim_is_under_18_whatever_bands_a_codebook_has(interview: str, band: str, refused: bool) -> None:
    tables = sound_submission().tables
    coding = tables.coding.copy()
    coding.loc[coding["interview"].eq(interview) & coding["variable"].eq("v_age_onset"), "level"] = band
    faults = victim_was_a_minor(codings_of(replace(tables, coding=coding), small_codebook()))
    told = sorted({f"{fault.message}: {fault.value}" for fault in faults})
    assert told == ([f"the victim was not a minor: {band}"] if refused else [])


@pytest.mark.parametrize(
    ("role", "wave", "expected"),
    [
        ("V", "1", ("v_age_onset", "ht_o_image", "ht_means", "ht_v_selfview")),
        ("V", "2", ("v_age_onset", "ht_means")),
        ("O", "2", ("v_age_onset", "ht_means")),
        ("E", "2", ("regional_difference", "ht_o_image", "ht_means", "ht_v_selfview")),
    ],
)
def test_trafficking_interviews_of_wave_2_are_coded_for_what_both_roles_are_asked(
    role: str, wave: str, expected: tuple[str, ...]
) -> None:
    assert set(expected_variables(small_codebook(), "HT", role, wave=wave)) == set(expected)


def test_no_rule_is_listed_twice() -> None:
    assert len({rule.__name__ for rule in RULES}) == len(RULES)
