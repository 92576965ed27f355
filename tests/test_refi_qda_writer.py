"""What we write in REFI-QDA follows the standard's schema and is read back as it was."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from test_intake import FILES, LF, QUALCODER, TAGUETTE, project

from casebook.restricted.intake import Project, read
from casebook.restricted.intake.project import Code, Coding, Format, Interview, OffsetConvention, Selection, arranged
from casebook.restricted.intake.refi_qda.writer import codebook_file, project_file

HIGHLIGHTS = FILES / "taguette" / "highlights.csv"
SPSS = FILES / "spss" / "synthetic_code_by_case.sav"
GROUPED = arranged(
    Project(
        Format.QDPX,
        offset_convention=OffsetConvention.UTF16_UNITS,
        codes=(Code(("Coke",), "a drink", ("brands", "breakfast")), Code(("Coke", "diet"), groups=("brands",))),
        interviews=(Interview("one", (("age", "67"),), ("age: 67",)), Interview("two")),
        codings=(
            Coding("one", ("Coke",)),
            Coding("one", ("Coke", "diet"), selection=Selection()),
            Coding("one", ("Coke", "diet"), selection=Selection(3, 9)),
        ),
    )
)


def comparable(found: Project) -> Project:
    """What the standard has a place for."""
    said = replace(found, format=Format.QDPX, origin="", quotations=(), deviations=())
    return replace(said, missing=(), absences=(), coverage=())


def written(content: bytes, path: Path) -> Project:
    path.write_bytes(content)
    return read(path)


@pytest.mark.parametrize("path", [LF, QUALCODER, TAGUETTE, HIGHLIGHTS, SPSS], ids=lambda path: path.name)
def test_a_project_of_any_tool_is_read_back_as_it_was(path: Path, tmp_path: Path) -> None:
    back = written(project_file(project(path)), tmp_path / "ours.qdpx")
    assert back.deviations == () or not [d for d in back.deviations if "schema" in d.message]
    assert comparable(back) == comparable(project(path))


def test_groups_and_selections_without_positions_are_read_back(tmp_path: Path) -> None:
    back = written(project_file(GROUPED), tmp_path / "ours.qdpx")
    assert comparable(back) == comparable(GROUPED)
    assert [d.message for d in back.deviations if "schema" in d.message] == []


def test_a_codebook_is_read_back_as_it_was(tmp_path: Path) -> None:
    for number, found in enumerate((project(LF), GROUPED)):
        back = written(codebook_file(found), tmp_path / f"{number}.qdc")
        assert (back.codes, back.deviations) == (found.codes, ())


def test_the_same_project_gives_the_same_bytes() -> None:
    assert project_file(project(LF)) == project_file(project(QUALCODER))


def test_no_name_of_a_coder_and_no_passage_is_written() -> None:
    content = project_file(project(LF)) + codebook_file(project(LF))
    assert b"coder_a" not in content
    assert b"Wohnung" not in content
