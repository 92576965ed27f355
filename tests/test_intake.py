"""What a partner coded is the same whatever tool saved it, and nothing is quoted that nobody permitted."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from casebook.errors import DataRefused
from casebook.restricted.intake import Project, read
from casebook.restricted.intake.project import Coding, Format, OffsetConvention, Selection

FILES = Path(__file__).parent / "partner_files"
QUALCODER = FILES / "qualcoder" / "synthetic_qualcoder_v17.qda"
LF = FILES / "qualcoder" / "synthetic_qualcoder_v17_lf.qdpx"
CRLF = FILES / "qualcoder" / "synthetic_qualcoder_v17_maxqda_crlf.qdpx"
TAGUETTE = FILES / "taguette" / "taguette-1.5.2_synthetic.sqlite3"
PERMITTED = frozenset({"SI-01", "PT-02", "DE-03"})


@cache
def project(path: Path) -> Project:
    return read(path, permitted=PERMITTED)


def counted(found: Project) -> Project:
    """The project without what formats may differ in."""
    return replace(found, format=Format.QDPX, origin="", deviations=())


def paths(found: Project) -> set[str]:
    return {code.shown for code in found.codes}


@pytest.mark.parametrize("path", [LF, CRLF], ids=["line feeds", "carriage returns and line feeds"])
def test_a_qualcoder_database_and_its_export_are_one_project(path: Path) -> None:
    assert counted(project(path)) == counted(project(QUALCODER))
    assert len(project(path).codings) == len(project(path).quotations) == 9


def test_the_passages_are_those_that_were_coded() -> None:
    found = project(CRLF)
    words = {(q.interview, q.code[-1], q.coder): q.text for q in found.quotations}
    assert words["PT-02", "violence at home", "A"] == "violência 👩‍👧 em casa"
    assert words["SI-01", "debt", "B"] == "😀 but good"
    assert found.offset_convention is OffsetConvention.CODE_POINTS_OF_LINES
    assert Coding("SI-01", ("Needs", "Material", "housing"), "A", Selection(76, 102)) in found.codings


def test_codes_lie_where_their_tool_puts_them() -> None:
    assert paths(project(LF)) == {
        "violence at home",
        "Needs",
        "Needs > family support",
        "Needs > Material",
        "Needs > Material > debt",
        "Needs > Material > housing",
        "Needs > Material > housing > shelter",
    }
    codebook = project(FILES / "qualcoder" / "Codebook-synthetic_qualcoder_v17.qdc")
    assert codebook.codes == project(LF).codes


def test_attributes_of_cases_and_sources_belong_to_the_interview() -> None:
    first = next(interview for interview in project(QUALCODER).interviews if interview.name == "SI-01")
    assert dict(first.attributes) == {
        "country": "SI",
        "age_band": "30-39",
        "gender": "f",
        "sentence_months": "14",
        "language": "sl",
    }


@pytest.mark.parametrize("name", ["highlights.csv", "highlights.xlsx"])
def test_a_taguette_export_has_the_codings_of_its_database_and_no_coder(name: str) -> None:
    export, database = project(FILES / "taguette" / name), project(TAGUETTE)
    assert export.by_code() == database.by_code()
    assert export.by_interview() == database.by_interview()
    assert {coding.coder for coding in export.codings} == {""}
    assert {coding.coder for coding in database.codings} == {"A", "B"}
    assert "the export does not tell who coded" in str(export.deviations[0])
    assert sorted(q.text for q in export.quotations) == sorted(q.text for q in database.quotations)


@pytest.mark.parametrize("name", ["codebook.csv", "codebook.xlsx", "codebook.qdc"])
def test_a_taguette_codebook_has_the_codes_of_its_database(name: str) -> None:
    assert paths(project(FILES / "taguette" / name)) == paths(project(TAGUETTE))
    assert "support > family" in paths(project(TAGUETTE))


def test_a_file_that_breaks_its_schema_is_read_and_told() -> None:
    told = "\n".join(map(str, project(FILES / "taguette" / "codebook.qdc").deviations))
    assert "line 2: the file breaks the standard's schema; found schemav_element_content" in told


def test_the_example_of_the_standard_is_read_with_and_without_braces() -> None:
    found = project(FILES / "annexA1_codebook.qdc")
    assert (len(found.codes), found.deviations) == (6, ())
    assert {code.guid[0] for code in found.codes}.isdisjoint("{")


def test_kinds_of_missing_in_spss_are_kept_apart_from_answers() -> None:
    found = project(FILES / "spss" / "synthetic_code_by_case.sav")
    kinds = {(m.interview, m.topic[0]): m.kind for m in found.missing}
    assert kinds["DE-04", "gender"] == "not asked"
    assert kinds["DE-04", "c_housing"] == "not coded"
    assert kinds["DE-03", "age"] == "99"
    assert found.by_code()["c_housing", "no"] == 1
    assert [c.interview for c in found.coverage if not c.complete] == ["DE-04"]


def test_nobody_is_quoted_without_permission() -> None:
    assert read(LF).quotations == ()
    assert {q.interview for q in read(LF, permitted={"PT-02"}).quotations} == {"PT-02"}


def test_a_file_of_no_known_format_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.docx").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    with pytest.raises(DataRefused, match=r"notes\.docx: the file is encrypted, or in a format of Office before 2007"):
        read(tmp_path / "notes.docx")
    with pytest.raises(DataRefused, match="the file is missing or is not a regular file"):
        read(tmp_path / "nothing.qdpx")


def test_a_message_names_the_file_and_not_the_folders_it_lies_in(tmp_path: Path) -> None:
    (tmp_path / "a b.qdpx").write_bytes(b"PK\x03\x04")
    with pytest.raises(DataRefused) as refusal:
        read(tmp_path / "a b.qdpx")
    assert [fault.file for fault in refusal.value.faults] == ["a_b.qdpx"]
    assert str(tmp_path) not in str(refusal.value)
