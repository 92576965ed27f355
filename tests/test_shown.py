"""What figures and tables show, as claims: each value once, in the form in which its cells are published."""

from __future__ import annotations

from dataclasses import replace

import pytest
from small_narrative import protected

from casebook.notebook_run import FigureRecord, Mark, Witness
from casebook.protected_tables import ProtectedTables
from casebook.publication.shown import Place, shown, shown_by_run

EXPERTS = protected("OG.E.og_v_risk", {"bullying": 18})
VICTIMS = protected("OG.V.og_v_risk", {"bullying": "more than half"}, base=8)
TABLES = ProtectedTables("D1.2", "PU", {t.key: t for t in (EXPERTS, VICTIMS)}, {"OG.E": 23}, {})
PLACE = Place("grooming/risk", "Risk factors, n = 23.", "risk.md.j2", 9)
COUNT, WORD = Mark(EXPERTS.key, ("bullying",), "18 of 23"), Mark(VICTIMS.key, ("bullying",), "more than half")
FIGURE = FigureRecord("risk", "risk.svg", "Bars.", "Risk factors.", (EXPERTS.key,), "0" * 64, (COUNT, WORD))
RUN = Witness("grooming-OG-pooled", "Online grooming, pooled", "OG", "pooled", "D1.2", "PU", (), (FIGURE,))


@pytest.mark.parametrize(
    ("mark", "form"),
    [
        (COUNT, "exact"),
        (WORD, "word"),
        (Mark(VICTIMS.key, ("bullying", "loneliness"), "above half"), "withheld"),
        (Mark(EXPERTS.key, (), "n = 23"), "size"),
        (Mark("OG.E", (), "23"), "size"),
    ],
)
def test_a_value_has_the_form_of_its_cells_the_least_telling_of_several(mark: Mark, form: str) -> None:
    (claim,) = shown([mark], TABLES, PLACE, kind="mark")
    assert (claim.form, claim.text, claim.cells) == (form, mark.text, mark.levels)
    assert (claim.page, claim.sentence, claim.template, claim.line) == ("grooming/risk", PLACE.caption, "risk.md.j2", 9)


def test_a_run_shows_the_marks_of_its_figures_and_the_cells_of_its_tables() -> None:
    claims = shown_by_run(replace(RUN, cells=(COUNT,)), TABLES, "notebooks/report/grooming.ipynb")
    assert [(claim.kind, claim.text, claim.sentence) for claim in claims] == [
        ("mark", "18 of 23", "Risk factors."),
        ("mark", "more than half", "Risk factors."),
        ("cell", "18 of 23", "Online grooming, pooled"),
    ]
    assert {claim.page for claim in claims} == {"notebooks/grooming-OG-pooled"}
    assert len({claim.id for claim in claims}) == 3


def test_the_same_value_in_two_figures_is_two_claims_whose_ids_last() -> None:
    other = replace(FIGURE, name="again")
    before = shown_by_run(RUN, TABLES, "grooming.ipynb")
    after = shown_by_run(replace(RUN, figures=(other, FIGURE)), TABLES, "grooming.ipynb")
    assert len(after) == 2 * len(before)
    assert {claim.id for claim in before} < {claim.id for claim in after}
