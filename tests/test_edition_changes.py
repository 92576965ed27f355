"""What a later edition says otherwise, sentence by sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

import pytest

from casebook.protected_tables import Cell, ProtectedTable, ProtectedTables
from casebook.publication.blocks import Figure
from casebook.publication.claims import Claim
from casebook.publication.edition_changes import (
    Change,
    EarlierEdition,
    FigureChange,
    changes,
    changes_block,
    figure_changes,
    figures_block,
    sample_block,
)
from casebook.study import Study


def claim(name: str, text: str, sentence: str, *, page: str = "trafficking/risk") -> Claim:
    return Claim(page, "quantity", "HT.E.x", ("a",), "exact", text, "t", 1, sentence=sentence, id=name)


def tables(edition: str, sample: Mapping[str, int]) -> ProtectedTables:
    return ProtectedTables(edition, "PU", MappingProxyType({}), dict(sample), {})


def earlier(*claims: Claim) -> EarlierEdition:
    return EarlierEdition("D1.2", tables("D1.2", {"HT.E": 11}), claims)


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        ([claim("a", "6 of 9", "Six did.")], [claim("a", "6 of 9", "Six did.")], []),
        ([claim("a", "6 of 9", "6 of 9 did.")], [claim("a", "7 of 10", "7 of 10 did.")], ["value"]),
        ([claim("a", "6 of 9", "Then 6 of 9 did.")], [claim("a", "6 of 9", "6 of 9 did.")], ["wording"]),
        ([], [claim("b", "most", "Most did.")], ["new"]),
        ([claim("b", "most", "Most did.")], [], ["gone"]),
    ],
)
def test_a_sentence_is_the_same_new_gone_or_changed(before: list[Claim], now: list[Claim], expected: list[str]) -> None:
    assert [change.what for change in changes(earlier(*before), tables("D1.3", {}), now)] == expected


def test_a_sentence_that_was_changed_is_not_new_as_well() -> None:
    now = [
        claim("a", "7 of 10", "7 of 10 did, 1 of 10 did not."),
        claim("b", "1 of 10", "7 of 10 did, 1 of 10 did not."),
    ]
    found = changes(earlier(claim("a", "6 of 9", "6 of 9 did.")), tables("D1.3", {"HT.E": 11}), now)
    assert found == (Change("value", "trafficking/risk", "6 of 9 did.", "7 of 10 did, 1 of 10 did not.", "text"),)


def test_a_statement_that_moved_within_its_page_has_not_changed() -> None:
    same = "Most did."
    assert changes(earlier(claim("a", "most", same)), tables("D1.3", {}), [claim("b", "most", same)]) == ()


def test_changes_are_listed_with_their_page_in_words_and_without_markup() -> None:
    found = changes(earlier(), tables("D1.3", {}), [claim("b", "most", "Most *did*.")])
    block = changes_block(found, "new", earlier="D1.2", later="D1.3")
    assert "* - Trafficking\\, risk" in block
    assert "Most \\*did\\*\\." in block


def table(*counts: int, base: int = 11, status: str = "exact") -> ProtectedTable:
    cells = tuple(
        Cell(level, "exact", n=n) if status == "exact" else Cell(level, "withheld")
        for level, n in zip("ab", counts, strict=True)
    )
    return ProtectedTable("HT.E.x", "x", "HT", "E", "pooled", "2", base, base, True, cells)


@pytest.mark.parametrize(
    ("before", "now", "sample", "why"),
    [
        (table(3, 4), table(3, 5), {"HT.E": 12}, "interviews"),
        (None, table(3, 5), {"HT.E": 12}, "interviews"),
        (None, table(3, 4), {"HT.E": 11}, "plan"),
        (table(3, 4), None, {"HT.E": 11}, "plan"),
        (table(3, 4), table(3, 5), {"HT.E": 11}, "coding"),
        (table(3, 4), table(0, 0, status="withheld"), {"HT.E": 11}, "disclosure"),
        (table(3, 4), table(3, 4), {"HT.E": 11}, "text"),
    ],
)
def test_why_a_sentence_differs_is_told_by_what_it_rests_on(
    before: ProtectedTable | None, now: ProtectedTable | None, sample: dict[str, int], why: str
) -> None:
    old, new = (with_table(tables("D", n), t) for n, t in (({"HT.E": 11}, before), (sample, now)))
    said = EarlierEdition("D1.2", old, (replace(claim("a", "one", "One did."), table="HT.E.x"),))
    (change,) = changes(said, new, [replace(claim("a", "two", "Two did."), table="HT.E.x")])
    assert change.why == why


def with_table(tables: ProtectedTables, table: ProtectedTable | None) -> ProtectedTables:
    return replace(tables, tables={} if table is None else {table.id: table})


def test_a_figure_differs_where_its_numbers_do_and_not_where_it_was_drawn_anew() -> None:
    drawn = Figure("risk", "figures/risk.svg", "What is seen", "Risk. Experts, n = 11.", ("HT.E.x",))
    again = replace(drawn, alt="What is to be seen")
    before = EarlierEdition("D1.2", with_table(tables("D1.2", {}), table(3, 4)), (), {"HT/pooled/risk": drawn})
    assert figure_changes(before, with_table(tables("D1.3", {}), table(3, 4)), {"HT/pooled/risk": again}) == ()
    other = figure_changes(before, with_table(tables("D1.3", {}), table(3, 5)), {"HT/pooled/risk": again})
    assert other == (FigureChange("HT/pooled/risk", drawn.caption, again.caption),)
    gone = figure_changes(before, tables("D1.3", {}), {})
    assert "* - Risk\\. Experts\\, n \\= 11\\.\n  - –" in figures_block(gone, earlier="D1.2", later="D1.3")


def test_the_sample_of_both_editions_stands_side_by_side(study: Study) -> None:
    block = sample_block(earlier(), tables("D1.3", {"HT.E": 11, "HT.OV": 10}), study)
    assert "  - Experts\n  - 11\n  - 11" in block
    assert "  - Cases\n  - –\n  - 10" in block
