"""The study: what study.yml says."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

FILE = "study.yml"
Group = Literal["E", "O", "V", "OV"]
Word = Literal["named", "less than half", "more than half", "most"]
#: The states of an edition. Only a submitted one can be released; the others say on every page what they are.
State = Literal["draft", "review", "submitted"]


class Entry(BaseModel):
    """A part of study.yml; an unknown key is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Project(Entry):
    """The project behind the deliverables, as its documents name it."""

    acronym: str
    title: str
    programme: str
    grant: str
    funding: str
    disclaimer: str
    site: str
    synthetic: bool


class Crime(Entry):
    """A crime under study: its name, the short word in titles, and its sections by number."""

    name: str
    title: str
    short: str
    sections: Mapping[str, str]


class Role(Entry):
    """A group of interviewees, and the words for it in sentences."""

    singular: str
    plural: str
    exact: bool = Field(description="what it says describes cases, not the interviewee: exact counts at every level")


class Country(Entry):
    """A partner's country, and the article its name takes in a sentence."""

    name: str
    article: Literal["", "the"] = ""

    @property
    def in_text(self) -> str:
        """Return the name as it stands in a sentence: "Belgium", "the United Kingdom"."""
        return f"{self.article} {self.name}".strip()


class Change(Entry):
    """One line of an edition's version history."""

    version: str
    date: datetime.date
    organisation: str
    change: str


class Edition(Entry):
    """One issue of a deliverable: number, version, the submissions and waves it takes, and its front matter.

    `earlier` names the edition that its annex compares it with.
    """

    title: str
    subtitle: str
    version: str
    status: State
    date: datetime.date
    due: str
    work_package: str
    task: str
    kind: str
    lead: str
    authors: tuple[str, ...]
    contributors: str
    reviewers: str
    approval: str
    keywords: tuple[str, ...]
    abstract: str
    waves: tuple[int, ...]
    crimes: tuple[str, ...]
    submissions: tuple[str, ...] | Literal["all"]
    history: tuple[Change, ...]
    earlier: str | None = None


class Dissemination(Entry):
    """A dissemination level: who reads it, under which policy, where; may placeholders be open when it is released."""

    name: str
    reader: str
    policy: str
    site: str
    placeholders: Literal["allowed", "refused"] = "refused"


class Size(Entry):
    """A number of interviews in the disclosure policy, with the reason for it."""

    value: int = Field(strict=True, ge=1)
    why: str


class Classes(Entry):
    """Disclosure classes of the codebook that the policy names, with the reason for it."""

    value: tuple[Literal["D", "Q", "X", "N"], ...]
    why: str


class Policies(Entry):
    """Other policies whose editions the same readers see, with the reason for it."""

    value: tuple[str, ...]
    why: str


class Policy(Entry):
    """A named disclosure policy; a missing or unknown parameter is refused."""

    cases_form: Literal["exact", "words"]
    smallest_group_of_cases: Size
    smallest_group_of_experts: Size
    threshold: Size
    smallest_width: Size
    protected_zero_and_all: Classes
    half_words_from: Size
    most_from: Size
    country_experts: Size
    country_cases: Size
    country_rest: Size
    country_rest_countries: Size
    country_once_pooled: Size
    newcomers: Size
    reads_also: Policies


class AnonymityLimits(Entry):
    """What the quasi-identifiers of the input must leave open, in groups of at least `assessed_from` interviews.

    `smallest_class` interviews share each level of one, and they gave `different_answers` to the sensitive questions.
    """

    assessed_from: Size
    smallest_class: Size
    different_answers: Size


class Anonymity(Entry):
    """The limits of anonymity for the interviews of an edition, and for those of one submission by itself."""

    study: AnonymityLimits
    submission: AnonymityLimits


class Quoting(Entry):
    """When somebody's own words may be printed: how many of one person, approved by how many offices for a policy."""

    most_per_person: Size
    approvals: Mapping[str, Size]


class PlannedTable(Entry):
    """One table of the analysis plan: a variable in a group of interviews, for a section.

    `together` names sets of levels that are counted as one, with their noun phrases in `phrases`, `among` the levels
    an interview must all have to be in the subgroup, `words` the one word each level may be given where counts are not
    published, `ranking` whether the most frequent level is to be named.
    """

    id: str
    variable: str
    crime: str
    group: Group
    section: str
    together: Mapping[str, tuple[str, ...]] = {}
    phrases: Mapping[str, str] = {}
    among: Mapping[str, tuple[str, ...]] = {}
    words: Mapping[str, Word] = {}
    ranking: bool = False


class Study(Entry):
    """Everything study.yml says, with the planned tables by id."""

    project: Project
    crimes: Mapping[str, Crime]
    roles: Mapping[str, Role]
    countries: Mapping[str, Country]
    editions: Mapping[str, Edition]
    dissemination: Mapping[str, Dissemination]
    policies: Mapping[str, Policy]
    anonymity: Anonymity
    quotations: Quoting
    tables: Mapping[str, PlannedTable]

    def policy_of(self, dissemination: str) -> Policy:
        """Return the policy under which a dissemination level is protected."""
        return self.policies[self.dissemination[dissemination].policy]

    def planned(self, edition: str) -> tuple[PlannedTable, ...]:
        """Return the planned tables of an edition's crimes, in the order of study.yml."""
        crimes = self.editions[edition].crimes
        return tuple(table for table in self.tables.values() if table.crime in crimes)
