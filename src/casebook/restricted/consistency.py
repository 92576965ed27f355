"""Rules that hold between the rows of a submission: the codebook's, the study's, and those of coverage."""

from __future__ import annotations

import re
from collections.abc import Iterator

from casebook.codebook import EVERY_CRIME, Codebook
from casebook.errors import Fault
from casebook.restricted.codings import TOGETHER_ROLES, Codings, Rule, codings_of, told_together
from casebook.restricted.coverage import COVERAGE_RULES
from casebook.restricted.submission_tables import Tables, pair

ADULT = 18
MEETING_OUTCOMES = ("meeting_no_contact", "contact_abuse")


def faults_of_consistency(tables: Tables, codebook: Codebook) -> Iterator[Fault]:
    """Yield every breach of every rule; rows whose interview or variable is unknown are left to the schemas."""
    codings = codings_of(tables, codebook)
    for rule in RULES:
        yield from rule(codings)


def level_or_missing(codings: Codings) -> Iterator[Fault]:
    """A row holds either a level or a kind of missing answer."""
    has_level, has_missing = codings.rows["level"].ne(""), codings.rows["missing"].ne("")
    yield from codings.faults(
        has_level & has_missing,
        "level",
        "the row has a level and a missing answer",
        remedy="keep one of them",
    )
    yield from codings.faults(
        ~has_level & ~has_missing,
        "level",
        "the row has neither a level nor a missing answer",
        remedy="say why the answer is missing",
    )


def missing_stands_alone(codings: Codings) -> Iterator[Fault]:
    """A missing answer has no other row of the same coder, interview and variable beside it."""
    rows = codings.rows
    shared = rows["cell"].duplicated(keep=False) & rows["missing"].ne("") & rows["level"].eq("")
    yield from codings.faults(
        shared,
        "missing",
        "a missing answer stands beside another row of the variable",
        remedy="keep the level or one kind of missing",
    )


def crime_of_variable(codings: Codings) -> Iterator[Fault]:
    """An interview is coded for variables of its own crime, or of every crime."""
    crime = codings.rows["variable"].map({v.id: v.crime for v in codings.codebook.variables})
    other = crime.notna() & codings.rows["crime"].notna() & crime.ne(EVERY_CRIME) & crime.ne(codings.rows["crime"])
    yield from codings.faults(other, "variable", "the variable belongs to another crime", remedy="remove the row")


def role_of_variable(codings: Codings) -> Iterator[Fault]:
    """An interview is coded only for variables that its role is coded for."""
    pairs = [f"{v.id}\x1f{role}" for v in codings.codebook.variables for role in sorted(v.roles)]
    known = codings.rows["variable"].isin(list(codings.codebook)) & codings.rows["role"].notna()
    coded = pair(codings.rows["variable"], codings.rows["role"].fillna("")).isin(pairs)
    for number in codings.rows.index[known & ~coded]:
        roles = codings.codebook[str(codings.rows.at[number, "variable"])].roles
        yield codings.fault(
            number,
            "variable",
            "the variable is not coded for this role",
            allowed=f"roles {' '.join(sorted(roles))}",
            remedy="remove the row",
        )


def variable_told_together(codings: Codings) -> Iterator[Fault]:
    """Where offenders and victims are one group, only variables coded for both are used."""
    one_role = [v.id for v in codings.codebook.variables if not v.roles >= TOGETHER_ROLES]
    wrong = told_together(codings.rows) & codings.rows["variable"].isin(one_role)
    message = "trafficking interviews of wave 2 are coded only for what both offenders and victims are asked"
    yield from codings.faults(wrong, "variable", message, remedy="remove the row")


def single_choice(codings: Codings) -> Iterator[Fault]:
    """A variable that takes one level has one."""
    single = [v.id for v in codings.codebook.variables if not v.multi]
    rows = codings.rows[codings.rows["variable"].isin(single) & codings.rows["level"].ne("")]
    rows = rows.drop_duplicates(["cell", "level"])
    for number in rows.index[rows["cell"].duplicated()]:
        yield codings.fault(number, "level", "a second level of a variable that takes one", remedy="keep one level")


def exclusive_levels(codings: Codings) -> Iterator[Fault]:
    """A level such as `none` or `nothing` excludes every other level."""
    pairs = [f"{v.id}\x1f{level.id}" for v in codings.codebook.variables for level in v.exclusive]
    rows = codings.rows[codings.rows["level"].ne("")].drop_duplicates(["cell", "level"])
    alone = pair(rows["variable"], rows["level"]).isin(pairs) & rows["cell"].duplicated(keep=False)
    for number in rows.index[alone]:
        yield codings.fault(number, "level", "the level excludes the others chosen", remedy="keep it or the others")


def main_strategy_among_strategies(codings: Codings) -> Iterator[Fault]:
    """The main persuasion strategy is one of the strategies coded."""
    used, main = codings.chosen("og_strategy"), codings.chosen("og_strategy_main")
    unused = ~pair(main["coder_key"], main["level"]).isin(pair(used["coder_key"], used["level"]))
    for number in main.index[unused]:
        yield codings.fault(number, "level", "the main strategy is not one of og_strategy", remedy="code it there too")


def fake_profile_is_a_lie(codings: Codings) -> Iterator[Fault]:
    """Who used a fake profile lied about something."""
    lies = codings.chosen("og_lied_about")
    lies = lies[lies["level"].ne("nothing")]
    fake = codings.chosen("og_fake_profile", "yes")
    for number in fake.index[~fake["coder_key"].isin(lies["coder_key"])]:
        yield codings.fault(
            number,
            "level",
            "a fake profile, but nothing in og_lied_about",
            allowed="yes only with a level of og_lied_about other than nothing",
            remedy="code what the profile was false about",
        )


def meeting_was_held(codings: Codings) -> Iterator[Fault]:
    """An outcome of a meeting means that the meeting was held."""
    held = codings.chosen("og_meeting", "held")
    outcome = codings.chosen("og_outcome", *MEETING_OUTCOMES)
    for number in outcome.index[~outcome["coder_key"].isin(held["coder_key"])]:
        yield codings.fault(
            number,
            "level",
            "the outcome of a meeting, but og_meeting is not held",
            remedy="code og_meeting as held or correct the outcome",
        )


def victim_was_a_minor(codings: Codings) -> Iterator[Fault]:
    """Victims, and the victims of trafficking cases, were under 18 at onset."""
    rows = codings.chosen("v_age_onset")
    rows = rows[rows["role"].eq("V") | rows["crime"].eq("HT")]
    adult = {band: _reaches(ADULT, band) for band in rows["level"].unique()}
    for number in rows.index[rows["level"].map(adult).astype(bool)]:
        yield codings.fault(number, "level", "the victim was not a minor", allowed="bands that end under 18")


RULES: tuple[Rule, ...] = (
    level_or_missing,
    missing_stands_alone,
    crime_of_variable,
    role_of_variable,
    variable_told_together,
    single_choice,
    exclusive_levels,
    main_strategy_among_strategies,
    fake_profile_is_a_lie,
    meeting_was_held,
    victim_was_a_minor,
    *COVERAGE_RULES,
)


def _reaches(age: int, band: str) -> bool:
    """Tell whether a band such as `15-16`, `17` or `18+` is open upwards or ends at an age or above."""
    numbers = [int(number) for number in re.findall(r"\d+", band)]
    return band.endswith("+") or not numbers or max(numbers) >= age
