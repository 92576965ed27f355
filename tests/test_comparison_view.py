"""The comparison in pages: verdicts and shares are claims, references are quoted, and opinions keep their numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from small_comparisons import REFERENCE, SAME, planned, study, tables
from small_figures import CODEBOOK, table
from small_narrative import HOSTILE, without_elements

from casebook.errors import StatementRefused
from casebook.protected_tables import ProtectedTable
from casebook.publication.book.inert import inert
from casebook.publication.claims import Claim
from casebook.publication.narrative import Page, Sources, write_narrative
from casebook.publication.references import Finding, Planned, Reference, References
from casebook.study import Edition, Study

OFFENDERS = table("OG.O.risk", 15, {"lonely": 12, "bullied": 3, "telegram": None, "school": 0, "either": None})
VICTIMS = table(
    "OG.V.risk", 8, {"lonely": "more than half", "bullied": "named", "telegram": None, "school": None, "either": None}
)
EXPERTS = table("OG.E.risk", 23, {"lonely": 5, "bullied": 20, "telegram": 1, "school": 0, "either": 20})
WITH = "findings with an independent counterpart"
PLANS = (
    planned("direction", id="C-1", finding="F-1"),
    planned("share", group="V", id="C-2", finding="F-2"),
    planned("each", group="E", id="C-3", finding="F-3", levels=("lonely", "school")),
    planned("same_interviews", id="C-4", finding="F-1"),
    planned("no_counterpart", id="C-5"),
    planned("ranking", id="C-6"),
)
FINDINGS = (Finding("F-1", "OG", "O", "risk"), Finding("F-9", "OG", "V", "age"), Finding("F-8", "OG", "E", "age"))


def write(
    folder: Path,
    template: str,
    plans: Sequence[Planned] = PLANS,
    made: Sequence[ProtectedTable] = (OFFENDERS, VICTIMS, EXPERTS),
) -> tuple[str, Sequence[Claim]]:
    """The text and claims of a page about no crime."""
    (folder / "comparison.md.j2").write_text(template, "utf-8")
    references = References({r.id: r for r in _references(plans)}, tuple(plans), FINDINGS)
    edition = Edition.model_construct(crimes=("OG",), earlier=None)
    the_study = Study.model_construct(**{**study().__dict__, "editions": {"D1.2": edition}})
    sources = Sources(the_study, CODEBOOK, tables(*made), {}, {}, folder, references=references)
    register = write_narrative(sources, [Page("comparison", "comparison.md.j2")], folder / "out")
    text = without_elements((folder / "out" / "comparison.md").read_text("utf-8"))
    return text.replace("\\", ""), register.claims


def _references(plans: Sequence[Planned]) -> list[Reference]:
    return [REFERENCE, SAME, *(plan.reference for plan in plans)]


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{{ compared('C-1').interviews }}", "most offenders (12 of 15)"),
        ("{{ compared('C-1').verdict }}", "agrees in direction"),
        ("{{ compared('C-2').interviews }}", "more than half of the victims"),
        ("{{ compared('C-2').verdict }}", "cannot tell"),
        ("{{ compared('C-3').verdict }}", "contradicts in direction (opinion against case files)"),
        ("{{ compared('C-4').verdict }}", "not counted: the same interviews"),
        ("{{ compared('C-1').because }}", "the reference and the interviews lie above half"),
        ("{{ reference('R-1').value }} {{ reference('R-1').base }}", "90 % of 20 rulings 20 rulings"),
        ("{{ reference('R-1').cite }}", "{cite:p}`rulings`"),
        ("{{ cite('one', 'other') }}", "{cite:p}`one,other`"),
        ("{% if compares('C-1') and not compares('C-7') %}both{% endif %}", "both"),
        ("{% set f = counterparts() %}{{ f.agreeing }}", f"less than half of the {WITH} (1 of 3)"),
        ("{% set f = counterparts() %}{{ f.contradicted }}", f"less than half of the {WITH} (1 of 3)"),
    ],
)  # fmt: skip
def test_a_template_says_what_was_compared(template: str, text: str, tmp_path: Path) -> None:
    assert write(tmp_path, template)[0] == text


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("compared('C-1').agrees", True),
        ("compared('C-2').agrees", False),
        ("compared('C-3').contradicts", True),
        ("compared('C-1').partly", False),
        ("compared('C-1').above_half and compared('C-2').known", True),
        ("compared('C-1').below_half", False),
        ("counterparts().any", True),
        ("counterparts().mostly_agree", False),
        ("counterparts().some_contradict", True),
        ("counterparts().contradictions_among('F-3')", True),
        ("counterparts().contradictions_among('F-1', 'F-2')", False),
    ],
)
def test_a_condition_is_proven_by_the_verdict(condition: str, holds: bool, tmp_path: Path) -> None:
    template = "{% assert " + condition + " %}It holds.{% otherwise %}It is open.{% endassert %}"
    text, claims = write(tmp_path, template)
    assert text == ("It holds." if holds else "It is open.")
    assert [claim.kind for claim in claims] == (["assertion"] if holds else [])


def test_more_than_half_of_the_findings_agree_only_where_they_do(tmp_path: Path) -> None:
    template = "{% assert counterparts().mostly_agree %}They agree.{% otherwise %}They do not.{% endassert %}"
    assert write(tmp_path, template, PLANS[:1])[0] == "They agree."
    assert write(tmp_path, template, PLANS[:2])[0] == "They do not."


def test_a_claim_of_a_comparison_rests_on_the_cells_it_was_reached_from(tmp_path: Path) -> None:
    claims = write(tmp_path, "Verdict: {{ compared('C-3').verdict }}. Share: {{ compared('C-1').interviews }}.")[1]
    assert [(c.kind, c.table, c.cells, c.form) for c in claims] == [
        ("comparison", "OG.E.risk", ("lonely", "school"), "contradicts"),
        ("comparison", "OG.O.risk", ("lonely",), "exact"),
    ]


def test_the_table_of_comparisons_shows_every_one_with_its_verdict_and_reason(tmp_path: Path) -> None:
    text, claims = write(tmp_path, "{{ comparison_table('OG') }}")
    rows = [row.split("\n  - ") for row in text.split("\n* - ")[1:]]
    assert [row[1:3] for row in rows[1:]] == [
        ["Offenders: 12 of 15; interval 8 to 14 of 15", "agrees in direction"],
        ["Victims: more than half", "cannot tell"],
        ["Experts: Loneliness: some; Problems at school and with the people who teach there: none",
         "contradicts in direction (opinion against case files)"],
        ["Offenders: 12 of 15; interval 8 to 14 of 15", "not counted: the same interviews"],
        ["Offenders: –", "no counterpart"],
        ["Offenders: withheld", "cannot tell"],
    ]  # fmt: skip
    assert all("The reason of the rule." in row[3] for row in rows[1:])
    assert len([claim for claim in claims if claim.kind == "comparison"]) == 16


def test_numbers_of_experts_never_stand_beside_numbers_of_cases(tmp_path: Path) -> None:
    text, _ = write(tmp_path, "{{ comparison_table('OG') }}")
    assert "of 23" not in text


def test_the_table_of_references_says_what_each_can_be_used_for(tmp_path: Path) -> None:
    vague = replace(REFERENCE, id="R-3", base="not stated")
    text, claims = write(tmp_path, "{{ references_table() }}", [planned("direction", reference=vague)])
    uses = [row.split("\n  - ")[-1].removesuffix("\n```\n") for row in text.split("\n* - ")[2:]]
    assert uses == ["direction and value", "comparison only: it describes these interviews", "its direction only"]
    assert {claim.kind for claim in claims} == {"reference"}


def test_findings_without_counterpart_are_listed_by_topic(tmp_path: Path) -> None:
    text, _ = write(tmp_path, "{{ without_counterpart() }}")
    assert "* - Grooming\n  - \n  - victims and experts" in text
    assert "offenders" not in text


@pytest.mark.parametrize(
    ("template", "message"),
    [
        (
            "{{ compared('C-9').verdict }}",
            "no such comparison is planned for the interviews of this edition; found C-9",
        ),
        ("{{ reference('R-9').value }}", "data/reference-values.csv has no such reference; found R-9"),
        ("{{ comparison_table('CB') }}", "nothing is compared for this crime; found CB"),
        ("{{ compared('C-5').interviews }}", "the sentence rests on withheld cells; found C-5"),
    ],
)
def test_what_cannot_be_said_is_refused_with_its_line(template: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(StatementRefused, match=message) as refusal:
        write(tmp_path, template)
    assert refusal.value.faults[0].place == "line 1"


def test_text_of_the_references_comes_out_as_itself(tmp_path: Path) -> None:
    hostile = replace(REFERENCE, value=HOSTILE, base=HOSTILE)
    plan = planned("direction", reference=hostile, statement=HOSTILE, reason=HOSTILE)
    write(tmp_path, "{{ comparison_table('OG') }}{{ references_table() }}{{ reference('R-1').value }}", [plan])
    raw = (tmp_path / "out" / "comparison.md").read_text("utf-8")
    assert raw.count(inert(HOSTILE)) == 4
    assert raw.count(inert(HOSTILE.replace("<script>", "<Script>"))) == 1  # a reason begins with a capital
    assert "<script>" not in raw
