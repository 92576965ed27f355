"""The codebook is read whole or refused with every fault; the shipped one is complete."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
import yaml

from casebook.codebook import CRIMES, Codebook, read_codebook
from casebook.errors import StudyRefused

FAULTY = Path(__file__).parent / "faulty_data"

LISTED = "not a value of this column"
FAULTS = {
    "file_missing": [
        "levels.csv: the file is missing, empty or not readable; do: save it as comma-separated UTF-8 with a header row"
    ],
    "not_utf8": [
        "levels.csv: the file is missing, empty or not readable; do: save it as comma-separated UTF-8 with a header row"
    ],
    "unknown_column": [
        "codebook.csv: row 1: unknown column; found remark; allowed: crime, definition, disclosure, example, "
        "exclude, exclusive, id, include, label, levels, multi, pattern, provenance, reads_after, reference, "
        "roles, section, table, type"
    ],
    "missing_column": ["codebook.csv: row 1: a column is missing; do: add the column disclosure"],
    "double_column": ["levels.csv: row 1: the column occurs more than once; found label"],
    "short_row": ["levels.csv: row 3: the row has not as many cells as the header; found 4; allowed: 5"],
    "bad_identifier": [
        "codebook.csv: row 4, column id: not an identifier; found Month of it; "
        "allowed: lower-case letters, digits and underscores"
    ],
    "duplicate_variable": [
        "codebook.csv: row 3, column id: the identifier occurs more than once; found seen",
        "codebook.csv: row 4, column id: the identifier occurs more than once; found seen",
    ],
    "unknown_crime": [f"codebook.csv: row 2, column crime: {LISTED}; found XX; allowed: ALL, OG, CB, HT"],
    "unknown_section": [
        f"codebook.csv: row 2, column section: {LISTED}; found 7 Afterword; allowed: 0 Interview, "
        "1 Introduction, 2 Risk/protective factors, 3 Socio-demographics, 4 Modus operandi, 5 Consequences, "
        "6 Prevention"
    ],
    "unknown_type": [
        f"codebook.csv: row 2, column type: {LISTED}; found plural; "
        "allowed: nominal, ordinal, integer->ordinal, binary, multi, integer, id, date"
    ],
    "unknown_multi": [f"codebook.csv: row 2, column multi: {LISTED}; found sometimes; allowed: yes, no"],
    "unknown_role": [
        "codebook.csv: row 2, column roles: roles must be one or more known roles; found E W; allowed: E O V"
    ],
    "no_role": ["codebook.csv: row 2, column roles: roles must be one or more known roles; allowed: E O V"],
    "unknown_provenance": [f"codebook.csv: row 2, column provenance: {LISTED}; found Z; allowed: S, F, R, P"],
    "unknown_disclosure_class": [
        f"codebook.csv: row 2, column disclosure: {LISTED}; found SECRET; allowed: D, Q, X, N"
    ],
    "unknown_table": [
        f"codebook.csv: row 2, column table: {LISTED}; found elsewhere; allowed: submission, interview, coder, coding"
    ],
    "unknown_reading": [
        f"codebook.csv: row 2, column reads_after: {LISTED}; found felt; allowed: named, described, were"
    ],
    "empty_definition": ["codebook.csv: row 2, column definition: the definition is empty; found  "],
    "empty_include": ["codebook.csv: row 2, column include: the include is empty"],
    "levels_and_pattern": [
        "codebook.csv: row 4, column levels: a variable has either levels or a pattern; found yes; no"
    ],
    "neither_levels_nor_pattern": ["codebook.csv: row 4, column levels: a variable has either levels or a pattern"],
    "bad_pattern": ["codebook.csv: row 4, column pattern: not a regular expression; found [0-9"],
    "bad_level_identifier": ["codebook.csv: row 2, column levels: not a level identifier; found =loneliness"],
    "duplicate_level": ["codebook.csv: row 2, column levels: the level occurs more than once; found boredom"],
    "multi_of_one": [
        "codebook.csv: row 2, column multi: a variable of type multi takes several levels; found no; allowed: yes"
    ],
    "binary_of_three": [
        "codebook.csv: row 3, column levels: a binary variable has two levels; found yes; no; perhaps; allowed: yes; no"
    ],
    "exclusive_unknown": [
        "codebook.csv: row 2, column exclusive: the exclusive level is not a level; found nothing; "
        "allowed: loneliness; boredom; none"
    ],
    "exclusive_single_choice": [
        "codebook.csv: row 3, column exclusive: only a variable that takes several levels has exclusive ones; found no"
    ],
    "level_not_described": [
        "codebook.csv: row 2, column levels: levels.csv does not describe a level of risk; found boredom"
    ],
    "level_unknown": [
        "levels.csv: row 7, column level: the codebook has no such level of risk; found envy; "
        "allowed: loneliness, boredom, none"
    ],
    "level_of_unknown_variable": ["levels.csv: row 7, column variable: the codebook has no such variable; found rsik"],
    "level_described_twice": [
        "levels.csv: row 3, column level: the level of risk is described more than once; found boredom",
        "levels.csv: row 7, column level: the level of risk is described more than once; found boredom",
    ],
    "label_twice": [
        "levels.csv: row 2, column label: the label names two levels of risk; found Loneliness",
        "levels.csv: row 3, column label: the label names two levels of risk; found Loneliness",
    ],
    "phrase_with_full_stop": [
        "levels.csv: row 3, column phrase: a phrase stands within a sentence and has no full stop; found boredom."
    ],
    "empty_phrase": ["levels.csv: row 3, column phrase: the phrase is empty"],
    "several_faults": [
        f"codebook.csv: row 2, column crime: {LISTED}; found XX; allowed: ALL, OG, CB, HT",
        "codebook.csv: row 2, column definition: the definition is empty",
        "levels.csv: row 3, column phrase: a phrase stands within a sentence and has no full stop; found boredom.",
    ],
}


@pytest.fixture(scope="module")
def small() -> Codebook:
    return read_codebook(FAULTY / "codebook_without_fault")


@pytest.mark.parametrize("fault", FAULTS)
def test_a_faulty_codebook_is_refused_with_every_fault(fault: str) -> None:
    folder = f"codebook_{fault}"
    with pytest.raises(StudyRefused) as refused:
        read_codebook(FAULTY / folder)
    assert [str(found) for found in refused.value.faults] == [f"{folder}/{line}" for line in FAULTS[fault]]


def test_every_faulty_codebook_is_tested() -> None:
    folders = {folder.name.removeprefix("codebook_") for folder in FAULTY.glob("codebook_*")}
    assert folders == {"without_fault", *FAULTS}


def test_variables_are_reached_by_identifier_in_the_order_of_the_file(small: Codebook) -> None:
    assert list(small) == ["risk", "seen", "month"]
    assert small["seen"].kind == "binary"
    assert small["seen"].section == 4
    assert small["seen"].section_title == "Modus operandi"
    assert small["seen"].roles == {"O", "V"}
    with pytest.raises(KeyError):
        small["risks"]


def test_levels_carry_their_words_and_whether_they_exclude_others(small: Codebook) -> None:
    assert small["risk"].level_ids == ("loneliness", "boredom", "none")
    assert [level.id for level in small["risk"].exclusive] == ["none"]
    assert small["risk"].level("none").label == "No risk factor"
    assert small["risk"].level("none").phrase == "no risk factor"


def test_an_unknown_level_is_refused_with_the_levels_there_are(small: Codebook) -> None:
    with pytest.raises(StudyRefused, match="variable risk: this variable has no such level; found envy; allowed: lone"):
        small["risk"].level("envy")


@pytest.mark.parametrize(
    ("crime", "role", "coded"),
    [("OG", "E", ["risk"]), ("OG", "O", ["risk", "seen"]), ("CB", "E", []), ("CB", "V", ["seen"])],
)
def test_an_interview_is_coded_for_its_crime_and_role(small: Codebook, crime: str, role: str, coded: list[str]) -> None:
    assert [variable.id for variable in small.for_(crime, role)] == coded


def test_attributes_of_the_interview_are_not_coded(small: Codebook) -> None:
    assert [variable.id for variable in small.attributes] == ["month"]
    assert not small["month"].coded_for("OG", "E")


@pytest.mark.parametrize(
    ("variable", "value", "accepted"),
    [
        ("risk", "boredom", True),
        ("risk", "Boredom", False),
        ("month", "2021-05", True),
        ("month", "2021-05-01", False),
    ],
)
def test_a_value_is_a_level_or_fits_the_pattern(small: Codebook, variable: str, value: str, accepted: bool) -> None:
    assert small[variable].accepts(value) is accepted


# The shipped codebook


def test_the_shipped_codebook_has_the_variables_of_the_study(codebook: Codebook) -> None:
    crimes = [variable.crime for variable in codebook.variables]
    assert {crime: crimes.count(crime) for crime in ("ALL", *CRIMES)} == {
        "ALL": 37,
        "OG": 26,
        "CB": 19,
        "HT": 14,
    }


def test_levels_that_exclude_the_others(codebook: Codebook) -> None:
    excluding = {level.id for variable in codebook.variables for level in variable.exclusive}
    assert excluding == {"none", "nothing", "nobody", "no_difference", "none_present"}
    for variable in codebook.variables:
        named = excluding.intersection(variable.level_ids) if variable.multi else set()
        assert {level.id for level in variable.exclusive} == named, variable.id
    assert not codebook["cb_v_risk"].level("no_specific_profile").exclusive


def test_ages_are_coded_in_bands(codebook: Codebook) -> None:
    assert codebook["v_age_onset"].level_ids == ("<=10", "11-12", "13-14", "15-16", "17")
    assert codebook["v_age_onset"].kind == "ordinal"


def test_all_platforms_begin_with_those_of_first_contact(codebook: Codebook) -> None:
    first, every = codebook["og_platform_first"].level_ids, codebook["og_platform_all"].level_ids
    assert every == (*first, "telegram", "skype", "phone_sms")


def test_phrases_stand_within_a_sentence(codebook: Codebook) -> None:
    """A digit would be taken for a typed number and a stop would end the sentence."""
    for variable in codebook.variables:
        for level in variable.levels:
            assert re.search(r"[0-9.;:]|^\s|\s$", level.phrase) is None, (variable.id, level.phrase)


def test_labels_are_short_enough_for_a_figure(codebook: Codebook) -> None:
    labels = [level.label for variable in codebook.variables for level in variable.levels]
    assert max(len(label) for label in labels) <= 40


def test_definitions_are_sentences(codebook: Codebook) -> None:
    for variable in codebook.variables:
        words = [variable.definition, variable.include, variable.exclude, variable.example]
        words += [level.definition for level in variable.levels]
        for text in words:
            assert text.endswith("."), (variable.id, text)
            assert text == text.strip(), (variable.id, text)


def test_examples_of_coding_are_marked_as_invented_and_quote_nobody(codebook: Codebook) -> None:
    for variable in codebook.variables:
        if variable.table == "coding":
            assert variable.example.startswith("Invented note: "), variable.id
        assert re.search('["“”«»„]', variable.example) is None, variable.id


def test_the_same_factor_has_the_same_label_in_every_crime(codebook: Codebook) -> None:
    shared = (
        "loneliness",
        "disability",
        "low_self_esteem",
        "self_esteem",
        "digital_skills",
        "own_victimisation",
    )
    for level_id in (*shared, "self_harm", "suicidal_thoughts", "substance_use", "anonymity", "instagram"):
        carriers = [v for v in codebook.variables if level_id in v.level_ids and v.id != "og_threat"]
        labels = {variable.level(level_id).label for variable in carriers}
        assert len(labels) == 1, level_id


# What rests on the codebook: findings, comparisons and country contexts


def rows(project: Path, name: str) -> list[dict[str, str]]:
    with (project / "data" / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, strict=True))


CONDITION = re.compile(
    r"(?P<variable>\w+)=(?P<levels>\S+) "
    r"(?P<relation>named|none|all|not_all|most|more_than_half|less_than_half|most_frequent)"
    r"(?: among (?P<other>\w+)=(?P<members>\S+))?"
)


def test_conditions_of_findings_rest_on_variables_their_group_is_coded_for(project: Path, codebook: Codebook) -> None:
    for row in rows(project, "findings.csv"):
        crimes = CRIMES if row["crime"] == "ALL" else (row["crime"],)
        for text in filter(None, row["conditions"].split("; ")):
            condition = CONDITION.fullmatch(text)
            assert condition is not None, (row["id"], text)
            variable = codebook[condition["variable"]]
            assert all(variable.coded_for(crime, row["group"]) for crime in crimes), row["id"]
            assert set(condition["levels"].split("|")) <= set(variable.level_ids), row["id"]
            if condition["other"]:
                assert set(condition["members"].split("&")) <= set(codebook[condition["other"]].level_ids)


def test_every_finding_that_rests_on_data_has_a_condition(project: Path) -> None:
    for row in rows(project, "findings.csv"):
        assert bool(row["conditions"]) == bool(row["level"]), row["id"]


def test_comparisons_name_references_findings_and_levels_that_exist(project: Path, codebook: Codebook) -> None:
    references = {row["id"]: row for row in rows(project, "reference-values.csv")}
    findings = {row["id"] for row in rows(project, "findings.csv")}
    for row in rows(project, "comparisons.csv"):
        assert row["crime"] == references[row["reference"]]["crime"], row["id"]
        assert row["finding"] in {"", *findings}, row["id"]
        levels = set(filter(None, row["levels"].split("; ")))
        assert bool(levels) == (row["rule"] != "no_counterpart"), row["id"]
        if row["variable"]:
            variable = codebook[row["variable"]]
            assert all(variable.coded_for(row["crime"], role) for role in row["group"]), row["id"]
            assert levels <= set(variable.level_ids), row["id"]


def test_every_reference_is_compared_or_said_to_have_no_counterpart(project: Path) -> None:
    compared = {row["reference"] for row in rows(project, "comparisons.csv")}
    assert compared == {row["id"] for row in rows(project, "reference-values.csv")}


def test_numbers_of_experts_are_never_set_against_numbers_of_cases(project: Path) -> None:
    for row in rows(project, "comparisons.csv"):
        assert (row["opinion"] == "yes") == (row["group"] == "E"), row["id"]
        if row["opinion"] == "yes":
            assert row["rule"] != "share", row["id"]
            assert row["share"] == "", row["id"]


def test_the_reference_that_describes_these_interviews_is_not_independent(project: Path) -> None:
    assert {row["id"] for row in rows(project, "reference-values.csv") if row["independent"] == "no"} == {"R-02"}
    rules = {row["reference"] for row in rows(project, "comparisons.csv") if row["rule"] == "same_interviews"}
    assert rules == {"R-02"}


CONTEXT = ("legislation", "social_awareness", "prevention_programmes")


def test_every_country_has_a_context_for_every_crime_without_figures(project: Path, codebook: Codebook) -> None:
    for country in codebook["country"].level_ids:
        path = project / "data" / "countries" / country / "context.yml"
        context = yaml.safe_load(path.read_text(encoding="utf-8"))
        assert context.pop("country") == country
        assert context.pop("synthetic") is False
        assert set(context) == set(CRIMES)
        for crime in CRIMES:
            assert tuple(context[crime]) == CONTEXT
            for text in context[crime].values():
                assert text.endswith("."), (country, crime)
                assert re.search("[0-9]", text) is None, (country, crime)
