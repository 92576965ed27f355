"""Who coded what: coverage tells what was not coded from what is not there."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_study import faults_of


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (
            "variable_lacks_row",
            "coverage.csv: row 6, column complete: coverage is complete, but coding.csv has no row for a variable; "
            "found og_outcome; do: code the variable, give its kind of missing, or say no",
        ),
        (
            "coder_not_covered",
            "coding.csv: row 49, column coder: coverage.csv does not name this coder for the interview; "
            "do: add the coverage or remove the row",
        ),
        (
            "no_main_coder",
            "interview.csv: row 4, column interview: coverage.csv must name exactly one main coder for each interview; "
            "found 0; allowed: 1",
        ),
        (
            "other_country",
            "interview.csv: row 4, column country: the submission is of another country; found PT",
        ),
    ],
)
def test_a_breach_is_the_only_fault_told(fault: str, expected: str, tmp_path: Path) -> None:
    assert faults_of(fault, tmp_path) == [expected]


def test_a_consensus_needs_a_second_coder(tmp_path: Path) -> None:
    expected = "coverage.csv: row 4, column kind: a consensus needs a second coder of the interview and is named once"
    assert f"{expected}; found consensus" in faults_of("consensus_of_one", tmp_path)


def test_the_consensus_is_no_coder_of_its_own(tmp_path: Path) -> None:
    expected = "coverage.csv: row 7, column kind: the consensus belongs to the coder of kind consensus; found double"
    assert expected in faults_of("consensus_of_coder", tmp_path)
