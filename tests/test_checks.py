"""`casebook check`: everything that can be refused without running a notebook, in one message, and nothing written."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml
from small_project import SMALL, casebook, files_of, small_project
from small_study import FAULTY_DATA

#: Where a build refuses what a check lets pass: it takes a run, or it is no fault at all.
LEFT_TO_BUILD = {"notebook_raises", "hostile_text"}
STUDY, DATA, NOTEBOOKS, STATEMENTS, BOOK = 10, 11, 13, 14, 15
BE = "data/countries/BE/BE-W1"
REFUSALS = [
    ("unknown_key", STUDY, "study.yml: countries.BE.capital: unknown key; do: remove it or correct its spelling"),
    (
        "unknown_level",
        STUDY,
        "study.yml: tables: OG.E.og_fake_profile: together.so: the variable has no such level; found perhaps; "
        "allowed: no, yes",
    ),
    (
        "unknown_variable",
        STUDY,
        "study.yml: tables: OG.E.og_real_profile: the codebook has no such variable; found og_real_profile",
    ),
    (
        "empty_front_matter",
        STUDY,
        "study.yml: editions.D1.2.approval: the field is empty; do: write it, or: to be completed by the consortium",
        "study.yml: editions.D1.2.history: the version history does not end with this version; found 0.8; allowed: 1.0",
        "study.yml: editions.D1.2.history: the version history is not in the order of its dates",
    ),
    ("missing_context", STUDY, "data/countries/ES/context.yml: legislation: field required"),
    (
        "variable_of_another_role",
        DATA,
        f"{BE}/coding.csv: row 4, column variable: the variable is not coded for this role; found v_age_onset; "
        "allowed: roles O V; do: remove the row",
    ),
    ("key_too_short", DATA, "data/key: the key is too short; allowed: 32 characters or more"),
    (
        "undeclared_parameter",
        NOTEBOOKS,
        "notebooks/analysis/grooming.ipynb: parameters cell: declares a parameter that no run passes; found year; "
        "allowed: country, crime, edition",
    ),
    (
        "import_of_interviews",
        NOTEBOOKS,
        "notebooks/report/grooming.ipynb: cell 2: a report notebook may not import this; "
        "found casebook.restricted.analysis_run; allowed: casebook.publication.report_run, pandas",
    ),
    (
        "figure_of_unknown_variable",
        NOTEBOOKS,
        "notebooks/report/grooming.ipynb: cell 3, figure strategies: the codebook has no such variable; "
        "found og_stratagem",
    ),
    (
        "figure_not_planned",
        NOTEBOOKS,
        "notebooks/report/grooming.ipynb: cell 3, figure strategies: no table of this figure is planned; "
        "found og_strategy; do: plan the table in study.yml",
    ),
    ("unknown_name", STATEMENTS, "grooming.md.j2: line 5: unknown name: 'stratagems' is undefined"),
    (
        "unknown_name_unprinted",
        STATEMENTS,
        "grooming.md.j2: line 7: unknown name; found stratagems; allowed: strategies; do: correct or set it",
    ),
    (
        "typed_number",
        STATEMENTS,
        "grooming.md.j2: line 7: a number typed by hand; found 12; do: print a claim of a planned table",
        "grooming.md.j2: line 7: a number typed by hand; found eleven; do: print a claim of a planned table",
    ),
    (
        "unknown_figure",
        STATEMENTS,
        "grooming.md.j2: line 11: no report notebook drew this figure; found OG/pooled/strategy; "
        "do: give the sentence another wording in {% assert %} ... {% otherwise %}",
        "index.md.j2: line 3: no report notebook of this crime draws such a figure; found sample",
    ),
    (
        "no_wording_holds",
        STATEMENTS,
        "grooming.md.j2: line 4: no wording of this sentence holds; found OG.E.og_strategy/coercion all; "
        "do: add a wording that holds",
    ),
    (
        "page_missing",
        BOOK,
        "book/D1.2/_toc.yml: cyberbullying: there is no such page in this edition and level; "
        "do: correct the entry, or write the page",
    ),
    ("settings_not_yaml", BOOK, "_config.yml: the settings of the book cannot be read"),
]


def listed(message: str) -> list[str]:
    return [line.removeprefix("  - ") for line in message.splitlines() if line.startswith("  - ")]


@pytest.mark.parametrize(("fault", "exit_code", "faults"), [(f, code, list(all_)) for f, code, *all_ in REFUSALS])
def test_each_fault_is_refused_with_file_place_and_the_exit_code_of_its_class(
    fault: str, exit_code: int, faults: list[str], tmp_path: Path
) -> None:
    checked = casebook(small_project(tmp_path, fault), "check")
    assert (listed(checked.output), checked.exit_code) == (faults, exit_code)
    assert str(tmp_path) not in checked.output


def test_an_interview_that_occurs_twice_is_refused_with_every_row_that_misses_the_other(tmp_path: Path) -> None:
    checked = casebook(small_project(tmp_path, "duplicate_interview"), "check")
    assert checked.exit_code == DATA
    assert f"{BE}/interview.csv: row 4, column interview: the interview occurs in an earlier row; do: keep one" in (
        listed(checked.output)
    )


def test_the_faults_of_all_stages_stand_in_one_message_in_the_order_of_a_build(tmp_path: Path) -> None:
    checked = casebook(small_project(tmp_path, "fault_in_every_stage"), "check")
    assert checked.exit_code == STUDY
    assert [line for line in checked.output.splitlines() if not line.startswith("  - ")] == [
        "The study's description is refused (1 fault):",
        "The coded data are refused (1 fault):",
        "Notebook runs failed (1 fault):",
        "Statements are refused (1 fault):",
        "The book is refused (1 fault):",
    ]


def test_data_are_checked_although_the_study_is_refused(tmp_path: Path) -> None:
    project = small_project(tmp_path, "unknown_key")
    coding = project / BE / "coding.csv"
    coding.write_text(coding.read_text("utf-8").replace("og_fake_profile,yes", "og_fake_profile,perhaps", 1), "utf-8")
    checked = casebook(project, "check")
    assert checked.exit_code == STUDY
    assert "found perhaps" in checked.output


def test_a_fault_of_an_edition_is_not_told_again_of_the_one_compared_with_it(tmp_path: Path) -> None:
    project = small_project(tmp_path)
    study = yaml.safe_load((project / "study.yml").read_text("utf-8"))
    study["editions"]["D1.3"] = study["editions"]["D1.2"] | {"earlier": "D1.2"}
    (project / "study.yml").write_text(yaml.safe_dump(study, sort_keys=False), "utf-8")
    shutil.copytree(project / "book" / "D1.2", project / "book" / "D1.3")
    template = project / "templates" / "grooming.md.j2"
    sound = template.read_text("utf-8")
    template.write_text(f"{sound}\n{{{{ sample_changes() if earlier else nothing_known }}}}\n", "utf-8")
    fault = "grooming.md.j2: line 14: unknown name: 'nothing_known' is undefined"
    assert listed(casebook(project, "check").output) == [fault]


def test_the_study_is_checked_although_the_codebook_is_refused(tmp_path: Path) -> None:
    project = small_project(tmp_path, "unknown_key")
    (project / "data" / "codebook.csv").write_text("nothing", "utf-8")
    checked = casebook(project, "check")
    assert checked.exit_code == STUDY
    assert "study.yml: countries.BE.capital: unknown key" in checked.output


def test_a_project_without_a_fault_is_told_what_was_checked(tmp_path: Path) -> None:
    checked = casebook(small_project(tmp_path), "check")
    assert (checked.exit_code, checked.output) == (
        0,
        "Nothing to refuse in 3 interviews, 3 tables and 2 pages of 1 book; what remains is to run the notebooks.\n",
    )


@pytest.mark.parametrize("fault", ["", "fault_in_every_stage"])
def test_nothing_is_written(fault: str, tmp_path: Path) -> None:
    project = small_project(tmp_path, fault)
    before = files_of(project)
    casebook(project, "check")
    assert files_of(project) == before


@pytest.mark.parametrize("fault", sorted(LEFT_TO_BUILD))
def test_what_takes_a_run_to_be_found_passes(fault: str, tmp_path: Path) -> None:
    assert casebook(small_project(tmp_path, fault), "check").exit_code == 0


def test_every_faulty_project_has_a_test() -> None:
    folders = {path.name.removeprefix("project_") for path in set(FAULTY_DATA.glob("project_*")) - {SMALL}}
    tested = {fault for fault, *_ in REFUSALS} | {"duplicate_interview", "fault_in_every_stage"} | LEFT_TO_BUILD
    assert folders == tested
