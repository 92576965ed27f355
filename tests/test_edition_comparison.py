"""Two editions as they were built, compared: what is found, what is written, what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from casebook.errors import StatementRefused, StudyRefused
from casebook.folders import Folders
from casebook.protected_tables import ProtectedTables
from casebook.publication import edition_comparison
from casebook.publication.claims import Claim, Register
from casebook.publication.edition_comparison import compare_editions
from casebook.study import Study

PAGE = "trafficking/risk"


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folders:
    """Two editions of one page, the later one with ten interviews and a sentence more."""
    monkeypatch.setattr(edition_comparison, "_runs", lambda *_: ())
    made = Folders(tmp_path)
    built(made, "D1.2", {"HT.E": 11}, "Six did.")
    built(made, "D1.3", {"HT.E": 11, "HT.OV": 10}, "Six did.", "So said ten cases.")
    return made


def built(folders: Folders, edition: str, sample: dict[str, int], *sentences: str) -> None:
    ProtectedTables(edition, "PU", {}, sample, {}).write(folders.protected(edition, "PU"))
    register, out = Register(), folders.narrative(edition, "PU")
    claims = [
        Claim(PAGE, "size", "HT.OV" if "ten" in said else "HT.E", (), "size", said[:-1], "t", 1) for said in sentences
    ]
    text = register.settle(" ".join(f"{register.bracket(claim)}." for claim in claims))
    register.write(out / "claims.json")
    (out / PAGE).parent.mkdir(parents=True)
    (out / f"{PAGE}.md").write_text(f"# Risk\n\n{text}\n", "utf-8")


def test_sample_statements_and_pages_are_compared(folders: Folders, study: Study) -> None:
    found = compare_editions(folders, study, earlier="D1.2", later="D1.3", dissemination="PU")
    assert found.sample == {"HT.E": (11, 11), "HT.OV": (0, 10)}
    assert [(c.what, c.now, c.why) for c in found.statements] == [("new", "So said ten cases.", "interviews")]
    assert found.told() == (
        "D1.3 against D1.2, PU: pages that differ: 1; figures: 0; "
        "statements: 1 new, 0 gone, 0 changed in value, 0 in wording."
    )


def test_record_and_document_are_written(folders: Folders, study: Study, tmp_path: Path) -> None:
    found = compare_editions(folders, study, earlier="D1.2", later="D1.3", dissemination="PU")
    record, docx = found.write(tmp_path / "out")
    assert json.loads(record.read_text("utf-8"))["statements"][0]["page"] == PAGE
    assert docx.read_bytes() == found.docx


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (("D1.1", "D1.3", "PU"), "study.yml: edition: there is no such edition; found D1.1; allowed: D1.2, D1.3"),
        (("D1.2", "D1.3", "XX"), "study.yml: level: there is no such level; found XX; allowed: PU, CO"),
        (
            ("D1.3", "D1.2", "PU"),
            "study.yml: edition: the first edition is not the earlier one; found D1.3; allowed: D1.2",
        ),
    ],
)
def test_what_the_study_does_not_have_is_refused(
    asked: tuple[str, str, str], message: str, folders: Folders, study: Study
) -> None:
    with pytest.raises(StudyRefused) as refusal:
        compare_editions(folders, study, earlier=asked[0], later=asked[1], dissemination=asked[2])
    assert message in str(refusal.value)


def test_an_edition_that_was_not_built_is_refused(folders: Folders, study: Study) -> None:
    (folders.narrative("D1.2", "PU") / "claims.json").unlink()
    with pytest.raises(StatementRefused, match="build this edition first"):
        compare_editions(folders, study, earlier="D1.2", later="D1.3", dissemination="PU")
