"""Intervals: Wilson's, in whole per cent, and only beside a percentage that is published."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casebook.errors import StatementRefused
from casebook.publication.statistics import Interval, interval_text, wilson, wilson_shares


@pytest.mark.parametrize(
    ("n", "base", "low", "high"),
    [
        (81, 263, 26, 37),  # Newcombe (1998), table I: 0.2553 to 0.3662
        (15, 148, 6, 16),  # the same table: 0.0624 to 0.1605
        (0, 20, 0, 16),  # the same table: 0.0000 to 0.1611
        (1, 29, 1, 17),  # the same table: 0.0061 to 0.1718
        (20, 20, 84, 100),
        (17, 23, 54, 87),
    ],
)
def test_the_interval_is_the_published_one(n: int, base: int, low: int, high: int) -> None:
    assert wilson(n, base) == Interval(low, high)


@pytest.mark.parametrize("n", range(0, 20))
def test_no_interval_is_finer_than_a_count_without_percentage(n: int) -> None:
    assert wilson(n, 19) is None


@given(st.integers(20, 400).flatmap(lambda base: st.tuples(st.integers(0, base), st.just(base))))
def test_the_interval_holds_the_share_it_belongs_to(pair: tuple[int, int]) -> None:
    n, base = pair
    interval = wilson(n, base)
    assert interval is not None
    assert 0 <= interval.low <= round(100 * n / base) <= interval.high <= 100


@given(st.integers(20, 400).flatmap(lambda base: st.tuples(st.integers(0, base), st.just(base))))
def test_the_bounds_of_a_share_are_those_of_its_count(pair: tuple[int, int]) -> None:
    n, base = pair
    low, high = wilson_shares(n / base, base)
    interval = wilson(n, base)
    assert interval is not None
    assert abs(100 * low - interval.low) <= 0.5 + 1e-9
    assert abs(100 * high - interval.high) <= 0.5 + 1e-9


@pytest.mark.parametrize(
    ("n", "base", "text"),
    [
        (12, 15, "8 to 14 of 15"),  # 0.548 to 0.930 of 15 lie between 8.2 and 13.9
        (0, 8, "0 to 3 of 8"),  # 0 to 0.324
        (8, 8, "5 to 8 of 8"),
        (17, 23, "54–87\u202f%"),
    ],
)
def test_an_interval_has_the_form_of_its_count(n: int, base: int, text: str) -> None:
    assert interval_text(n, base) == text


def test_the_interval_reads_as_a_range() -> None:
    assert str(wilson(17, 23)) == "54–87\u202f%"


def test_an_impossible_count_is_refused() -> None:
    with pytest.raises(StatementRefused, match="24 of 23: no such count can be; allowed: 0 to 23"):
        wilson(24, 23)
