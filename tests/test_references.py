"""References and planned comparisons are read whole, or refused with every fault; faults lie over a sound folder."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from casebook.codebook import Codebook
from casebook.errors import StudyRefused
from casebook.publication.references import Finding, References, conflicts_of, read_references
from casebook.study import Study

FAULTY_DATA = Path(__file__).parent / "faulty_data"
COMPARISONS, REFERENCES = "data/comparisons.csv", "data/reference-values.csv"


def read(fault: str, folder: Path, study: Study, codebook: Codebook) -> References:
    data = folder / "data"
    shutil.copytree(FAULTY_DATA / "references_without_fault", data)
    shutil.copytree(FAULTY_DATA / f"references_{fault}", data, dirs_exist_ok=True)
    return read_references(data, study, codebook)


def test_a_sound_folder_is_read(tmp_path: Path, study: Study, codebook: Codebook) -> None:
    found = read("without_fault", tmp_path, study, codebook)
    assert list(found.values) == ["R-01", "R-02", "R-03"]
    assert [(p.id, p.rule, p.share, p.base, p.opinion) for p in found.planned] == [
        ("C-01", "direction", None, None, False),
        ("C-03", "direction", None, None, True),
        ("C-04", "same_interviews", None, None, False),
        ("C-12", "share", 90, 20, False),
    ]
    assert found.planned[0].table == "OG.O.relation"
    assert found.findings == (
        Finding("OG-10", "OG", "O", "o_gender"),
        Finding("HT-07", "HT", "E", "o_education"),
    )


def test_a_reference_without_base_or_definition_has_its_direction_only(
    tmp_path: Path, study: Study, codebook: Codebook
) -> None:
    values = read("without_fault", tmp_path, study, codebook).values
    assert {name: value.direction_only for name, value in values.items()} == {
        "R-01": True,
        "R-02": False,
        "R-03": False,
    }


REFUSED = {
    "unknown_reference": (COMPARISONS, "row 2, column reference: there is no such reference; found R-77"),
    "unknown_finding": (COMPARISONS, "row 2, column finding: not a value of this column; found OG-77"),
    "unknown_rule": (COMPARISONS, "row 2, column rule: not a value of this column; found guess"),
    "rule_without_direction": (COMPARISONS, "row 2, column direction: not a value of this column; allowed: more_than"),
    "other_crime": (COMPARISONS, "row 2, column crime: the reference is about another crime; found CB; allowed: OG"),
    "not_planned": (COMPARISONS, "row 2, column variable: study.yml plans no such table; found OG.O.og_webster_type"),
    "unknown_level": (COMPARISONS, "row 2, column levels: not levels of the variable; found schoolmate; neighbour"),
    "share_without_definition": (
        COMPARISONS,
        "row 2, column rule: a reference without base or definition is used for its direction only; found share",
    ),
    "share_of_experts": (
        COMPARISONS,
        "row 5, column rule: numbers of experts are never compared with numbers of cases; found share",
    ),
    "share_beyond_all": (COMPARISONS, "row 5, column share: not a share in whole per cent; found 190; allowed: 1 to"),
    "share_without_base": (COMPARISONS, "row 5, column base: not a number of cases; allowed: 1 or more"),
    "experts_without_opinion": (
        COMPARISONS,
        "row 3, column opinion: what experts say is opinion, and nothing else is; found no",
    ),
    "same_interviews_counted": (
        COMPARISONS,
        "row 4, column rule: a reference that describes these interviews never counts as agreement; found direction",
    ),
    "twice": (COMPARISONS, "row 3, column id: the identifier occurs more than once; found C-01"),
    "without_base": (REFERENCES, 'row 4, column base: the base is empty; allowed: what it is, or "not stated"'),
    "without_source": (
        REFERENCES,
        "row 2, column source: a reference without source; found not stated; allowed: where",
    ),
    "not_compared": (
        REFERENCES,
        "row 5, column id: no comparison sets this reference beside the interviews; found R-99",
    ),
    "independent_unclear": (REFERENCES, "row 3, column independent: not a value of this column; found maybe"),
    "key_with_markup": (REFERENCES, "row 2, column cite: not the key of a work; found a`<script>"),
    "missing_column": (REFERENCES, "row 1: a column is missing; do: add the column definition"),
}


@pytest.mark.parametrize("fault", REFUSED)
def test_a_fault_is_refused_with_its_place(fault: str, tmp_path: Path, study: Study, codebook: Codebook) -> None:
    file, message = REFUSED[fault]
    with pytest.raises(StudyRefused, match=re.escape(f"{file}: {message}")):
        read(fault, tmp_path, study, codebook)


def test_every_fault_is_told_at_once(tmp_path: Path, study: Study, codebook: Codebook) -> None:
    with pytest.raises(StudyRefused) as refusal:
        read("several_faults", tmp_path, study, codebook)
    assert [fault.place for fault in refusal.value.faults] == ["row 2, column rule", "row 5, column share"]


def test_every_reference_of_the_study_is_among_the_works_cited(project: Path, study: Study, codebook: Codebook) -> None:
    works = set(
        re.findall(r"^@\w+\{([\w-]+),$", (project / "book" / "references.bib").read_text("utf-8"), re.MULTILINE)
    )
    assert {reference.cite for reference in read_references(project / "data", study, codebook).values.values()} <= works


def test_works_without_authors_say_what_is_to_be_completed(project: Path) -> None:
    entries = (project / "book" / "references.bib").read_text("utf-8").split("\n@")[1:]
    unknown = [entry for entry in entries if "author = {{" in entry]
    assert unknown
    assert all("to be completed by the consortium" in entry for entry in unknown)


def test_references_that_say_the_opposite_of_the_same_answers_are_in_conflict(
    project: Path, study: Study, codebook: Codebook
) -> None:
    """An article on these interviews has offenders from the victim's surroundings, rulings and sentences have not."""
    conflicts = conflicts_of(read_references(project / "data", study, codebook), codebook)
    assert conflicts == {
        "R-01": frozenset({"R-02"}),
        "R-02": frozenset({"R-01", "R-03"}),
        "R-03": frozenset({"R-02"}),
    }
