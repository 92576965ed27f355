"""What differs between a released book and the same built again, by stage, file and statement."""

from __future__ import annotations

import json

import pytest

from casebook.release.differences import first_difference

CLAIM = '<p><span class="claim" id="c0123456789">{}</span> said so.</p>'
BOOK = {
    "D1.2/1.0/index.html": CLAIM.format("Most").encode(),
    "D1.2/1.0/claims.json": json.dumps({"claims": [{"id": "c0123456789", "text": "Most", "sentence": "x"}]}).encode(),
    "D1.2/1.0/_images/a.svg": b"<svg>\n<a/>\n</svg>",
    "D1.2/1.0/D1.2.pdf": b"%PDF\0\1\2",
}


def told(**changed: bytes | None) -> list[str]:
    """The differences of the book with files changed or taken away, by the end of their names."""
    names = {name.rpartition("/")[2].replace(".", "_"): name for name in BOOK}
    made = {**BOOK, **{names[name]: data for name, data in changed.items() if data is not None}}
    made = {
        name: data
        for name, data in made.items()
        if changed.get(name.rpartition("/")[2].replace(".", "_"), b"") is not None
    }
    return [str(fault) for fault in first_difference(BOOK, made)]


def test_the_same_book_has_none() -> None:
    assert first_difference(BOOK, dict(BOOK)) == []


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"a_svg": b"<svg>\n<b/>\n</svg>"}, "Report notebooks: D1.2/1.0/_images/a.svg: differs from line 2 on"),
        ({"a_svg": None}, "Report notebooks: D1.2/1.0/_images/a.svg: was released and is not built again"),
        (
            {"claims_json": BOOK["D1.2/1.0/claims.json"].replace(b"Most", b"All")},
            "Narrative: D1.2/1.0/claims.json: the statement c0123456789 was 'Most' and is 'All'",
        ),
        (
            {"index_html": CLAIM.format("All").encode()},
            "Books: D1.2/1.0/index.html: the statement c0123456789 was 'most' and is 'all'",
        ),
        (
            {"index_html": CLAIM.format("Most").encode() + b"\n"},
            "Books: D1.2/1.0/index.html: differs from line 1 on",
        ),
        ({"D1_2_pdf": b"%PDF\0\1\3"}, "Books: D1.2/1.0/D1.2.pdf: differs from byte 7 on"),
    ],
)
def test_a_difference_is_told_by_stage_file_and_statement(changed: dict[str, bytes | None], message: str) -> None:
    assert told(**changed) == [message]


def test_only_the_first_stage_is_told_since_the_others_follow_from_it() -> None:
    found = told(a_svg=b"<svg/>", index_html=b"", D1_2_pdf=b"%PDF")
    assert [line.partition(":")[0] for line in found] == ["Report notebooks"]


def test_a_file_that_was_not_released_is_told() -> None:
    found = first_difference(BOOK, {**BOOK, "D1.2/1.0/new.html": b""})
    assert [str(fault) for fault in found] == ["Books: D1.2/1.0/new.html: is built now and was not released"]
