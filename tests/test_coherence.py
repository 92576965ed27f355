"""A book whose claims, figures and tables do not hold together is refused, and each contradiction is named."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from small_figures import SPACE
from small_narrative import EXPERTS, FIGURE, OFFENDERS, TABLES, VICTIMS, protected, sources, the_study

from casebook.protected_tables import ProtectedTable, ProtectedTables
from casebook.publication.claims import Claim, Kind
from casebook.publication.coherence import faults_of_claims, faults_of_figures, faults_of_tables

RISK = EXPERTS.key


def book(*tables: ProtectedTable) -> ProtectedTables:
    return sources(Path(), tables or TABLES).protected


def claim(text: str, *cells: str, kind: Kind = "quantity", table: str = RISK) -> Claim:
    return Claim("grooming", kind, table, cells, "exact", text, "grooming.md.j2", 7)


def faults(said: Claim) -> list[str]:
    return [f"{fault.message}: {fault.value}" for fault in faults_of_claims([said], book(), the_study())]


@pytest.mark.parametrize(
    "said",
    [
        claim(f"more than half of the experts (12 of 23, 52{SPACE}%)", "bullying"),
        claim(f"12 of 23 (52{SPACE}%)", "bullying"),
        claim(f"loneliness (20 of 23, 87{SPACE}%) and being bullied (12 of 23, 52{SPACE}%)", "loneliness", "bullying"),
        claim("none of the 23 experts", "school_problems"),
        claim("more than half of the victims", "loneliness", table=VICTIMS.key),
        claim("23 experts", kind="size"),
        claim("eight victims", kind="size", table="OG.V"),
        claim("9 of 15; interval 36 to 99 of 99", kind="comparison", table="elsewhere"),
    ],
    ids=lambda said: said.text,
)
def test_claims_that_their_tables_bear_out_pass(said: Claim) -> None:
    assert faults(said) == []


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (claim("13 of 23", "bullying"), ["not the count of its table: 13 of 23"]),
        (claim("12 of 15", "bullying"), ["not the count of its table: 12 of 15"]),
        (claim("all 23 experts", "bullying"), ["not the count of its table: all 23"]),
        (claim("5 of 8", "loneliness", table=VICTIMS.key), ["not the count of its table: 5 of 8"]),
        (claim(f"12 of 23 (53{SPACE}%)", "bullying"), ["no such percentage of this count: 12 of 23, 53 %"]),
        (claim(f"9 of 15 (60{SPACE}%)", table="elsewhere"), ["the base is too small for a percentage: 9 of 15"]),
        (claim("16 of 15", table="elsewhere"), ["no such count can be: 16 of 15"]),
        (claim("Most experts (12 of 23)", "bullying"), ["the word and the count beside it differ: most, 12 of 23"]),
        (claim("most of them", "bullying", table=OFFENDERS.key), ["a sentence rests on a withheld cell: most of them"]),
        (claim("24 experts", kind="size"), ["a group has another size than is said: 24 experts"]),
        (claim("nine victims", kind="size", table="OG.V"), ["a group has another size than is said: nine victims"]),
        (claim("9 of 15", "bullying", kind="comparison"), ["a count of another number of interviews: 9 of 15"]),
    ],
    ids=lambda value: value.text if isinstance(value, Claim) else "",
)
def test_a_claim_that_contradicts_its_table_its_word_or_arithmetic_is_named(said: Claim, expected: list[str]) -> None:
    if said.table == OFFENDERS.key:
        said = replace(said, cells=("personality",))
    assert faults(said) == expected


def test_a_fault_names_template_and_line() -> None:
    (fault,) = faults_of_claims([claim("13 of 23", "bullying")], book(), the_study())
    assert (fault.file, fault.place) == ("grooming.md.j2", "line 7")


@pytest.mark.parametrize(
    ("alt", "caption", "expected"),
    [
        ("Being bullied, 12 of 23.", "Experts, n = 23.", []),
        ("Being bullied, 13 of 23.", "Experts, n = 23.", ["13 of 23"]),
        ("Being bullied, 12 of 23.", "Experts, n = 24.", ["n = 24"]),
    ],
)
def test_a_figure_gives_no_count_that_its_tables_do_not_have(alt: str, caption: str, expected: list[str]) -> None:
    figure = replace(FIGURE, alt=alt, caption=caption, tables=(RISK,))
    assert [fault.value for fault in faults_of_figures({"OG/pooled/risk": figure}, book())] == expected


def test_a_part_is_no_larger_than_its_whole_and_experts_share_no_denominator_with_cases() -> None:
    assert list(faults_of_tables(book(), the_study())) == []
    larger = replace(EXPERTS, base=22, group_size=21)
    shared = replace(EXPERTS, group="EO", base=None, group_size=None)
    other = replace(EXPERTS, group_size=24)
    said = {
        table: [fault.message for fault in faults_of_tables(book(changed), the_study())]
        for table, changed in (("larger", larger), ("shared", shared), ("other", other))
    }
    assert said == {
        "larger": ["a part is larger than its whole", "the group has another size than the sample"],
        "shared": ["experts share a denominator with cases"],
        "other": ["the group has another size than the sample"],
    }


@pytest.mark.parametrize(("self", "fits"), [(6, False), (7, True), (9, True), (10, False)])
def test_answers_that_count_as_one_add_up_to_it(self: int, fits: bool) -> None:
    """Seven lied about their age and two about their name: of several answers, seven to nine gave any of the two."""
    table = protected(OFFENDERS.id, {"age": 7, "name": 2, "self": self}, base=12)
    messages = [fault.message for fault in faults_of_tables(book(table), the_study())]
    assert messages == ([] if fits else ["the answers of self do not add up to it"])


def test_single_answers_add_up_to_the_interviews() -> None:
    counts = {cell.level: 0 for cell in EXPERTS.cells}
    for most, expected in ((23, []), (22, ["the answers do not add up to the number of interviews"])):
        table = replace(protected(RISK, {**counts, "bullying": most}), multi=False)
        assert [fault.message for fault in faults_of_tables(book(table), the_study())] == expected
