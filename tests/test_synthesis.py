"""The synthetic study: the sample that was published, every finding of it, and the same bytes for the same recipe."""

from __future__ import annotations

import csv
import os
import re
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from casebook.codebook import Codebook, read_codebook
from casebook.errors import DataRefused, Fault, StudyRefused
from casebook.restricted.quotations import APPROVALS_FILE, OFFICES, PERMITTED
from casebook.restricted.submission_tables import MISSING_KINDS
from casebook.restricted.submissions import read_submissions, submission_folders
from casebook.restricted.synthesis import synthesise
from casebook.restricted.synthesis.design import (
    Design,
    Group,
    Leaning,
    Wish,
    faults_of_leanings,
    faults_of_wishes,
    read_design,
)

ROOT = Path(__file__).parents[1]
FINDINGS = ROOT / "data" / "findings.csv"
WRONG_SUM = "the answers do not add up to the interviews that answer"
ROLES = {"E": ("E",), "O": ("O",), "V": ("V",), "OV": ("O", "V")}


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


FINDING_ROWS = rows_of(FINDINGS)
DECIDED = [row for row in FINDING_ROWS if row["conditions"] and row["group"] in ROLES]
COUNTED = [row for row in DECIDED if re.fullmatch(r"[\d; -]+ of \d+( each)?", row["synthetic_count"])]
IDS = tuple(row["id"] for row in DECIDED)
STRATA = {
    ("OG", "E", "1"): 23,
    ("OG", "O", "1"): 15,
    ("OG", "V", "1"): 8,
    ("CB", "E", "1"): 13,
    ("CB", "O", "1"): 8,
    ("CB", "V", "1"): 12,
    ("HT", "E", "1"): 11,
    ("HT", "O", "2"): 5,
    ("HT", "V", "2"): 5,
}
Given = Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class Study:
    """A synthetic study as a reader of its files sees it."""

    interviews: Mapping[str, Mapping[str, str]]
    coders: Mapping[str, Mapping[str, Mapping[str, frozenset[str]]]]

    def coded(self, interview: str) -> Given:
        """The consensus where there is one, else what the main coder coded."""
        coders = self.coders[interview]
        return coders.get("CONS") or coders["A"]

    def group(self, crime: str, group: str) -> list[Given]:
        members = [i for i, row in self.interviews.items() if row["crime"] == crime and row["role"] in ROLES[group]]
        return [self.coded(interview) for interview in members]


def read_study(folder: Path) -> Study:
    """The interviews and codings under `folder/countries`; a missing answer is kept as `missing:<kind>`."""
    interviews: dict[str, dict[str, str]] = {}
    coders: dict[str, dict[str, dict[str, frozenset[str]]]] = defaultdict(lambda: defaultdict(dict))
    for path in sorted((folder / "countries").glob("*/*/interview.csv")):
        interviews |= {row["interview"]: row for row in rows_of(path)}
        for row in rows_of(path.with_name("coding.csv")):
            cells = coders[row["interview"]][row["coder"]]
            answer = row["level"] or f"missing:{row['missing']}"
            cells[row["variable"]] = cells.get(row["variable"], frozenset()) | {answer}
    return Study(interviews, coders)


def answers(given: list[Given], variable: str) -> list[frozenset[str]]:
    """What those who answered answer."""
    chosen = [one[variable] for one in given]
    return [levels for levels in chosen if not any(level.startswith("missing:") for level in levels)]


def condition_holds(condition: str, given: list[Given]) -> bool:
    """Whether one condition such as `og_lied_about=age most` is true of a group."""
    match = re.fullmatch(r"(\w+)=(\S+) (\w+)(?: among (\w+)=(\S+))?", condition.strip())
    if match is None:
        raise ValueError(condition)
    variable, levels, relation, among, members = match.groups()
    if among:
        given = [one for one in given if one[among] >= set(members.split("&"))]
    answered = answers(given, variable)
    n, base = sum(bool(one & set(levels.split("|"))) for one in answered), len(answered)
    counts = Counter(level for one in answered for level in one)
    rivals = [count for level, count in counts.items() if level != levels]
    return {
        "named": n >= 1,
        "most": 4 * n >= 3 * base,
        "more_than_half": 2 * n > base,
        "less_than_half": 2 * n < base,
        "not_all": n < base,
        "all": n == base,
        "none": n == 0,
        "most_frequent": n > max(rivals, default=0),
    }[relation]


def finding_holds(finding: Mapping[str, str], study: Study) -> bool:
    """Whether all conditions of a finding are true of its group, for every crime it is about."""
    crimes = ("OG", "CB", "HT") if finding["crime"] == "ALL" else (finding["crime"],)
    return all(
        condition_holds(condition, study.group(crime, finding["group"]))
        for crime in crimes
        for condition in finding["conditions"].split(";")
    )


@pytest.fixture(scope="module")
def codebook() -> Codebook:
    return read_codebook(ROOT / "data")


@pytest.fixture(scope="module")
def design(codebook: Codebook) -> Design:
    return read_design(codebook)


@pytest.fixture(scope="module")
def committed() -> Study:
    return read_study(ROOT / "data")


@pytest.fixture(scope="module")
def seed() -> int:
    """The seed that the README of the data names."""
    match = re.search(r"--seed (\d+)", (ROOT / "data" / "README.md").read_text(encoding="utf-8"))
    assert match, "data/README.md must say how the data are made again"
    return int(match[1])


def files_of(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted([folder / APPROVALS_FILE, *(folder / "countries").glob("*/*/*")])
        if path.is_file()
    }


class TestTheCommittedStudy:
    """data/countries, as it is in the repository."""

    @pytest.mark.parametrize("finding", DECIDED, ids=IDS)
    def test_bears_out_the_finding(self, finding: Mapping[str, str], committed: Study) -> None:
        assert finding_holds(finding, committed)

    @pytest.mark.parametrize("finding", COUNTED, ids=[row["id"] for row in COUNTED])
    def test_has_the_count_that_the_findings_ask_for(self, finding: Mapping[str, str], committed: Study) -> None:
        ranges = re.findall(r"(\d+)(?:-(\d+))?", finding["synthetic_count"].partition(" of ")[0])
        given = committed.group(finding["crime"], finding["group"])
        for place, condition in enumerate(finding["conditions"].split(";")):
            variable, levels = condition.split()[0].split("=")
            low, high = ranges[min(place, len(ranges) - 1)]
            n = sum(bool(one & set(levels.split("|"))) for one in answers(given, variable))
            assert int(low) <= n <= int(high or low)

    def test_has_twelve_offenders_with_both_strategies_eight_of_whom_threatened(self, committed: Study) -> None:
        both = [one for one in committed.group("OG", "O") if one["og_strategy"] >= {"implication", "coercion"}]
        assert len(both) == 12
        assert sum("break_off_relationship" in one["og_threat"] for one in both) >= 8

    @pytest.mark.parametrize(("crime", "group"), [("OG", "O"), ("OG", "V"), ("CB", "O"), ("CB", "V"), ("HT", "OV")])
    def test_has_mostly_answers_that_may_be_told_of_persons(self, crime: str, group: str, committed: Study) -> None:
        given = committed.group(crime, group)
        counts = Counter((v, level) for one in given for v in one for level in one[v] if "missing:" not in level)
        told = [count for count in counts.values() if 3 <= count <= len(given) - 3]
        assert len(told) > 0.8 * len(counts)
        assert set(counts.values()) & {1, 2}, "rare answers must occur, since they must be withheld"

    def test_has_the_published_sample(self, committed: Study) -> None:
        sizes = Counter((row["crime"], row["role"], row["wave"]) for row in committed.interviews.values())
        assert sizes == STRATA

    def test_has_countries_on_either_side_of_every_gate(self, committed: Study) -> None:
        at = Counter((row["crime"], row["role"], row["country"]) for row in committed.interviews.values())
        assert (at["HT", "E", "BE"], at["OG", "E", "ES"], at["OG", "E", "GB"], at["CB", "V", "LV"]) == (11, 11, 6, 3)
        assert "GR" not in {row["country"] for row in committed.interviews.values()}

    def test_answers_every_offender_and_victim_variable_that_a_finding_uses(self, committed: Study) -> None:
        for finding in DECIDED:
            if finding["group"] == "E":
                continue
            given = committed.group(finding["crime"], finding["group"])
            for variable in re.findall(r"(\w+)=", finding["conditions"]):
                assert len(answers(given, variable)) == len(given)

    def test_has_missing_answers_of_every_kind(self, committed: Study) -> None:
        found = {
            answer.removeprefix("missing:")
            for interview in committed.interviews
            for levels in committed.coded(interview).values()
            for answer in levels
            if answer.startswith("missing:")
        }
        assert found == set(MISSING_KINDS)

    def test_quotes_every_crime_where_it_is_permitted_and_no_words_twice(self) -> None:
        quoted = [row for path in (ROOT / "data").glob("countries/*/*/quotation.csv") for row in rows_of(path)]
        permitted = {
            row["interview"]
            for path in (ROOT / "data").glob("countries/*/*/interview.csv")
            for row in rows_of(path)
            if row["quote_permission"] == PERMITTED
        }
        assert {row["interview"] for row in quoted} == permitted
        assert {row["interview"][:2] for row in quoted} == {"OG", "CB", "HT"}
        assert len({row["text"] for row in quoted}) == len(quoted)
        assert max(Counter(row["interview"] for row in quoted).values()) == 2

    def test_has_quotations_that_one_office_has_approved_and_others_that_two_have(self) -> None:
        rows = rows_of(ROOT / "data" / APPROVALS_FILE)
        offices = Counter((row["submission"], row["quotation"]) for row in rows)
        assert set(offices.values()) == {1, 2}
        assert {row["office"] for row in rows} <= set(OFFICES)

    def test_is_coded_twice_in_every_stratum(self, committed: Study) -> None:
        doubled, all_of = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
        for interview, row in committed.interviews.items():
            all_of[row["crime"], row["role"]] += 1
            doubled[row["crime"], row["role"]] += "B" in committed.coders[interview]
        assert all(doubled[stratum] == size for stratum, size in all_of.items() if stratum[0] == "HT")
        others = [stratum for stratum in all_of if stratum[0] != "HT"]
        assert all(0.2 <= doubled[stratum] / all_of[stratum] <= 0.4 for stratum in others)

    def test_has_coders_who_differ_as_coders_do(self, committed: Study) -> None:
        doubles = [coders for coders in committed.coders.values() if "B" in coders]
        cells = [(coders["A"][v], coders["B"][v], coders["CONS"][v]) for coders in doubles for v in coders["A"]]
        differing = [cell for cell in cells if cell[0] != cell[1]]
        assert 0.05 <= len(differing) / len(cells) <= 0.11
        assert all(agreed in (first, second) for first, second, agreed in cells)
        assert {agreed == first for first, _, agreed in differing} == {True, False}

    def test_never_lets_a_minor_consent_alone(self, committed: Study) -> None:
        for interview, row in committed.interviews.items():
            band = committed.coded(interview).get("v_age_interview", frozenset())
            if row["role"] == "V" and band & {"<14", "14-15", "16-17"}:
                assert row["consent"] in ("guardian_plus_assent", "guardian_only")

    def test_shows_force_in_more_than_half_of_the_cases_that_experts_say_need_none(self, committed: Study) -> None:
        forced = {"threats", "physical_abuse", "blackmail_images"}
        cases = answers(committed.group("HT", "OV"), "ht_means")
        assert 2 * sum(bool(case & forced) for case in cases) > len(cases)

    def test_is_accepted_by_the_reader_of_submissions(self, codebook: Codebook) -> None:
        read = read_submissions(submission_folders(ROOT / "data" / "countries"), codebook)
        assert all(submission.synthetic for submission in read)
        assert sum(len(submission.interviews) for submission in read) == 100


class TestTheSameRecipe:
    """One recipe, one study, wherever and however often."""

    @pytest.mark.slow
    def test_makes_the_committed_data_under_other_settings_of_the_machine(self, tmp_path: Path, seed: int) -> None:
        source = (
            "from pathlib import Path; from casebook.codebook import read_codebook;"
            "from casebook.restricted.synthesis import synthesise;"
            f"synthesise(seed={seed}, out=Path('other'), codebook=read_codebook(Path({str(ROOT / 'data')!r})),"
            f"findings=Path({str(FINDINGS)!r}))"
        )
        settings = {"TZ": "Pacific/Kiritimati", "LANG": "tr_TR.UTF-8", "PYTHONHASHSEED": "4711"}
        settings["PYTHONPATH"] = os.pathsep.join([str(ROOT / "src"), os.environ.get("PYTHONPATH", "")])
        subprocess.run([sys.executable, "-c", source], cwd=tmp_path, env={**os.environ, **settings}, check=True)
        assert files_of(tmp_path / "other") == files_of(ROOT / "data")

    def test_overwrites_the_same_study(self, tmp_path: Path, codebook: Codebook) -> None:
        synthesise(seed=1, out=tmp_path, codebook=codebook, findings=FINDINGS)
        first = files_of(tmp_path)
        synthesise(seed=1, out=tmp_path, codebook=codebook, findings=FINDINGS)
        assert files_of(tmp_path) == first

    def test_differs_by_seed(self, tmp_path: Path, codebook: Codebook) -> None:
        for number in (1, 2):
            synthesise(seed=number, out=tmp_path / str(number), codebook=codebook, findings=FINDINGS)
        one, other = read_study(tmp_path / "1"), read_study(tmp_path / "2")
        assert set(one.interviews) != set(other.interviews)
        assert counts_by_variable(one) != counts_by_variable(other)
        assert [row["id"] for row in DECIDED if not finding_holds(row, other)] == []


def counts_by_variable(study: Study) -> dict[tuple[str, str, str], Counter[str]]:
    counts: dict[tuple[str, str, str], Counter[str]] = defaultdict(Counter)
    for interview, row in study.interviews.items():
        for variable, levels in study.coded(interview).items():
            counts[row["crime"], row["role"], variable].update(levels)
    return counts


class TestOtherStudies:
    """Studies made to try the reports: more countries, more interviews, other findings."""

    @pytest.mark.parametrize("start", [0, 1])
    def test_contradicts_exactly_the_findings_flipped(self, start: int, tmp_path: Path, codebook: Codebook) -> None:
        flipped = IDS[start::2]
        synthesise(seed=7, out=tmp_path, codebook=codebook, findings=FINDINGS, flip=flipped)
        study = read_study(tmp_path)
        assert tuple(row["id"] for row in DECIDED if not finding_holds(row, study)) == flipped

    def test_leaves_other_variables_alone_where_a_finding_is_flipped(self, tmp_path: Path, codebook: Codebook) -> None:
        synthesise(seed=7, out=tmp_path / "as-published", codebook=codebook, findings=FINDINGS)
        synthesise(seed=7, out=tmp_path / "flipped", codebook=codebook, findings=FINDINGS, flip=("HT-06",))
        one, other = (counts_by_variable(read_study(tmp_path / name)) for name in ("as-published", "flipped"))
        assert {key for key in one if one[key] != other[key]} == {("HT", "E", "ht_o_driver")}

    def test_spreads_a_larger_study_over_the_union(self, tmp_path: Path, codebook: Codebook) -> None:
        synthesise(seed=3, out=tmp_path, codebook=codebook, findings=FINDINGS, countries=27, scale=2)
        study = read_study(tmp_path)
        countries = Counter(row["country"] for row in study.interviews.values())
        assert len(countries) == 27
        assert len(study.interviews) == 200
        assert max(countries.values()) - min(countries.values()) <= len(STRATA)
        assert [row["id"] for row in DECIDED if not finding_holds(row, study)] == []
        read_submissions(submission_folders(tmp_path / "countries")[:2], codebook)


def only_fault(refusal: pytest.ExceptionInfo[StudyRefused] | pytest.ExceptionInfo[DataRefused]) -> Fault:
    (fault,) = refusal.value.faults
    return fault


class TestRefusals:
    """What cannot be synthesised, and what is said about it."""

    def test_names_the_finding_that_no_data_can_flip(self, tmp_path: Path, codebook: Codebook) -> None:
        with pytest.raises(StudyRefused) as refusal:
            synthesise(seed=1, out=tmp_path, codebook=codebook, findings=FINDINGS, flip=("HT-01",))
        fault = only_fault(refusal)
        assert (fault.file, fault.place, fault.message) == (
            "findings.csv",
            "HT-01",
            "no data can make this finding false",
        )

    @pytest.mark.parametrize(
        ("seed", "scale", "countries", "place"),
        [(-1, 1, None, "seed"), (1, 0, None, "scale"), (1, 1, 28, "eu"), (1, 1, 0, "eu"), (1, 300, None, "OG")],
    )
    def test_names_the_number_that_is_not_possible(
        self, seed: int, scale: int, countries: int | None, place: str, tmp_path: Path, codebook: Codebook
    ) -> None:
        with pytest.raises(StudyRefused) as refusal:
            synthesise(seed=seed, out=tmp_path, codebook=codebook, findings=FINDINGS, countries=countries, scale=scale)
        assert only_fault(refusal).place == place
        assert only_fault(refusal).allowed

    @pytest.mark.parametrize(
        ("condition", "message"),
        [
            ("og_v_risk=boredom named", "the codebook has no such level"),
            ("og_v_risk=loneliness often", "unknown relation"),
            ("often lonely", "the condition is not of the form variable=level|level relation"),
        ],
    )
    def test_names_the_condition_it_does_not_understand(
        self, condition: str, message: str, tmp_path: Path, codebook: Codebook
    ) -> None:
        path = write_findings(tmp_path / "findings.csv", {"OG-01": condition})
        with pytest.raises(StudyRefused) as refusal:
            synthesise(seed=1, out=tmp_path, codebook=codebook, findings=path)
        assert (only_fault(refusal).place, only_fault(refusal).message) == ("OG-01", message)

    def test_never_writes_a_study_in_which_two_findings_exclude_each_other(
        self, tmp_path: Path, codebook: Codebook
    ) -> None:
        path = write_findings(
            tmp_path / "findings.csv", {"CB-01": "cb_aware=aware none", "CB-01b": "cb_aware=aware most"}
        )
        with pytest.raises(StudyRefused, match="CB-01: cannot hold together with the other findings"):
            synthesise(seed=1, out=tmp_path, codebook=codebook, findings=path)
        assert not (tmp_path / "countries").exists()

    def test_does_not_mix_two_studies_in_one_folder(self, tmp_path: Path, codebook: Codebook) -> None:
        stranger = tmp_path / "countries" / "IT" / "IT-W1"
        stranger.mkdir(parents=True)
        (stranger / "datapackage.json").write_text("{}", encoding="utf-8")
        with pytest.raises(DataRefused) as refusal:
            synthesise(seed=1, out=tmp_path, codebook=codebook, findings=FINDINGS)
        fault = only_fault(refusal)
        assert (fault.file, fault.message) == (
            "countries/IT/IT-W1",
            "the folder holds a submission that is not of this study",
        )
        assert [path.name for path in (tmp_path / "countries").iterdir()] == ["IT"]


def write_findings(path: Path, conditions: Mapping[str, str]) -> Path:
    """The findings with other conditions for those named."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(FINDING_ROWS[0]))
        writer.writeheader()
        writer.writerows({**row, "conditions": conditions.get(row["id"], row["conditions"])} for row in FINDING_ROWS)
    return path


class TestTheDesign:
    """The tables beside the module, checked against the codebook."""

    @pytest.mark.parametrize(
        ("wish", "message"),
        [
            (None, "the variable has no distribution"),
            (Wish({"male": 12, "female": 2}, {}), WRONG_SUM),
            (Wish({"male": 12, "female": 2, "both": 1}, {}), "not a level of the variable"),
            (
                Wish({"male": 12, "female": 3}, {"refused": 1}),
                WRONG_SUM,
            ),
        ],
    )
    def test_names_the_wish_that_cannot_be_met(
        self, wish: Wish | None, message: str, design: Design, codebook: Codebook
    ) -> None:
        wishes = {key: value for key, value in design.wishes.items() if key != (Group("OG", "O"), "o_gender")}
        if wish is not None:
            wishes[Group("OG", "O"), "o_gender"] = wish
        (fault,) = faults_of_wishes(replace(design, wishes=wishes), codebook)
        assert (fault.place, fault.message) == ("OG O o_gender", message)

    def test_names_the_leaning_that_leads_nowhere(self, design: Design, codebook: Codebook) -> None:
        leanings = (
            Leaning("og_threat", "silence", "prefers", "v_gender", ("girl",), every=False),
            Leaning("og_threat", "none", "likes", "v_gender", ("girl",), every=False),
        )
        faults = list(faults_of_leanings(replace(design, leanings=leanings), codebook))
        assert [(fault.message, fault.value) for fault in faults] == [
            ("the codebook has no such level", "og_threat silence"),
            ("unknown manner", "likes"),
        ]
