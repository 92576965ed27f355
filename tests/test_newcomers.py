"""Newcomers: a group's new, corrected and withdrawn interviews are nobody or enough, or are not reported."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import pytest
from test_door import frequency_table, plan_of, planned, shown

from casebook.codebook import Codebook
from casebook.disclosure_control.door import Door
from casebook.errors import DisclosureRefused
from casebook.protected_tables import ProtectedTables
from casebook.restricted.edition_people import Cohort
from casebook.study import PlannedTable, Study

PLAN = plan_of("og_lied_about", "O", {"age": "more than half", "name": "named"})


def cohort(editions: str, n: int, *, corrected: bool = False, country: str = "DE") -> Cohort:
    return Cohort("OG", "O", country, tuple(editions.split()), corrected, n)


@dataclasses.dataclass
class TwoEditions:
    """A study whose two editions report one table of offenders."""

    study: Study
    codebook: Codebook
    level: str
    plan: PlannedTable = PLAN

    def edition(
        self,
        edition: str,
        base: int,
        cohorts: Sequence[Cohort] = (),
        before: Sequence[ProtectedTables] = (),
        /,
        **counts: Any,
    ) -> ProtectedTables:
        table = frequency_table(self.codebook, self.plan, base=base, **counts)
        editions = {**self.study.editions, "D1.4": self.study.editions["D1.3"]}
        study = planned(self.study, self.plan).model_copy(update={"editions": editions})
        door = Door(study, self.codebook, edition, self.level, {"OG.O": base}, b"k", tuple(cohorts), tuple(before))
        return door.protect([table])


@pytest.mark.parametrize(
    ("level", "newcomers", "held"),
    [("CO", 0, False), ("CO", 2, True), ("CO", 3, False), ("PU", 4, True), ("PU", 5, False)],
)
def test_too_few_newcomers_are_held_back_and_the_earlier_results_repeated(
    study: Study, codebook: Codebook, level: str, newcomers: int, held: bool
) -> None:
    two = TwoEditions(study, codebook, level)
    first = two.edition("D1.2", 15, age=10, name=6)
    cohorts = [cohort("D1.2 D1.3", 15)] + [cohort("D1.3", newcomers)] * bool(newcomers)
    second = two.edition("D1.3", 15 + newcomers, cohorts, [first], age=10 + newcomers, name=6)
    assert second.held_back == ({"OG.O": "D1.2"} if held else {})
    assert second.sample == {"OG.O": 15 if held else 15 + newcomers}
    if held or not newcomers:
        assert second[PLAN.id] == first[PLAN.id]


@pytest.mark.parametrize(("corrected", "held"), [(2, True), (3, False)])
def test_corrected_interviews_count_as_newcomers(study: Study, codebook: Codebook, corrected: int, held: bool) -> None:
    two = TwoEditions(study, codebook, "CO")
    first = two.edition("D1.2", 15, age=10, name=6)
    changed = [cohort(edition, corrected, corrected=True) for edition in ("D1.2", "D1.3")]
    second = two.edition("D1.3", 15, [cohort("D1.2 D1.3", 15 - corrected), *changed], [first], age=8, name=6)
    assert bool(second.held_back) is held


@pytest.mark.parametrize(("withdrawn", "withheld"), [(1, True), (2, True), (3, False)])
def test_where_few_were_withdrawn_nothing_is_said_of_the_group(
    study: Study, codebook: Codebook, withdrawn: int, withheld: bool
) -> None:
    two = TwoEditions(study, codebook, "CO")
    first = two.edition("D1.2", 15, age=8, name=6)
    cohorts = [cohort("D1.2 D1.3", 15 - withdrawn), cohort("D1.2", withdrawn)]
    second = two.edition("D1.3", 15 - withdrawn, cohorts, [first], age=7, name=6)
    assert (second[PLAN.id].withheld is not None) is withheld
    assert second.held_back == {}


def test_a_group_that_is_held_back_twice_keeps_the_edition_it_was_reported_in(study: Study, codebook: Codebook) -> None:
    two = TwoEditions(study, codebook, "CO")
    first = two.edition("D1.2", 15, age=10, name=6)
    cohorts = [cohort("D1.2 D1.3 D1.4", 15), cohort("D1.3 D1.4", 2)]
    second = two.edition("D1.3", 17, cohorts, [first], age=10, name=7)
    third = two.edition("D1.4", 17, cohorts, [first, second], age=10, name=7)
    assert (second.held_back, third.held_back) == ({"OG.O": "D1.2"}, {"OG.O": "D1.2"})


def test_what_newcomers_alone_said_is_protected_like_any_count(study: Study, codebook: Codebook) -> None:
    two = TwoEditions(study, codebook, "CO")
    first = two.edition("D1.2", 15, age=10, name=6)
    cohorts = [cohort("D1.2 D1.3", 15), cohort("D1.3", 6)]
    # four of the six newcomers lied about their age, one about the name
    second = two.edition("D1.3", 21, cohorts, [first], age=14, name=7, gender=6)
    assert (shown(first[PLAN.id], "name"), shown(second[PLAN.id], "name")) == (6, None)
    assert shown(second[PLAN.id], "age") is None  # two of the six did not
    assert shown(two.edition("D1.3", 21, cohorts, [first], age=13, name=6)[PLAN.id], "age") == 13


def test_words_of_two_editions_do_not_tell_of_newcomers(study: Study, codebook: Codebook) -> None:
    plan = plan_of("og_lied_about", "O", {"age": "less than half"})
    two = TwoEditions(study, codebook, "PU", plan)
    first = two.edition("D1.2", 15, age=7, name=8)
    assert shown(first[plan.id], "age") == "less than half"
    more = plan_of("og_lied_about", "O", {"age": "most"})
    cohorts = [cohort("D1.2 D1.3", 15), cohort("D1.3", 17)]
    # at most seven of fifteen, then at least 24 of 32: all of the newcomers
    second = dataclasses.replace(two, plan=more).edition("D1.3", 32, cohorts, [first], age=24, name=8)
    assert shown(second[plan.id], "age") is None


def test_editions_that_contradict_each_other_are_refused(study: Study, codebook: Codebook) -> None:
    two = TwoEditions(study, codebook, "CO")
    first = two.edition("D1.2", 15, age=10, name=6)
    cohorts = [cohort("D1.2 D1.3", 15), cohort("D1.3", 6)]
    with pytest.raises(DisclosureRefused, match="contradicts itself or an earlier edition"):
        two.edition("D1.3", 21, cohorts, [first], age=8, name=6, photo=9)


def test_an_earlier_edition_without_its_people_is_refused(study: Study, codebook: Codebook) -> None:
    two = TwoEditions(study, codebook, "CO")
    first = two.edition("D1.2", 15, age=10, name=6)
    with pytest.raises(DisclosureRefused, match=r"D1\.3: it is not known who is in which edition"):
        two.edition("D1.3", 15, [], [first], age=10, name=6)
