"""Verdicts by declared rules, as tables around the side of half, the interval and the first place."""

from __future__ import annotations

import pytest
from small_comparisons import compared, planned, study, tables
from small_figures import table

from casebook.publication.comparison import Comparison, Verdict, by_finding, compare
from casebook.publication.references import NO_REFERENCES, References

SPACE = "\u202f"


@pytest.mark.parametrize(
    ("cell", "verdict"),
    [
        (8, "agrees"),
        (7, "contradicts"),
        (0, "contradicts"),
        ("most", "agrees"),
        ("more than half", "agrees"),
        ("less than half", "contradicts"),
        ("named", "cannot tell"),
        (None, "cannot tell"),
    ],
)
@pytest.mark.parametrize("rule", ["direction", "mean"])
def test_directions_agree_on_the_same_side_of_half(rule: str, cell: int | str | None, verdict: Verdict) -> None:
    assert compared(planned(rule), {"lonely": cell}).verdict == verdict


def test_half_lies_on_no_side() -> None:
    assert compared(planned("direction"), {"lonely": 7}, base=14).verdict == "cannot tell"


def test_a_reference_below_half_is_contradicted_from_above() -> None:
    found = compared(planned("direction", direction="less_than_half"), {"lonely": 14})
    assert (found.verdict, found.because) == (
        "contradicts",
        "the reference lies below half, the interviews lie above half",
    )


def test_an_interval_that_reaches_across_half_is_told_beside_the_verdict() -> None:
    found = compared(planned("direction"), {"lonely": 9})
    assert found.because.endswith("lie above half, though their interval, 5 to 13 of 15, reaches across half")
    assert "interval" not in compared(planned("direction"), {"lonely": 15}).because
    assert "interval" not in compared(planned("direction", group="E"), {"lonely": 9}).because


@pytest.mark.parametrize(
    ("n", "base", "verdict"),
    [
        (12, 15, "cannot tell"),  # 55-93 % beside 70-97 % of the reference
        (8, 15, "cannot tell"),  # 30-75 %
        (5, 15, "contradicts"),  # 15-58 %
        (50, 100, "contradicts"),  # 40-60 %
        (88, 100, "cannot tell"),
    ],
)
def test_shares_contradict_only_where_their_intervals_do_not_meet(n: int, base: int, verdict: Verdict) -> None:
    assert compared(planned("share"), {"lonely": n}, base=base).verdict == verdict


def test_a_share_that_cannot_be_told_apart_says_so_and_adds_the_directions() -> None:
    found = compared(planned("share"), {"lonely": 12})
    assert found.because == (
        f"samples of this size do not tell the reference (90{SPACE}% of 20) from the interviews "
        "(12 of 15 with an interval of 8 to 14 of 15); the reference and the interviews lie above half"
    )


@pytest.mark.parametrize("cell", ["more than half", "less than half", "named", None])
def test_a_word_is_never_set_against_a_share(cell: str | None) -> None:
    found = compared(planned("share"), {"lonely": cell})
    assert found.verdict == "cannot tell"
    assert found.because.startswith("no count is published that could be set against the reference's share")


@pytest.mark.parametrize(
    ("cells", "verdict"),
    [
        ({"lonely": 9, "bullied": 8}, "agrees"),
        ({"lonely": 4, "bullied": 7}, "contradicts"),
        ({"lonely": 9, "bullied": 7}, "agrees in part"),
        ({"lonely": 9, "bullied": None}, "cannot tell"),
        ({"lonely": "more than half", "bullied": "most"}, "agrees"),
    ],
)
def test_each_answer_is_set_against_half(cells: dict[str, int | str | None], verdict: Verdict) -> None:
    assert compared(planned("each", levels=("lonely", "bullied")), cells).verdict == verdict


@pytest.mark.parametrize(
    ("cells", "verdict"),
    [
        ({"lonely": 1, "bullied": "named"}, "agrees"),
        ({"lonely": 1, "bullied": 0}, "agrees in part"),
        ({"lonely": 0, "bullied": 0}, "contradicts"),
        ({"lonely": 1, "bullied": None}, "cannot tell"),
        ({"lonely": 1, "bullied": "less than half"}, "cannot tell"),
    ],
)
def test_named_answers_agree_where_each_is_named(cells: dict[str, int | str | None], verdict: Verdict) -> None:
    assert compared(planned("named", levels=("lonely", "bullied")), cells).verdict == verdict


@pytest.mark.parametrize(
    ("cells", "leading", "verdict"),
    [
        ({"lonely": 9, "bullied": 7, "telegram": 0, "school": 0}, None, "agrees"),
        ({"lonely": 9, "bullied": 8, "telegram": 0, "school": 0}, None, "agrees in part"),
        ({"lonely": 7, "bullied": 9, "telegram": 0, "school": 0}, None, "contradicts"),
        ({"lonely": 9, "bullied": 7, "telegram": 0, "school": None}, None, "cannot tell"),
        ({}, "lonely", "agrees"),
        ({}, "bullied", "contradicts"),
        ({"lonely": "most"}, None, "cannot tell"),
    ],
)
def test_what_comes_first_leads_by_more_than_one_interview(
    cells: dict[str, int | str | None], leading: str | None, verdict: Verdict
) -> None:
    assert compared(planned("ranking"), cells, leading=leading).verdict == verdict


def test_a_set_counts_as_the_answers_it_holds_and_takes_no_place_in_the_order() -> None:
    cells: dict[str, int | str | None] = {"lonely": 9, "bullied": 5, "telegram": 5, "school": 0, "either": 10}
    assert compared(planned("ranking"), cells).verdict == "agrees"
    assert compared(planned("direction", levels=("bullied", "telegram")), cells).bounds.low == 10  # type: ignore[union-attr]


def test_a_reference_that_describes_these_interviews_never_counts() -> None:
    found = compared(planned("same_interviews", finding="X-1"), {"lonely": 12})
    assert found.verdict == "same interviews"
    assert not found.counts
    assert by_finding([found]) == ()


def test_what_has_no_counterpart_is_shown_and_never_counts() -> None:
    found = compared(planned("no_counterpart", finding="X-1"), {"lonely": 12})
    assert (found.verdict, found.counts, found.bounds) == ("no counterpart", False, None)


def test_a_withheld_table_cannot_tell() -> None:
    found = compared(planned("direction"), {}, base=None, withheld="too few interviews")
    assert (found.verdict, found.because) == ("cannot tell", "what the interviews say of it is withheld")


def test_a_group_without_interviews_in_the_edition_is_not_compared() -> None:
    plans = (planned("direction", group="V"), planned("direction", group="O"))
    protected = tables(table("OG.O.risk", 15, {"lonely": 9}))
    assert [c.planned.group for c in compare(References({}, plans, ()), protected, study())] == ["O"]
    assert compare(NO_REFERENCES, protected, study()) == ()


def of_finding(*verdicts: Verdict) -> list[Comparison]:
    plan = planned("direction", finding="X-1")
    return [Comparison(plan, None, None, (), verdict, "") for verdict in verdicts]


@pytest.mark.parametrize(
    ("verdicts", "together"),
    [
        (("agrees", "agrees"), "agrees"),
        (("agrees", "cannot tell"), "agrees"),
        (("agrees", "contradicts"), "agrees in part"),
        (("contradicts", "same interviews"), "contradicts"),
        (("cannot tell",), "cannot tell"),
    ],
)
def test_all_comparisons_of_a_finding_make_one_verdict(verdicts: tuple[Verdict, ...], together: Verdict) -> None:
    assert [found.verdict for found in by_finding(of_finding(*verdicts))] == [together]
