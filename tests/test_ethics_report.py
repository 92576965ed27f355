"""The report to the ethics officer: what is withheld and why, who can work out what, what more would change."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from small_narrative import protected, the_codebook, the_study

from casebook.disclosure_control.ledger import Ledger, entered
from casebook.errors import DisclosureRefused
from casebook.ethics.findings import Findings, Made, findings
from casebook.ethics.report import report
from casebook.ethics.withholding import lacking_in, withheld_from
from casebook.folders import Folders
from casebook.protected_tables import ProtectedTable, ProtectedTables
from casebook.restricted.anonymity import GroupAnonymity, SharedLevel
from casebook.restricted.frequency_tables import FrequencyTable
from casebook.study import Size, Study

#: The base of the victims, and what so many of them gave as an answer: small, small rest, nobody, enough.
BASE = 8
COUNTS = {"bullying": 2, "loneliness": 6, "school_problems": 4}


def counted(
    table: ProtectedTable, counts: Mapping[str, int], *, country: str = "pooled", base: int = BASE
) -> FrequencyTable:
    levels = {cell.level: counts.get(cell.level, 0) for cell in table.cells}
    return FrequencyTable(
        id=table.id,
        variable=table.variable,
        crime=table.crime,
        group=table.group,
        country=country,
        group_size=base,
        whole_group=base,
        base=base,
        missing={},
        counts=levels,
        sets=(),
        multi=True,
        exclusive=(),
    )


@cache
def study() -> Study:
    """The small study with a consortium: counts of people from three on, groups and countries from eight."""
    small = the_study()
    public = small.policies["public"]
    three, eight = (Size(value=number, why="customary") for number in (3, 8))
    changes = {"cases_form": "exact", "threshold": three, "smallest_group_of_cases": eight, "country_cases": eight}
    level = small.dissemination["PU"].model_copy(update={"reader": "consortium", "policy": "consortium"})
    return small.model_copy(
        update={
            "policies": {**small.policies, "consortium": public.model_copy(update=changes)},
            "dissemination": {**small.dissemination, "CO": level},
        }
    )


VICTIMS = protected("OG.V.og_v_risk", {}, base=BASE)
COUNTED = counted(VICTIMS, COUNTS)
BOOK = ProtectedTables("D1.2", "CO", {VICTIMS.key: VICTIMS}, {"OG.V": BASE}, {})


def reasons(book: ProtectedTables) -> dict[str, tuple[str, int]]:
    found = withheld_from(book, {COUNTED.key: COUNTED}, study(), the_codebook())
    return {cell.level: (cell.reason, cell.more) for cell in found.withheld}


def test_a_group_that_is_held_back_is_told_with_the_counts_that_its_tables_rest_on() -> None:
    later = counted(VICTIMS, {**COUNTS, "bullying": 3}, base=BASE + 1)
    book = replace(BOOK, edition="D1.3", held_back={"OG.V": "D1.2"})
    made = Made({"D1.2": [COUNTED], "D1.3": [later]}, {("D1.3", "CO"): book})
    assert made.counts_of(book) == {COUNTED.key: COUNTED}
    assert made.counts_of(replace(book, held_back={})) == {later.key: later}


def test_each_withheld_cell_has_its_reason_and_what_it_lacks() -> None:
    told = reasons(BOOK)
    assert told["bullying"] == ("too few people gave the answer", 1)
    assert told["loneliness"] == ("too few people did not give it", 0)
    assert told["disability"] == ("nobody or everybody gave a sensitive answer", 0)
    assert told["school_problems"] == ("it could be worked out from what is printed", 0)


def test_where_words_stand_the_plan_is_a_reason() -> None:
    told = reasons(replace(BOOK, dissemination="PU"))
    assert told["school_problems"][0] == "no word was planned for the answer"


def test_a_table_that_is_withheld_as_a_whole_gives_its_own_reason() -> None:
    whole = replace(VICTIMS, withheld="too few interviews")
    assert set(reasons(replace(BOOK, tables={whole.key: whole})).values()) == {("too few interviews", 0)}


def test_cells_within_reach_are_counted_by_what_they_lack() -> None:
    found = withheld_from(BOOK, {COUNTED.key: COUNTED}, study(), the_codebook())
    assert found.within_reach == {1: 1}
    assert sum(found.reasons.values()) == len(VICTIMS.cells)


@pytest.mark.parametrize(("interviews", "numbers"), [(2, (2, 8, 6)), (8, (8, 8, 0))])
def test_a_country_without_results_of_its_own_is_told_what_it_lacks(
    interviews: int, numbers: tuple[int, int, int]
) -> None:
    own = counted(VICTIMS, {"bullying": interviews}, country="BE", base=interviews)
    (lacking,) = lacking_in(BOOK, [COUNTED, own], study())
    assert (lacking.group, lacking.country, lacking.numbers) == ("OG V", "BE", numbers)


def test_a_group_that_is_large_enough_lacks_nothing() -> None:
    assert lacking_in(BOOK, [COUNTED], study()) == ()


# The page

AUDIT = {
    "passed": True,
    "solver": "HiGHS",
    "readers": [
        {
            "reader": "consortium",
            "books": [["D1.2", "CO"]],
            "tried": 12,
            "smallest_width": 3,
            "targets": [
                {
                    "group": "OG.V",
                    "table": ["OG.V.og_v_risk"],
                    "cell": ["bullying"],
                    "people": "all in D1.2",
                    "lower": lower,
                    "upper": 5,
                    "base": BASE,
                    "insider": lower == 2,
                    "reason": "",
                }
                for lower in (0, 2)
            ],
            "exposed": [],
        }
    ],
}
SHARED = SharedLevel("v_gender", "boy", 3, 0, 2, ("v_orientation",), (("girl", 5),))
PEOPLE = {"D1.2": (GroupAnonymity("OG V", BASE, 7, (SHARED,)),)}


def gathered(root: Path, *, audit: object = AUDIT, log: object = None, ledger: Ledger | None = None) -> Findings:
    """What a build leaves in a folder, and what is told of it."""
    folders = Folders(root)
    for path, content in ((folders.audit, audit), (folders.quotation_log("D1.2", "CO"), log)):
        path.parent.mkdir(parents=True, exist_ok=True)
        if content is not None:
            path.write_text(json.dumps(content), "utf-8")
    made = Made({"D1.2": [COUNTED]}, {("D1.2", "CO"): BOOK})
    return findings(folders, study(), the_codebook(), made=made, anonymity=PEOPLE, ledger=ledger or Ledger())


def page(found: Findings) -> BeautifulSoup:
    return BeautifulSoup(report(found, study(), the_codebook()), "html.parser")


def text(found: Findings) -> str:
    return " ".join(page(found).get_text(" ").split())


def test_it_tells_what_is_withheld_and_how_alike_the_interviews_are(tmp_path: Path) -> None:
    told = text(gathered(tmp_path))
    assert "2 of 8 too few people gave the answer" in told
    assert "D1.2 online grooming, victims 8 7 Gender of the victim: Boy 3 2" in told
    assert "Boy 3 Sexual orientation of the victim" in told
    assert "D1.2 CO 1 1" in told
    assert "Nothing was released yet." in told


def test_the_intervals_of_each_reader_come_narrowest_first(tmp_path: Path) -> None:
    told = text(gathered(tmp_path))
    assert "The disclosure audit has passed." in told
    assert "12 numbers were tried. The narrowest interval of a number that is not printed is 3 wide" in told
    first, second = (told.index(f"{bounds} to 5 wide enough") for bounds in (2, 0))
    assert first < second
    assert "all in D1.2, asked by one of them 2 to 5" in told


def test_without_an_audit_it_says_that_nothing_may_be_published(tmp_path: Path) -> None:
    assert "The disclosure audit has not run." in text(gathered(tmp_path, audit=None))


def test_what_is_printed_is_no_interval_and_what_tells_too_much_always_is_one(tmp_path: Path) -> None:
    audit: dict[str, Any] = json.loads(json.dumps(AUDIT))
    printed, told = audit["readers"][0]["targets"]
    printed.update(lower=5, upper=5)
    told.update(lower=5, upper=5, reason="the number is known too closely")
    (reach,) = gathered(tmp_path, audit=audit).reach or ()
    assert [(one.lower, one.upper, one.reason) for one in reach.intervals] == [(5, 5, told["reason"])]


def test_what_the_audit_exposed_stands_first(tmp_path: Path) -> None:
    audit: dict[str, Any] = json.loads(json.dumps(AUDIT))
    audit["readers"][0]["exposed"] = [audit["readers"][0]["targets"][0]]
    assert "The disclosure audit has found 1 numbers that tell too much." in text(gathered(tmp_path, audit=audit))


def test_it_tells_what_became_of_quotations_and_of_earlier_editions(tmp_path: Path) -> None:
    rows = [
        {"name": "BE-W1/Q1", "interview": "OG-1002", "printed": True, "reason": ""},
        {"name": "BE-W1/Q2", "interview": "OG-1002", "printed": False, "reason": "too few offices have approved it"},
    ]
    ledger = entered(Ledger(), study().editions["D1.2"].model_copy(update={"earlier": None}), [BOOK])
    told = text(gathered(tmp_path, log={"quotations": rows}, ledger=ledger))
    assert "D1.2 CO BE-W1/Q1 OG-1002 printed" in told
    assert "D1.2 CO BE-W1/Q2 OG-1002 too few offices have approved it" in told
    assert f"its digest is {ledger.digest('CO')} ." in told


def test_it_is_one_page_that_asks_nothing_of_anybody_else(tmp_path: Path) -> None:
    made = page(gathered(tmp_path))
    assert made.find_all(["script", "link", "img", "iframe"]) == []
    named = {str(target["id"]) for target in made.find_all(id=True)}
    assert {str(link["href"]) for link in made.find_all("a")} <= {f"#{name}" for name in named}
    assert "never published" in made.get_text()


def test_each_limit_stands_with_its_reason(tmp_path: Path) -> None:
    told = text(gathered(tmp_path))
    for name, policy in study().policies.items():
        assert f"{name} threshold {policy.threshold.value} {policy.threshold.why}" in told
    assert "edition: smallest class 2 W" in told


def test_it_lies_among_what_may_show_people(tmp_path: Path) -> None:
    folders = Folders(tmp_path)
    for place in (folders.ethics_report, folders.audit, folders.quotation_log("D1.2", "PU")):
        assert place.is_relative_to(folders.restricted)


def test_an_audit_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "_build" / "restricted").mkdir(parents=True)
    Folders(tmp_path).audit.write_text("{", "utf-8")
    with pytest.raises(DisclosureRefused, match=r"disclosure-audit\.json: the file cannot be read; do: build again"):
        gathered(tmp_path, audit=None)
