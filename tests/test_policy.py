"""The rules of a policy, read as tables around the threshold."""

from __future__ import annotations

import pytest

from casebook.disclosure_control.policy import Rules, rules_of
from casebook.study import Study


@pytest.fixture(scope="module")
def public(study: Study) -> Rules:
    return rules_of(study.policies["public"])


@pytest.fixture(scope="module")
def consortium(study: Study) -> Rules:
    return rules_of(study.policies["consortium"])


def test_the_two_policies_that_ship_are_those_of_the_specification(public: Rules, consortium: Rules) -> None:
    # shared table "Policy": smallest groups, threshold, width, words from, country page
    assert public == Rules(False, 5, 10, 5, 3, frozenset("X"), 7, 12, 10, 10, 10, 2, ("consortium",), 15, 5)
    assert consortium == Rules(True, 5, 5, 3, 3, frozenset("X"), 7, 12, 5, 8, 5, 2, (), 10, 3)


@pytest.mark.parametrize(
    ("count", "small_to_public", "small_to_consortium"),
    [(0, False, False), (1, True, True), (2, True, True), (3, True, False), (4, True, False), (5, False, False)],
)
def test_a_count_is_small_below_the_threshold_but_not_when_nobody_is_counted(
    count: int, small_to_public: bool, small_to_consortium: bool, public: Rules, consortium: Rules
) -> None:
    assert (public.small(count), consortium.small(count)) == (small_to_public, small_to_consortium)


@pytest.mark.parametrize(
    ("lower", "upper", "base", "exposed"),
    [
        (0, 15, 15, False),
        (1, 15, 15, False),  # named
        (0, 7, 15, False),  # less than half
        (8, 15, 15, False),  # more than half
        (12, 15, 15, False),  # most
        (1, 3, 15, True),  # at least one and under the threshold
        (1, 4, 15, True),
        (1, 5, 15, False),
        (0, 4, 15, False),  # nobody is possible
        (12, 14, 15, True),  # the complement is one to three
        (11, 14, 15, True),
        (10, 14, 15, False),  # the complement may be five
        (11, 15, 15, False),  # the complement may be nobody
        (0, 2, 15, True),  # too narrow
        (0, 3, 15, False),  # four possible counts, and nobody is one of them
        (6, 6, 15, True),  # pinned
        (6, 8, 15, True),
        (6, 9, 15, False),
    ],
)
def test_an_interval_exposes_a_small_count_a_small_complement_or_is_narrow(
    lower: int, upper: int, base: int, exposed: bool, public: Rules
) -> None:
    assert public.exposes(lower, upper, base) is exposed


@pytest.mark.parametrize(("lower", "upper", "exposed"), [(1, 2, True), (1, 3, True), (1, 4, False), (0, 3, False)])
def test_the_consortium_may_know_more(lower: int, upper: int, exposed: bool, consortium: Rules) -> None:
    assert consortium.exposes(lower, upper, 15) is exposed
