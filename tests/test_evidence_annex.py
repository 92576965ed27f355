"""The evidence annex: each statement once, numbered, linked to and from, and nothing finer than its receipts."""

from __future__ import annotations

from typing import Any

import pytest

from casebook.publication.book.evidence_annex import evidence_annex
from casebook.publication.statements import Receipt

ONE, TWO = "c1111111111", "c2222222222"
TABLE = "OG.E.og_v_risk"
CELL = {"level": "bullying", "label": "Being bullied", "value": "18 of 23"}
OTHER = {"level": "loneliness", "label": "Loneliness", "value": "9 of 23"}
PAGES = {
    "grooming": f"# Online grooming\n\n[most]{{.claim #{ONE}}} and [some]{{.claim #{TWO}}}.\n",
    "grooming/risk": f"# Risk\n\nSo.[]{{.assertion #{TWO}}}\n",
}


def receipt(**other: Any) -> Receipt:
    said = {"id": ONE, "page": "grooming", "kind": "quantity", "text": "most", "sentence": "Most and some."}
    made = {"template": "grooming.md.j2", "line": 4, "holds": [], "run": "", "table": TABLE}
    return {**said, **made, "unit": "interviews with experts", "base": 23, "cells": [CELL], **other}


def rows(*receipts: Receipt) -> list[list[str]]:
    """The cells of all rows of statements, as they are printed."""
    lines = evidence_annex(receipts, PAGES).replace("\\", "").splitlines()
    cells = [line[4:] for line in lines if line.startswith(("* - ", "  - "))]
    found = [cells[place : place + 4] for place in range(0, len(cells), 4)]
    return [row for row in found if row[0] != "No."]


def test_a_statement_is_listed_once_with_its_words_its_cells_and_its_lines() -> None:
    (row,) = rows(receipt(), receipt(id=TWO, text="some", line=6, cells=[OTHER]))
    assert row[1:] == ["most; some", f"{TABLE} (n = 23): Being bullied, 18 of 23; Loneliness, 9 of 23", "4–6"]


def test_its_number_leads_to_its_last_claim_and_is_found_by_all_of_them() -> None:
    (row,) = rows(receipt(), receipt(id=TWO, text="some"))
    assert row[0] == f"[]{{#e-{ONE}}}[{{ref}}`1 <{TWO}>`]{{#e-{TWO}}}"


def test_a_sentence_that_is_asserted_as_a_whole_is_quoted_with_what_proves_it() -> None:
    holds = [f"{TABLE}/bullying most", f"{TABLE}/none none"]
    whole = receipt(kind="assertion", text="", table=f"{TABLE} {TABLE}", holds=holds, cells=[])
    del whole["unit"]  # type: ignore[attr-defined]
    (row,) = rows(whole)
    assert row[1:3] == ["– Most and some.", f"Proven: {TABLE}/bullying most; {TABLE}/none none"]


def test_a_condition_on_a_cell_that_is_told_is_not_told_again() -> None:
    whole = receipt(id=TWO, kind="assertion", text="", table="x", holds=[f"{TABLE}/bullying most"], cells=[])
    assert "Proven" not in rows(receipt(), whole)[0][2]


@pytest.mark.parametrize(
    ("kind", "table", "told"),
    [
        ("size", "OG.E", "Sample OG.E"),
        ("reference", "R-1", "Reference R-1"),
        ("agreement", "agreement", "Agreement between coders"),
    ],
)
def test_what_rests_on_no_table_says_on_what(kind: str, table: str, told: str) -> None:
    outside = {name: value for name, value in receipt(kind=kind, table=table, cells=[]).items() if name != "unit"}
    assert rows(outside)[0][2] == told


def test_a_withheld_base_is_told_as_withheld() -> None:
    assert rows(receipt(base=None))[0][2].startswith(f"{TABLE} (n withheld): ")


def test_chapters_have_headings_and_pages_name_their_template_and_notebooks() -> None:
    text = evidence_annex([receipt(run="grooming-OG-pooled"), receipt(id=TWO, page="grooming/risk")], PAGES)
    assert [line for line in text.splitlines() if line.startswith("## ")] == ["## Online grooming"]
    assert "**{doc}`/grooming`** (template grooming\\.md\\.j2; {doc}`/notebooks/grooming-OG-pooled`)" in text
    assert "**{doc}`/grooming/risk`** (template grooming\\.md\\.j2)" in text


def test_what_comes_from_data_is_text() -> None:
    (row,) = evidence_annex([receipt(text="<b>*x*</b>")], PAGES).split("* - ")[2:]
    assert "\\<b\\>\\*x\\*\\<\\/b\\>" in row


def test_search_leaves_the_annex_out() -> None:
    assert evidence_annex([], PAGES).startswith("---\nnosearch: true\n---\n# Evidence for every statement\n")
