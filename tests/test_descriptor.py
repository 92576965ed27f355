"""The data package must say whether the data are synthetic, and describe the tables that are there."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_study import SHOWN_AS, faults_of, small_codebook, with_fault

from casebook.errors import DataRefused
from casebook.restricted.submissions import read_submission


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (
            "undeclared",
            "datapackage.json: synthetic: the package does not say whether its data are synthetic; "
            "allowed: true, false",
        ),
        (
            "declared_real",
            "datapackage.json: synthetic: submission.csv says otherwise; found false; allowed: yes; "
            "do: say the same in both",
        ),
        ("broken_descriptor", "datapackage.json: the file is not JSON; do: write it again"),
        ("other_resource", "datapackage.json: resources: a resource that no submission has; found transcript.csv"),
    ],
)
def test_a_fault_of_the_description_is_told(fault: str, expected: str, tmp_path: Path) -> None:
    assert expected in faults_of(fault, tmp_path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[]", "the file is not a data package; allowed: a JSON object"),
        ("[" * 100_000, "the file is not JSON"),
        ('{"resources": [1]}', "the resource coding.csv is missing or does not describe the table's columns"),
        ('{"name": "be-w2"}', "name: the name is not the submission's in lower case"),
    ],
)
def test_what_is_no_data_package_is_refused(content: str, message: str, tmp_path: Path) -> None:
    folder = with_fault("undeclared", tmp_path)
    (folder / "datapackage.json").write_text(content, "utf-8")
    with pytest.raises(DataRefused) as refusal:
        read_submission(folder, small_codebook(), shown_as=SHOWN_AS)
    assert message in str(refusal.value)
