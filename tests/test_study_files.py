"""study.yml: what is read from it, and every way in which it is refused."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Literal

import pytest
import yaml

from casebook.codebook import Codebook
from casebook.errors import StudyRefused
from casebook.study import Country, Study
from casebook.study_files import read_study

FAULTY_DATA = Path(__file__).parent / "faulty_data"
SOUND = FAULTY_DATA / "study_without_fault"
LIES = "tables: OG.O.og_lied_about.implication"
LIES_ABOUT = "age, gender, name, nothing, occupation, personality, photo, status"


def with_fault(fault: str, folder: Path) -> Path:
    """A copy of the sound study in `folder` with one change made to it."""
    change = yaml.safe_load((FAULTY_DATA / f"study_{fault}" / "change.yml").read_text("utf-8"))
    text = (SOUND / "study.yml").read_text("utf-8")
    assert text.count(change["replace"]) == 1
    (folder / "study.yml").write_text(text.replace(change["replace"], change["by"]), "utf-8")
    return folder


def faults_of(folder: Path, codebook: Codebook) -> list[str]:
    with pytest.raises(StudyRefused) as refusal:
        read_study(folder, codebook)
    return [str(fault).removeprefix("study.yml: ") for fault in refusal.value.faults]


@pytest.fixture(scope="module")
def small(codebook: Codebook) -> Study:
    return read_study(SOUND, codebook)


def test_a_row_plans_one_table_per_group(small: Study) -> None:
    assert list(small.tables) == [
        "OG.E.og_v_risk",
        "OG.V.og_v_risk",
        "CB.E.cb_v_risk",
        "OG.O.og_lied_about.implication",
    ]


def test_a_planned_table_says_how_it_is_counted_and_worded(small: Study) -> None:
    table = small.tables["OG.O.og_lied_about.implication"]
    assert table.among == {"og_strategy": ("implication",)}
    assert table.together == {"self": ("age", "name")}
    assert table.words == {"age": "most", "self": "named"}
    assert not table.ranking


def test_an_edition_takes_the_tables_of_its_crimes_in_the_order_of_the_plan(small: Study) -> None:
    assert [table.id for table in small.planned("D1.2")] == [
        "OG.E.og_v_risk",
        "OG.V.og_v_risk",
        "OG.O.og_lied_about.implication",
    ]


def test_a_dissemination_level_has_the_policy_it_names(small: Study) -> None:
    assert small.policy_of("PU") is small.policies["public"]
    assert small.policy_of("PU").threshold.value == 5


def test_the_shipped_study_protects_the_public_from_what_the_consortium_reads(study: Study) -> None:
    assert {level: study.policy_of(level).cases_form for level in study.dissemination} == {"PU": "words", "CO": "exact"}
    assert study.policies["public"].reads_also.value == ("consortium",)
    assert study.planned("D1.2")


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ("unknown_key", "countries.BE.capital: unknown key; do: remove it or correct its spelling"),
        ("key_written_twice", "line 50: a key is written twice; found threshold; do: keep one"),
        ("missing_key", "project.grant: missing key; do: add it"),
        ("unknown_level", f"{LIES}: words: the variable has no such level; found agee; allowed: "),
        (
            "unknown_level_in_set",
            f"{LIES}: together.self: the variable has no such level; found nome; allowed: {LIES_ABOUT}",
        ),
        (
            "unknown_level_in_subgroup",
            f"{LIES}: among.og_strategy: the variable has no such level; found implying; "
            "allowed: blackmail, coercion, corruption, deception, implication",
        ),
        ("unknown_variable", "tables: OG.O.og_lies.implication: the codebook has no such variable; found og_lies"),
        ("unknown_variable_in_subgroup", f"{LIES}: among: the codebook has no such variable; found og_strategies"),
        ("unknown_crime_of_edition", "editions.D1.2.crimes: unknown crime; found HT; allowed: OG, CB"),
        ("unknown_group", "tables.2.groups.0: input should be 'E', 'O', 'V' or 'OV'; found X"),
        ("group_without_role", "tables: CB.OV.cb_v_risk: unknown group; found OV; allowed: E, O, V"),
        (
            "group_not_coded",
            "tables: OG.V.og_strategy_danger: the variable is not coded for this group; found V; allowed: E",
        ),
        (
            "subgroup_not_coded",
            f"{LIES}: among.og_strategy_danger: the variable is not coded for this group; found O; allowed: E",
        ),
        ("unknown_section", "tables: CB.E.cb_v_risk: unknown section; found 9; allowed: 2"),
        ("variable_of_another_crime", "tables: OG.E.cb_v_risk: the variable belongs to another crime; found CB"),
        (
            "unknown_word",
            "tables.2.words.many.[key]: input should be 'named', 'less than half', 'more than half' or 'most'",
        ),
        ("two_words_for_a_level", f"{LIES}: words: a level has more than one word; found age; do: keep one"),
        ("set_without_phrase", f"{LIES}: every set of levels needs a phrase, and only sets; found self"),
        ("set_named_like_a_level", f"{LIES}: together: a set has the name of a level; found status"),
        ("overlapping_sets", f"{LIES}: together: two sets share a level; do: plan sets that share none"),
        ("planned_twice", "tables: OG.V.og_v_risk: planned twice; do: give the subgroup a name of its own"),
        ("unknown_policy", "dissemination.PU.policy: unknown policy; found secret; allowed: public"),
        ("unknown_other_reader", "policies.public.reads_also: unknown policy; found press; allowed: public"),
        ("threshold_of_zero", "policies.public.threshold.value: input should be greater than or equal to 1; found 0"),
        ("threshold_in_words", "policies.public.threshold.value: input should be a valid integer; found five"),
        ("parameter_without_reason", "policies.public.threshold.why: missing key; do: add it"),
        (
            "unknown_disclosure_class",
            "policies.public.protected_zero_and_all.value.0: input should be 'D', 'Q', 'X' or 'N'; found Y",
        ),
        ("level_read_as_true", "tables.2.words.most.0: YAML reads this word as true or false; do: put it in quotes"),
        ("broken_yaml", "is not YAML; do: mend the indentation or quotes there"),
    ],
)
def test_a_fault_is_refused_with_its_place(fault: str, expected: str, codebook: Codebook, tmp_path: Path) -> None:
    (message,) = faults_of(with_fault(fault, tmp_path), codebook)
    assert expected in message


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (
            "unknown_crime",  # the variable then has no crime to belong to either
            [
                "tables: XX.E.cb_v_risk: the variable belongs to another crime; found CB",
                "tables: XX.E.cb_v_risk: unknown crime; found XX; allowed: OG, CB",
            ],
        ),
        (
            "several_faults",
            [
                "tables: CB.E.cb_risk: the codebook has no such variable; found cb_risk",
                "tables: OG.E.og_v_risk: unknown section; found 7; allowed: 2, 4",
                "tables: OG.V.og_v_risk: unknown section; found 7; allowed: 2, 4",
            ],
        ),
    ],
)
def test_all_faults_are_refused_together(fault: str, expected: list[str], codebook: Codebook, tmp_path: Path) -> None:
    assert faults_of(with_fault(fault, tmp_path), codebook) == expected


def test_broken_yaml_is_refused_with_its_line(codebook: Codebook, tmp_path: Path) -> None:
    shutil.copy(SOUND / "study.yml", tmp_path)
    with (tmp_path / "study.yml").open("a", encoding="utf-8") as file:
        file.write("\tx: y\n")
    lines = (tmp_path / "study.yml").read_text("utf-8").count("\n")
    assert faults_of(tmp_path, codebook) == [f"line {lines}: is not YAML; do: mend the indentation or quotes there"]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (None, "cannot be read; do: run in the project's folder"),
        (b"", "input should be a valid dictionary"),
        ("project: caf\xe9".encode("latin-1"), "is not UTF-8; do: save it as UTF-8"),
    ],
)
def test_a_study_that_is_not_there_or_no_text_is_refused(
    content: bytes | None, expected: str, codebook: Codebook, tmp_path: Path
) -> None:
    if content is not None:
        (tmp_path / "study.yml").write_bytes(content)
    (message,) = faults_of(tmp_path, codebook)
    assert expected in message


@pytest.mark.parametrize(("article", "expected"), [("", "Freedonia"), ("the", "the Freedonia")])
def test_a_country_takes_its_article_in_a_sentence(article: Literal["", "the"], expected: str) -> None:
    assert Country(name="Freedonia", article=article).in_text == expected
