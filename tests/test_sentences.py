"""The sentences of marked text, as a reader of the page sees them."""

from __future__ import annotations

import pytest

from casebook.publication.sentences import (
    at_first_word,
    marked,
    numbers_in,
    plain_blocks,
    printed,
    replaced,
    sentences,
    without_marks,
)
from casebook.publication.wording import capitalised

A = marked(0, "most offenders \\(12 of 15\\)")
B = marked(1, "eight victims")
C = marked(0, "Most offenders \\(12 of 15\\)")
SAID_C = "Most offenders (12 of 15)"
ALONE = marked(2, "")


def test_marks_are_taken_out_again() -> None:
    assert without_marks(f"In all, {A} and {B}.") == "In all, most offenders \\(12 of 15\\) and eight victims."
    assert numbers_in(f"In all, {A} and {B}.") == [0, 1]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            f"They met. {C} lied.\nSo said {B}. Done.",
            ["They met.", f"{SAID_C} lied.", "So said eight victims.", "Done."],
        ),
        (f"Did they? {marked(0, '23 experts')} said so! Yes.", ["Did they?", "23 experts said so!", "Yes."]),
        # where a full stop ends no sentence
        (f"Some, e.g. {A}, lied.", ["Some, e.g. most offenders (12 of 15), lied."]),
        (
            "Whittle et al. Report it, cf. Chapter two, i.e. Risk.",
            ["Whittle et al. Report it, cf. Chapter two, i.e. Risk."],
        ),
        ("Grant No. 882828 and D1.4 of J. Smith.", ["Grant No. 882828 and D1.4 of J. Smith."]),
        # what closes a sentence goes with it, what opens one does not
        (f"So it is ({B}). Next.", ["So it is (eight victims).", "Next."]),
        ("(They met.) Then he wrote.", ["(They met.)", "Then he wrote."]),
        ("He said “no.” “Yes,” she said.", ["He said “no.”", "“Yes,” she said."]),
        ("A note.[^one] Next.[^two]", ["A note.", "Next."]),
        ("*All* of them. **Most** of us.", ["All of them.", "Most of us."]),
        ("See [the method](method.md). It tells.", ["See the method.", "It tells."]),
        # what is no running text is a sentence of its own
        (f"# Risk and {B}\nThey met.", ["Risk and eight victims", "They met."]),
        (f"They:\n- {A}\n- {B}\n  at least", ["They:", "most offenders (12 of 15)", "eight victims at least"]),
        ("1. First\n2. Second", ["First", "Second"]),
        (f"```{{admonition}} Note\n:class: warning\n\n{B} told.\n```", ["Note", "warning", "eight victims told."]),
        ("* - Age\n  - Count", ["Age", "Count"]),
        ("most\n: At least 75%.", ["most", "At least 75%."]),
        ("One line\nand the next.\n\nAnother paragraph.", ["One line and the next.", "Another paragraph."]),
    ],
)
def test_text_is_cut_into_what_is_printed_as_sentences(text: str, expected: list[str]) -> None:
    assert [sentence.words for sentence in sentences(text)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"First. Then {A} and {B}. Last.", [[], [0, 1], []]),
        (f"First. {ALONE}Then {B}. Last.", [[], [2, 1], []]),  # an assertion stands before its sentence
        (f"{ALONE}\n\nThen {B}. Last.", [[2, 1], []]),  # a blank line does not part them
        (f"{ALONE}- Then {B}.", [[2, 1]]),
        (f"Last.\n\n{ALONE}", [[]]),
        (f"{ALONE}## Risk of {B}\n\nThen. Last.", [[1], [2], []]),  # nor does a heading, which keeps its own
        (f"{ALONE}\n```{{figure}} /risk.svg\n:alt: Bars.\n\nRisk.\n```", [[], [], [2]]),
    ],
)
def test_claims_come_with_the_sentence_they_stand_in(text: str, expected: list[list[int]]) -> None:
    assert [list(sentence.claims) for sentence in sentences(text)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12 of 15 \\(80\\)", "12 of 15 (80)"),
        ("a \\*star\\* and \\[\\^no note\\]", "a *star* and [^no note]"),
        ("C:\\\\Users", "C:\\Users"),
        ("\\{cite\\:p\\}\\`no\\`", "{cite:p}`no`"),
    ],
)
def test_what_was_made_inert_is_read_as_it_was(text: str, expected: str) -> None:
    assert printed(text) == expected


def told(number: int, words: str) -> str:
    return f"<{number}>{words}</>"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"In all, {B}.", "In all, <1>eight victims</>."),
        (f"- {B}\n- {B}", "- <1>eight victims</>\n- <1>eight victims</>"),
        (
            f"```{{list-table}} Of {B}\n:name: t\n\n* - {B}",
            "```{list-table} Of <1>eight victims</>\n:name: t\n\n* - <1>eight victims</>",
        ),
        (
            f"```{{figure}} /x.svg\n:alt: {B}\n\nOf {B}.",
            "```{figure} /x.svg\n:alt: eight victims\n\nOf <1>eight victims</>.",
        ),
        (f"## What {B} say\n\n{B}", "## What eight victims say\n\n<1>eight victims</>"),
        (f"See {{doc}}`{B} </risk>` of {B}.", "See {doc}`eight victims </risk>` of <1>eight victims</>."),
    ],
)
def test_claims_are_changed_where_markup_can_stand_and_plain_elsewhere(text: str, expected: str) -> None:
    assert replaced(text, told) == expected


def test_where_a_sentence_ends_is_a_place_of_the_text() -> None:
    text = f"# Risk\n\nThey met. (Then {B}.)\nNext\n\n- *So.*"
    assert [text[: s.end].rpartition("\n")[2] for s in sentences(text)] == [
        "# Risk",
        "They met.",
        f"They met. (Then {B}.)",
        "Next",
        "- *So.*",
    ]


def test_a_citation_is_no_word_of_its_sentence() -> None:
    assert printed("Files tell of force {cite:p}`files,more`. So it is.") == "Files tell of force. So it is."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (A, "Most offenders \\(12 of 15\\)"),
        (f"{marked(7, 'some')} and {B}", "Some and eight victims"),
        (f"“{B}”", "“Eight victims”"),
        (marked(3, "23 experts"), "23 experts"),
        (ALONE, ""),
        ("plain", "Plain"),
    ],
)
def test_a_change_is_made_to_the_first_word_whatever_number_its_mark_has(text: str, expected: str) -> None:
    changed = at_first_word(text, capitalised)
    assert without_marks(changed) == expected
    assert numbers_in(changed) == numbers_in(text)


def test_a_finished_page_is_read_as_headings_paragraphs_items_and_rows() -> None:
    page = """# Risk

Asked, [most (12 of 15)]{.claim #c1} said so.[]{.assertion #c2}
And *more*.

- One item
  goes on
- another

```{figure} /figures/x.svg
:name: fig-x
:alt: "Bars"

The caption\\.
```

```{list-table} A table
:name: tab-x

* - Crime
  - n
* - Grooming
  - 23
```

(label)=
Last.
"""
    assert list(plain_blocks(page)) == [
        "# Risk",
        "Asked, most (12 of 15) said so. And more.",
        "- One item goes on",
        "- another",
        "The caption.",
        "Crime | n",
        "Grooming | 23",
        "Last.",
    ]
