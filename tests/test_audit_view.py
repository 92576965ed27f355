"""What the books say of the disclosure audit is what it found."""

from __future__ import annotations

import pytest

from casebook.errors import Fault, StatementRefused
from casebook.protected_tables import AuditStatement
from casebook.publication.audit_view import AuditView, in_a_line
from casebook.publication.table_view import Said, Scribe

PASSED = AuditStatement(targets=12345, smallest_width=3, exposed=0, solver="HiGHS")


def record(kind: str, table: str, _cells: tuple[str, ...], _form: str, text: str) -> Said:
    return Said(f"{kind}, {table}: {text}")


def note(_condition: str, proven: bool) -> bool:
    return proven


def refuse(value: str, message: str) -> StatementRefused:
    return StatementRefused([Fault("method.md.j2", "line 1", message, value=value)])


def view(audit: AuditStatement | None) -> AuditView:
    return AuditView(audit, Scribe(record, note, refuse))


def test_its_numbers_are_claims() -> None:
    seen = view(PASSED)
    said = [str(seen.targets), str(seen.exposed), str(seen.smallest_width), str(seen.solver)]
    assert said == [f"audit, disclosure audit: {text}" for text in ("12,345", "0", "4", "HiGHS")]


@pytest.mark.parametrize(("audit", "passed"), [(PASSED, True), (None, False)])
def test_it_has_passed_only_where_there_was_one(audit: AuditStatement | None, passed: bool) -> None:
    assert view(audit).passed is passed


def test_of_an_audit_that_was_not_done_nothing_is_said() -> None:
    with pytest.raises(StatementRefused, match="the edition was not audited"):
        _ = view(None).targets
    assert in_a_line(None) == ""


def test_the_foot_of_a_page_says_it_in_a_line() -> None:
    line = "Disclosure audit passed: 12,345 counts tried, no exact disclosure, HiGHS"
    assert in_a_line(PASSED) == f"{line}."
    held = AuditStatement(12345, 3, 0, "HiGHS", ledger="0123456789abcdef")
    assert in_a_line(held) == f"{line}, held against the ledger 0123456789ab."
