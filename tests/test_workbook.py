"""The workbook for partners: made from the codebook, filled, saved by other programs, and read back without loss."""

from __future__ import annotations

import datetime
import io
import re
import zipfile
from pathlib import Path

import openpyxl
import pytest
from small_project import casebook
from small_workbook import SOFFICE, changed, filled, request_for, saved_by_libreoffice

from casebook.codebook import Codebook
from casebook.errors import DataRefused
from casebook.restricted.intake.reading import Reading, letters_of
from casebook.restricted.intake.safe_open.sheets import read_sheets
from casebook.restricted.intake.workbook import is_ours, workbook_reading
from casebook.restricted.intake.workbook_layout import coding_columns, shown
from casebook.restricted.intake.workbook_template import Request, workbook
from casebook.restricted.intake.workbook_words import readme_lines
from casebook.restricted.submissions import Submission, read_submission

REQUEST = Request("PT", "OG", "1", ("OG-0001", "OG-0002"))


@pytest.fixture(scope="module")
def submission(project: Path, codebook: Codebook) -> Submission:
    return read_submission(project / "data" / "countries" / "PT" / "PT-W1", codebook, shown_as="PT-W1")


@pytest.fixture(scope="module")
def sent(submission: Submission, codebook: Codebook) -> bytes:
    return filled(submission, "OG", codebook)


@pytest.fixture(scope="module")
def small(submission: Submission, codebook: Codebook) -> bytes:
    """A filled workbook of two interviews."""
    return filled(submission, "OG", codebook, most=2)


def reading_of(path: Path, codebook: Codebook) -> Reading:
    sheets = read_sheets(path, shown_as=path.name)
    assert is_ours(sheets)
    return workbook_reading(sheets, codebook, file=path.name)


def read(content: bytes, folder: Path, codebook: Codebook) -> Reading:
    path = folder / "PT.xlsx"
    path.write_bytes(content)
    return reading_of(path, codebook)


def same_as_handed_in(reading: Reading, submission: Submission) -> None:
    """The interviews, coverage, levels and missing answers read are those of the submission, and no other."""
    names = set(request_for(submission, "OG").interviews)
    coders = {"A": "main", "B": "double", "CONS": "consensus"}
    rows = submission.coding.merge(submission.tables.coverage, on=["interview", "coder"])
    rows = rows[rows["interview"].isin(names)]
    levels = {(r.interview, r.kind, (r.variable, r.level)) for r in rows[rows["level"].ne("")].itertuples()}
    missing = {(r.interview, r.kind, (r.variable,), r.missing) for r in rows[rows["level"].eq("")].itertuples()}
    found = reading.project
    assert {(c.interview, coders[c.coder], c.code) for c in found.codings} == levels
    assert len(found.codings) == len(levels)
    assert {(m.interview, coders[m.coder], m.topic, m.kind) for m in found.missing} == missing
    people = submission.interviews.set_index("interview")
    assert {interview.name for interview in found.interviews} == names
    for interview in found.interviews:
        given = {key: value for key, value in interview.attributes if key in people.columns}
        assert given == people.loc[interview.name].to_dict()


def test_what_was_filled_in_is_read_back_without_loss(
    sent: bytes, submission: Submission, tmp_path: Path, codebook: Codebook
) -> None:
    reading = read(sent, tmp_path, codebook)
    assert (reading.faults, reading.project.deviations) == ((), ())
    same_as_handed_in(reading, submission)


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
def test_libreoffice_opens_and_saves_it_without_loss(
    sent: bytes, submission: Submission, tmp_path: Path, codebook: Codebook
) -> None:
    path = tmp_path / "PT.xlsx"
    path.write_bytes(sent)
    reading = reading_of(saved_by_libreoffice(path, tmp_path), codebook)
    assert (reading.faults, reading.project.deviations) == ((), ())
    same_as_handed_in(reading, submission)


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
def test_drop_downs_and_locks_survive_libreoffice(tmp_path: Path, codebook: Codebook) -> None:
    path = tmp_path / "PT.xlsx"
    path.write_bytes(workbook(REQUEST, codebook))
    book = openpyxl.load_workbook(saved_by_libreoffice(path, tmp_path))
    coding, interviews = book["coding OG"], book["interviews"]
    assert book["lists"].sheet_state == "hidden"
    assert {rule.formula1 for rule in coding.data_validations.dataValidation} >= {"list_yes_no", "list_og_fake_profile"}
    assert interviews.protection.sheet
    assert (interviews["A3"].protection.locked, interviews["D3"].protection.locked) == (True, False)
    assert interviews["H3"].number_format == "@"


def test_the_same_request_gives_the_same_bytes(codebook: Codebook) -> None:
    assert workbook(REQUEST, codebook) == workbook(REQUEST, codebook)


def test_it_says_which_template_and_codebook_it_was_made_from(tmp_path: Path, codebook: Codebook) -> None:
    path = tmp_path / "PT.xlsx"
    path.write_bytes(workbook(REQUEST, codebook))
    properties = zipfile.ZipFile(path).read("docProps/custom.xml").decode()
    assert re.findall(r'name="([^"]+)"', properties) == ["casebook template", "casebook schema"]
    other = Codebook(codebook.variables[:-1])
    told = [str(fault) for fault in reading_of(path, other).project.deviations]
    assert "PT.xlsx: sheet README: the workbook was made from another state of the codebook" in told[0]


def test_an_empty_workbook_has_no_interviews_and_no_faults(tmp_path: Path, codebook: Codebook) -> None:
    reading = read(workbook(REQUEST, codebook), tmp_path, codebook)
    assert (reading.project.interviews, reading.project.codings, reading.faults) == ((), (), ())


def test_every_level_has_one_way_to_be_written_that_no_spreadsheet_takes_for_a_date(codebook: Codebook) -> None:
    for column in coding_columns(codebook, "OG"):
        if column.level is None:
            assert not any(shown(level)[0].isdigit() for level in column.variable.level_ids)
            assert len({shown(level) for level in column.variable.level_ids}) == len(column.variable.level_ids)


def test_the_readme_is_told_line_by_line() -> None:
    lines = dict(readme_lines())
    assert lines["How to fill this workbook"] == ""
    assert lines["coverage"] == "OG-0000 | A | main | yes"


# Faults are told by sheet, row and column. Row 5 of the coding sheet is the first interview's main coder.


def column_of(codebook: Codebook, key: str) -> tuple[str, str]:
    """The letters of a column of the coding sheet, and how a message names it."""
    place = 3 + [column.key for column in coding_columns(codebook, "OG")].index(key)
    letters = letters_of(place - 1)
    return letters, f"column {letters} ({key})"


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("og_initiator", "somebody", "not a value of this column; found somebody; allowed: "),
        ("og_strategy = deception", None, "the cell is empty beside answers to the same question"),
        ("og_strategy = deception", "refused", "a reason for a missing answer stands beside answers"),
        ("v_age_onset", "2021-10-12", "the cell holds a date"),
    ],
)
def test_a_faulty_cell_is_told_in_the_partners_terms(
    key: str, value: str | None, told: str, small: bytes, tmp_path: Path, codebook: Codebook
) -> None:
    letters, named = column_of(codebook, key)
    others = {column_of(codebook, f"og_strategy = {x}")[0] for x in ("deception", "implication", "corruption")}
    cells: dict[tuple[str, str], str | datetime.date | None] = {("coding OG", f"{other}5"): "yes" for other in others}
    reading = read(changed(small, {**cells, ("coding OG", f"{letters}5"): value}), tmp_path, codebook)
    place = "sheet coding OG, row 5, "
    assert any(f"{place}{named}: {told}" in str(fault) or told in str(fault) for fault in reading.faults)
    assert all(fault.place.startswith(place) for fault in reading.faults)


def test_a_question_answered_with_no_throughout_is_a_fault(small: bytes, tmp_path: Path, codebook: Codebook) -> None:
    levels = codebook["og_strategy"].level_ids
    cells = {("coding OG", f"{column_of(codebook, f'og_strategy = {x}')[0]}5"): "no" for x in levels}
    told = [str(fault) for fault in read(changed(small, cells), tmp_path, codebook).faults]
    assert [text for text in told if "every column of the question says no" in text]


def test_codings_without_coverage_are_a_fault(small: bytes, tmp_path: Path, codebook: Codebook) -> None:
    reading = read(changed(small, {("coverage", "D3"): None}), tmp_path, codebook)
    assert "the sheet coverage does not say that this coder coded the interview" in str(reading.faults[0])
    assert reading.faults[0].place == "sheet coding OG, row 5, column B (coder)"


def test_a_month_that_became_a_date_is_still_that_month(small: bytes, tmp_path: Path, codebook: Codebook) -> None:
    reading = read(changed(small, {("interviews", "H3"): datetime.date(2021, 4, 1)}), tmp_path, codebook)
    assert dict(reading.project.interviews[0].attributes)["month"] == "2021-04"


def test_a_sheet_of_the_partners_own_is_told_and_not_read(small: bytes, tmp_path: Path, codebook: Codebook) -> None:
    book = openpyxl.load_workbook(io.BytesIO(small))
    book.create_sheet("my notes")["A1"] = "anything"
    stream = io.BytesIO()
    book.save(stream)
    told = read(stream.getvalue(), tmp_path, codebook).project.deviations
    assert [str(fault) for fault in told] == [
        "PT.xlsx: sheet my notes: the sheet is none of the workbook's and is not read"
    ]


def test_a_missing_column_and_a_missing_row_of_keys_are_faults(
    small: bytes, tmp_path: Path, codebook: Codebook
) -> None:
    reading = read(changed(small, {("interviews", "D2"): None, ("coverage", "A2"): None}), tmp_path, codebook)
    told = [str(fault) for fault in reading.faults]
    assert any("sheet interviews, row 2: the column role is missing" in text for text in told)
    assert any("sheet coverage: the row with the names of the columns is missing" in text for text in told)


# The command


def test_the_command_writes_one_with_numbers_that_are_not_in_use(project: Path, tmp_path: Path) -> None:
    out = tmp_path / "PT.xlsx"
    result = casebook(project, "workbook", "PT", "--crime", "OG", "--interviews", "3", "--out", str(out))
    assert result.stdout == "Wrote PT.xlsx for 3 interviews on OG, PT, wave 2.\n"
    names = [str(cell.value) for cell in openpyxl.load_workbook(out)["interviews"]["A"][2:]]
    assert len(set(names)) == 3
    used = "".join(path.read_text("utf-8") for path in (project / "data" / "countries").glob("*/*/interview.csv"))
    assert not [name for name in names if f"{name}," in used]


def test_a_workbook_that_is_there_is_not_replaced(project: Path, tmp_path: Path) -> None:
    out = tmp_path / "PT.xlsx"
    out.write_bytes(b"filled")
    result = casebook(project, "workbook", "PT", "--crime", "OG", "--out", str(out))
    assert (result.exit_code, out.read_bytes()) == (DataRefused.exit_code, b"filled")
    assert "PT.xlsx: the file is there already; do: choose another name: it may have been filled" in result.stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("ZZ", "--crime", "OG"), "countries: the study has none of that name; found ZZ; allowed: BE, DE"),
        (("PT", "--crime", "XX"), "crimes: the study has none of that name; found XX; allowed: OG, CB, HT"),
        (("PT", "--crime", "OG", "--wave", "9"), "waves: the study has none of that name; found 9; allowed: 1, 2"),
    ],
)
def test_what_the_study_does_not_know_is_refused(
    words: tuple[str, ...], told: str, project: Path, tmp_path: Path
) -> None:
    result = casebook(project, "workbook", *words, "--out", str(tmp_path / "x.xlsx"))
    assert result.exit_code == DataRefused.exit_code
    assert told in result.stderr
