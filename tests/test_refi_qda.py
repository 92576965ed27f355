"""REFI-QDA as tools write it is read; what could change a count is refused with its place."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest
from small_qda import ADA, CODES, DEBT, HOUSING, NEEDS, SELECTIONS, SOURCE, TEXT, ZOE, packed, project, selection

from casebook.errors import DataRefused
from casebook.restricted.intake.project import OffsetConvention, Project, Selection
from casebook.restricted.intake.refi_qda.reader import read_markup, read_project_file

CASE = "00000000-0000-4000-8000-0000000000e1"
NOBODY = "00000000-0000-4000-8000-00000000ffff"


def read(folder: Path, content: str = "", text: str | None = TEXT, *, permitted: tuple[str, ...] = ()) -> Project:
    path = packed(folder / "a.qdpx", content or project(), text)
    return read_project_file(path, shown_as="a.qdpx", permitted=permitted)


def refused(folder: Path, content: str, text: str | None = TEXT) -> str:
    with pytest.raises(DataRefused) as refusal:
        read(folder, content, text)
    return str(refusal.value)


def told(found: Project) -> str:
    return "\n".join(map(str, found.deviations))


def test_codings_have_their_code_coder_and_place(tmp_path: Path) -> None:
    found = read(tmp_path, permitted=("one",))
    assert [(c.code, c.coder, c.selection) for c in found.codings] == [
        (("needs", "housing"), "A", Selection(11, 15)),
        (("needs", "debt"), "B", Selection(28, 33)),
    ]
    assert sorted(q.text for q in found.quotations) == ["debts", "flat"]
    assert (found.deviations, found.coders_sure) == ((), True)


def test_identifiers_are_the_same_in_braces_and_capitals(tmp_path: Path) -> None:
    shouting = project().replace(f'"{HOUSING}"', f'"{{{HOUSING.upper()}}}"', 1)
    assert read(tmp_path, shouting).codings == read(tmp_path).codings


def test_units_of_utf16_are_found_out_and_brought_into_code_points(tmp_path: Path) -> None:
    text = TEXT.replace("\n", "\r\n")
    counted = selection(1, 11, 15, "flat") + selection(2, 30, 35, "debts", code=DEBT, user=ZOE)
    found = read(tmp_path, project(counted), text)
    assert found.offset_convention is OffsetConvention.UTF16_UNITS
    assert found.codings == read(tmp_path).codings


def test_nothing_is_quoted_where_the_positions_are_not_sure(tmp_path: Path) -> None:
    vague = selection(1, 12, 14, "") + selection(2, 29, 31, "", code=DEBT)
    found = read(tmp_path, project(vague), permitted=("one",))
    assert (found.offset_convention, found.quotations) == (OffsetConvention.UNDECIDED, ())
    assert "what the tool counts in its positions does not follow from the file: nothing is quoted" in told(found)


def test_a_project_without_texts_is_read(tmp_path: Path) -> None:
    found = read(tmp_path, text=None, permitted=("one",))
    assert (len(found.codings), found.quotations) == (2, ())
    assert "selections whose text is not in the file; found 2 of 2" in told(found)


def test_a_coding_of_a_whole_source_has_no_selection(tmp_path: Path) -> None:
    guid = "00000000-0000-4000-8000-000000000999"
    whole = f'<Coding guid="{guid}" creatingUser="{ADA}"><CodeRef targetGUID="{HOUSING}"/></Coding>'
    found = read(tmp_path, project("", source=whole))
    assert [coding.selection for coding in found.codings] == [None]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (f'<CodeRef targetGUID="{HOUSING}"/>', f'<CodeRef targetGUID="{NOBODY}"/>', "refers to a code that is not in"),
        (f'<CodeRef targetGUID="{HOUSING}"/>', "", "the coding refers to no code"),
        (f'<CodeRef targetGUID="{HOUSING}"/>', '<CodeRef targetGUID="nonsense"/>', "the coding refers to no code"),
        (f'creatingUser="{ADA}"><CodeRef', f'creatingUser="{NOBODY}"><CodeRef', "names a user that is not in the file"),
        (f'guid="{DEBT}" name', f'guid="{HOUSING}" name', "two codes have the same GUID"),
        (f'guid="{DEBT}" name', 'guid="12" name', "not a GUID; found 12"),
        ('name="debt"', 'name=" "', "a code has no name"),
        ('endPosition="15"', 'endPosition="9999"', "the selection lies beyond the end of its text; found 11-9999"),
        ('endPosition="15"', 'endPosition="2"', "the selection ends before it begins; found 11-2"),
        ('endPosition="15"', 'endPosition="-1"', "endPosition is not a position; found -1"),
        ('endPosition="15"', 'end="15"', "endPosition is not a position"),
        ("<Codes>", "<Codez/><Codes>", "an element that the standard does not know; found Codez"),
        (f'guid="{SOURCE}"', 'guid=""', "not a GUID"),
        ("<Sources>", f"<Links>{selection(9, 0, 1, '')}</Links><Sources>", "codings stand where the standard has none"),
    ],
)
def test_what_could_change_a_count_is_refused_with_its_place(old: str, new: str, message: str, tmp_path: Path) -> None:
    content = project()
    assert re.sub(r"\s+", " ", old) in re.sub(r"\s+", " ", content)
    broken = re.sub(re.escape(old).replace(r"\ ", r"\s+"), lambda _: new, content, count=1)
    refusal = refused(tmp_path, broken)
    assert message in refusal
    assert "a.qdpx: " in refusal


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    broken = project().replace('endPosition="15"', 'endPosition="x"').replace('name="debt"', 'name=""')
    refusal = refused(tmp_path, broken)
    assert "endPosition is not a position" in refusal
    assert "a code has no name" in refusal


def test_a_draft_of_the_standard_is_read_and_told(tmp_path: Path) -> None:
    draft = project().replace("urn:QDA-XML:project:1.0", "urn:QDA-XML:project:0:10")
    found = read(tmp_path, draft)
    assert found.codings == read(tmp_path).codings
    assert "the file follows a draft of the standard" in told(found)


def test_a_merged_project_does_not_show_who_coded(tmp_path: Path) -> None:
    merged = SELECTIONS.replace(f'15" creatingUser="{ADA}"', f'15" creatingUser="{ZOE}"', 1)
    found = read(tmp_path, project(merged))
    assert not found.coders_sure
    assert "found 1 of 2; do: hand in one export per coder" in told(found)


def cases(*names: str, sources: bool = True) -> str:
    reference = f'<SourceRef targetGUID="{SOURCE}"/>' if sources else ""
    value = f'<VariableValue><VariableRef targetGUID="{NOBODY}"/><TextValue>ES</TextValue></VariableValue>'
    guids = [f"{CASE[:-1]}{number}" for number in range(1, 9)]
    listed = "".join(
        f'<Case guid="{g}" name="{n}">{value}{reference}</Case>' for g, n in zip(guids, names, strict=False)
    )
    variable = f'<Variable guid="{NOBODY}" name="country" typeOfVariable="Text"/>'
    return f"<Variables>{variable}</Variables><Cases>{listed}</Cases>"


@pytest.mark.parametrize(
    ("found", "name"),
    [(cases("P-07"), "P-07"), (cases(""), "one"), (cases("one", sources=False), "one")],
    ids=["a named case", "a case without a name", "a case named after its source"],
)
def test_an_interview_is_its_case_with_what_the_case_says(found: str, name: str, tmp_path: Path) -> None:
    interviews = read(tmp_path, project(cases=found)).interviews
    assert [(interview.name, dict(interview.attributes)) for interview in interviews] == [(name, {"country": "ES"})]


def test_a_source_in_two_cases_is_an_interview_of_its_own(tmp_path: Path) -> None:
    interviews = read(tmp_path, project(cases=cases("P-07", "P-08"))).interviews
    assert [(interview.name, interview.attributes) for interview in interviews] == [("one", ())]


def test_cases_exported_as_codes_are_no_codes(tmp_path: Path) -> None:
    twice = CODES.replace("</Codes>", f'<Code guid="{CASE}" name="P-07" isCodable="true"/></Codes>')
    membership = f'<Coding guid="{NOBODY}" creatingUser="{ADA}"><CodeRef targetGUID="{CASE}"/></Coding>'
    content = project(SELECTIONS, codes=twice, cases=cases("P-07", sources=False), source=membership)
    found = read(tmp_path, content)
    assert [interview.name for interview in found.interviews] == ["P-07"]
    assert {code.path[0] for code in found.codes} == {"needs"}
    assert len(found.codings) == 2
    assert "codes that repeat cases were read as cases, not as codes; found 1" in told(found)


def test_sets_are_groups_of_interviews_and_codes(tmp_path: Path) -> None:
    sets = f"""<Sets><Set guid="{NOBODY}" name="women"><MemberCode targetGUID="{NEEDS}"/>
    <MemberSource targetGUID="{SOURCE}"/></Set></Sets></Project>"""
    found = read(tmp_path, project().replace("</Project>", sets))
    assert [interview.groups for interview in found.interviews] == [("women",)]
    assert {code.path: code.groups for code in found.codes}["needs",] == ("women",)
    broken = project().replace("</Project>", sets.replace(SOURCE, CASE))
    assert "MemberSource refers to no source of the file" in refused(tmp_path, broken)


def test_a_file_that_is_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.qdc").write_text("<html/>", "utf-8")
    with pytest.raises(DataRefused, match="not a REFI-QDA file; found html; allowed: an element CodeBook"):
        read_markup(tmp_path / "a.qdc", shown_as="a.qdc")


def test_a_picture_that_nobody_reads_may_grow_as_it_likes(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.qdpx")
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("sources/white.bmp", bytes(4 * 2**20))
    assert len(read_project_file(path, shown_as="a.qdpx").codings) == 2
