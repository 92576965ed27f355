"""Refusals: what the reader of a message gets to see."""

from __future__ import annotations

import pickle

import pytest

from casebook import errors
from casebook.errors import CasebookError, DataRefused, Fault, StudyRefused

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


def test_a_refusal_lists_every_fault_once_and_in_order() -> None:
    faults = [Fault("b.csv", "row 1", "late"), Fault("a.csv", "row 2", "early"), Fault("b.csv", "row 1", "late")]
    assert str(DataRefused(faults)) == (
        "The coded data are refused (2 faults):\n  - a.csv: row 2: early\n  - b.csv: row 1: late"
    )


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
