"""Every finding of the study is said in both editions at both levels, in the form its policy prescribes."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass

import pytest
from rehearsal import EDITIONS, PROJECT, Rehearsal

from casebook.publication.claims import Claim
from casebook.study import PlannedTable

WORDS = {"named": "named", "most": "most", "more_than_half": "more than half", "less_than_half": "less than half"}
#: A condition that only bounds another one of the same finding, and that no word at PU may say.
BOUNDS = {"not_all", "all", "none"}


@dataclass(frozen=True)
class Condition:
    """One condition of a finding: levels of a variable that count as one, in a group, and how many have them."""

    finding: str
    crime: str
    group: str
    variable: str
    levels: frozenset[str]
    relation: str
    subgroup: bool

    @property
    def name(self) -> str:
        return f"{self.finding} {self.variable}={'|'.join(sorted(self.levels))} {self.relation}"


def conditions() -> list[Condition]:
    with (PROJECT / "data" / "findings.csv").open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["conditions"]]
    return [condition for row in rows for condition in _conditions_of(row)]


def _conditions_of(row: dict[str, str]) -> list[Condition]:
    parsed = []
    for text in row["conditions"].split("; "):
        plain, _, among = text.partition(" among ")
        variable, _, rest = plain.partition("=")
        levels, _, relation = rest.rpartition(" ")
        crimes = ["OG", "CB", "HT"] if row["crime"] == "ALL" else [row["crime"]]
        for crime in crimes:
            found = (crime, row["group"], variable, frozenset(levels.split("|")), relation, bool(among))
            parsed.append(Condition(row["id"], *found))
    return parsed


def claims_of(condition: Condition, rehearsal: Rehearsal) -> list[Claim]:
    """The printed claims that rest on the finding's cell; a ranking or list counts where it names the cell."""
    keys = {plan.id: cell for plan in rehearsal.study.tables.values() if (cell := planned_cell(condition, plan))}
    said = [claim for claim in rehearsal.claims if claim.kind != "assertion" and claim.table in keys]
    return [claim for claim in said if keys[claim.table] in claim.cells]


def planned_cell(condition: Condition, plan: PlannedTable) -> str | None:
    about = (condition.crime, condition.group, condition.variable, condition.subgroup)
    if (plan.crime, plan.group, plan.variable, bool(plan.among)) != about:
        return None
    if len(condition.levels) == 1:
        return next(iter(condition.levels))
    return next((name for name, members in plan.together.items() if set(members) == condition.levels), None)


@pytest.mark.parametrize(("edition", "level"), EDITIONS)
@pytest.mark.parametrize("condition", [c for c in conditions() if c.relation not in BOUNDS], ids=lambda c: c.name)
def test_each_finding_is_a_sentence(
    condition: Condition, edition: str, level: str, rehearsals: dict[tuple[str, str], Rehearsal]
) -> None:
    rehearsal = rehearsals[edition, level]
    claims = claims_of(condition, rehearsal)
    assert claims, "no sentence rests on the finding's cell"
    exact = level == "CO" or condition.group == "E"
    for claim in claims:
        assert claim.sentence, claim
        assert _plain(claim.text) in _plain(claim.sentence)
    if exact:
        assert any(re.search(r"\d+ of (them|\d+)|all \d+|none of", claim.text) for claim in claims), claims
    elif condition.relation == "most_frequent":
        assert any(claim.kind == "ranking" for claim in claims)
    else:
        assert any(_says(claim, condition, rehearsal) for claim in claims), claims


def _plain(text: str) -> str:
    return " ".join(text.split()).lower()


def _says(claim: Claim, condition: Condition, rehearsal: Rehearsal) -> bool:
    """Whether a claim gives the finding's own word at PU; of two conditions on one cell, the planned one is said."""
    plan = next(p for p in rehearsal.study.tables.values() if p.id == claim.table)
    cell = planned_cell(condition, plan)
    planned = plan.words.get(cell or "")
    if planned == "named":
        return claim.kind == "list" or "named" in claim.sentence or "at least one" in claim.text
    return planned is not None and planned in claim.text.lower()


@pytest.mark.parametrize(("edition", "level"), EDITIONS)
def test_findings_are_compared_one_by_one_and_agree_by_and_large(
    edition: str, level: str, rehearsals: dict[tuple[str, str], Rehearsal]
) -> None:
    """OG-26, X-02 and X-03, and the contradiction that must be shown: HT-09 against the Dutch files."""
    claims = [claim for claim in rehearsals[edition, level].claims if claim.page == "comparison"]
    reached = [c for c in claims if c.kind == "comparison" and c.form in ("agrees", "contradicts")]
    verdicts = {(c.table, c.cells): c.text for c in reached}
    assert verdicts["OG.V.v_age_onset", ("thirteen_or_older",)] == "agrees in direction"
    assert verdicts["OG.O.relation", ("known_before",)] == "contradicts in direction"
    opinion = "contradicts in direction (opinion against case files)"
    assert verdicts["HT.E.ht_means", ("emotional_dependence", "fear_of_losing_partner")] == opinion
    assert verdicts["HT.E.ht_means", ("threats", "physical_abuse", "blackmail_images")] == opinion
    together = next(c for c in claims if c.table == "comparisons" and c.form == "agrees")
    assert together.text == "more than half of the findings with an independent counterpart (7 of 10)"
    assert "agree by and large" in together.sentence


@pytest.mark.parametrize(("edition", "level"), EDITIONS)
def test_the_coders_smallest_alpha_is_told_and_nothing_of_few_people(
    edition: str, level: str, rehearsals: dict[tuple[str, str], Rehearsal]
) -> None:
    rehearsal = rehearsals[edition, level]
    sentences = [c.sentence for c in rehearsal.claims if c.kind == "agreement" and c.form == "exact"]
    smallest = min(e.experts.alpha.value for e in rehearsal.protected.agreement if e.experts and e.experts.alpha.value)
    assert any(f"{smallest:.2f}" in sentence for sentence in sentences)
    reported = {plan.variable for plan in rehearsal.study.planned(edition) if plan.group == "E"}
    assert {e.variable for e in rehearsal.protected.agreement if e.experts} <= reported


@pytest.mark.parametrize(("edition", "level"), EDITIONS)
def test_nothing_is_said_that_the_counts_do_not_bear_out(
    edition: str, level: str, rehearsals: dict[tuple[str, str], Rehearsal]
) -> None:
    assert rehearsals[edition, level].untruths == []


@pytest.mark.parametrize(("edition", "level"), EDITIONS)
@pytest.mark.parametrize("chapter", ["grooming", "cyberbullying", "trafficking"])
def test_each_crime_chapter_says_at_least_ten_things(
    edition: str, level: str, chapter: str, rehearsals: dict[tuple[str, str], Rehearsal]
) -> None:
    rehearsal = rehearsals[edition, level]
    own = [claim for claim in rehearsal.claims if claim.page.split("/")[0] == chapter]
    said = [claim for claim in own if claim.kind in ("quantity", "list", "ranking")]
    assert len({claim.sentence for claim in said}) >= 10


@pytest.mark.parametrize(("edition", "level"), EDITIONS)
def test_no_page_is_empty_and_no_section_says_only_that_something_is_withheld(
    edition: str, level: str, rehearsals: dict[tuple[str, str], Rehearsal]
) -> None:
    rehearsal = rehearsals[edition, level]
    for page in rehearsal.pages:
        for section in re.split(r"^#{1,2} ", rehearsal.text(page), flags=re.MULTILINE)[1:]:
            body = section.partition("\n")[2].strip()
            sentences = [s for s in re.split(r"(?<=\.)\s", body) if s]
            assert not sentences or any("cannot be reported" not in s for s in sentences), (page, section)
        assert len(rehearsal.text(page)) > 200, page
