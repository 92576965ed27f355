"""The annex shows what an edition's planned tables were coded by, and nothing else."""

from __future__ import annotations

import dataclasses

from casebook.codebook import Codebook
from casebook.publication.book.codebook_annex import codebook_annex, label_of
from casebook.study import Study


def test_every_planned_variable_has_an_entry_and_no_other(study: Study, codebook: Codebook) -> None:
    text = codebook_annex(study, codebook, "D1.2")
    planned = {table.variable for table in study.planned("D1.2")}
    assert {name for name in codebook if f"({label_of(name)})=" in text} == planned


def test_an_entry_gives_definition_rules_coding_and_levels(study: Study, codebook: Codebook) -> None:
    text = codebook_annex(study, codebook, "D1.2").replace("\\", "")
    variable = codebook["og_strategy"]
    for shown in (variable.label, variable.definition, variable.include, variable.exclude):
        assert shown in text
    assert all(f"- **{level.label}**: {level.definition}" in text for level in variable.levels)
    assert "Coded for experts" in text and "Several levels may be coded together." in text


def test_variables_of_every_crime_come_first_then_those_of_each_crime(study: Study, codebook: Codebook) -> None:
    headings = [line[3:] for line in codebook_annex(study, codebook, "D1.2").splitlines() if line.startswith("## ")]
    titles = [study.crimes[crime].title for crime in study.editions["D1.2"].crimes]
    assert headings == ["All crimes", *titles]


def test_markup_in_the_codebook_is_inert(study: Study, codebook: Codebook) -> None:
    hostile = [dataclasses.replace(v, label="<b>{{ x }}</b>", definition="$y$") for v in codebook.variables]
    text = codebook_annex(study, Codebook(tuple(hostile)), "D1.2")
    assert "<b>" not in text and "{{" not in text and "\\$y\\$" in text
