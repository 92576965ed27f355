"""Text from data is shown exactly as it is, wherever it stands in a page."""

from __future__ import annotations

import pytest
from docutils import nodes
from docutils.core import publish_doctree
from hypothesis import given, settings
from hypothesis import strategies as st
from myst_parser.parsers.docutils_ import Parser

from casebook.publication.book.inert import inert, inert_option

_EXTENSIONS = """
amsmath attrs_block attrs_inline colon_fence deflist dollarmath fieldlist html_admonition html_image replacements
smartquotes strikethrough substitution tasklist
"""
HOSTILE = (
    "<script>alert(1)</script>",
    "{{ user }} {% raw %} {# note #}",
    "$x$ and $$y$$ and \\(z\\)",
    "*a* _b_ **c** `d` ~~e~~",
    "[a](b) ![c](d) <https://e.example> [^f] [[g]]",
    "# not a heading",
    "- not a list",
    "1. not a list",
    "+++ {not: a break}",
    "```{include} /etc/hosts",
    ":::{note}",
    "{ref}`nowhere` {eval}`1`",
    "(label)=",
    "% not a comment",
    "| a | b |",
    "&amp; &lt; &#60;",
    "a \\ b \\\\ c \\",
    '#eval("1+1") @ref #import "x": *',
    "===",
    "---",
    "(c) (tm) +-",
)


def _shown(markdown: str) -> nodes.document:
    settings_ = {
        "myst_enable_extensions": _EXTENSIONS.split(),
        "report_level": 2,
        "halt_level": 2,
        "warning_stream": False,
    }
    return publish_doctree(markdown, parser=Parser(), settings_overrides=settings_)


@pytest.mark.parametrize("text", HOSTILE)
def test_markup_comes_out_as_its_characters(text: str) -> None:
    assert _shown(inert(text)).astext() == text


@pytest.mark.parametrize("text", HOSTILE)
def test_markup_in_alt_text_comes_out_as_its_characters(text: str) -> None:
    page = _shown(f"```{{image}} bars.svg\n:alt: {inert_option(text)}\n```\n")
    assert [image["alt"] for image in page.findall(nodes.image)] == [text]


@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp", "Cf")), max_size=40))
@settings(max_examples=60, deadline=None)
def test_any_text_comes_out_as_one_paragraph_of_itself(text: str) -> None:
    page = _shown(f"before {inert(text)} after")
    assert len(page.children) == 1
    assert page.astext() == f"before {text} after"


def test_line_breaks_and_control_characters_become_one_space() -> None:
    assert inert("a\r\n\tb\x00\x1bc\u2028d") == "a b c d"


def test_a_no_break_space_stays() -> None:
    assert inert("65\u202f%") == "65\u202f\\%"


def test_a_character_that_turns_the_direction_is_made_visible() -> None:
    assert inert("a\u202eb") == "a\ufffdb"
