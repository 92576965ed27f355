"""The disclosure audit reads books as they would be published; what should not be in them is found, with its reason."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import pytest
from test_door import frequency_table, plan_of
from test_newcomers import cohort

from casebook.codebook import Codebook
from casebook.disclosure_control.audit_result import Audit
from casebook.disclosure_control.edition_audit import EditionAudit
from casebook.protected_tables import Cell, ProtectedTable, ProtectedTables
from casebook.protection import HandedOver, Protection
from casebook.restricted.edition_people import Cohort
from casebook.restricted.frequency_tables import FrequencyTable
from casebook.study import Study

PLAN = plan_of("og_strategy_main", "O")
COUNTS = {"deception": 5, "implication": 6, "corruption": 2}
FIRST = (cohort("D1.2", 15),)


@dataclasses.dataclass
class Audited:
    """Books of one planned table of offenders, by edition, and what would be found in them."""

    study: Study
    codebook: Codebook

    @property
    def _study(self) -> Study:
        return self.study.model_copy(update={"tables": {PLAN.id: PLAN}})

    def table(self, base: int, **counts: Any) -> FrequencyTable:
        return frequency_table(self.codebook, PLAN, base=base, **counts)

    def books(self, people: Sequence[Cohort], **editions: FrequencyTable) -> dict[tuple[str, str], ProtectedTables]:
        handed = {
            name.replace("_", "."): HandedOver((table,), {"OG.O": table.group_size}) for name, table in editions.items()
        }
        return dict(Protection(self._study, self.codebook, b"k", handed, people).protect())

    def audit(
        self, books: dict[tuple[str, str], ProtectedTables], people: Sequence[Cohort], **editions: FrequencyTable
    ) -> Audit:
        counted = {name.replace("_", "."): (table,) for name, table in editions.items()}
        return EditionAudit(self._study, self.codebook, books, people, counted).run()


@pytest.fixture
def audited(study: Study, codebook: Codebook) -> Audited:
    return Audited(study, codebook)


def printing(table: ProtectedTable, **counts: int) -> ProtectedTable:
    cells = tuple(Cell(c.level, "exact", n=counts[c.level]) if c.level in counts else c for c in table.cells)
    return dataclasses.replace(table, cells=cells)


def with_table(book: ProtectedTables, table: ProtectedTable) -> ProtectedTables:
    return dataclasses.replace(book, tables={**book.tables, table.key: table})


def messages(audit: Audit) -> list[str]:
    return [str(fault) for fault in audit.faults()]


def test_what_the_door_lets_through_passes(audited: Audited) -> None:
    table = audited.table(15, **COUNTS)
    audit = audited.audit(audited.books(FIRST, D1_2=table), FIRST, D1_2=table)
    assert audit.passed
    assert messages(audit) == []
    assert [(one.reader, one.edition, one.books) for one in audit.readers] == [
        ("public", "D1.2", (("D1.2", "PU"),)),
        ("consortium", "D1.2", (("D1.2", "CO"), ("D1.2", "PU"))),
    ]
    statement = audit.statement("D1.2", "public", ledger="f00")
    assert (statement.cleared, statement.exposed, statement.ledger) == (True, 0, "f00")
    assert statement.smallest_width >= 3


def test_a_cell_that_is_printed_though_it_was_withheld_is_found(audited: Audited) -> None:
    table = audited.table(15, **COUNTS)
    books = audited.books(FIRST, D1_2=table)
    co = books["D1.2", "CO"]
    books["D1.2", "CO"] = with_table(co, printing(co[PLAN.id], corruption=2))
    found = messages(audited.audit(books, FIRST, D1_2=table))
    assert found[0].startswith(
        f"disclosure audit: {PLAN.id}: the reader consortium could work out too much of all in D1.2: "
        "a small number of people is certain"
    )
    assert not any("2 of" in message or "corruption" in message for message in found)


def test_two_words_that_give_a_count_away_are_found(audited: Audited) -> None:
    table = audited.table(8, deception=3, implication=5)
    people = (cohort("D1.2", 8),)
    books = audited.books(people, D1_2=table)
    pu = books["D1.2", "PU"]
    words = {"deception": "named", "implication": "more than half"}
    cells = tuple(Cell(c.level, "word", word=words[c.level]) if c.level in words else c for c in pu[PLAN.id].cells)
    books["D1.2", "PU"] = with_table(pu, dataclasses.replace(pu[PLAN.id], cells=cells, base=8))
    found = messages(audited.audit(books, people, D1_2=table))
    assert any("the reader public could work out too much of all in D1.2" in message for message in found)


def test_an_edition_with_one_interview_more_is_found(audited: Audited) -> None:
    people = (cohort("D1.2 D1.3", 15), cohort("D1.3", 1))
    first = audited.table(15, deception=5, implication=5, corruption=5)
    second = audited.table(16, deception=6, implication=5, corruption=5)
    books = audited.books(people, D1_2=first, D1_3=second)
    assert books["D1.3", "CO"].held_back == {"OG.O": "D1.2"}
    assert audited.audit(books, people, D1_2=first, D1_3=second).passed
    co = books["D1.3", "CO"]
    shown = dataclasses.replace(printing(co[PLAN.id], deception=6), base=16, group_size=16)
    books["D1.3", "CO"] = dataclasses.replace(with_table(co, shown), held_back={})
    found = messages(audited.audit(books, people, D1_2=first, D1_3=second))
    assert any("too much of all in D1.3 alone: a small number of people is certain" in message for message in found)


def test_a_table_that_says_something_else_than_was_counted_is_found(audited: Audited) -> None:
    table = audited.table(15, deception=5, implication=5, corruption=5)
    books = audited.books(FIRST, D1_2=table)
    other = audited.table(15, deception=6, implication=4, corruption=5)
    audit = audited.audit(books, FIRST, D1_2=other)
    assert not audit.passed
    assert f"disclosure audit: {PLAN.id}: D1.2 at level CO says something else than was counted" in messages(audit)


def test_an_edition_is_audited_with_those_before_it_and_not_with_later_ones(audited: Audited) -> None:
    people = (cohort("D1.2 D1.3", 15),)
    table = audited.table(15, **COUNTS)
    both = audited.audit(audited.books(people, D1_2=table, D1_3=table), people, D1_2=table, D1_3=table)
    alone = audited.audit(audited.books(people, D1_2=table), people, D1_2=table)
    assert both.statement("D1.2", "public") == alone.statement("D1.2", "public")
    assert len(both.readers[2].books) == 2
