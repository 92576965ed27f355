"""Anonymity of the input: how many share what could point at somebody, and what is refused with what to merge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd
import pytest
from small_desk import handed_in
from small_project import casebook, small_project

from casebook.codebook import Codebook
from casebook.errors import DataRefused
from casebook.folders import DATA_VARIABLE
from casebook.restricted.anonymity import SharedLevel, anonymity_of, faults_of_edition, refuse_identifying
from casebook.restricted.interviews import RestrictedStudy
from casebook.study import Anonymity, AnonymityLimits, Size

Person = Mapping[str, str | Sequence[str]]
GIRL: Person = {"v_gender": "girl"}
BOY: Person = {"v_gender": "boy"}
UNTOLD: Person = {"v_gender": ""}
SENSITIVE = "v_orientation"


def size(value: int) -> Size:
    return Size(value=value, why="as the test needs it")


def limits(*, smallest: int = 3, different: int = 1, from_: int = 1) -> AnonymityLimits:
    return AnonymityLimits(assessed_from=size(from_), smallest_class=size(smallest), different_answers=size(different))


def study_of(people: Sequence[Person], codebook: Codebook, *, crime: str = "OG", roles: str = "V") -> RestrictedStudy:
    """A study of people of one crime, their roles in turn; an empty answer is one that is missing."""
    names = [f"{crime}-{number:04}" for number in range(1, len(people) + 1)]
    rows = [
        (name, crime, role, "BE", 2, "A", "main", variable, level, "" if level else "refused")
        for name, role, person in zip(names, roles * len(people), people, strict=False)
        for variable, told in person.items()
        for level in ([told] if isinstance(told, str) else told)
    ]
    stratum = ["crime", "role", "country", "wave"]
    codings = pd.DataFrame(rows, columns=["interview", *stratum, "coder", "kind", "variable", "level", "missing"])
    return RestrictedStudy(codebook, codings.groupby("interview")[stratum].first(), codings)


def faults(people: Sequence[Person], codebook: Codebook, limit: AnonymityLimits, **about: str) -> list[str]:
    return list(map(str, faults_of_edition(study_of(people, codebook, **about), limit, "D1.2")))


@pytest.mark.parametrize(
    ("boys", "untold", "refused"),
    [(0, 0, False), (1, 0, True), (2, 0, True), (3, 0, False), (1, 1, True), (1, 2, False), (2, 1, False)],
)
def test_an_answer_is_shared_by_enough_or_by_nobody_and_a_missing_one_could_be_any(
    boys: int, untold: int, refused: bool, codebook: Codebook
) -> None:
    people = [GIRL] * 5 + [BOY] * boys + [UNTOLD] * untold
    told = faults(people, codebook, limits())
    assert told == (
        [
            "interviews of D1.2: OG V, v_gender: so few interviews share this level that it could identify somebody; "
            "found boy; allowed: 3 interviews or more; do: merge it with girl in the codebook, or code the answer of "
            "these interviews as not_coded"
        ]
        if refused
        else []
    )


@pytest.mark.parametrize(
    ("told", "different", "refused"),
    [
        (["heterosexual"] * 3, 2, True),
        (["heterosexual"] * 2 + ["non_heterosexual"], 2, False),
        (["heterosexual"] * 2 + [""], 2, False),
        (["heterosexual"] * 2 + ["non_heterosexual"], 3, True),
        (["heterosexual"] * 3, 1, False),
    ],
)
def test_those_who_share_an_answer_differ_in_what_is_sensitive(
    told: list[str], different: int, refused: bool, codebook: Codebook
) -> None:
    people = [{**BOY, SENSITIVE: level} for level in told]
    found = faults(people, codebook, limits(different=different))
    assert bool(found) == refused
    if found:
        assert "all who share this level gave the same sensitive answers; found boy" in found[0]
        assert f"allowed: {different} or more different answers" in found[0]


def test_what_all_answered_alike_is_named(codebook: Codebook) -> None:
    people = [{**BOY, SENSITIVE: "heterosexual", "og_material": [level]} for level in ("sexual_talk", "photos")]
    (group,) = anonymity_of(study_of(people, codebook))
    assert group.shared[0].alike == (SENSITIVE,)


def test_ordered_levels_merge_with_the_nearest_others_with_the_rarest() -> None:
    bands = SharedLevel("o_age", "50+", 1, 0, 1, (), near=(("40-49", 1), ("30-39", 6)))
    assert bands.merged_with(2) == ("40-49",)
    assert bands.merged_with(3) == ("40-49", "30-39")


def test_the_nearest_level_is_told_by_the_order_of_the_codebook(codebook: Codebook) -> None:
    people = [{"v_age_onset": band} for band in ["13-14"] * 4 + ["15-16"] * 3 + ["17"]]
    (told,) = faults(people, codebook, limits())
    assert "found 17; " in told
    assert "merge it with 15-16 in the codebook" in told


def test_experts_speak_of_cases_and_are_not_assessed(codebook: Codebook) -> None:
    assert anonymity_of(study_of([{"o_age": "50+"}], codebook, roles="E")) == ()


def test_offenders_and_victims_told_together_are_one_group(codebook: Codebook) -> None:
    (group,) = anonymity_of(study_of([GIRL, GIRL, BOY, BOY], codebook, crime="HT", roles="OV"))
    assert (group.group, group.interviews) == ("HT OV", 4)
    assert [(shared.level, shared.size) for shared in group.shared] == [("girl", 2), ("boy", 2)]


def test_of_a_smaller_group_nothing_is_published_and_nothing_refused(codebook: Codebook) -> None:
    people = [GIRL] * 3 + [BOY]
    assert faults(people, codebook, limits(from_=5)) == []
    assert faults(people, codebook, limits(from_=4)) != []


def test_who_is_alone_in_all_answers_together_is_counted(codebook: Codebook) -> None:
    bands = ["13-14", "13-14", "15-16"]
    (group,) = anonymity_of(study_of([{**GIRL, "v_age_onset": band} for band in bands], codebook))
    assert group.alone == 1


def test_every_edition_is_refused_at_once(codebook: Codebook) -> None:
    coded = study_of([GIRL] * 3 + [BOY], codebook)
    with pytest.raises(DataRefused) as refusal:
        refuse_identifying(
            {"D1.2": coded, "D1.3": coded}, (), codebook, limits=Anonymity(study=limits(), submission=limits())
        )
    assert [fault.file for fault in refusal.value.faults] == ["interviews of D1.2", "interviews of D1.3"]


# Where it is asked


def strict(project: Path) -> Path:
    """A project whose policy is more than its few interviews can keep."""
    path = project / "study.yml"
    text = path.read_text("utf-8")
    old, new = (
        "assessed_from: {value: 10, why: W}\n    smallest_class: {value: 2",
        "assessed_from: {value: 1, why: W}\n    smallest_class: {value: 9",
    )
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), "utf-8")
    return project


def test_a_submission_below_the_policy_is_refused_by_check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(DATA_VARIABLE, raising=False)
    result = casebook(strict(small_project(tmp_path)), "check")
    assert result.exit_code == 11
    assert "data/countries/BE/BE-W1: OG V, v_age_onset: so few interviews share this level" in result.stderr


def test_a_partner_is_told_what_to_merge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(DATA_VARIABLE, raising=False)
    project = strict(small_project(tmp_path))
    result = casebook(
        project, "add-country", "ES", str(handed_in(tmp_path)), "--synthetic", "--dry-run", "--language", "es"
    )
    assert result.exit_code == 11
    (report,) = (project / "_build" / "restricted" / "desk").glob("*/report.html")
    text = report.read_text("utf-8")
    assert "tan pocas entrevistas tienen este valor que podría identificar a alguien" in text
    assert "únalo con " in text
    assert "9 entrevistas o más" in text
