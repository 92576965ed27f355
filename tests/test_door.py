"""The door as a statistician would specify it: tables of what goes in and what may come out."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import pytest

from casebook.codebook import Codebook
from casebook.disclosure_control.door import Door
from casebook.errors import DisclosureRefused
from casebook.protected_tables import POOLED, ProtectedTable
from casebook.restricted.frequency_tables import FrequencyTable
from casebook.study import PlannedTable, Study


def frequency_table(
    codebook: Codebook, plan: PlannedTable, *, base: int, size: int | None = None, country: str = POOLED, **counts: int
) -> FrequencyTable:
    """A frequency table of a plan; levels that are not given have nobody."""
    variable = codebook[plan.variable]
    names = [level.id for level in variable.levels] + list(plan.together)
    group = base if size is None else size
    given = {name: counts.get(name.replace("-", "_"), 0) for name in names}
    # Everybody who answered named something: one more level takes those whom the test does not care about.
    filler = [level.id for level in variable.levels if not level.exclusive and not given[level.id]][-1]
    given[filler] += max(0, base - sum(given[level.id] for level in variable.levels))
    return FrequencyTable(
        id=plan.id,
        variable=plan.variable,
        crime=plan.crime,
        group=plan.group,
        country=country,
        group_size=group,
        whole_group=group,
        base=base,
        missing={"refused": group - base} if group > base else {},
        counts=given,
        sets=tuple(plan.together),
        multi=variable.multi,
        exclusive=tuple(level.id for level in variable.exclusive),
    )


def planned(study: Study, plan: PlannedTable) -> Study:
    """The study with this table planned as well."""
    return study.model_copy(update={"tables": {**study.tables, plan.id: plan}})


def plan_of(variable: str, group: str, words: Mapping[str, str] | None = None, **more: object) -> PlannedTable:
    crime = {"og": "OG", "cb": "CB", "ht": "HT"}.get(variable[:2], "OG")
    entry = {"id": f"{crime}.{group}.{variable}", "variable": variable, "crime": crime, "group": group, "section": "2"}
    return PlannedTable.model_validate({**entry, "words": dict(words or {}), **more})


def through(
    study: Study, codebook: Codebook, level: str, plan: PlannedTable, *tables: FrequencyTable
) -> ProtectedTable:
    """What the door makes of one planned table."""
    sample = {f"{plan.crime}.{plan.group}": tables[0].group_size}
    door = Door(planned(study, plan), codebook, "D1.2", level, sample, key=b"key of the tests")
    return door.protect(tables)[plan.id]


def shown(table: ProtectedTable, level: str) -> int | str | None:
    cell = table.cell(level)
    return cell.n if cell.status == "exact" else cell.word


@pytest.mark.parametrize(
    ("dissemination", "by_telephone", "expected"),
    [("PU", 2, None), ("PU", 3, "named"), ("CO", 2, None), ("CO", 3, 3)],
)
def test_how_experts_were_interviewed_is_protected_as_what_tells_of_people(
    study: Study, codebook: Codebook, dissemination: str, by_telephone: int, expected: int | str | None
) -> None:
    plan = plan_of("mode", "E", {"face_to_face": "named", "phone": "named"}, id="OG.E.mode", section="0")
    table = frequency_table(codebook, plan, base=23, face_to_face=23 - by_telephone, phone=by_telephone)
    assert shown(through(study, codebook, dissemination, plan, table), "phone") == expected


@pytest.mark.parametrize(
    ("dissemination", "experts", "expected"),
    [("PU", 9, None), ("PU", 10, 1), ("CO", 4, None), ("CO", 5, 1)],
)
def test_experts_are_exact_from_the_smallest_group_on(
    study: Study, codebook: Codebook, dissemination: str, experts: int, expected: int | None
) -> None:
    plan = plan_of("og_v_risk", "E")
    table = frequency_table(codebook, plan, base=experts, bullying=1)
    assert shown(through(study, codebook, dissemination, plan, table), "bullying") == expected


@pytest.mark.parametrize(
    ("count", "expected"),
    [(1, None), (2, None), (3, 3), (8, 8), (12, 12), (13, None), (14, None), (15, 15)],
)
def test_consortium_reads_counts_of_people_between_threshold_and_complement(
    study: Study, codebook: Codebook, count: int, expected: int | None
) -> None:
    plan = plan_of("og_lied_about", "O")
    table = frequency_table(codebook, plan, base=15, age=count, name=15 - count if count > 13 else 5)
    assert shown(through(study, codebook, "CO", plan, table), "age") == expected


@pytest.mark.parametrize(("variable", "expected"), [("og_lied_about", 0), ("og_v_risk", None)])
def test_zero_is_withheld_for_sensitive_variables_only(
    study: Study, codebook: Codebook, variable: str, expected: int | None
) -> None:
    group = "O" if variable == "og_lied_about" else "V"
    plan = plan_of(variable, group)
    level = next(lv.id for lv in codebook[variable].levels if not lv.exclusive)
    counts = {lv.id: 4 for lv in codebook[variable].levels if not lv.exclusive and lv.id != level}
    table = frequency_table(codebook, plan, base=8, **dict[str, Any](counts))
    assert shown(through(study, codebook, "CO", plan, table), level) == expected


def test_a_withheld_count_takes_another_with_it_where_levels_add_up(study: Study, codebook: Codebook) -> None:
    plan = plan_of("og_strategy_main", "O")
    counts = {"deception": 6, "implication": 4, "corruption": 3, "coercion": 2, "blackmail": 0}
    protected = through(study, codebook, "CO", plan, frequency_table(codebook, plan, base=15, **dict[str, Any](counts)))
    withheld = [cell.level for cell in protected.cells if cell.status == "withheld"]
    assert "coercion" in withheld
    assert len(withheld) >= 2
    assert shown(protected, "deception") == 6


@pytest.mark.parametrize(
    ("word", "base", "count", "expected"),
    [
        ("named", 8, 2, None),
        ("named", 8, 3, "named"),
        ("named", 8, 8, "named"),
        ("more than half", 8, 4, None),
        ("more than half", 8, 5, "more than half"),
        ("more than half", 8, 6, None),  # the consortium's edition withholds six of eight
        ("more than half", 5, 5, None),  # a base of five carries no half-word
        ("less than half", 15, 7, "less than half"),
        ("less than half", 15, 8, None),
        ("less than half", 15, 2, None),  # withheld for the consortium
        ("most", 15, 11, None),
        ("most", 15, 12, "most"),
        ("most", 15, 13, None),  # three quarters, but the consortium's edition withholds it
        ("most", 8, 8, None),
    ],
)
def test_the_public_reads_one_word_per_level_of_people(
    study: Study, codebook: Codebook, word: str, base: int, count: int, expected: str | None
) -> None:
    plan = plan_of("og_lied_about", "O", {"age": word})
    table = frequency_table(codebook, plan, base=base, age=count, name=base - 3)
    assert shown(through(study, codebook, "PU", plan, table), "age") == expected


def test_the_public_reads_nothing_of_levels_without_a_planned_word(study: Study, codebook: Codebook) -> None:
    plan = plan_of("og_lied_about", "O", {"age": "most"})
    protected = through(study, codebook, "PU", plan, frequency_table(codebook, plan, base=15, age=12, name=7))
    assert [cell.status for cell in protected.cells if cell.level != "age"] == ["withheld"] * (len(protected.cells) - 1)


def test_two_words_of_levels_that_exclude_each_other_may_not_stand_together(study: Study, codebook: Codebook) -> None:
    plan = plan_of("o_gender", "O", {"male": "most", "female": "named"})
    protected = through(study, codebook, "PU", plan, frequency_table(codebook, plan, base=15, male=12, female=3))
    # most of fifteen men and at least one woman would say: one to three women
    assert shown(protected, "male") == "most"
    assert shown(protected, "female") is None


def test_a_missing_name_is_hidden_behind_a_decoy(study: Study, codebook: Codebook) -> None:
    words = {"deception": "named", "implication": "named", "corruption": "named", "coercion": "named"}
    plan = plan_of("og_strategy", "O", words)
    counts = {"deception": 6, "implication": 9, "corruption": 5, "coercion": 1}
    protected = through(study, codebook, "PU", plan, frequency_table(codebook, plan, base=15, **dict[str, Any](counts)))
    said = [cell.level for cell in protected.cells if cell.word]
    assert "coercion" not in said
    assert len(said) == 2


@pytest.mark.parametrize(
    ("dissemination", "unanswered", "open_"),
    [("CO", 0, True), ("CO", 1, False), ("CO", 2, False), ("CO", 3, True), ("PU", 4, False), ("PU", 5, True)],
)
def test_a_base_must_not_point_at_those_without_an_answer(
    study: Study, codebook: Codebook, dissemination: str, unanswered: int, open_: bool
) -> None:
    plan = plan_of("og_lied_about", "O", {"age": "named"})
    base = 15 - unanswered
    table = frequency_table(codebook, plan, base=base, size=15, age=5, name=5)
    protected = through(study, codebook, dissemination, plan, table)
    assert any(cell.status != "withheld" for cell in protected.cells) is open_
    assert (protected.base is not None) is open_


def test_the_size_of_a_subgroup_is_not_said_to_the_public(study: Study, codebook: Codebook) -> None:
    plan = plan_of(
        "og_threat",
        "O",
        {"break_off_relationship": "more than half"},
        among={"og_strategy": ("implication", "coercion")},
    )
    table = frequency_table(codebook, plan, base=12, break_off_relationship=9, spread_images=5)
    table = dataclasses.replace(table, whole_group=15)
    protected = through(study, codebook, "PU", plan, table)
    assert shown(protected, "break_off_relationship") == "more than half"
    assert (protected.base, protected.group_size) == (None, None)
    assert through(study, codebook, "CO", plan, table).base == 12


def test_a_ranking_needs_a_lead_of_two_and_a_plan(study: Study, codebook: Codebook) -> None:
    narrow = {"deception": 5, "implication": 6, "corruption": 4}
    clear = {"deception": 4, "implication": 6, "corruption": 5}
    wide = {"deception": 3, "implication": 8, "corruption": 4}
    plan = plan_of("og_strategy_main", "O", ranking=True)
    found = [
        through(study, codebook, "PU", plan, frequency_table(codebook, plan, base=15, **dict[str, Any](counts))).leading
        for counts in (narrow, clear, wide)
    ]
    assert found == [None, None, "implication"]


def test_a_country_passes_the_gate_only_with_a_large_enough_rest(study: Study, codebook: Codebook) -> None:
    plan = plan_of("og_v_risk", "E")
    sizes = {"ES": 11, "GB": 6, "BE": 3, "PT": 3}
    tables = [
        frequency_table(codebook, plan, base=23, bullying=9),
        *(frequency_table(codebook, plan, base=n, country=c, bullying=1) for c, n in sizes.items()),
    ]
    for level, expected in (("PU", {"OG": ("ES",)}), ("CO", {"OG": ("ES", "GB")})):
        door = Door(planned(study, plan), codebook, "D1.2", level, {"OG.E": 23}, key=b"k")
        assert door.protect(tables).countries == expected


def test_a_countrys_count_is_withheld_where_the_rest_would_be_small(study: Study, codebook: Codebook) -> None:
    plan = plan_of("og_lied_about", "O")
    pooled = frequency_table(codebook, plan, base=15, age=7, name=8, photo=4)
    countries = [
        frequency_table(codebook, plan, base=8, country="DE", age=5, name=5),  # leaves 2 of 7 and 3 of 7
        frequency_table(codebook, plan, base=4, country="ES", age=1, name=2, photo=2),
        frequency_table(codebook, plan, base=3, country="PT", age=1, name=1, photo=2),
    ]
    door = Door(planned(study, plan), codebook, "D1.2", "CO", {"OG.O": 15}, key=b"k")
    protected = door.protect([pooled, *countries])
    german = protected[f"{plan.id}@DE"]
    assert shown(german, "age") is None
    assert shown(german, "name") == 5
    assert set(protected) == {plan.id, f"{plan.id}@DE"}


def test_unplanned_and_doubled_tables_are_refused_together(study: Study, codebook: Codebook) -> None:
    plan = plan_of("og_v_risk", "E")
    stranger = frequency_table(codebook, plan_of("cb_behaviour", "E", id="CB.E.cb_behaviour.unplanned"), base=12)
    table = frequency_table(codebook, plan, base=23)
    with pytest.raises(DisclosureRefused) as refusal:
        Door(planned(study, plan), codebook, "D1.2", "PU", {}, key=b"k").protect([table, table, stranger])
    messages = [fault.message for fault in refusal.value.faults]
    assert messages == ["not planned in study.yml", "handed in twice"]


def test_a_countrys_single_withheld_count_is_not_left_to_subtraction(study: Study, codebook: Codebook) -> None:
    plan = plan_of("og_strategy_main", "O")
    pooled = frequency_table(codebook, plan, base=15, deception=6, implication=5, corruption=4)
    german = frequency_table(codebook, plan, base=8, country="DE", deception=3, implication=4, corruption=1)
    rest = frequency_table(codebook, plan, base=4, country="ES", deception=2, implication=1, corruption=1)
    third = frequency_table(codebook, plan, base=3, country="PT", deception=1, corruption=2)
    door = Door(planned(study, plan), codebook, "D1.2", "CO", {"OG.O": 15}, key=b"k")
    table = door.protect([pooled, german, rest, third])[f"{plan.id}@DE"]
    hidden = [cell.level for cell in table.cells if cell.status == "withheld"]
    assert "corruption" in hidden  # one of eight
    assert "implication" in hidden  # leaves one of seven to the other countries
    assert "deception" not in hidden
