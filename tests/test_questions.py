"""What can be worked out of single cells is what is true of every group that agrees with what is seen."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_audit import CONSORTIUM, PUBLIC, SEVERAL, SINGLE, SmallGroup, cells, counted, groups

from casebook.disclosure_control.audit_result import Target
from casebook.disclosure_control.feasibility import BASE, Topic
from casebook.disclosure_control.questions import FEW_OTHERS, NARROW, SMALL, UNANSWERED
from casebook.disclosure_control.strata import Stratum
from casebook.errors import DisclosureRefused

ALL = Stratum(("D1.2",), "others")
SPAIN, OTHERS = Stratum(("D1.2",), "ES"), Stratum(("D1.2",), "others")
OLD, NEW = Stratum(("D1.2", "D1.3"), "others"), Stratum(("D1.3",), "others")


def reasons(group: SmallGroup, *, insider: bool = False) -> dict[tuple[str, str], str]:
    """Why each cell of each set of people tells too much, of those that do."""
    found = [target for target in group.audit().targets() if target.reason and target.insider is insider]
    return {(target.people, target.cell[0]): target.reason for target in found}


@st.composite
def seen_groups(draw: st.DrawFn) -> tuple[Topic, int, dict[str, int]]:
    """A topic, the number of people, and the counts printed of some levels."""
    topic = draw(st.sampled_from([SINGLE, SEVERAL]))
    people = draw(st.integers(3, 5))
    group = draw(st.sampled_from(list(groups(people, topic))))
    printed = draw(st.sets(st.sampled_from(topic.levels)))
    return topic, people, {level: n for level, n in counted(group, topic).items() if level in printed}


@settings(max_examples=15, deadline=None, derandomize=True)
@given(seen_groups())
def test_an_outsider_works_out_what_all_groups_that_agree_have_in_common(
    drawn: tuple[Topic, int, dict[str, int]],
) -> None:
    topic, people, printed = drawn
    group = SmallGroup({ALL: people}, {"t": topic}, cells((ALL,), "t", people, **printed))
    possible = [c for one in groups(people, topic) if printed.items() <= (c := counted(one, topic)).items()]
    found = {t.cell[0]: t for questions in group.audit()._questions for t in questions.targets() if not t.insider}
    for level in topic.levels:
        values = [counts[level] for counts in possible]
        target = found[level]
        assert (target.lower, target.upper) == (min(values), max(values))
        assert target.rest == (people - max(values), people - min(values))


@settings(max_examples=15, deadline=None, derandomize=True)
@given(seen_groups())
def test_an_insider_works_out_what_all_groups_with_that_answer_have_in_common(
    drawn: tuple[Topic, int, dict[str, int]],
) -> None:
    topic, people, printed = drawn
    group = SmallGroup({ALL: people}, {"t": topic}, cells((ALL,), "t", people, **printed))
    possible = [c for one in groups(people, topic) if printed.items() <= (c := counted(one, topic)).items()]
    for questions in group.audit()._questions:
        found = {(t.cell[0], t.lower, t.upper) for t in questions.targets() if t.insider}
        for level in topic.levels:
            others = [counts[level] - 1 for counts in possible if counts[level]]
            assert not others or (level, min(others), max(others)) in found


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ({"a": 6, "b": 4, "c": 5}, {}),
        ({"a": 2}, {("all in D1.2", "a"): SMALL}),
        ({"a": 13}, {("all in D1.2", "a"): FEW_OTHERS, ("all in D1.2", "b"): NARROW}),
        ({"a": 8, "b": 5}, {("all in D1.2", "c"): SMALL}),
        ({"a": 3}, {}),
    ],
)
def test_of_all_people(printed: dict[str, int], expected: dict[tuple[str, str], str]) -> None:
    group = SmallGroup({ALL: 15}, {"t": SINGLE}, cells((ALL,), "t", 15, **printed))
    found = reasons(group)
    assert found | expected == found
    assert bool(found) is bool(expected)


def test_zero_of_a_sensitive_attribute_is_told_of_each() -> None:
    seen = cells((ALL,), "t", 15, a=0)
    assert reasons(SmallGroup({ALL: 15}, {"t": SINGLE}, seen)) == {}
    sensitive = SmallGroup({ALL: 15}, {"t": SINGLE}, seen, sensitive=frozenset("t"))
    assert reasons(sensitive)[("all in D1.2", "a")] == NARROW


def test_few_without_an_answer_are_exposed_by_the_base() -> None:
    assert reasons(SmallGroup({ALL: 15}, {"t": SINGLE}, cells((ALL,), "t", 14)))[("all in D1.2", BASE)] == UNANSWERED
    assert ("all in D1.2", BASE) not in reasons(SmallGroup({ALL: 15}, {"t": SINGLE}, cells((ALL,), "t", 12)))


def test_one_country_less_another_is_a_count_too() -> None:
    strata = {SPAIN: 8, OTHERS: 7}
    both = cells((OTHERS, SPAIN), "t", 15, a=6) | cells((SPAIN,), "t", 8, a=4)
    group = SmallGroup(strata, {"t": SINGLE}, both, own=frozenset({(OTHERS, SPAIN), (SPAIN,)}))
    assert reasons(group)[("others in D1.2", "a")] == SMALL


def test_what_one_edition_adds_to_another_is_a_count_too() -> None:
    strata = {OLD: 12, NEW: 6}
    both = cells((OLD,), "t", 12, a=5) | cells((OLD, NEW), "t", 18, a=6)
    group = SmallGroup(strata, {"t": SINGLE}, both, own=frozenset({(OLD,), (OLD, NEW)}))
    assert reasons(group)[("all in D1.3 alone", "a")] == SMALL


def test_one_interview_more_exposes_its_answer() -> None:
    strata = {OLD: 12, NEW: 1}
    both = cells((OLD,), "t", 12, a=5) | cells((OLD, NEW), "t", 13, a=6)
    group = SmallGroup(strata, {"t": SINGLE}, both, own=frozenset({(OLD,), (OLD, NEW)}))
    assert reasons(group)[("all in D1.3 alone", "a")] == SMALL


def test_an_insider_may_know_the_others_of_a_count_that_may_be_printed() -> None:
    assert reasons(SmallGroup({ALL: 15}, {"t": SINGLE}, cells((ALL,), "t", 15, a=3)), insider=True) == {}


def test_an_insider_subtracts_the_own_answer_from_what_is_withheld() -> None:
    # one of the two or three who are left knows of one or two others
    seen = cells((ALL,), "t", 15) | {((ALL,), "t", "a"): (2, 4)}
    assert reasons(SmallGroup({ALL: 15}, {"t": SINGLE}, seen), insider=True) == {}
    seen = cells((ALL,), "t", 15) | {((ALL,), "t", "a"): (2, 3)}
    assert reasons(SmallGroup({ALL: 15}, {"t": SINGLE}, seen), insider=True)[("all in D1.2", "a")] == NARROW


@pytest.mark.parametrize(("least", "most", "exposed"), [(1, 4, True), (1, 5, False), (0, 3, False), (0, 2, True)])
def test_the_public_may_prove_no_number_under_its_threshold(least: int, most: int, exposed: bool) -> None:
    seen = cells((ALL,), "t", 15) | {((ALL,), "t", "a"): (least, most)}
    assert (("all in D1.2", "a") in reasons(SmallGroup({ALL: 15}, {"t": SINGLE}, seen, PUBLIC))) is exposed


def test_what_contradicts_itself_is_refused() -> None:
    seen = cells((ALL,), "t", 15, a=9, b=9)
    with pytest.raises(DisclosureRefused, match="t: what would be printed of this variable contradicts itself"):
        list(SmallGroup({ALL: 15}, {"t": SINGLE}, seen).audit().targets())


def test_targets_are_judged_by_the_rules_of_their_reader() -> None:
    target = Target("OG.O", ("t",), ("a",), "all", 3, 3, 15, (12, 12))
    assert CONSORTIUM.proves_small(target.lower, target.upper) is False
    assert PUBLIC.proves_small(target.lower, target.upper) is True
