"""Names in templates and report notebooks that point at nothing, found by reading them."""

from __future__ import annotations

from pathlib import Path

import pytest

from casebook.codebook import Codebook
from casebook.publication.dangling_names import (
    Drawn,
    drawn_by,
    faults_of_drawing,
    faults_of_figures,
    faults_of_names,
    figures_of_crime,
    read_source,
)
from casebook.publication.notebooks.parameters import Declared
from casebook.publication.templates import environment
from casebook.study import Study

REPORT = Path("notebooks/report/grooming.ipynb")


def names_in(text: str, tmp_path: Path) -> list[str]:
    source = read_source(environment(tmp_path), "page.md.j2", text)
    return [str(fault) for fault in faults_of_names(source, {"table", "sample", "crime"})]


@pytest.mark.parametrize(
    "text",
    [
        "{{ crime.title }} {{ table('x', 'E').named() }}",
        "{% set t = table('x', 'E') %}{{ t.named() }}",
        "{% if crime %}{% set t = 1 %}{% endif %}{% if crime %}{{ t }}{% endif %}",
        "{% for view in crime %}{{ view }}{{ loop.last }}{% endfor %}",
        "{% macro told(share) %}{{ share }}{% endmacro %}{{ told(crime) }}",
        "{% from 'words.j2' import told, said as heard %}{% import 'x.j2' as x %}{{ told() }}{{ heard() }}{{ x.y() }}",
        "<# {{ anything }} #>",
        "{% if unfinished",
    ],
)
def test_a_name_that_is_given_or_set_is_none(text: str, tmp_path: Path) -> None:
    assert names_in(text, tmp_path) == []


def test_an_unknown_name_is_told_with_its_line_and_what_it_is_close_to(tmp_path: Path) -> None:
    text = "{{ crime }}\n{% if crime %}\n{{ tabel('x', 'E') }}{% else %}{{ crimes }}{% endif %}"
    assert names_in(text, tmp_path) == [
        "page.md.j2: line 3: unknown name; found tabel; allowed: table; do: correct or set it",
        "page.md.j2: line 3: unknown name; found crimes; allowed: crime; do: correct or set it",
    ]


def test_a_figure_that_is_asked_for_and_not_drawn_is_told_where_the_question_would_hide_it(tmp_path: Path) -> None:
    text = '{% if has_figure("risks") %}\n{{ figure("risks") }}{% endif %}{{ figure("age") }}{{ figure(name) }}'
    source = read_source(environment(tmp_path), "page.md.j2", text)
    message = "no report notebook of this crime draws such a figure; found risks; allowed: age, risk"
    assert [str(fault) for fault in faults_of_figures(source, {"risk", "age"})] == [
        f"page.md.j2: line 1: {message}",
        f"page.md.j2: line 2: {message}",
    ]


def test_the_figures_of_a_notebook_are_read_off_its_cells() -> None:
    cells = {
        3: 'study.figure("risk", variable="og_v_risk", groups=("E", "V"), title="Risk")',
        5: 'for name in names:\n    study.figure(name, variable="x", groups=["E"], title="")',
        7: "study.figure(\n",
        9: 'study.figure("strategies", variable=chosen, groups=["O"], title="Strategies")',
        10: 'study.section("2")',
        11: 'study.figure("across", variable="prevention", groups=("E",), crimes=("CB", "HT"), title="Prevention")',
    }
    assert list(drawn_by(Declared(REPORT, {"crime": "OG"}, cells))) == [
        Drawn(REPORT.as_posix(), 3, "OG", "risk", "og_v_risk", ("E", "V"), ("OG",)),
        Drawn(REPORT.as_posix(), 9, "OG", "strategies", "", ("O",), ("OG",)),
        Drawn(REPORT.as_posix(), 11, "OG", "across", "prevention", ("E",), ("CB", "HT")),
    ]


def test_a_page_shows_the_figures_of_its_crime_and_a_page_of_none_those_of_all_crimes() -> None:
    drawn = [Drawn("x", 1, "OG", "risk"), Drawn("x", 1, "CB", "roles"), Drawn("x", 1, "ALL", "sample")]
    assert figures_of_crime(drawn, "OG") == {"risk"}
    assert figures_of_crime(drawn, "") == {"sample"}


@pytest.mark.parametrize(
    ("variable", "groups", "faults"),
    [
        ("og_v_risk", ("E",), []),
        ("og_v_risk", ("O", "E"), []),
        ("", ("E",), []),
        ("og_v_risk", ("O",), ["no table of this figure is planned; found og_v_risk; do: plan the table in study.yml"]),
        ("og_risks", ("E",), ["the codebook has no such variable; found og_risks"]),
    ],
)
def test_a_figure_that_no_run_can_draw_is_told_with_its_cell(
    variable: str, groups: tuple[str, ...], faults: list[str], study: Study, codebook: Codebook
) -> None:
    drawn = [Drawn(REPORT.as_posix(), 3, "OG", "risk", variable, groups, ("OG",))]
    told = [str(fault) for fault in faults_of_drawing(drawn, study, codebook)]
    assert told == [f"{REPORT.as_posix()}: cell 3, figure risk: {fault}" for fault in faults]
