"""From templates and protected tables to pages: what is printed, what is recorded, what is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from small_narrative import (
    FIGURE,
    HOSTILE,
    PAGE,
    TABLES,
    claims_of,
    faults_of,
    phrase,
    protected,
    sources,
    text_of,
    without_elements,
    write,
)

from casebook.errors import StatementRefused
from casebook.protected_tables import ProtectedTable
from casebook.publication.blocks import Figure
from casebook.publication.narrative import Page, write_narrative

SPACE = "\u202f"
E = "{% set e = table('og_v_risk', 'E') %}\n{% set v = table('og_v_risk', 'V') %}\n"
REMEDY = "; do: give the sentence another wording in {% assert %} ... {% otherwise %}"


def printed(folder: Path, template: str) -> str:
    """What a reader of the page sees of one paragraph."""
    html = str(MarkdownIt().render(text_of(folder, E + template)))
    return html.removeprefix("<p>").removesuffix("</p>\n").replace("\n", " ")


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("{{ v.loneliness.people }}", "more than half of the victims"),
        ("{{ capitalised(e.bullying.people) }}.", f"More than half of the experts (12 of 23, 52{SPACE}%)."),
        ("{{ capitalised(join([v.bullying.people, v.loneliness.people])) }}",
         "At least one of the victims and more than half of the victims"),
        ("{{ join([v.bullying.people, v.loneliness.phrase, crime.name]) }}",
         f"at least one of the victims, {phrase('og_v_risk', 'loneliness')} and online grooming"),
        ("{{ capitalised(e.size) }}", "23 experts"),
        ("{{ sample('V') }} and {{ sample('E', 'CB') }}", "eight victims and one expert"),
        ("{{ table('og_lied_about', 'O', subgroup='implication').self.phrase }}", "who they were"),
        ("{{ edition.title }} of {{ deliverable }} in {{ study.countries.BE.name }}", "Results of D1.2 in Belgium"),
        ("{% if planned('og_v_risk', 'V') and not planned('og_v_risk', 'O') %}planned{% endif %}", "planned"),
        ("{% if public and not has_figure('none') and has_figure('risk') %}drawn{% endif %}", "drawn"),
    ],
)  # fmt: skip
def test_a_template_says_claims_and_names(template: str, expected: str, tmp_path: Path) -> None:
    assert printed(tmp_path, template) == expected


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        (
            "{% assert v.loneliness.more_than_half %}A{% otherwise v.bullying.named %}B{% otherwise %}C{% endassert %}",
            "A",
        ),
        ("{% assert v.loneliness.most %}A{% otherwise v.bullying.named %}B{% otherwise %}C{% endassert %}", "B"),
        ("{% assert v.loneliness.most %}A{% otherwise v.disability.known %}B{% otherwise %}C{% endassert %}", "C"),
        ("{% assert v.loneliness.most %}A{% otherwise v.bullying.named %}B{% endassert %}", "B"),
        ("{% assert v.disability.known %}{{ v.disability.people }}{% otherwise %}Nothing.{% endassert %}", "Nothing."),
        ("{% assert e.leads('loneliness') and e.ranked %}A{% endassert %}", "A"),
        ("{% assert v.bullying.most or v.bullying.named %}A{% endassert %}", "A"),
        ("{% assert v.loneliness.most %}A{% otherwise %}{% endassert %}after", "after"),
        (
            "{% assert v.bullying.named %}{% assert v.bullying.most %}A{% otherwise %}B{% endassert %}C{% endassert %}",
            "BC",
        ),
    ],
)
def test_the_first_wording_that_is_proven_is_printed(template: str, expected: str, tmp_path: Path) -> None:
    assert printed(tmp_path, template) == expected


def test_where_no_wording_holds_the_build_refuses_with_what_was_looked_at(tmp_path: Path) -> None:
    template = E + (
        "Text.\n{% assert v.loneliness.most and v.bullying.named %}\nA\n"
        "{% otherwise e.bullying.most %}\nB\n{% endassert %}"
    )
    assert faults_of(tmp_path, template) == [
        "line 4: no wording of this sentence holds; "
        "found OG.V.og_v_risk/loneliness most; OG.E.og_v_risk/bullying most; do: add a wording that holds"
    ]


def test_what_was_looked_at_is_told_of_wordings_on_one_line_as_well(tmp_path: Path) -> None:
    (fault,) = faults_of(tmp_path, E + "{% assert v.loneliness.most %}A{% otherwise v.bullying.most %}B{% endassert %}")
    assert "found OG.V.og_v_risk/loneliness most; OG.V.og_v_risk/bullying most;" in fault


def test_an_assertion_records_what_its_wording_rests_on_and_nothing_else(tmp_path: Path) -> None:
    template = E + (
        "{% assert e.bullying.more_than_half and v.loneliness.most %}A.\n"
        "{% otherwise v.loneliness.more_than_half and e.loneliness.exceeds(e.bullying) %}Loneliness stands out.\n"
        "{% endassert %}"
    )
    (claim,) = claims_of(tmp_path, template)
    assert (claim.kind, claim.line, claim.sentence) == ("assertion", 4, "Loneliness stands out.")
    assert claim.holds == (
        "OG.V.og_v_risk/loneliness more than half",
        "OG.E.og_v_risk/loneliness exceeds OG.E.og_v_risk/bullying",
    )
    assert (claim.table, claim.cells) == ("OG.E.og_v_risk OG.V.og_v_risk", ("loneliness",))


def test_a_wording_that_needs_no_proof_records_nothing(tmp_path: Path) -> None:
    assert claims_of(tmp_path, E + "{% assert v.loneliness.most %}A.{% otherwise %}It is open.{% endassert %}") == ()


def test_what_was_looked_at_before_an_assertion_is_not_its_proof(tmp_path: Path) -> None:
    template = E + "{% if v.bullying.named %}A.{% endif %} {% assert v.loneliness.more_than_half %}B.{% endassert %}"
    (claim,) = claims_of(tmp_path, template)
    assert claim.holds == ("OG.V.og_v_risk/loneliness more than half",)


def test_a_claim_is_recorded_with_its_words_place_and_sentence(tmp_path: Path) -> None:
    _, register = write(
        tmp_path, E + "A word.[^n] In all,\n{{ e.bullying.people }} said so, cf. D1.4. Next.\n\n[^n]: Note.\n"
    )
    (claim,) = register.claims
    assert (claim.page, claim.kind, claim.table, claim.cells) == (
        "grooming",
        "quantity",
        "OG.E.og_v_risk",
        ("bullying",),
    )
    assert (claim.form, claim.template, claim.line) == ("exact", "grooming.md.j2", 4)
    assert claim.text == f"more than half of the experts (12 of 23, 52{SPACE}%)"
    assert claim.sentence == f"In all, {claim.text} said so, cf. D1.4."
    written = json.loads((tmp_path / "out" / "claims.json").read_text("utf-8"))
    assert written["claims"][0]["id"] == claim.id


def test_ids_of_claims_survive_changes_of_other_sentences(tmp_path: Path) -> None:
    before = claims_of(tmp_path, E + "{{ v.bullying.people }}. {{ e.bullying.people }}.")
    after = claims_of(
        tmp_path, E + "New. {{ e.loneliness.people }}.\n\n{{ e.bullying.people }} and {{ v.bullying.people }}."
    )
    assert {claim.id for claim in before} < {claim.id for claim in after}


def test_the_same_sources_give_the_same_bytes(tmp_path: Path) -> None:
    template = E + "{{ e.named() }}. {{ v.named() }}. {% assert e.ranked %}A{% endassert %}"
    written = []
    for folder in (tmp_path / "a", tmp_path / "b"):
        folder.mkdir()
        write(folder, template)
        written.append([path.read_bytes() for path in sorted((folder / "out").iterdir())])
    assert written[0] == written[1]


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("{{ v.disability.people }}",
         f"line 3: the sentence rests on a withheld cell; found OG.V.og_v_risk/disability{REMEDY}"),
        ("\n{{ v.lonely.people }}", f"line 4: the table has no such level or set; found OG.V.og_v_risk/lonely{REMEDY}"),
        ("{{ v.leading }}", f"line 3: no level may be called the most frequent; found OG.V.og_v_risk{REMEDY}"),
        ("{{ table('og_lies', 'O') }}",
         f"line 3: no such table is planned in study.yml for this edition; found OG.O.og_lies{REMEDY}"),
        ("{{ table('cb_v_risk', 'E', 'CB') }}",
         f"line 3: no such table is planned in study.yml for this edition; found CB.E.cb_v_risk{REMEDY}"),
        ("{{ sample('X') }}", f"line 3: there are no such interviews in this edition; found OG.X{REMEDY}"),
        ("{{ sample('O') }}", f"line 3: there are no such interviews in this edition; found OG.O{REMEDY}"),
        ("{{ figure('ages') }}", f"line 3: no report notebook drew this figure; found OG/pooled/ages{REMEDY}"),
        ("{{ whoever }}", "line 3: unknown name: 'whoever' is undefined"),
        ("\n{% if e.bullying.many %}A{% endif %}",
         "line 4: unknown name: 'casebook.publication.table_view.Share object' has no attribute 'many'"),
        ("{{ wording.count_text(e.bullying.cell.n, e.table.base) }}", "line 3: unknown name: 'wording' is undefined"),
        ("{{ planned('og_v_risk') }}",
         "line 3: a call that cannot be made: _Writer.planned() missing 1 required positional argument: 'group'"),
        ("{{ study.grant }}", "line 3: unknown name: 'casebook.study.Study object' has no attribute 'grant'"),
    ],
)  # fmt: skip
def test_what_cannot_be_said_is_refused_with_its_place(template: str, expected: str, tmp_path: Path) -> None:
    assert faults_of(tmp_path, E + template) == [expected]


@pytest.mark.parametrize("alt", ["", " \n"])
def test_a_figure_without_alt_text_is_refused(alt: str, tmp_path: Path) -> None:
    (tmp_path / PAGE.template).write_text("{{ figure('risk') }}", "utf-8")
    figure = Figure(FIGURE.name, FIGURE.file, alt, FIGURE.caption)
    with pytest.raises(
        StatementRefused, match="line 1: the figure has no alt text or no caption; found OG/pooled/risk"
    ):
        write_narrative(sources(tmp_path, figure=figure), [PAGE], tmp_path / "out")


def test_a_table_of_which_nothing_is_published_is_refused(tmp_path: Path) -> None:
    closed = (*TABLES[:1], protected("OG.V.og_v_risk", {}, base=8), *TABLES[2:])
    assert "list-table" in text_of(tmp_path, "{{ results('og_v_risk', 'E', 'V') }}", closed)
    (tmp_path / "out" / "grooming.md").unlink()
    (tmp_path / "out" / "claims.json").unlink()
    (tmp_path / "out").rmdir()
    assert faults_of(tmp_path, "{{ results('og_v_risk', 'V') }}", closed) == [
        f"line 1: nothing of these tables is published; found OG.V.og_v_risk{REMEDY}"
    ]


def test_faults_of_all_pages_are_refused_together_and_nothing_is_written(tmp_path: Path) -> None:
    templates = {
        "sound": "Sound.",
        "typed": "\nOf 12 experts {{ nobody }}.",
        "unread": "{% if %}",
        "part": "{% include 'piece.md.j2' %}",
        "piece": "A\n{{ sample('O') }}",
    }
    for name, template in templates.items():
        (tmp_path / f"{name}.md.j2").write_text(template, "utf-8")
    pages = [Page(name, f"{name}.md.j2", crime="OG") for name in ("sound", "typed", "unread", "missing", "part")]
    with pytest.raises(StatementRefused) as refusal:
        write_narrative(sources(tmp_path), pages, tmp_path / "out")
    assert [str(fault).split("; ")[0] for fault in refusal.value.faults] == [
        "missing.md.j2: no such template",
        "piece.md.j2: line 2: there are no such interviews in this edition",
        "typed.md.j2: line 2: a number typed by hand",
        "typed.md.j2: line 2: unknown name: 'nobody' is undefined",
        "unread.md.j2: line 1: the template cannot be read: Expected an expression, got 'end of statement block'",
    ]
    assert not (tmp_path / "out").exists()


def test_numbers_typed_into_an_included_piece_are_found(tmp_path: Path) -> None:
    (tmp_path / "piece.md.j2").write_text("\nseven", "utf-8")
    with pytest.raises(StatementRefused, match=r"piece\.md\.j2: line 2: a number typed by hand; found seven"):
        write(tmp_path, "{% include 'piece.md.j2' %}")


def test_text_from_data_is_inert(tmp_path: Path) -> None:
    study = sources(tmp_path).study
    hostile = study.model_copy(update={"countries": {"BE": study.countries["BE"].model_copy(update={"name": HOSTILE})}})
    (tmp_path / PAGE.template).write_text(
        "{{ study.countries.BE.name }}, {{ join([study.countries.BE.name]) }}", "utf-8"
    )
    given = sources(tmp_path).__class__(**{**sources(tmp_path).__dict__, "study": hostile})
    write_narrative(given, [PAGE], tmp_path / "out")
    tokens = MarkdownIt().parse((tmp_path / "out" / "grooming.md").read_text("utf-8"))
    inline = tokens[1].children or []
    assert {token.type for token in inline} == {"text"} or {token.type for token in inline} == {"text", "text_special"}
    assert "".join(token.content for token in inline) == f"{HOSTILE}, {HOSTILE}"


BELGIAN = protected("OG.E.og_v_risk", {"bullying": 12, "loneliness": 20}, country="BE")
NOBODY_NAMED = protected("OG.V.og_v_risk", {"bullying": "less than half"}, base=8, country="BE")


def country_page(folder: Path, template: str, *own: ProtectedTable) -> str:
    """The text of Belgium's page on grooming, with its figures and the tables of its own."""
    (folder / PAGE.template).write_text(template, "utf-8")
    figure = Figure("risk-og-be-risk", "figures/risk.svg", "Bars.", "Risk factors.", tables=(BELGIAN.key,))
    given = replace(sources(folder, (*TABLES, *own)), figures={"OG/BE/risk": figure, "OG/pooled/risk": FIGURE})
    write_narrative(given, [Page("be", PAGE.template, "OG", "BE")], folder / "out")
    return without_elements((folder / "out" / "be.md").read_text("utf-8"))


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        ((), "groups , tables"),
        ((BELGIAN,), "groups E, tables OG.E.og_v_risk@BE"),
        ((NOBODY_NAMED,), "groups , tables"),
        ((NOBODY_NAMED, BELGIAN), "groups E, tables OG.E.og_v_risk@BE"),
    ],
)
def test_a_country_has_results_of_its_own_where_an_answer_may_be_named(
    own: tuple[ProtectedTable, ...], expected: str, tmp_path: Path
) -> None:
    template = "groups {{ own_groups() | join }}, tables {% for t in own_tables() %}{{ t.key }}{% endfor %}"
    assert str(MarkdownIt().renderInline(country_page(tmp_path, template, *own))).strip() == expected


def test_tables_of_a_country_come_in_the_order_of_the_plan_and_by_section(tmp_path: Path) -> None:
    lies = protected("OG.O.og_lied_about.implication", {"age": "most"}, base=None, country="BE")
    each = "{{{{ t.table.section }}}} {{{{ t.table.group }}}};"
    template = "{{% for t in own_tables({}) %}}" + each + "{{% endfor %}}"
    printed_all = country_page(tmp_path, template.format(""), lies, BELGIAN)
    assert str(MarkdownIt().renderInline(printed_all)) == "2 E;4 O;"
    assert str(MarkdownIt().renderInline(country_page(tmp_path, template.format("'4'"), lies, BELGIAN))) == "4 O;"


@pytest.mark.parametrize(("size", "expected"), [(23, "BE"), (22, "several"), (None, "several")])
def test_a_group_is_of_one_country_only_where_its_own_results_show_it(
    size: int | None, expected: str, tmp_path: Path
) -> None:
    template = "{% assert only_country('E') %}{{ only_country('E') }}{% otherwise %}several{% endassert %}"
    assert country_page(tmp_path, template, replace(BELGIAN, base=size or 22, group_size=size)) == expected


def test_that_a_group_is_of_one_country_is_recorded_as_what_a_wording_rests_on(tmp_path: Path) -> None:
    claims = claims_of(tmp_path, "{% assert only_country('E') %}All.{% endassert %}", (*TABLES, BELGIAN))
    assert [claim.holds for claim in claims] == [("OG.E all held in BE",)]


def test_a_country_page_says_what_holds_of_all_countries(tmp_path: Path) -> None:
    template = "{{ pooled('og_v_risk', 'E').bullying.count }}, {{ table('og_v_risk', 'E').bullying.count }}"
    own = replace(BELGIAN, base=20, group_size=20)
    assert (
        str(MarkdownIt().renderInline(country_page(tmp_path, template, own)))
        == f"12 of 23 (52{SPACE}%), 12 of 20 (60{SPACE}%)"
    )


def test_a_pooled_table_that_is_not_planned_is_refused(tmp_path: Path) -> None:
    message = "line 1: no such table is planned in study.yml for this edition; found OG.E.og_lies"
    assert faults_of(tmp_path, "{{ pooled('og_lies', 'E') }}") == [f"{message}{REMEDY}"]


def test_a_table_is_shown_by_a_figure_of_its_own_country(tmp_path: Path) -> None:
    template = "{{ figure_of(table('og_v_risk', 'E')) }}, {{ figure_of(pooled('og_v_risk', 'E')) or 'none' }}"
    assert country_page(tmp_path, template, BELGIAN) == "risk, none"


def test_results_of_a_country_name_it_in_their_caption(tmp_path: Path) -> None:
    text = country_page(tmp_path, "{{ results('og_v_risk', 'E') }}", BELGIAN)
    assert "answers by group\\, Belgium\n" in text


@pytest.mark.parametrize("options", [":header-rows: 1", ":stub-columns: 1", ":header-rows: 1\n:stub-columns: 1"])
def test_options_of_a_table_are_no_numbers_typed_by_hand(options: str, tmp_path: Path) -> None:
    assert text_of(tmp_path, options) == options


@pytest.mark.parametrize("typed", [":rows: 1", "Among header-rows: 1", ":header-rows: 1 of 8"])
def test_other_numbers_are_typed_by_hand_in_options_too(typed: str, tmp_path: Path) -> None:
    assert all("a number typed by hand" in fault for fault in faults_of(tmp_path, typed))


def test_a_condition_that_looks_at_no_table_is_refused(tmp_path: Path) -> None:
    faults = faults_of(tmp_path, "{% assert true %}So it is.{% endassert %}")
    assert faults == [
        "line 1: the condition of this sentence looks at no table; "
        "do: ask a table in it, or take the sentence out of the assertion"
    ]
