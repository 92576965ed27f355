"""Adding a country's interviews: checked, rehearsed, written whole or not at all, and never changed afterwards."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from click.testing import Result
from small_desk import handed_in
from small_project import casebook, files_of, small_project
from small_study import small_codebook

from casebook.restricted.analysis_run import DATA_VARIABLE
from casebook.restricted.intake import handing_in
from casebook.restricted.intake.reading import letters_of
from casebook.restricted.intake.workbook_layout import CODING_KEYS, coding_columns

DAY = ("--received", "2021-10-01")
NEW = "ES-2021-10-01"


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv(DATA_VARIABLE, raising=False)
    return small_project(tmp_path)


def add(project: Path, *words: str | Path, country: str = "ES") -> Result:
    return casebook(project, "add-country", country, *map(str, words), *DAY)


def submissions(project: Path) -> set[str]:
    found = (project / "data" / "countries").glob("*/*/submission.csv")
    return {path.parent.name for path in found}


def data_of(project: Path) -> dict[str, tuple[int, bytes]]:
    return files_of(project / "data")


def test_a_rehearsal_says_what_would_change_and_writes_nothing_but_the_report(small: Path, tmp_path: Path) -> None:
    before = data_of(small)
    result = add(small, handed_in(tmp_path), "--synthetic", "--dry-run")
    assert result.exit_code == 0, result.stderr
    assert "ES.xlsx: workbook, 3 interviews" in result.stdout
    assert f"Submission {NEW}: 3 interviews (OG E 1, OG V 2)" in result.stdout
    assert "D1.2, OG, experts: 1 -> 2 interviews" in result.stdout
    assert "statements on 1 pages and" in result.stdout
    assert "Nothing was written: this was a rehearsal." in result.stdout
    assert data_of(small) == before
    written = {path.name for path in (small / "_build" / "restricted" / "desk" / NEW).iterdir()}
    assert written == {"report.html", "ES-annotated.xlsx"}


def test_what_is_agreed_to_is_written_and_read_like_any_other(small: Path, tmp_path: Path) -> None:
    result = add(small, handed_in(tmp_path), "--synthetic", "--yes")
    assert result.exit_code == 0, result.stderr
    assert submissions(small) == {"BE-W1", NEW}
    assert casebook(small, "check").exit_code == 0
    folder = small / "data" / "countries" / "ES"
    assert sorted(path.name for path in folder.iterdir()) == [NEW, "context.yml"]
    assert '"synthetic": true' in (folder / NEW / "datapackage.json").read_text("utf-8")


def test_nothing_is_written_where_nobody_agrees(small: Path, tmp_path: Path) -> None:
    result = add(small, handed_in(tmp_path), "--synthetic")
    assert submissions(small) == {"BE-W1"}
    assert "Write this submission?" in result.stdout


@pytest.mark.slow
def test_the_same_files_give_the_same_submission(small: Path, tmp_path: Path) -> None:
    written = []
    for _ in range(2):
        add(small, handed_in(tmp_path), "--synthetic", "--yes")
        place = small / "data" / "countries" / "ES" / NEW
        written.append({path.name: path.read_bytes() for path in place.iterdir()})
        shutil.rmtree(place)
    assert written[0] == written[1]


# What cannot be added


def test_a_country_that_does_not_exist_is_refused(small: Path, tmp_path: Path) -> None:
    result = add(small, handed_in(tmp_path), "--dry-run", country="XX")
    assert result.exit_code == 11
    assert "study.yml: countries: the study has no such country; found XX; allowed: BE, ES; do: add" in result.stderr


def test_a_number_in_use_is_told_at_its_cell(small: Path, tmp_path: Path) -> None:
    numbers = {"OG-1001": "OG-1001", "OG-1002": "OG-5002"}
    result = add(small, handed_in(tmp_path, numbers=numbers), "--dry-run")
    place = "ES.xlsx: sheet interviews, row 3, column A (interview)"
    assert f"{place}: the interview is also in submission BE-W1" in result.stderr
    assert result.stderr.count("the interview is also in") == 1


def test_every_fault_is_told_at_once_in_the_partners_terms(small: Path, tmp_path: Path) -> None:
    cells = {("interviews", "F3"): "X", ("coverage", "D3"): "perhaps", ("interviews", "H4"): "May"}
    result = add(small, handed_in(tmp_path, cells=cells), "--dry-run")
    assert result.exit_code == 11
    told = [line for line in result.stderr.splitlines() if "ES.xlsx: sheet" in line]
    assert any("sheet coverage, row 3, column D (complete): not an allowed value; found perhaps" in t for t in told)
    assert any(
        "sheet interviews, row 3, column F (zone): not a value of the codebook's zone; found X" in t for t in told
    )
    assert any("sheet interviews, row 4, column H (month): not a value of the codebook's int_month" in t for t in told)


def test_an_empty_cell_of_a_complete_coding_is_told_at_that_cell(small: Path, tmp_path: Path) -> None:
    keys = [column.key for column in coding_columns(small_codebook(), "OG")]
    letters = letters_of(len(CODING_KEYS) + keys.index("og_fake_profile"))
    result = add(small, handed_in(tmp_path, cells={("coding OG", f"{letters}5"): None}), "--dry-run")
    place = f"ES.xlsx: sheet coding OG, row 5, column {letters} (og_fake_profile)"
    assert f"{place}: coverage is complete, but coding.csv has no row for a variable" in result.stderr


def test_interviews_of_a_wave_that_no_edition_takes_are_accepted_and_said_to_wait(small: Path, tmp_path: Path) -> None:
    cells: dict[tuple[str, str], str | None] = {("interviews", f"G{row}"): "2" for row in (3, 4, 5)}
    result = add(small, handed_in(tmp_path, cells=cells), "--synthetic", "--yes")
    assert result.exit_code == 0, result.stderr
    assert "No edition takes wave 2: 3 interviews are accepted and wait for one that does." in result.stdout
    assert "D1.2 CO: does not change" in result.stdout
    assert NEW in submissions(small)


# Where it is written


def test_interviews_with_people_never_enter_the_repository(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = data_of(small)
    result = add(small, handed_in(tmp_path), "--yes")
    assert "CASEBOOK_DATA: interviews with people are kept in a folder outside the repository" in result.stderr
    (small / "real").mkdir()
    monkeypatch.setenv(DATA_VARIABLE, str(small / "real"))
    result = add(small, handed_in(tmp_path), "--yes")
    assert "CASEBOOK_DATA: interviews with people must not lie in the repository" in result.stderr
    assert data_of(small) == before
    assert not list((small / "real").iterdir())


@pytest.mark.slow
def test_interviews_with_people_go_where_casebook_data_says(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = tmp_path / "real"
    shutil.copytree(small / "data" / "countries" / "BE" / "BE-W1", real / "BE" / "BE-W1")
    shutil.copyfile(small / "data" / "key", real / "key")
    monkeypatch.setenv(DATA_VARIABLE, str(real))
    before = data_of(small)
    assert add(small, handed_in(tmp_path), "--yes").exit_code == 0
    assert data_of(small) == before
    assert '"synthetic": false' in (real / "ES" / NEW / "datapackage.json").read_text("utf-8")
    refused = add(small, handed_in(tmp_path), "--synthetic", "--yes")
    assert "invented interviews do not go beside real ones" in refused.stderr


@pytest.mark.parametrize("number", [28, 5])
def test_a_full_disk_changes_nothing(number: int, small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(number, os.strerror(number))

    before = data_of(small)
    monkeypatch.setattr(os, "fsync", full)
    result = add(small, handed_in(tmp_path), "--synthetic", "--yes")
    assert f"{NEW}: the submission could not be written; nothing has changed; found {os.strerror(number)}" in (
        result.stderr
    )
    assert data_of(small) == before


def test_an_interrupt_changes_nothing(small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    before = data_of(small)
    monkeypatch.setattr(handing_in, "read_submission", interrupted)
    assert add(small, handed_in(tmp_path), "--synthetic", "--yes").exit_code == 130
    assert data_of(small) == before


@pytest.mark.slow
def test_a_submission_that_is_there_is_never_changed(small: Path, tmp_path: Path) -> None:
    path = handed_in(tmp_path)
    add(small, path, "--synthetic", "--yes")
    before = data_of(small)
    other = handed_in(tmp_path, numbers={"OG-1001": "OG-6001"})
    result = add(small, other, "--synthetic", "--yes", "--submission", NEW)
    assert "another submission has the same id" in result.stderr
    assert data_of(small) == before


# Corrections and withdrawals: a new submission takes the place of an earlier one, which stays as it was


@pytest.mark.slow
def test_a_later_submission_adds_to_a_country_that_is_there(small: Path, tmp_path: Path) -> None:
    add(small, handed_in(tmp_path), "--synthetic", "--yes")
    later = handed_in(tmp_path, numbers={"OG-1001": "OG-6001"})
    result = add(small, later, "--synthetic", "--yes")
    assert "D1.2, OG, experts: 2 -> 3 interviews" in result.stdout
    assert submissions(small) == {"BE-W1", NEW, f"{NEW}-2"}


def test_a_correction_keeps_what_it_does_not_say_anew(small: Path, tmp_path: Path) -> None:
    add(small, handed_in(tmp_path), "--synthetic", "--yes")
    before = data_of(small)
    corrected = handed_in(tmp_path, numbers={"OG-1001": "OG-5001"}, cells={("interviews", "F3"): "N"})
    result = add(small, corrected, "--synthetic", "--yes", "--replaces", NEW)
    assert result.exit_code == 0, result.stderr
    rows = (small / "data" / "countries" / "ES" / f"{NEW}-2" / "interview.csv").read_text("utf-8").splitlines()
    assert [row.split(",")[0] for row in rows[1:]] == ["OG-5001", "OG-5002", "OG-5003"]
    assert rows[1].startswith("OG-5001,OG,E,ES,N,")
    assert casebook(small, "check").exit_code == 0
    after = data_of(small)
    assert {name: after[name] for name in before} == before


def test_a_withdrawal_leaves_interviews_out_and_needs_no_file(small: Path, tmp_path: Path) -> None:
    add(small, handed_in(tmp_path), "--synthetic", "--yes")
    result = add(small, "--synthetic", "--yes", "--replaces", NEW, "--withdraw", "OG-5002")
    assert result.exit_code == 0, result.stderr
    assert "D1.2, OG, victims: 4 -> 3 interviews" in result.stdout
    written = small / "data" / "countries" / "ES" / f"{NEW}-2"
    assert all("OG-5002" not in path.read_text("utf-8") for path in written.iterdir())


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--replaces", "ES-X"), "--replaces: the country has no such submission in force; found ES-X"),
        (("--withdraw", "OG-1"), "--withdraw: nothing says from which submission"),
        ((), "FILES: nothing was handed in; do: name the partner's files"),
    ],
)
def test_what_cannot_be_corrected_is_refused(words: tuple[str, ...], told: str, small: Path) -> None:
    assert told in add(small, "--synthetic", "--yes", *words).stderr


def test_a_withdrawal_of_an_interview_that_is_not_there_is_refused(small: Path) -> None:
    result = add(small, "--synthetic", "--yes", "--replaces", "BE-W1", "--withdraw", "OG-9999", country="BE")
    assert "--withdraw: submission BE-W1 has no such interview; found OG-9999" in result.stderr


def test_an_edition_that_names_its_submissions_does_not_move(small: Path, tmp_path: Path) -> None:
    study = small / "study.yml"
    study.write_text(study.read_text("utf-8").replace("submissions: all", "submissions: [BE-W1]"), "utf-8")
    result = add(small, handed_in(tmp_path), "--synthetic", "--yes")
    assert "D1.2 CO: does not change" in result.stdout
    assert NEW in submissions(small)
