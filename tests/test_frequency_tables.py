"""Frequencies count interviews; the denominator is those in which the topic was asked and answered."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from small_study import small_study

from casebook.canonical import canonical_json
from casebook.errors import DataRefused
from casebook.restricted.frequency_tables import FrequencyTable, count, sample_table
from casebook.study import PlannedTable


def plan(variable: str, group: str, **more: Any) -> PlannedTable:
    entry = {"id": f"OG.{group}.{variable}", "variable": variable, "crime": "OG", "group": group, "section": "4"}
    return PlannedTable.model_validate(entry | more)


def test_a_missing_answer_is_no_part_of_the_denominator_and_keeps_its_kind() -> None:
    table = count(plan("og_meeting", "V"), small_study())
    assert (table.group_size, table.base, dict(table.missing)) == (2, 1, {"not_asked": 1})
    assert dict(table.counts) == {"not_proposed": 0, "proposed_refused": 0, "proposed_agreed_not_held": 0, "held": 1}


def test_levels_come_in_codebook_order_and_count_interviews_not_mentions() -> None:
    table = count(plan("og_strategy", "V"), small_study())
    assert list(table.counts.items()) == [
        ("deception", 1),
        ("implication", 1),
        ("corruption", 0),
        ("coercion", 1),
        ("blackmail", 0),
    ]
    assert table.multi
    assert table.base == 2


def test_a_planned_set_counts_the_interviews_that_have_any_of_its_levels() -> None:
    together = {"pressure": ("coercion", "blackmail"), "either": ("implication", "coercion")}
    table = count(plan("og_strategy", "V", together=together), small_study())
    assert (table.counts["pressure"], table.counts["either"]) == (1, 1)
    assert list(table.counts)[-2:] == ["pressure", "either"]
    assert "pressure" not in table.levels


def test_a_subgroup_has_all_levels_named_and_knows_its_whole_group() -> None:
    among = {"og_strategy": ("implication", "coercion")}
    table = count(plan("og_fake_profile", "V", among=among), small_study())
    assert (table.whole_group, table.group_size, table.base) == (2, 1, 1)
    assert dict(table.counts) == {"yes": 0, "no": 1}
    assert table.among_text == "og_strategy: implication + coercion"


def test_exclusive_levels_are_named() -> None:
    assert count(plan("og_lied_about", "V"), small_study()).exclusive == ("nothing",)


@pytest.mark.parametrize(("country", "waves", "size"), [("BE", None, 2), ("PT", None, 0), ("pooled", (2,), 0)])
def test_a_table_is_of_a_country_and_of_waves(country: str, waves: tuple[int, ...] | None, size: int) -> None:
    table = count(plan("og_fake_profile", "V"), small_study(), country=country, waves=waves)
    assert (table.group_size, table.base, sum(table.counts.values())) == (size, size, size)


def test_experts_never_share_a_denominator_with_victims() -> None:
    sizes = [count(plan("og_fake_profile", group), small_study()).group_size for group in ("E", "V", "OV")]
    assert sizes == [1, 2, 2]


def test_a_group_that_is_not_coded_for_the_variable_is_refused() -> None:
    message = "OG.O.og_strategy_danger: the group is not coded for the variable; found O; allowed: E"
    with pytest.raises(DataRefused, match=message):
        count(plan("og_strategy_danger", "O"), small_study())


def test_how_interviews_were_held_is_counted_from_the_interviews_themselves() -> None:
    table = count(plan("recording", "V"), small_study())
    assert table.group_size == table.base == sum(table.counts.values()) == 2
    assert list(table.counts) == ["audio", "video", "notes_only"]


@pytest.mark.parametrize("variable", ["country", "language", "int_month", "interview_id"])
def test_what_could_point_at_a_participant_is_not_counted(variable: str) -> None:
    with pytest.raises(DataRefused, match="the group is not coded for the variable"):
        count(plan(variable, "V"), small_study())


def test_a_variable_that_the_codebook_does_not_have_is_refused() -> None:
    with pytest.raises(DataRefused, match=r"OG\.V\.og_weather: the codebook has no such variable; found og_weather"):
        count(plan("og_weather", "V"), small_study())


def test_an_interview_that_lacks_the_variable_is_refused_and_not_counted_as_no() -> None:
    study = small_study()
    lacks = study.codings["interview"].eq("OG-1003") & study.codings["variable"].eq("og_fake_profile")
    with pytest.raises(DataRefused, match="interviews of the group are not coded for the variable; found 1 of 2"):
        count(plan("og_fake_profile", "V"), replace(study, codings=study.codings[~lacks]))


def test_a_table_is_the_same_after_a_file_has_held_it() -> None:
    table = count(plan("og_lied_about", "V", together={"self": ("age", "gender")}), small_study())
    again = FrequencyTable.from_json(json.loads(canonical_json(table.to_json())))
    assert again == table
    assert list(again.counts) == list(table.counts)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"base": 1, "missing": {"refused": 1}}, "a level has more interviews than answered"),
        ({"missing": {"refused": 1}}, "answered and missing interviews are not the group"),
        ({"whole_group": 1}, "the subgroup is larger than its group"),
        ({"counts": {"age": -1, "name": 2, "nothing": 0}}, "a count is negative"),
        ({"counts": {"age": 1, "name": 0, "nothing": 0}}, "the levels are named by fewer interviews than answered"),
        ({"multi": False}, "the levels of a variable that takes one do not add up to its base"),
        ({"counts": {"age": 2, "name": 0, "nothing": 1}}, "the level nothing excludes the others"),
    ],
)
def test_figures_that_no_interviews_can_give_are_refused(change: dict[str, Any], message: str) -> None:
    possible = FrequencyTable(
        id="OG.V.og_lied_about",
        variable="og_lied_about",
        crime="OG",
        group="V",
        country="pooled",
        group_size=2,
        whole_group=2,
        base=2,
        missing={},
        counts={"age": 2, "name": 1, "nothing": 0},
        sets=(),
        multi=True,
        exclusive=("nothing",),
    )
    with pytest.raises(DataRefused, match=f"frequency tables: OG.V.og_lied_about: {message}"):
        replace(possible, **change)


def test_the_sample_is_counted_by_crime_role_country_and_wave() -> None:
    rows = [(r.crime, r.role, r.country, r.wave, r.interviews) for r in sample_table(small_study())]
    assert rows == [("HT", "V", "BE", 2, 1), ("OG", "E", "BE", 1, 1), ("OG", "V", "BE", 1, 2)]
    assert sample_table(small_study())[0].to_json()["interviews"] == 1
