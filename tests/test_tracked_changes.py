"""A DOCX of what differs between editions: tracked changes that give back either edition."""

from __future__ import annotations

import datetime
import io
from typing import Literal

import pytest
from docx import Document
from docx.oxml.ns import qn
from hypothesis import given
from hypothesis import strategies as st

from casebook.publication.tracked_changes import Piece, document, paragraphs

DATE = datetime.date(2022, 3, 31)
BEFORE = {"risk": "# Risk\n\nSix of nine did.\n\nThis goes.", "same": "# Same\n\nNothing differs."}
NOW = {"risk": "# Risk\n\nSeven of ten did.", "same": "# Same\n\nNothing differs.", "new": "# New\n\nA page."}


def text_of(data: bytes, accepting: Literal["ins", "del"]) -> list[str]:
    """The paragraphs that are left where all changes are accepted ("ins") or rejected ("del")."""
    refused = "del" if accepting == "ins" else "ins"
    found = []
    for paragraph in Document(io.BytesIO(data)).element.body.iter(qn("w:p")):
        words = [
            node.text or ""
            for node in paragraph.iter(qn("w:t"), qn("w:delText"))
            if not any(parent.tag == qn(f"w:{refused}") for parent in node.iterancestors())
        ]
        found.append("".join(words))
    return [text for text in found if text]


def test_accepting_gives_the_later_edition_and_rejecting_the_earlier_one() -> None:
    data, differing = document("Changes", BEFORE, NOW, date=DATE)
    assert differing == 2
    end = ["Pages that are the same", "same"]
    assert text_of(data, "ins") == ["Changes", "Risk", "Seven of ten did.", "New", "A page.", *end]
    assert text_of(data, "del") == ["Changes", "Risk", "Six of nine did.", "This goes.", *end]


def test_each_change_says_who_made_it_and_when_and_has_a_number_of_its_own() -> None:
    changes = list(
        Document(io.BytesIO(document("Changes", BEFORE, NOW, date=DATE)[0])).element.body.iter(qn("w:ins"), qn("w:del"))
    )
    assert {change.get(qn("w:author")) for change in changes} == {"Casebook"}
    assert {change.get(qn("w:date")) for change in changes} == {"2022-03-31T00:00:00Z"}
    numbers = [change.get(qn("w:id")) for change in changes]
    assert len(set(numbers)) == len(numbers) > 0


def test_the_same_text_gives_the_same_bytes() -> None:
    assert document("Changes", BEFORE, NOW, date=DATE) == document("Changes", BEFORE, NOW, date=DATE)


def test_headings_keep_their_level() -> None:
    made = Document(io.BytesIO(document("Changes", {}, {"a": "## Risk\n\nText."}, date=DATE)[0]))
    assert [(p.text, p.style.name if p.style else "") for p in made.paragraphs][1:] == [
        ("", "Heading 2"),
        ("", "Normal"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            ["A b c."],
            ["A x c."],
            [(Piece("equal", "A "), Piece("delete", "b"), Piece("insert", "x"), Piece("equal", " c."))],
        ),
        (["Gone.", "Kept."], ["Kept."], [(Piece("delete", "Gone."),), (Piece("equal", "Kept."),)]),
        (["Kept."], ["Kept.", "New."], [(Piece("equal", "Kept."),), (Piece("insert", "New."),)]),
    ],
)
def test_a_paragraph_is_compared_word_by_word(
    old: list[str], new: list[str], expected: list[tuple[Piece, ...]]
) -> None:
    assert list(paragraphs(old, new)) == expected


@given(st.lists(st.text("ab ", min_size=1), max_size=4), st.lists(st.text("ab ", min_size=1), max_size=4))
def test_either_text_can_be_read_off_the_pieces(old: list[str], new: list[str]) -> None:
    found = list(paragraphs(old, new))
    for text, other in ((old, "insert"), (new, "delete")):
        kept = [
            "".join(p.words for p in pieces if p.what != other)
            for pieces in found
            if {p.what for p in pieces} != {other}
        ]
        assert kept == text
