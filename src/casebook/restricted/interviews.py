"""The interviews of a study as a researcher explores them: one coded value per interview and variable."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import pandas as pd

from casebook.codebook import CRIMES, Codebook, Variable
from casebook.errors import DataRefused
from casebook.protected_tables import POOLED
from casebook.restricted.codings import TOGETHER_ROLES, told_together
from casebook.restricted.frequency_tables import FrequencyTable, count
from casebook.restricted.quotations import Quotation, quotations_of, quoted_in
from casebook.restricted.submission_tables import MISSING_KINDS
from casebook.restricted.submissions import Submission, in_force
from casebook.study import PlannedTable

MISSING_PREFIX = "missing:"
NOT_FOR_ROLE = f"{MISSING_PREFIX}not_for_role"
ATTRIBUTES = (
    "role",
    "country",
    "zone",
    "wave",
    "month",
    "language",
    "mode",
    "duration_min",
    "recording",
    "consent",
    "quote_permission",
)
_STRATUM = ["crime", "role", "country", "wave"]
_CODED = ["interview", *_STRATUM, "variable", "level", "missing"]


def all_codings(submissions: Iterable[Submission]) -> pd.DataFrame:
    """Return every coder's codings of the submissions in force, in long form.

    Columns: interview, crime, role, country, wave (an integer), coder, kind (main, double, consensus), variable,
    level, missing. Replaced submissions are left out.
    """
    frames = [_codings(submission) for submission in in_force(submissions)]
    columns = ["interview", *_STRATUM, "coder", "kind", "variable", "level", "missing"]
    if not frames:
        return pd.DataFrame(columns=columns)
    return pd.concat(frames)[columns].sort_values(columns, ignore_index=True)


@dataclass(frozen=True, eq=False)
class RestrictedStudy:
    """The interviews of a study.

    `people` has a row per interview (the index) with its attributes, `codings` what every coder coded, `quoted` what
    may be quoted of it once it is approved.
    """

    codebook: Codebook
    people: pd.DataFrame
    codings: pd.DataFrame
    quoted: pd.DataFrame = field(default_factory=pd.DataFrame)

    @classmethod
    def of(cls, submissions: Iterable[Submission], codebook: Codebook) -> RestrictedStudy:
        """Return the study of all interviews in the submissions in force."""
        given = in_force(submissions)
        quoted = quoted_in((one.id, one.synthetic, one.tables.quotation) for one in given)
        return cls(codebook, _people(given), all_codings(given), quoted)

    def quotations(self, approvals: Mapping[str, frozenset[str]]) -> tuple[Quotation, ...]:
        """Return what may be quoted, with the number of offices that approved it."""
        return quotations_of(self.people, self.quoted, approvals)

    @cached_property
    def values(self) -> pd.DataFrame:
        """The coded value of every interview and variable, in long form."""
        return _agreed(self.codings)

    def waves(self, *waves: int) -> RestrictedStudy:
        """Return the study of the interviews of these waves only."""
        people, codings = self.people, self.codings
        return replace(self, people=people[people["wave"].isin(waves)], codings=codings[codings["wave"].isin(waves)])

    def interviews(self, crime: str, country: str = POOLED) -> pd.DataFrame:
        """Return a row per interview of a crime, of all countries or one; a column per attribute and variable.

        A variable that takes one level is a category with its levels in codebook order; one that takes several holds a
        tuple of levels. A missing answer is the text `missing:<kind>`, never an empty cell: `missing:not_for_role`
        where the interview's role is not asked. Raises DataRefused for an unknown crime.
        """
        if crime not in CRIMES:
            raise DataRefused.one("interviews", "crime", "unknown crime", value=crime, allowed=", ".join(CRIMES))
        chosen = self.people["crime"].eq(crime)
        if country != POOLED:
            chosen &= self.people["country"].eq(country)
        people = self.people[chosen]
        values = self.values[self.values["interview"].isin(people.index)]
        columns = {v.id: _column(v, values, people) for v in _variables(self.codebook, crime)}
        return pd.concat([people[list(ATTRIBUTES)], pd.DataFrame(columns, index=people.index)], axis=1)

    def table(self, variable: str, group: str, *, crime: str, country: str = POOLED) -> FrequencyTable:
        """Return the frequencies of any variable in a group (E, O, V or OV); what is published has to be planned."""
        plan = PlannedTable.model_validate(
            {
                "id": f"{crime}.{group}.{variable}",
                "variable": variable,
                "crime": crime,
                "group": group,
                "section": "",
            }
        )
        return count(plan, self, country=country)


def names(column: pd.Series[str], level: str) -> pd.Series[bool]:
    """Tell for each interview whether a variable has a level, alone or among others."""
    return column.map(lambda value: level in value if isinstance(value, tuple) else value == level).astype(bool)


def _codings(submission: Submission) -> pd.DataFrame:
    people = submission.interviews[["interview", *_STRATUM]].assign(wave=lambda frame: frame["wave"].astype(int))
    coverage = submission.tables.coverage[["interview", "coder", "kind"]]
    return submission.coding.merge(coverage, on=["interview", "coder"]).merge(people, on="interview")


def _people(submissions: Iterable[Submission]) -> pd.DataFrame:
    frames = [submission.interviews for submission in submissions]
    if not frames:
        return pd.DataFrame(columns=["crime", *ATTRIBUTES], index=pd.Index([], name="interview"))
    people = pd.concat(frames).set_index("interview").sort_index()
    return people.assign(wave=people["wave"].astype(int), duration_min=people["duration_min"].astype(int))


def _agreed(codings: pd.DataFrame) -> pd.DataFrame:
    """The consensus rows, and the main coder's for every interview and variable without consensus."""
    cell = codings["interview"] + ":" + codings["variable"]
    consensus = codings["kind"].eq("consensus")
    settled = cell.isin(cell[consensus])
    return codings.loc[consensus | (codings["kind"].eq("main") & ~settled), _CODED].reset_index(drop=True)


def _variables(codebook: Codebook, crime: str) -> tuple[Variable, ...]:
    return tuple(v for v in codebook.variables if any(v.coded_for(crime, role) for role in sorted(v.roles)))


def _column(variable: Variable, values: pd.DataFrame, people: pd.DataFrame) -> pd.Series[str]:
    """One variable of every interview, in the order of `people`."""
    rows = values[values["variable"].eq(variable.id)]
    missing = rows[rows["level"].eq("")].set_index("interview")["missing"].radd(MISSING_PREFIX)
    answers = rows[rows["level"].ne("")].groupby("interview")["level"].agg(set)
    order = {level: position for position, level in enumerate(variable.level_ids)}
    told = {i: tuple(sorted(levels, key=order.__getitem__)) for i, levels in answers.items()}
    cells = [
        told.get(interview) or missing.get(interview) or _uncoded(asked)
        for interview, asked in zip(people.index, _asked(variable, people), strict=True)
    ]
    if variable.multi:
        return pd.Series(cells, index=people.index, dtype="object")
    kinds = [*variable.level_ids, *(MISSING_PREFIX + kind for kind in MISSING_KINDS), NOT_FOR_ROLE]
    single = [cell[0] if isinstance(cell, tuple) else cell for cell in cells]
    return pd.Series(pd.Categorical(single, categories=kinds), index=people.index)


def _asked(variable: Variable, people: pd.DataFrame) -> pd.Series[bool]:
    """Whether each interview's role is asked for the variable; where the roles are told together, whether both are."""
    asked = people["role"].isin(variable.roles)
    return asked if variable.roles >= TOGETHER_ROLES else asked & ~told_together(people)


def _uncoded(asked: bool) -> str:
    return f"{MISSING_PREFIX}not_coded" if asked else NOT_FOR_ROLE
