"""A submission is read whole, or refused with every fault; a correction takes the place of what it replaces."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from small_study import (
    FAULTY_DATA,
    SHOWN_AS,
    SOUND,
    TESTS,
    faults_of,
    small_codebook,
    sound_submission,
    with_fault,
)

from casebook.errors import DataRefused
from casebook.restricted.submission_tables import COLUMNS, OPTIONAL
from casebook.restricted.submissions import in_force, read_submission, read_submissions, submission_folders


def another(countries: Path, name: str, *, replaces: str = "", first: str = "3") -> Path:
    """Write a copy of the sound submission under another id, whose interviews' numbers begin with `first`."""
    folder = countries / name[:2] / name
    folder.mkdir(parents=True)
    for path in sorted(SOUND.iterdir()):
        text = path.read_text("utf-8")
        for crime in ("OG-1", "HT-2"):
            text = text.replace(crime, f"{crime[:3]}{first or crime[3]}")
        (folder / path.name).write_text(text.replace("BE-W1", name).replace("be-w1", name.lower()), "utf-8")
    row = folder / "submission.csv"
    row.write_text(row.read_text("utf-8").replace("yes,\n", f"yes,{replaces}\n"), "utf-8")
    return folder


def test_a_submission_says_who_handed_in_what() -> None:
    read = sound_submission()
    assert (read.id, read.partner, read.country, read.received) == ("BE-W1", "BE-PARTNER", "BE", "2021-09-30")
    assert read.synthetic
    assert read.replaces is None
    assert list(read.interviews["interview"]) == ["OG-1001", "OG-1002", "OG-1003", "HT-2001"]
    assert len(read.coding) == 47


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ("unknown_file", f"{SHOWN_AS}: a file that no submission has; found transcript.csv; do: move it elsewhere"),
        ("two_submissions", "submission.csv: the table must have one row; found 2; allowed: 1"),
    ],
)
def test_a_fault_of_the_folder_is_told(fault: str, expected: str, tmp_path: Path) -> None:
    assert expected in faults_of(fault, tmp_path)


def test_every_faulty_submission_has_a_test_of_its_message() -> None:
    folders = set(FAULTY_DATA.glob("submission_*")) - {SOUND.parent}
    faults = {path.name.removeprefix("submission_") for path in folders}
    tests = "".join(path.read_text("utf-8") for path in TESTS.glob("test_*.py"))
    assert {fault for fault in faults if f'"{fault}"' not in tests} == set()


def test_a_refusal_names_no_path_of_the_machine(tmp_path: Path) -> None:
    with pytest.raises(DataRefused) as refusal:
        read_submission(tmp_path / "BE" / "BE-W9", small_codebook(), shown_as="data/countries/BE/BE-W9")
    assert str(tmp_path) not in str(refusal.value)
    assert "data/countries/BE/BE-W9: there is no such folder" in str(refusal.value)


def test_a_folder_of_another_name_is_refused(tmp_path: Path) -> None:
    folder = another(tmp_path, "BE-W2").rename(tmp_path / "BE" / "BE-W3")
    with pytest.raises(DataRefused, match="row 2, column submission: the folder has another name"):
        read_submission(folder, small_codebook(), shown_as=SHOWN_AS)


def test_real_data_are_read_as_real(tmp_path: Path) -> None:
    folder = another(tmp_path, "BE-W2")
    package = json.loads((folder / "datapackage.json").read_text("utf-8"))
    (folder / "datapackage.json").write_text(json.dumps({**package, "synthetic": False}), "utf-8")
    row = folder / "submission.csv"
    row.write_text(row.read_text("utf-8").replace("none,yes,", "none,no,"), "utf-8")
    assert not read_submission(folder, small_codebook(), shown_as=SHOWN_AS).synthetic


def test_submissions_are_found_by_country_and_read_in_the_order_of_their_ids(tmp_path: Path) -> None:
    another(tmp_path, "BE-W2", first="4")
    another(tmp_path, "BE-W1")
    (tmp_path / "BE" / "context.yml").write_text("country: BE\n", "utf-8")
    folders = submission_folders(tmp_path)
    assert [folder.name for folder in folders] == ["BE-W1", "BE-W2"]
    assert [read.id for read in read_submissions(reversed(folders), small_codebook())] == ["BE-W1", "BE-W2"]


def test_a_correction_takes_the_place_of_what_it_replaces_and_both_stay_readable(tmp_path: Path) -> None:
    folders = [another(tmp_path, "BE-W1"), another(tmp_path, "BE-W1.1", replaces="BE-W1")]
    read = read_submissions(folders, small_codebook())
    assert [submission.id for submission in read] == ["BE-W1", "BE-W1.1"]
    assert [submission.id for submission in in_force(read)] == ["BE-W1.1"]


def test_an_interview_in_two_submissions_is_refused(tmp_path: Path) -> None:
    folders = [another(tmp_path, "BE-W1"), another(tmp_path, "BE-W2")]
    with pytest.raises(DataRefused) as refusal:
        read_submissions(folders, small_codebook())
    assert len(refusal.value.faults) == 4
    assert str(refusal.value.faults[0]) == (
        "data/countries/BE/BE-W2/interview.csv: row 2, column interview: the interview is also in submission BE-W1; "
        "do: give it another number, or name the submission that this one replaces"
    )


@pytest.mark.parametrize(
    ("replacing", "expected"),
    [
        ({"BE-W1": "", "BE-W2": "BE-W1", "BE-W3": "BE-W1"}, "two submissions replace the same one; found BE-W1"),
        ({"BE-W1": "BE-W2", "BE-W2": "BE-W1"}, "submissions replace each other in a circle; found BE-W1"),
    ],
)
def test_replacements_form_a_chain(replacing: dict[str, str], expected: str, tmp_path: Path) -> None:
    folders = [
        another(tmp_path, name, replaces=replaces, first=str(number))
        for number, (name, replaces) in enumerate(replacing.items(), start=3)
    ]
    with pytest.raises(DataRefused, match=f"submission.csv: row 2, column replaces: {expected}"):
        read_submissions(folders, small_codebook())


def test_the_faults_of_all_submissions_are_told_together(tmp_path: Path) -> None:
    folders = [with_fault("unknown_zone", tmp_path / "a"), with_fault("no_such_day", tmp_path / "b")]
    with pytest.raises(DataRefused, match=r"(?s)column zone.*column received"):
        read_submissions(folders, small_codebook())


@pytest.mark.parametrize("name", list(COLUMNS))
def test_a_table_without_rows_is_refused_unless_it_may_be_empty(name: str, tmp_path: Path) -> None:
    folder = another(tmp_path, "BE-W2")
    header = f"{','.join(COLUMNS[name])}\n"
    (folder / f"{name}.csv").write_text(header, "utf-8")
    if name in ("code_map", *OPTIONAL):
        assert getattr(read_submission(folder, small_codebook(), shown_as=SHOWN_AS).tables, name).empty
    else:
        with pytest.raises(DataRefused):
            read_submission(folder, small_codebook(), shown_as=SHOWN_AS)
