"""Somebody's words: permission on record, an answer that is coded, words that tell of nobody, and approvals."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from small_study import SHOWN_AS, faults_of, small_codebook, with_fault

from casebook.errors import DataRefused
from casebook.folders import DATA_VARIABLE
from casebook.restricted.interviews import RestrictedStudy
from casebook.restricted.quotations import APPROVALS_FILE, Quotation, read_approvals
from casebook.restricted.submissions import read_submission


def quoted(folder: Path, approvals: Mapping[str, frozenset[str]] | None = None) -> tuple[Quotation, ...]:
    submission = read_submission(with_fault("quoted", folder), small_codebook(), shown_as=SHOWN_AS)
    return RestrictedStudy.of([submission], small_codebook()).quotations(approvals or {})


def test_a_permitted_quotation_is_read_with_role_crime_and_answer(tmp_path: Path) -> None:
    (read,) = quoted(tmp_path, {"BE-W1/Q1": frozenset({"partner", "coordinator"})})
    assert (read.name, read.crime, read.group, read.variable, read.level) == (
        *("BE-W1/Q1", "OG", "V"),
        *("og_strategy", "implication"),
    )
    assert read.text == "He asked about [my family], and I told him everything."
    assert (read.approvals, read.synthetic) == (2, True)


def test_a_wave_that_an_edition_does_not_take_is_not_quoted(tmp_path: Path) -> None:
    submission = read_submission(with_fault("quoted", tmp_path), small_codebook(), shown_as=SHOWN_AS)
    study = RestrictedStudy.of([submission], small_codebook())
    assert study.waves(2).quotations({}) == ()
    assert len(study.waves(1).quotations({})) == 1


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (
            "quoted_without_permission",
            [
                "quotation.csv: row 2, column interview: there is no permission on record to quote this interview; "
                "allowed: yes_verbatim; do: remove the quotation"
            ],
        ),
        (
            "quoted_beside_coding",
            [
                "quotation.csv: row 2, column level: the interview is not coded with this level; found deception; "
                "do: name the answer that the words stand for"
            ],
        ),
        (
            "quoted_with_telling_words",
            [
                "quotation.csv: row 2, column text: the words may tell who, where or when: "
                "number at characters 7 to 14, name at characters 21 to 24, place or language at characters 37 to 41; "
                "do: replace them in [brackets]"
            ],
        ),
    ],
)
def test_what_may_not_be_quoted_is_refused(fault: str, expected: list[str], tmp_path: Path) -> None:
    assert faults_of(fault, tmp_path) == expected


def test_links_levels_and_numbers_are_checked_like_any_table(tmp_path: Path) -> None:
    told = " ".join(faults_of("quoted_twice", tmp_path))
    assert "row 3, column quotation: the quotation occurs in an earlier row" in told
    assert "row 3, column interview: interview.csv has no such interview" in told
    assert "row 3, column level: not a level of the variable; found kindness" in told


def test_no_message_repeats_the_words(tmp_path: Path) -> None:
    assert not any("Anna" in fault or "Porto" in fault for fault in faults_of("quoted_with_telling_words", tmp_path))


# The approved list


def approvals(folder: Path, *rows: str) -> Path:
    (folder / "data").mkdir()
    (folder / "data" / APPROVALS_FILE).write_text("\n".join(["submission,quotation,office", *rows, ""]), "utf-8")
    return folder


def test_offices_are_listed_by_quotation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(DATA_VARIABLE, raising=False)
    root = approvals(tmp_path, "BE-W1,Q1,partner", "BE-W1,Q1,ethics_board", "BE-W1,Q2,partner")
    assert read_approvals(root) == {
        "BE-W1/Q1": frozenset({"partner", "ethics_board"}),
        "BE-W1/Q2": frozenset({"partner"}),
    }


def test_without_a_list_nothing_is_approved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(DATA_VARIABLE, raising=False)
    assert read_approvals(tmp_path) == {}


def test_real_approvals_lie_with_the_real_interviews(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(DATA_VARIABLE, str(approvals(tmp_path, "BE-W1,Q1,partner") / "data"))
    assert read_approvals(Path("nowhere")) == {"BE-W1/Q1": frozenset({"partner"})}


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (
            ["BE-W1,Q1,friend"],
            "row 2, column office: not an office; found friend; allowed: partner, coordinator, ethics_board",
        ),
        (["BE-W1,Q1,partner", "BE-W1,Q1,partner"], "row 3: the row occurs more than once; do: keep one"),
    ],
)
def test_an_office_twice_or_unknown_is_refused(
    rows: list[str], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(DATA_VARIABLE, raising=False)
    with pytest.raises(DataRefused) as refusal:
        read_approvals(approvals(tmp_path, *rows))
    assert [str(fault) for fault in refusal.value.faults] == [f"data/{APPROVALS_FILE}: {message}"]
