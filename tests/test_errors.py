"""Refusals: what the reader of a message gets to see."""

from __future__ import annotations

import pickle

import pytest

from casebook import errors
from casebook.errors import CasebookError, DataRefused, Fault, StatementRefused, StudyRefused, together

CLASSES = sorted(CasebookError.__subclasses__(), key=lambda cls: cls.exit_code)


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (Fault("a.csv", "row 3", "no such level"), "a.csv: row 3: no such level"),
        (Fault("a.csv", "", "is missing"), "a.csv: is missing"),
        (Fault("a.csv", "row 3", "no such level", value="x"), "a.csv: row 3: no such level; found x"),
        (Fault("a.csv", "", "wrong", allowed="1 to 5"), "a.csv: wrong; allowed: 1 to 5"),
        (
            Fault("a.csv", "", "wrong", "x", "y, z", "choose one"),
            "a.csv: wrong; found x; allowed: y, z; do: choose one",
        ),
    ],
)
def test_a_fault_says_where_what_and_what_to_do(fault: Fault, expected: str) -> None:
    assert str(fault) == expected


@pytest.mark.parametrize("end", ["\n", "\r\n", "\x0b", "\x85", "\u2028"])
def test_a_fault_is_one_line_whatever_was_found(end: str) -> None:
    assert str(Fault("a.csv", "", "wrong", value=f"x{end}  - b.csv: fine")) == "a.csv: wrong; found x   - b.csv: fine"


def test_a_refusal_lists_every_fault_once_and_in_order() -> None:
    faults = [Fault("b.csv", "row 1", "late"), Fault("a.csv", "row 2", "early"), Fault("b.csv", "row 1", "late")]
    assert str(DataRefused(faults)) == (
        "The coded data are refused (2 faults):\n  - a.csv: row 2: early\n  - b.csv: row 1: late"
    )


@pytest.mark.parametrize(
    "places",
    [
        ("row 2", "row 10"),
        ("row 2, column a", "row 2, column b"),
        ("line 9", "line 010", "line 11"),
        ("", "row 1", "tables"),
    ],
)
def test_faults_stand_in_the_order_a_reader_looks_for_them(places: tuple[str, ...]) -> None:
    refusal = DataRefused(Fault("a.csv", place, "wrong") for place in reversed(places))
    assert tuple(fault.place for fault in refusal.faults) == places


def test_a_place_may_hold_more_digits_than_python_reads_as_a_number() -> None:
    assert (
        len(DataRefused([Fault("a.csv", "row " + "9" * 5_000, "wrong"), Fault("a.csv", "row 1", "wrong")]).faults) == 2
    )


def test_of_many_faults_the_first_are_listed_and_all_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(errors, "MOST_LISTED", 2)
    told = str(DataRefused(Fault("a.csv", f"row {number}", "wrong") for number in (10, 9, 2)))
    assert told.splitlines() == [
        "The coded data are refused (3 faults; the first 2 are listed):",
        "  - a.csv: row 2: wrong",
        "  - a.csv: row 9: wrong",
    ]


def test_refusals_are_told_together_class_by_class_with_the_first_ones_exit_code() -> None:
    refusals = [
        DataRefused.one("b.csv", "row 1", "wrong"),
        StatementRefused.one("page.md.j2", "line 3", "wrong"),
        DataRefused.one("a.csv", "row 1", "wrong"),
    ]
    refusal = together(refusals)
    assert (type(refusal), refusal.exit_code) == (DataRefused, 11)
    assert str(refusal).splitlines() == [
        "The coded data are refused (2 faults):",
        "  - a.csv: row 1: wrong",
        "  - b.csv: row 1: wrong",
        "Statements are refused (1 fault):",
        "  - page.md.j2: line 3: wrong",
    ]
    assert str(pickle.loads(pickle.dumps(refusal))) == str(refusal)
    assert str(together([refusal])) == str(refusal)


def test_the_refusal_of_one_fault_is_of_the_class_that_was_asked() -> None:
    refusal = StudyRefused.one("study.yml", "tables", "planned twice", remedy="rename it")
    assert type(refusal) is StudyRefused
    assert refusal.faults == (Fault("study.yml", "tables", "planned twice", remedy="rename it"),)
    assert str(refusal).startswith("The study's description is refused (1 fault):\n")


def test_each_class_has_an_exit_code_of_its_own() -> None:
    codes = {cls.__name__: cls.exit_code for cls in CLASSES}
    assert codes == {
        "StudyRefused": 10,
        "DataRefused": 11,
        "DisclosureRefused": 12,
        "NotebookFailed": 13,
        "StatementRefused": 14,
        "BookRefused": 15,
        "ReleaseRefused": 16,
        "ReviewRefused": 17,
    }
    assert CasebookError.exit_code == 1


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_a_refusal_survives_the_way_out_of_a_worker_process(cls: type[CasebookError]) -> None:
    refusal = cls([Fault("a", "b", "c"), Fault("d", "e", "f")])
    arrived = pickle.loads(pickle.dumps(refusal))
    assert type(arrived) is cls
    assert (arrived.faults, str(arrived)) == (refusal.faults, str(refusal))


def test_the_family_is_what_the_module_says() -> None:
    assert {cls.__name__ for cls in CLASSES} == {
        name for name, value in vars(errors).items() if isinstance(value, type) and issubclass(value, CasebookError)
    } - {"CasebookError"}
