"""The register: claims get the sentence they stand in and a name that lasts."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from casebook.errors import StatementRefused
from casebook.publication import claims
from casebook.publication.claims import Claim, Register, read_claims

CLAIM = Claim("grooming", "quantity", "OG.O.lies", ("age",), "exact", "most offenders (12 of 15)", "g.md.j2", 7)
OTHER = replace(CLAIM, cells=("name",), text="some offenders (3 of 15)")


def settled(register: Register, text: str) -> list[Claim]:
    register.settle(text)
    return list(register.claims)


def test_a_claim_gets_the_sentence_it_is_printed_in_and_its_text_is_inert() -> None:
    register = Register()
    text = f"They met. In all, {register.bracket(CLAIM)} lied. Then\n{register.bracket(OTHER)} did."
    assert register.settle(text) == (
        f"They met. In all, [most offenders \\(12 of 15\\)]{{.claim #{register.claims[0].id}}} lied. Then\n"
        f"[some offenders \\(3 of 15\\)]{{.claim #{register.claims[1].id}}} did."
    )
    assert [claim.sentence for claim in register.claims] == [
        "In all, most offenders (12 of 15) lied.",
        "Then some offenders (3 of 15) did.",
    ]


def test_a_claim_printed_twice_keeps_its_first_sentence() -> None:
    register = Register()
    bracketed = register.bracket(CLAIM)
    text = register.settle(f"First {bracketed}. Again {bracketed}.")
    (claim,) = register.claims
    assert claim.sentence == "First most offenders (12 of 15)."
    words = "most offenders \\(12 of 15\\)"
    assert text == f"First [{words}]{{.claim #{claim.id}}}. Again [{words}]{{.claim .{claim.id}}}."


def test_an_assertion_stands_at_the_end_of_its_sentence() -> None:
    register = Register()
    opened = register.bracket(replace(CLAIM, kind="assertion", text=""))
    text = register.settle(f"Before.\n{opened}They lied. So they did.")
    assert text == f"Before.\nThey lied.[]{{.assertion #{register.claims[0].id}}} So they did."
    assert register.claims[0].sentence == "They lied."


def test_a_heading_shows_a_claim_in_plain_words() -> None:
    register = Register()
    assert register.settle(f"# Of {register.bracket(CLAIM)}\n") == "# Of most offenders \\(12 of 15\\)\n"
    assert register.claims[0].sentence == "Of most offenders (12 of 15)"


def test_an_id_with_two_meanings_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claims, "checksum", lambda _meaning: "0" * 64)
    register = Register()
    text = f"{register.bracket(CLAIM)} and {register.bracket(OTHER)}."
    with pytest.raises(StatementRefused, match=r"g\.md\.j2: line 7: two claims have one id; found c0000000000"):
        register.settle(text)


def test_a_claim_that_was_not_printed_is_forgotten() -> None:
    register = Register()
    register.bracket(CLAIM)
    assert [claim.cells for claim in settled(register, f"Only {register.bracket(OTHER)}.")] == [("name",)]


def test_a_claims_id_survives_what_changes_elsewhere_and_its_own_words() -> None:
    before, after = Register(), Register()
    (alone,) = settled(before, f"In all, {before.bracket(CLAIM)} lied.")
    moved = replace(CLAIM, line=99, text="all 15 offenders")
    among = settled(after, f"Now {after.bracket(OTHER)}. New: {after.bracket(moved)}.")
    assert alone.id == among[1].id != among[0].id
    assert alone.id.startswith("c")
    assert len(alone.id) == 11


def test_the_same_said_twice_has_two_ids_and_pages_do_not_share_them() -> None:
    register = Register()
    settled(register, f"Once {register.bracket(CLAIM)}. Twice {register.bracket(CLAIM)}.")
    register.settle(f"Here {register.bracket(replace(CLAIM, page='trafficking'))}.")
    assert len({claim.id for claim in register.claims}) == 3


def test_claims_are_written_in_the_order_in_which_they_were_made(tmp_path: Path) -> None:
    register = Register()
    settled(register, f"{register.bracket(OTHER)}. {register.bracket(CLAIM)}.")
    register.write(tmp_path / "claims.json")
    written = json.loads((tmp_path / "claims.json").read_text("utf-8"))["claims"]
    assert [entry["cells"] for entry in written] == [["name"], ["age"]]
    assert written[1]["text"] == "most offenders (12 of 15)"
    assert (tmp_path / "claims.json").read_bytes().endswith(b"}\n")


def test_what_was_written_is_read_back(tmp_path: Path) -> None:
    register = Register()
    register.settle(register.bracket(CLAIM) + ".")
    register.write(tmp_path / "claims.json")
    assert read_claims(tmp_path) == tuple(register.claims)


@pytest.mark.parametrize("content", [None, "{", '{"claims": [{"page": "x"}]}'])
def test_claims_that_cannot_be_read_are_refused(content: str | None, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "claims.json").write_text(content, "utf-8")
    with pytest.raises(StatementRefused) as refusal:
        read_claims(tmp_path)
    assert "claims.json: the claims cannot be read; do: build this edition first" in str(refusal.value)
