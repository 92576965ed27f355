"""What a later edition says otherwise, sentence by sentence."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import pytest

from casebook.protected_tables import ProtectedTables
from casebook.publication.claims import Claim
from casebook.publication.edition_changes import Change, EarlierEdition, changes, changes_block, sample_block
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
    assert [change.what for change in changes(earlier(*before), now)] == expected


def test_a_sentence_that_was_changed_is_not_new_as_well() -> None:
    now = [
        claim("a", "7 of 10", "7 of 10 did, 1 of 10 did not."),
        claim("b", "1 of 10", "7 of 10 did, 1 of 10 did not."),
    ]
    found = changes(earlier(claim("a", "6 of 9", "6 of 9 did.")), now)
    assert found == (Change("value", "trafficking/risk", "6 of 9 did.", "7 of 10 did, 1 of 10 did not."),)


def test_a_statement_that_moved_within_its_page_has_not_changed() -> None:
    same = "Most did."
    assert changes(earlier(claim("a", "most", same)), [claim("b", "most", same)]) == ()


def test_changes_are_listed_with_their_page_in_words_and_without_markup() -> None:
    found = changes(earlier(), [claim("b", "most", "Most *did*.")])
    block = changes_block(found, "new", earlier="D1.2", later="D1.3")
    assert "* - Trafficking\\, risk" in block
    assert "Most \\*did\\*\\." in block


def test_the_sample_of_both_editions_stands_side_by_side(study: Study) -> None:
    block = sample_block(earlier(), tables("D1.3", {"HT.E": 11, "HT.OV": 10}), study)
    assert "  - Experts\n  - 11\n  - 11" in block
    assert "  - Cases\n  - –\n  - 10" in block
