"""The country gate, as tables of sizes: who passes, and whom the rest protects."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casebook.disclosure_control.country_gate import passing
from casebook.disclosure_control.policy import Rules

PUBLIC = Rules(False, 5, 10, 5, 3, frozenset("X"), 7, 12, 10, 10, 10, 2, ("consortium",), 15, 5)
CONSORTIUM = Rules(True, 5, 5, 3, 3, frozenset("X"), 7, 12, 5, 8, 5, 2, (), 10, 3)


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ({"BE": 11}, ("BE",)),  # nobody is left: Belgian trafficking experts
        ({"BE": 9}, ()),
        ({"ES": 11, "GB": 6, "BE": 6}, ("ES",)),  # a rest of twelve over two countries
        ({"ES": 11, "GB": 5, "BE": 4}, ()),  # a rest of nine
        ({"ES": 11, "GB": 12}, ()),  # each is the other's rest
        ({"ES": 11, "GB": 12, "BE": 0}, ()),  # a country without interviews is no rest
        ({"ES": 11, "GB": 12, "BE": 5, "PT": 5}, ("ES", "GB")),
        ({"ES": 11, "GB": 12, "BE": 5, "PT": 4}, ("GB",)),  # larger countries first
        ({"GB": 12, "ES": 12, "BE": 5, "PT": 4}, ("ES",)),  # then by code
        ({}, ()),
    ],
)
def test_the_public_gate(sizes: Mapping[str, int], expected: tuple[str, ...]) -> None:
    assert passing(sizes, PUBLIC, experts=True) == expected


@pytest.mark.parametrize(
    ("size", "experts", "passes"),
    [(4, True, False), (5, True, True), (7, False, False), (8, False, True)],
)
def test_the_consortium_reads_of_fewer_experts_than_victims(size: int, experts: bool, passes: bool) -> None:
    sizes = {"ES": size, "GB": 3, "BE": 2}
    assert passing(sizes, CONSORTIUM, experts=experts) == (("ES",) if passes else ())


@pytest.mark.parametrize(
    ("sizes", "before", "pooled_before", "expected"),
    [
        ({"ES": 14, "GB": 6, "BE": 6}, [], [], ("ES",)),
        ({"ES": 14, "GB": 6, "BE": 6}, [], ["ES"], ()),  # once pooled, from fifteen on
        ({"ES": 15, "GB": 6, "BE": 6}, [], ["ES"], ("ES",)),
        ({"ES": 10, "GB": 6, "BE": 6}, ["ES"], [], ("ES",)),  # once published, as long as it is large enough
        ({"ES": 9, "GB": 6, "BE": 6}, ["ES"], [], ()),
        ({"ES": 16, "GB": 12, "BE": 4, "PT": 3}, [], [], ("ES",)),  # a rest of nineteen; less Britain's, of seven
        ({"ES": 16, "GB": 12, "BE": 4, "PT": 3}, ["GB"], ["ES"], ("GB",)),  # who was there stays, who came waits
    ],
)
def test_no_country_comes_and_goes(
    sizes: Mapping[str, int], before: list[str], pooled_before: list[str], expected: tuple[str, ...]
) -> None:
    assert passing(sizes, PUBLIC, experts=True, before=before, pooled_before=pooled_before) == expected


@given(st.dictionaries(st.sampled_from(["BE", "DE", "EE", "ES", "GB", "GR"]), st.integers(0, 15)), st.booleans())
def test_what_is_left_is_nobody_or_enough_people_in_enough_countries(sizes: dict[str, int], experts: bool) -> None:
    for rules, smallest in ((PUBLIC, 10), (CONSORTIUM, 5 if experts else 8)):
        chosen = passing(sizes, rules, experts=experts)
        rest = [n for country, n in sizes.items() if country not in chosen and n]
        assert all(sizes[country] >= smallest for country in chosen)
        assert not chosen or not rest or (sum(rest) >= rules.country_rest and len(rest) >= 2)
        assert chosen == passing(dict(reversed([*sizes.items()])), rules, experts=experts)
