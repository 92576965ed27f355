"""Quotations at the door: approved, of an answer that is published, not too many of one person; and how they read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from small_narrative import VICTIMS, claims_of, protected, sources, text_of, the_study

from casebook.disclosure_control.quotations import Decided, decisions, log_of, with_quotations
from casebook.errors import StatementRefused
from casebook.protected_tables import ProtectedQuotation, ProtectedTable, ProtectedTables
from casebook.publication import narrative
from casebook.restricted.quotations import Quotation

KEY = b"0" * 32
WORDS = "He was there when nobody else asked how I was."
SAID = Quotation("BE-W1/Q1", "OG-1002", "OG", "V", "og_v_risk", "loneliness", WORDS, approvals=2, synthetic=False)


def decided(
    quotations: Sequence[Quotation], table: ProtectedTable = VICTIMS
) -> tuple[tuple[ProtectedQuotation, ...], list[str]]:
    tables = ProtectedTables("D1.2", "PU", {table.key: table}, {"OG.V": 8}, {})
    log = decisions(tables, quotations, the_study())
    return with_quotations(tables, log, key=KEY).quotations, [entry.reason for entry in log]


def test_what_is_printed_names_role_and_crime_and_no_interview() -> None:
    (printed,), reasons = decided([SAID])
    assert reasons == [""]
    assert (printed.crime, printed.group, printed.text) == ("OG", "V", WORDS)
    assert not any("1002" in str(value) or "BE" in str(value) for value in vars(printed).values())


@pytest.mark.parametrize(("approvals", "printed"), [(0, False), (1, False), (2, True), (3, True)])
def test_as_many_offices_approve_as_the_policy_asks(approvals: int, printed: bool) -> None:
    found, reasons = decided([replace(SAID, approvals=approvals)])
    assert bool(found) == printed
    assert reasons == ([""] if printed else ["too few offices have approved it"])


@pytest.mark.parametrize(
    ("value", "printed"),
    [("named", True), ("more than half", True), ("most", True), ("less than half", False), (None, False)],
)
def test_a_quotation_says_no_more_than_the_word_beside_it(value: str | None, printed: bool) -> None:
    cells: dict[str, int | str] = {} if value is None else {"loneliness": value}
    found, reasons = decided([SAID], protected("OG.V.og_v_risk", cells, base=12))
    assert bool(found) == printed
    assert reasons == ([""] if printed else ["the answer it stands for is not published"])


@pytest.mark.parametrize(("n", "printed"), [(0, False), (1, True), (20, True)])
def test_beside_a_count_somebody_must_have_said_it(n: int, printed: bool) -> None:
    found, _ = decided([replace(SAID, group="E")], protected("OG.E.og_v_risk", {"loneliness": n}))
    assert bool(found) == printed


def test_nobody_is_quoted_more_often_than_the_policy_allows() -> None:
    more = [replace(SAID, name=f"BE-W1/Q{number}") for number in range(1, 5)]
    other = replace(SAID, name="BE-W1/Q5", interview="OG-1003")
    found, reasons = decided([*more, other])
    assert reasons == ["", "", *["the person is quoted as often as anybody may be"] * 2, ""]
    assert len(found) == 3


def test_an_answer_without_a_planned_table_is_not_quoted() -> None:
    assert decided([replace(SAID, variable="og_threat")])[1] == ["no table of the answer is planned for this edition"]


def test_the_log_says_what_became_of_each_and_holds_no_words() -> None:
    log = log_of([Decided(SAID), Decided(replace(SAID, name="BE-W1/Q2"), "too few offices have approved it")])
    assert WORDS not in str(log)
    assert "'interview': 'OG-1002'" in str(log)
    assert "'printed': True" in str(log)
    assert "'printed': False" in str(log)


# In a page


def printed(text: str) -> str:
    """A page without the backslashes that keep a reader's text from being markup."""
    return text.replace("\\", "")


def quoting(monkeypatch: pytest.MonkeyPatch, *, synthetic: bool = False, group: str = "V") -> None:
    """Let the sources of the small narrative hold a quotation."""
    said = ProtectedQuotation("q1", "OG", group, "og_v_risk", "loneliness", WORDS, synthetic)

    def with_quotation(folder: Path, _tables: object) -> narrative.Sources:
        made = sources(folder)
        return replace(made, protected=replace(made.protected, quotations=(said,)))

    monkeypatch.setattr("small_narrative.sources", with_quotation)


def test_a_template_quotes_with_role_and_crime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    quoting(monkeypatch)
    text = text_of(tmp_path, '# Risk\n\n{{ quotation("og_v_risk", "V") }}\n')
    assert f"> “{WORDS}” – victim, online grooming\n" in printed(text)


def test_invented_words_say_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    quoting(monkeypatch, synthetic=True)
    text = printed(text_of(tmp_path, '# Risk\n\n{{ quotation("og_v_risk", "V") }}\n'))
    assert "victim, online grooming; invented for this synthetic study" in text


def test_where_offenders_and_victims_are_one_group_the_role_is_not_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    quoting(monkeypatch, group="OV")
    text = text_of(tmp_path, '# Risk\n\n{{ quotation("og_v_risk", "OV") }}\n')
    assert "participant, online grooming" in printed(text)


def test_a_quotation_is_a_claim_on_the_published_cell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    quoting(monkeypatch)
    (claim,) = claims_of(tmp_path, '# Risk\n\n{{ quotation("og_v_risk", "V") }}\n')
    assert (claim.kind, claim.table, claim.cells) == ("quotation", "OG.V.og_v_risk", ("loneliness",))


def test_a_template_can_ask_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    quoting(monkeypatch)
    template = '# Risk\n\n{% if has_quotation("og_v_risk", "E") %}{{ quotation("og_v_risk", "E") }}{% endif %}Text.\n'
    assert text_of(tmp_path, template) == "# Risk\n\nText.\n"


def test_what_may_not_be_quoted_is_refused_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(
        StatementRefused, match=r"line 3: nothing that was said of it may be quoted; found OG\.V\.og_v_risk"
    ):
        text_of(tmp_path, '# Risk\n\n{{ quotation("og_v_risk", "V") }}\n')
