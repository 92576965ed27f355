"""Each cell holds what the codebook, a closed list, a form or another table allows; the message says which."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_study import faults_of

OUTCOMES = "talk_only, images, online_sexual_act, meeting_no_contact, contact_abuse"


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (
            "replaces_itself",
            "submission.csv: row 2, column replaces: a submission cannot replace itself; do: correct the cell",
        ),
        (
            "no_such_day",
            "submission.csv: row 2, column received: not a date; allowed: YYYY-MM-DD; do: correct the cell",
        ),
        (
            "unknown_zone",
            "interview.csv: row 4, column zone: not a value of the codebook's zone; found NW; allowed: N, S, E, W; "
            "do: correct the cell",
        ),
        (
            "expert_consent",
            "interview.csv: row 2, column consent: not a value of the codebook's consent; found own; "
            "allowed: own, guardian_plus_assent, guardian_only, none_documented; empty for experts; "
            "do: correct the cell",
        ),
        (
            "unknown_level",
            "coding.csv: row 39, column level: not a level of the variable; found a text of 54 characters; "
            f"allowed: {OUTCOMES}; do: correct the cell",
        ),
        (
            "row_twice",
            "coding.csv: row 49, column level: the row occurs more than once; do: keep one",
        ),
        (
            "unknown_missing",
            "coding.csv: row 38, column missing: not an allowed value; found nothing said; allowed: empty, "
            "not_in_guide, not_asked, refused, does_not_know, does_not_apply, not_mentioned, not_coded; "
            "do: correct the cell",
        ),
        (
            "unmapped_level",
            "code_map.csv: row 3, column level: not a level of the variable; found rain; "
            "allowed: deception, implication, corruption, coercion, blackmail; do: correct the cell",
        ),
        (
            "unknown_interview",
            "coding.csv: row 49, column interview: interview.csv has no such interview; do: correct the cell",
        ),
    ],
)
def test_a_wrong_cell_is_the_only_fault_and_is_told_with_what_is_allowed(
    fault: str, expected: str, tmp_path: Path
) -> None:
    assert faults_of(fault, tmp_path) == [expected]


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (
            "unknown_variable",
            "coding.csv: row 39, column variable: not a variable that interviews are coded for; found og_outcomes; "
            "allowed: an id of the codebook whose table is coding; do: correct the cell",
        ),
        ("unknown_coder", "coding.csv: row 49, column coder: coder.csv has no such coder; do: correct the cell"),
        (
            "duplicate_interview",
            "interview.csv: row 4, column interview: the interview occurs in an earlier row; do: keep one",
        ),
    ],
)
def test_a_fault_that_brings_others_with_it_is_among_them(fault: str, expected: str, tmp_path: Path) -> None:
    assert expected in faults_of(fault, tmp_path)


def test_an_identifier_that_is_a_name_is_refused_and_never_repeated(tmp_path: Path) -> None:
    faults = faults_of("identifier_of_person", tmp_path)
    wanted = "not of the form required; allowed: the crime, a hyphen and four digits; do: correct the cell"
    assert f"interview.csv: row 4, column interview: {wanted}" in faults
    assert not any("Anna" in fault or "Peeters" in fault for fault in faults)


def test_a_hostile_value_comes_out_inert(tmp_path: Path) -> None:
    faults = faults_of("hostile_level", tmp_path)
    assert faults == [
        "coding.csv: row 39, column level: not a level of the variable; found \ufffd<script>\ufffd; "
        f"allowed: {OUTCOMES}; do: correct the cell",
        "coding.csv: row 39, column level: the cell holds control or direction characters; do: type the cell again",
    ]


def test_the_faults_of_all_tables_are_told_together(tmp_path: Path) -> None:
    places = [fault.split(": not")[0] for fault in faults_of("several_faults", tmp_path)]
    assert places == [
        "coding.csv: row 38, column missing",
        "coding.csv: row 39, column level",
        "interview.csv: row 4, column zone",
    ]
