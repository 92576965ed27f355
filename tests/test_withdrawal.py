"""A withdrawal of consent: left out of what is to come, told of what was published, and never held up."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from click.testing import Result
from small_project import casebook, files_of, small_project

from casebook.codebook import read_codebook
from casebook.desk.adding import Desk
from casebook.disclosure_control.ledger import Ledger, entered
from casebook.disclosure_control.ledger_files import write_ledger
from casebook.folders import DATA_VARIABLE
from casebook.protected_tables import Cell, ProtectedTable, ProtectedTables
from casebook.restricted.submissions import in_force
from casebook.study_files import read_study

NEW = "BE-2022-03-01"


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv(DATA_VARIABLE, raising=False)
    return small_project(tmp_path)


def withdraw(project: Path, *words: str) -> Result:
    return casebook(project, "withdraw", *words, "--received", "2022-03-01")


def rows(project: Path, table: str) -> list[dict[str, str]]:
    path = project / "data" / "countries" / "BE" / NEW / f"{table}.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def released(project: Path) -> None:
    """Enter an edition of the small project into its ledger, with one table of its victims."""
    study = read_study(project, read_codebook(project / "data"))
    plan = next(table for table in study.tables.values() if table.group == "V")
    table = ProtectedTable(
        id=plan.id,
        variable=plan.variable,
        crime=plan.crime,
        group=plan.group,
        country="pooled",
        section=plan.section,
        group_size=2,
        base=2,
        multi=False,
        cells=(Cell("held", "withheld"),),
    )
    book = ProtectedTables("D1.2", "CO", {table.key: table}, {}, {})
    write_ledger(project, entered(Ledger(), study.editions["D1.2"], [book]))


def test_a_new_submission_has_everything_but_the_interview(small: Path) -> None:
    result = withdraw(small, "OG-1002", "--yes")
    assert result.exit_code == 0, result.stderr
    assert {row["interview"] for row in rows(small, "interview")} == {"OG-1001", "OG-1003", "HT-2001"}
    for table in ("coverage", "coding"):
        assert "OG-1002" not in {row["interview"] for row in rows(small, table)}
    (about,) = rows(small, "submission")
    assert (about["replaces"], about["received"], about["format"]) == ("BE-W1", "2022-03-01", "withdrawal")


def test_the_earlier_submission_stays_as_history_and_is_not_in_force(small: Path) -> None:
    before = files_of(small / "data" / "countries" / "BE" / "BE-W1")
    withdraw(small, "OG-1002", "--yes")
    assert files_of(small / "data" / "countries" / "BE" / "BE-W1") == before
    codebook = read_codebook(small / "data")
    desk = Desk.of(small, read_study(small, codebook), codebook)
    assert [submission.id for submission in in_force(desk.submissions)] == [NEW]


def test_it_says_what_changes_and_where_the_interview_still_lies(small: Path) -> None:
    told = withdraw(small, "OG-1001", "--dry-run").stdout
    assert "OG-1001 is left out: submission BE-2022-03-01 takes the place of BE-W1." in told
    assert "D1.2, OG, experts: 1 -> 0 interviews" in told
    assert "No released edition counts the interview." in told
    assert "The interview still lies in: BE-W1, and in _build/restricted and the cache." in told


def test_a_rehearsal_or_a_no_changes_nothing(small: Path) -> None:
    before = files_of(small / "data")
    assert "Nothing was written: this was a rehearsal." in withdraw(small, "OG-1002", "--dry-run").stdout
    assert "Write this submission?" in withdraw(small, "OG-1002").stdout
    assert files_of(small / "data") == before


def test_released_editions_are_listed_with_what_they_contain(small: Path) -> None:
    released(small)
    told = withdraw(small, "OG-1002", "--dry-run").stdout
    assert "Released already: D1.2 1.0 CO, 1 tables that count the interview, 0 of its quotations." in told
    assert "the disclosure audit takes it as known to every reader" in told
    assert "So that D1.2 stays as it was, name in study.yml the submissions that it was released with." in told


def test_an_interview_of_another_wave_is_in_no_released_edition(small: Path) -> None:
    released(small)
    assert "No released edition counts the interview." in withdraw(small, "HT-2001", "--dry-run").stdout


def test_too_little_anonymity_afterwards_is_told_and_holds_up_nothing(small: Path) -> None:
    path = small / "study.yml"
    text = path.read_text("utf-8")
    strict = "assessed_from: {value: 1, why: W}\n    smallest_class: {value: 9"
    path.write_text(text.replace("assessed_from: {value: 5, why: W}\n    smallest_class: {value: 2", strict), "utf-8")
    result = withdraw(small, "OG-1002", "--yes")
    assert result.exit_code == 0, result.stderr
    assert "To be settled before the next build: interviews of D1.2: OG V, v_age_onset" in result.stdout
    assert len(rows(small, "interview")) == 3


def test_the_last_interview_of_a_submission_can_be_withdrawn(small: Path) -> None:
    codebook = read_codebook(small / "data")
    for number, interview in enumerate(("OG-1001", "OG-1002", "OG-1003", "HT-2001")):
        result = casebook(small, "withdraw", interview, "--yes", "--received", f"2022-03-0{number + 1}")
        assert result.exit_code == 0, result.stderr
    desk = Desk.of(small, read_study(small, codebook), codebook)
    assert [len(submission.interviews) for submission in in_force(desk.submissions)] == [0]


def test_an_interview_that_nobody_has_is_refused(small: Path) -> None:
    result = withdraw(small, "OG-9999", "--yes")
    assert result.exit_code == 11
    assert "INTERVIEW: no submission in force has such an interview; do: give its number" in result.stderr
    withdraw(small, "OG-1002", "--yes")
    assert "no submission in force has such an interview" in withdraw(small, "OG-1002", "--yes").stderr
