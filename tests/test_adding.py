"""Adding a country's interviews: checked, rehearsed, written whole or not at all, and never changed afterwards."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest
from click.testing import Result
from small_desk import handed_in
from small_project import casebook, files_of, small_project
from small_study import small_codebook

from casebook.folders import DATA_VARIABLE
from casebook.restricted.intake import handing_in
from casebook.restricted.intake.code_tree import with_ancestors
from casebook.restricted.intake.project import Code, Coder, Coding, Format, Interview, Project
from casebook.restricted.intake.reading import letters_of
from casebook.restricted.intake.refi_qda.writer import project_file
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


def test_passages_that_may_be_quoted_come_in_a_table(small: Path, tmp_path: Path) -> None:
    permitted = {("interviews", "N4"): "yes_verbatim"}
    table = tmp_path / "quotations.csv"
    head = "quotation,interview,variable,level,text"
    table.write_text(f"{head}\nQ1,OG-5002,og_strategy,implication,He asked about [my family].\n", "utf-8")
    files = (handed_in(tmp_path, cells=permitted), "--quotations", table)
    result = add(small, *files, "--synthetic", "--yes")
    assert result.exit_code == 0, result.stderr
    written = (small / "data" / "countries" / "ES" / NEW / "quotation.csv").read_text("utf-8")
    assert written == f"{head}\nQ1,OG-5002,og_strategy,implication,He asked about [my family].\n"
    assert casebook(small, "check").exit_code == 0


def test_passages_without_permission_or_that_tell_are_refused_by_their_row(small: Path, tmp_path: Path) -> None:
    table = tmp_path / "quotations.csv"
    rows = "quotation,interview,variable,level,text\nQ1,OG-5002,og_strategy,implication,He was from Porto.\n"
    table.write_text(rows, "utf-8")
    result = add(small, handed_in(tmp_path), "--quotations", table, "--dry-run")
    assert result.exit_code == 11
    assert "the quotations: row 2, column interview: there is no permission on record" in result.stderr
    assert "the quotations: row 2, column text: the words may tell who, where or when: place" in result.stderr


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
    assert f"{place}: coverage is complete, but the question has no answer" in result.stderr


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


# A partner with a tool of its own: an export, and a workbook that says who was interviewed and who coded

CODES = {
    ("Strategy", "lies to the child"): "og_strategy,deception",
    ("Strategy", "hints"): "og_strategy,implication",
    ("Strategy", "presses"): "og_strategy,coercion",
    ("Danger", "hints"): "og_strategy_danger,implication",
    ("Country", "law"): "regional_difference,legislation",
    ("Other", "funny"): ",",
}


def exported(folder: Path, codes: Mapping[tuple[str, str], str] = CODES) -> Path:
    """A project of a tool, in which one coder gave the expert of Spain and a victim three codes each."""
    given = {"case 1": [*list(CODES)[:2], ("Country", "law")], "case 2": [("Strategy", "presses"), ("Other", "funny")]}
    project = Project(
        Format.QDPX,
        codes=with_ancestors(Code(path) for path in codes),
        interviews=tuple(Interview(name) for name in given),
        coders=(Coder("A"),),
        codings=tuple(Coding(name, path, "A") for name, paths in given.items() for path in paths),
    )
    path = folder / "export.qdpx"
    path.write_bytes(project_file(project))
    return path


def beside(folder: Path) -> Path:
    """The workbook beside an export: who was interviewed, under which name in the tool, and who coded; no codings."""
    keys = len(CODING_KEYS) + len(coding_columns(small_codebook(), "OG"))
    nothing = {("coding OG", f"{letters_of(c)}{row}"): None for c in range(2, keys) for row in range(5, 14)}
    names = {("interviews", "B3"): "case 1", ("interviews", "B4"): "case 2"}
    coverage = {("coverage", f"D{row}"): "yes" if row in (3, 6) else None for row in range(3, 9)}
    numbers = {"OG-1001": "OG-5001", "OG-1003": "OG-5003"}
    return handed_in(folder, numbers=numbers, cells={**nothing, **names, **coverage})


def decided(folder: Path, project: Path, codes: Mapping[tuple[str, str], str] = CODES) -> Path:
    """The code map that the desk wrote, with a decision for every code."""
    written = project / "_build" / "restricted" / "desk" / NEW / "code_map.csv"
    rows = [line.split(",") for line in written.read_text("utf-8").splitlines()]
    targets = {" > ".join(path): target for path, target in codes.items()}
    for row in rows[1:]:
        if target := targets.get(row[0]):
            row[1:5] = [*target.split(","), "none" if target == "," else "exact", "team"]
    path = folder / "map.csv"
    path.write_text("".join(",".join(row) + "\n" for row in rows), "utf-8")
    return path


def test_codes_of_a_tool_wait_for_a_decision_that_is_kept_for_the_next_time(small: Path, tmp_path: Path) -> None:
    files = (exported(tmp_path), beside(tmp_path))
    undecided = add(small, *files, "--dry-run")
    assert "export.qdpx: codes: codes stand for no level yet, and nobody has decided" in undecided.stderr
    assert "Codes that nobody has decided on: 5" in undecided.stdout
    done = add(small, *files, "--code-map", decided(tmp_path, small), "--synthetic", "--yes")
    assert done.exit_code == 0, done.stderr
    again = add(small, *files, "--synthetic", "--dry-run", "--replaces", NEW)
    assert again.exit_code == 0, again.stderr


def test_what_a_coder_did_not_code_is_not_mentioned_and_what_has_no_code_is_not_coded(
    small: Path, tmp_path: Path
) -> None:
    files = (exported(tmp_path), beside(tmp_path))
    add(small, *files, "--dry-run")
    add(small, *files, "--code-map", decided(tmp_path, small), "--synthetic", "--yes")
    folder = small / "data" / "countries" / "ES" / NEW
    coding = (folder / "coding.csv").read_text("utf-8").splitlines()
    assert "OG-5001,A,og_strategy,deception," in coding
    assert "OG-5003,A,og_strategy,coercion," in coding
    assert "OG-5001,A,og_strategy_danger,,not_mentioned" in coding
    assert "OG-5001,A,og_fake_profile,,not_coded" in coding
    assert not [row for row in coding if row.endswith(",no,")]
    assert "Other > funny,,,none,team" in (folder / "code_map.csv").read_text("utf-8")
    assert all("case 1" not in path.read_text("utf-8") for path in folder.iterdir())


def test_a_coder_whose_codings_are_in_no_file_is_told(small: Path, tmp_path: Path) -> None:
    files = (f"B={exported(tmp_path)}", beside(tmp_path))
    add(small, *files, "--dry-run")
    result = add(small, *files, "--code-map", decided(tmp_path, small), "--dry-run")
    assert "coverage is complete, but the question has no answer" in result.stderr


def test_an_interview_without_a_number_is_told_by_its_place_and_never_by_its_name(small: Path, tmp_path: Path) -> None:
    result = add(small, exported(tmp_path), "--dry-run")
    assert "export.qdpx: interview 1 of the file: the interview has no number of the study" in result.stderr
    assert "case 1" not in result.output
    told = (small / "_build" / "restricted" / "desk" / NEW / "report.html").read_text("utf-8")
    assert "case 1" not in told


def test_a_code_that_may_identify_a_person_is_told_by_its_place(small: Path, tmp_path: Path) -> None:
    named = {**CODES, ("Other", "Mr Planted"): ","}
    path = exported(tmp_path, codes=named)
    add(small, path, beside(tmp_path), "--dry-run")
    result = add(small, path, beside(tmp_path), "--code-map", decided(tmp_path, small, codes=named), "--dry-run")
    place = "ES.xlsx: the code map, decided code 3 in the order of the alphabet"
    assert f"{place}: the text may identify a person: personal name" in result.stderr
    assert "Planted" not in result.output
