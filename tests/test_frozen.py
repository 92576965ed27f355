"""A released edition is taken as it was published, and refused where the interviews no longer say it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from small_project import small_project
from test_protected_tables import TABLE, TABLES

from casebook.canonical import canonical_json, write_atomically
from casebook.codebook import read_codebook
from casebook.disclosure_control.frozen import validated
from casebook.disclosure_control.ledger import Ledger, entered
from casebook.disclosure_control.ledger_files import write_ledger
from casebook.errors import DisclosureRefused
from casebook.folders import DATA_VARIABLE, Folders
from casebook.protected_tables import Cell, ProtectedTables, read_protected_tables
from casebook.restricted.analysis_run import HAND_OVER_FILE, edition_interviews
from casebook.restricted.edition_people import Cohort, cohorts
from casebook.restricted.frequency_tables import FrequencyTable, count, sample_table
from casebook.stages.project import Project
from casebook.stages.protection import protect
from casebook.study_files import read_study

COUNTED = FrequencyTable(
    id=TABLE.id,
    variable="og_lied_about",
    crime="OG",
    group="O",
    country="pooled",
    group_size=15,
    whole_group=15,
    base=15,
    missing={},
    counts={"name": 0, "age": 12, "photo": 4},
    sets=(),
    multi=True,
    exclusive=(),
)
PUBLISHED = replace(TABLES, tables={TABLE.key: TABLE})


def counted(**changed: object) -> FrequencyTable:
    return replace(COUNTED, **changed)  # type: ignore[arg-type]


def test_what_is_still_true_is_taken_as_it_was_published() -> None:
    assert validated(PUBLISHED, [COUNTED]) is PUBLISHED


def test_a_withheld_cell_may_have_any_count() -> None:
    assert validated(PUBLISHED, [counted(counts={"name": 0, "age": 13, "photo": 9})]) is PUBLISHED


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"counts": {"name": 1, "age": 12, "photo": 4}}, "name"),
        ({"counts": {"name": 0, "age": 11, "photo": 4}}, "age"),
        ({"counts": {"name": 0, "age": 12, "photo": 13}}, "the leading level"),
        ({"base": 14, "missing": {"refused": 1}}, "base"),
        ({"group_size": 16, "whole_group": 16, "missing": {"refused": 1}}, "group"),
    ],
)
def test_what_the_interviews_no_longer_say_is_refused(change: dict[str, object], place: str) -> None:
    with pytest.raises(DisclosureRefused) as refusal:
        validated(PUBLISHED, [counted(**change)])
    assert [fault.place for fault in refusal.value.faults] == [f"{TABLE.key}, {place}"]
    assert "the submissions it was released with" in str(refusal.value)


def test_a_refusal_tells_no_count() -> None:
    with pytest.raises(DisclosureRefused) as refusal:
        validated(PUBLISHED, [counted(counts={"name": 1, "age": 12, "photo": 4})])
    assert not any(fault.value or fault.allowed for fault in refusal.value.faults)


def test_a_table_that_is_no_longer_counted_is_refused() -> None:
    with pytest.raises(DisclosureRefused, match="the interviews no longer say what was published"):
        validated(PUBLISHED, [])


def test_a_level_that_is_gone_is_refused() -> None:
    renamed = replace(TABLE, cells=(Cell("nickname", "withheld"),))
    with pytest.raises(DisclosureRefused, match="nickname"):
        validated(ProtectedTables("D1.2", "PU", {TABLE.key: renamed}, {}, {}), [COUNTED])


# In a build


def handed_over(root: Path) -> tuple[Project, dict[str, list[Path]], tuple[Cohort, ...]]:
    """The small project as read, the folder in which its planned tables are handed over, and who is in it."""
    codebook = read_codebook(root / "data")
    study = read_study(root, codebook)
    coded = edition_interviews(root, study, codebook, edition="D1.2")
    handed = {
        "tables": [count(plan, coded).to_json() for plan in study.planned("D1.2")],
        "sample": [row.to_json() for row in sample_table(coded)],
    }
    folder = root / "_build" / "handed"
    write_atomically(folder / HAND_OVER_FILE, canonical_json(handed))
    return Project(Folders(root), study, codebook), {"D1.2": [folder]}, cohorts({"D1.2": coded})


def test_a_build_takes_a_released_edition_from_the_ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(DATA_VARIABLE, raising=False)
    project, runs, people = handed_over(small_project(tmp_path))
    place = project.folders.protected("D1.2", "CO")
    protect(project, runs, people)
    decided = read_protected_tables(place)
    key, table = next(iter(decided.items()))
    withheld = replace(table, cells=tuple(Cell(cell.level, "withheld") for cell in table.cells), leading=None)
    released = replace(decided, tables={**decided.tables, key: withheld})
    write_ledger(project.folders.root, entered(Ledger(), project.study.editions["D1.2"], [released]))
    protect(project, runs, people)
    assert released != decided
    assert read_protected_tables(place) == released
