"""Statements: claims sentence by sentence, in the order in which a reader meets them."""

from __future__ import annotations

from casebook.publication.statements import Receipt, Statement, statements

FIRST, SECOND, THIRD, HEADING = "c1111111111", "c2222222222", "c3333333333", "c4444444444"


def receipt(name: str, text: str, sentence: str, page: str = "grooming") -> Receipt:
    return {"id": name, "page": page, "text": text, "sentence": sentence}


def found(receipts: list[Receipt], **pages: str) -> list[Statement]:
    return list(statements(receipts, pages))


def test_the_claims_of_a_sentence_are_one_statement_in_the_order_of_the_text_however_they_were_made() -> None:
    said = [receipt(SECOND, "15 offenders", "So."), receipt(THIRD, "", "So."), receipt(FIRST, "23 experts", "So.")]
    text = f"[23 experts]{{.claim #{FIRST}}} and [15 offenders]{{.claim #{SECOND}}}.[]{{.assertion #{THIRD}}}"
    (only,) = found(said, grooming=text)
    assert (only.number, only.page, only.elements) == (1, "grooming", (FIRST, SECOND, THIRD))
    assert only.words == ("23 experts", "15 offenders")


def test_numbers_run_on_through_the_pages_in_reading_order() -> None:
    said = [receipt(FIRST, "a", "A."), receipt(SECOND, "b", "B.", "method"), receipt(THIRD, "c", "C.")]
    pages = {"method": f"[b]{{.claim #{SECOND}}}", "grooming": f"[c]{{.claim #{THIRD}}} [a]{{.claim #{FIRST}}}"}
    assert [(s.number, s.sentence) for s in found(said, **pages)] == [(1, "B."), (2, "C."), (3, "A.")]


def test_what_is_printed_again_is_found_where_it_was_printed_first() -> None:
    text = f"[a]{{.claim #{FIRST}}}. [a]{{.claim .{FIRST}}}."
    assert [s.elements for s in found([receipt(FIRST, "a", "A.")], grooming=text)] == [(FIRST,)]


def test_a_claim_in_a_heading_is_a_statement_without_an_element() -> None:
    said = [receipt(HEADING, "23 experts", "What 23 experts say"), receipt(FIRST, "a", "A.")]
    text = f"## What 23 experts say\n[a]{{.claim #{FIRST}}}."
    assert [(s.number, s.elements) for s in found(said, grooming=text)] == [(1, ()), (2, (FIRST,))]
