"""What a claim rests on, as a receipt tells it: nothing finer than what is published of its cells."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from small_narrative import protected, the_codebook, the_study

from casebook.protected_tables import ProtectedTables
from casebook.publication.claims import Claim
from casebook.publication.evidence import Evidence, runs_of_tables, told
from casebook.publication.notebooks import Run
from casebook.publication.published_claims import schema

EXPERTS = protected("OG.E.og_v_risk", {"bullying": 18, "loneliness": 9})
VICTIMS = protected("OG.V.og_v_risk", {"bullying": "more than half"}, base=8)
TABLES = ProtectedTables("D1.2", "PU", {t.key: t for t in (EXPERTS, VICTIMS)}, {"OG.E": 23}, {})
EVIDENCE = Evidence(the_study(), the_codebook(), TABLES, {EXPERTS.key: "grooming-OG-pooled"})


def claim(text: str, *cells: str, table: str = EXPERTS.key, form: str = "exact", kind: Any = "quantity") -> Claim:
    said = f"{text} said so."
    return Claim("grooming/risk", kind, table, cells, form, text, "risk.md.j2", 4, sentence=said, id="c0123456789")


def test_a_count_is_told_with_its_base_its_group_and_the_notebook_that_shows_it() -> None:
    receipt = EVIDENCE.receipt(claim("most experts (18 of 23, 78 %)", "bullying"))
    assert receipt["cells"] == [
        {"level": "bullying", "label": "Being bullied", "status": "exact", "value": "18 of 23 (78\u202f%)", "n": 18}
    ]
    assert (receipt["base"], receipt["unit"]) == (23, "interviews with experts")
    assert receipt["run"] == "grooming-OG-pooled"
    assert receipt["definition"].startswith("most: At least 75")


def test_a_word_is_told_as_the_word_and_no_count() -> None:
    said = claim("more than half of the victims", "bullying", table=VICTIMS.key, form="word")
    receipt = EVIDENCE.receipt(said)
    (cell,) = receipt["cells"]
    assert (cell["value"], cell["word"], "n" in cell) == ("more than half", "more than half", False)
    assert receipt["definition"] == "more than half: Over 50\u202f%, and possibly all."


def test_a_withheld_cell_has_a_status_and_no_value() -> None:
    (cell,) = EVIDENCE.receipt(claim("x", "loneliness", table=VICTIMS.key, form="word"))["cells"]
    assert cell == {"level": "loneliness", "label": "Loneliness", "status": "withheld", "value": "withheld"}


@pytest.mark.parametrize(
    ("text", "form", "kind", "meaning"),
    [
        ("Almost all experts (22 of 23)", "exact", "quantity", "almost all: At least 90\u202f%, but not all."),
        ("at least one of the victims", "word", "quantity", "at least one: At least one interview, and possibly all."),
        ("being bullied and loneliness", "word", "list", "named: At least one interview, and possibly all."),
        ("being bullied (18 of 23, 78 %)", "exact", "list", ""),
        ("mostly harmless", "exact", "quantity", ""),
    ],
)
def test_the_quantifier_that_a_claim_begins_with_is_defined(text: str, form: str, kind: str, meaning: str) -> None:
    assert EVIDENCE.receipt(claim(text, "bullying", form=form, kind=kind))["definition"] == meaning


def test_a_claim_of_no_table_is_told_without_cells() -> None:
    receipt = EVIDENCE.receipt(claim("23 experts", table="OG.E", form="size", kind="size"))
    assert (receipt["cells"], receipt["table"], "base" in receipt) == ([], "OG.E", False)


def test_the_register_is_as_its_schema_says_and_the_same_each_time() -> None:
    said = [claim("most experts", "bullying"), claim("x", "loneliness", table=VICTIMS.key, form="word")]
    register = EVIDENCE.register(said)
    jsonschema.validate(json.loads(register), schema())
    assert register == EVIDENCE.register(said)
    assert json.loads(register)["claims"][0]["table_sha256"] == TABLES.checksums()[EXPERTS.key]


def test_an_exact_count_in_a_word_cell_is_not_as_the_schema_says() -> None:
    register = json.loads(EVIDENCE.register([claim("x", "bullying", table=VICTIMS.key, form="word")]))
    register["claims"][0]["cells"][0]["n"] = 6
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(register, schema())


def test_each_page_gets_a_script_with_the_receipts_of_its_words() -> None:
    assertion = Claim("grooming", "assertion", "", (), "assertion", "", "t", 1, sentence="So.", id="c1111111111")
    (name, script), *others = EVIDENCE.scripts([claim("most experts", "bullying"), assertion]).items()
    assert (name, others) == ("_receipts/grooming/risk.js", [])
    assert json.loads(script.removeprefix(b"window.CASEBOOK_RECEIPTS = ").rstrip(b";\n")).keys() == {"c0123456789"}


def test_a_table_is_shown_by_the_run_of_its_crime_before_one_of_all_crimes() -> None:
    runs = [Run(Path("x"), "report", name, "", {"crime": crime}) for name, crime in (("all", "ALL"), ("own", "OG"))]
    assert runs_of_tables([(runs[0], ("a", "b")), (runs[1], ("a",))]) == {"a": "own", "b": "all"}


def test_a_receipt_is_printed_line_by_line() -> None:
    assert list(told(EVIDENCE.receipt(claim("some experts", "bullying"))))[:4] == [
        "c0123456789: some experts",
        "  sentence    some experts said so.",
        "  value       Being bullied: 18 of 23 (78\u202f%)",
        "  base        23 interviews with experts",
    ]
