"""Figures, definitions and tables of results as Markdown that holds nothing but their text."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from small_narrative import EXPERTS, HOSTILE, VICTIMS, protected, text_of, the_codebook, write

from casebook.protected_tables import ProtectedTable
from casebook.publication.blocks import Figure, definitions_block, figure_block
from casebook.publication.sentences import printed

SPACE = "\u202f"


def rows_of(folder: Path, *tables: ProtectedTable) -> list[list[str]]:
    """The cells of a table of results as a reader sees them, row by row."""
    groups = ", ".join(f"'{table.group}'" for table in tables)
    text = text_of(folder, f"{{{{ results('og_v_risk', {groups}) }}}}", tables)
    body = text.split("\n\n", 1)[1].rsplit("\n```", 1)[0]
    return [[printed(c) for c in re.split(r"\n  - ", row)] for row in body.removeprefix("* - ").split("\n* - ")]


def label(level: str) -> str:
    return the_codebook()["og_v_risk"].level(level).label


def test_a_figure_is_a_directive_with_its_name_alt_text_and_caption() -> None:
    assert figure_block(Figure("og-risk", "figures/risk.svg", "Bars: most.\nNext", "Risk factors, n = 23.")) == (
        "\n```{figure} /figures/risk.svg\n"
        ":name: fig-og-risk\n"
        ':alt: "Bars: most. Next"\n'
        ":width: 100%\n"
        "\n"
        "Risk factors\\, n \\= 23\\.\n"
        "```\n"
    )


@pytest.mark.parametrize("text", [HOSTILE, 'a "quoted" \\ word', "```\n:name: other\n\n# Title", ": a: b"])
def test_a_caption_and_an_alt_text_hold_nothing_but_text(text: str) -> None:
    tokens = MarkdownIt().parse(figure_block(Figure("name", "f.svg", text, text)))
    assert [(token.type, token.info) for token in tokens] == [("fence", "{figure} /f.svg")]
    name, alt, width, blank, caption = tokens[0].content.splitlines()
    assert (name, width, blank) == (":name: fig-name", ":width: 100%", "")
    assert json.loads(alt.removeprefix(":alt: ")) == " ".join(text.split())
    assert printed(caption) == " ".join(text.split())
    assert MarkdownIt().render(caption).count("<") == 2  # one paragraph and nothing else


def test_definitions_are_a_list_of_terms() -> None:
    assert definitions_block({"most": f"At least 75{SPACE}%.", "named": "At least one."}) == (
        f"most\n: At least 75{SPACE}\\%\\.\n\nnamed\n: At least one\\."
    )


def test_the_words_of_the_method_chapter_are_those_of_the_ladder(tmp_path: Path) -> None:
    terms = text_of(tmp_path, "{{ ladder() }}").split("\n\n")
    assert [term.split("\n")[0] for term in terms] == [
        "all",
        "almost all",
        "most",
        "more than half",
        "half",
        "less than half",
        "some",
        "none",
    ]
    assert text_of(tmp_path, "{{ one_sided_words() }}").count("\n: ") == 4


def test_values_that_are_published_stand_in_elements_of_the_register(tmp_path: Path) -> None:
    text, register = write(tmp_path, "{{ results('og_v_risk', 'E', 'V') }}", [EXPERTS, VICTIMS])
    shown = {claim.id: claim.text for claim in register.shown}
    elements = re.findall(r"\[((?:\\.|[^\]])*)\]\{\.shown #(c[0-9a-f]{10})\}", text)
    assert {name: printed(value) for value, name in elements} == shown
    assert "–" in text
    assert "–" not in shown.values()


def test_results_have_a_row_per_published_answer_and_a_column_per_group(tmp_path: Path) -> None:
    assert rows_of(tmp_path, EXPERTS, VICTIMS) == [
        [the_codebook()["og_v_risk"].label, "Experts, n = 23", "Victims, n = 8"],
        [label("bullying"), f"12 of 23 (52{SPACE}%)", "named"],
        [label("school_problems"), f"0 of 23 (0{SPACE}%)", "–"],
        [label("disability"), f"12 of 23 (52{SPACE}%)", "–"],
        [label("loneliness"), f"20 of 23 (87{SPACE}%)", "more than half"],
        [label("mental_health"), f"3 of 23 (13{SPACE}%)", "–"],
        [label("none"), f"1 of 23 (4{SPACE}%)", "–"],
    ]


def test_results_without_a_published_base_give_none(tmp_path: Path) -> None:
    table = protected("OG.V.og_v_risk", {"bullying": "named"}, base=None)
    assert rows_of(tmp_path, table) == [[the_codebook()["og_v_risk"].label, "Victims"], [label("bullying"), "named"]]


def test_results_are_a_named_table_with_a_caption(tmp_path: Path) -> None:
    text = text_of(tmp_path, "{{ results('og_v_risk', 'V') }}")
    title = the_codebook()["og_v_risk"].label
    assert printed(text.splitlines()[1]).startswith("```{list-table} " + title)
    assert ":name: tab-og-v-og-v-risk\n:header-rows: 1\n:stub-columns: 1\n\n" in text
