"""The study: study.yml, read once and checked."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from casebook.codebook import Codebook, Variable
from casebook.errors import Fault, StudyRefused

FILE = "study.yml"
Group = Literal["E", "O", "V", "OV"]
Word = Literal["named", "less than half", "more than half", "most"]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Project(_Entry):
    """The project behind the deliverables, as its documents name it."""

    acronym: str
    title: str
    programme: str
    grant: str
    funding: str
    disclaimer: str
    site: str
    synthetic: bool


class Crime(_Entry):
    """A crime under study: its name, the short word in titles, and its sections by number."""

    name: str
    title: str
    short: str
    sections: Mapping[str, str]


class Role(_Entry):
    """A group of interviewees, and the words for it in sentences."""

    singular: str
    plural: str
    exact: bool = Field(description="what it says describes cases, not the interviewee: exact counts at every level")


class Country(_Entry):
    """A partner's country, and the article its name takes in a sentence."""

    name: str
    article: Literal["", "the"] = ""

    @property
    def in_text(self) -> str:
        """Return the name as it stands in a sentence: "Belgium", "the United Kingdom"."""
        return f"{self.article} {self.name}".strip()


class Change(_Entry):
    """One line of an edition's version history."""

    version: str
    date: datetime.date
    organisation: str
    change: str


class Edition(_Entry):
    """One issue of a deliverable: number, version, the submissions and waves it takes, and its front matter.

    `earlier` names the edition that its annex compares it with.
    """

    title: str
    subtitle: str
    version: str
    status: str
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


class Dissemination(_Entry):
    """A dissemination level: who reads it, under which policy, in which site."""

    name: str
    reader: str
    policy: str
    site: str


class Size(_Entry):
    """A number of interviews in the disclosure policy, with the reason for it."""

    value: int = Field(strict=True, ge=1)
    why: str


class Classes(_Entry):
    """Disclosure classes of the codebook that the policy names, with the reason for it."""

    value: tuple[Literal["D", "Q", "X", "N"], ...]
    why: str


class Policies(_Entry):
    """Other policies whose editions the same readers see, with the reason for it."""

    value: tuple[str, ...]
    why: str


class Policy(_Entry):
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
    reads_also: Policies


class PlannedTable(_Entry):
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


class _PlanRow(_Entry):
    variable: str
    crime: str
    groups: tuple[Group, ...]
    section: str
    together: dict[str, tuple[str, ...]] = {}
    phrases: dict[str, str] = {}
    among: dict[str, tuple[str, ...]] = {}
    among_named: str = ""
    words: dict[Word, tuple[str, ...]] = {}
    ranking: bool = False

    def tables(self) -> Iterator[PlannedTable]:
        for group in self.groups:
            name = ".".join(filter(None, (self.crime, group, self.variable, self.among_named)))
            yield PlannedTable(
                id=name,
                variable=self.variable,
                crime=self.crime,
                group=group,
                section=self.section,
                together=self.together,
                phrases=self.phrases,
                among=self.among,
                words={level: word for word, levels in self.words.items() for level in levels},
                ranking=self.ranking,
            )


class _File(_Entry):
    project: Project
    crimes: dict[str, Crime]
    roles: dict[Group, Role]
    countries: dict[str, Country]
    editions: dict[str, Edition]
    dissemination: dict[str, Dissemination]
    policies: dict[str, Policy]
    tables: list[_PlanRow]


class Study(_Entry):
    """Everything study.yml says, with the planned tables by id."""

    project: Project
    crimes: Mapping[str, Crime]
    roles: Mapping[str, Role]
    countries: Mapping[str, Country]
    editions: Mapping[str, Edition]
    dissemination: Mapping[str, Dissemination]
    policies: Mapping[str, Policy]
    tables: Mapping[str, PlannedTable]

    def policy_of(self, dissemination: str) -> Policy:
        """Return the policy under which a dissemination level is protected."""
        return self.policies[self.dissemination[dissemination].policy]

    def planned(self, edition: str) -> tuple[PlannedTable, ...]:
        """Return the planned tables of an edition's crimes, in the order of study.yml."""
        crimes = self.editions[edition].crimes
        return tuple(table for table in self.tables.values() if table.crime in crimes)


def read_study(folder: Path, codebook: Codebook) -> Study:
    """Read study.yml of a project folder, or refuse it with every fault found."""
    parsed = _parse(_text(folder / FILE))
    tables = [table for row in parsed.tables for table in row.tables()]
    faults = [
        *_faults_of_references(parsed),
        *(fault for row in parsed.tables for fault in _faults_of_words(row)),
        *_faults_of_plan(tables, parsed, codebook),
    ]
    if faults:
        raise StudyRefused(faults)
    entries = {name: getattr(parsed, name) for name in _File.model_fields if name != "tables"}
    return Study(**entries, tables={table.id: table for table in tables})


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except OSError as error:
        raise StudyRefused.one(FILE, "", "cannot be read", remedy="run in the project's folder") from error
    except UnicodeDecodeError as error:
        raise StudyRefused.one(FILE, "", "is not UTF-8", remedy="save it as UTF-8") from error


def _parse(text: str) -> _File:
    try:
        return _File.model_validate(yaml.safe_load(text))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"line {mark.line + 1}" if mark else ""
        raise StudyRefused.one(FILE, place, "is not YAML", remedy="mend the indentation or quotes there") from error
    except ValidationError as error:
        raise StudyRefused(_fault_of(entry) for entry in error.errors()) from error


def _fault_of(entry: Any) -> Fault:
    place = ".".join(str(part) for part in entry["loc"])
    if entry["type"] == "extra_forbidden":
        return Fault(FILE, place, "unknown key", remedy="remove it or correct its spelling")
    if entry["type"] == "missing":
        return Fault(FILE, place, "missing key", remedy="add it")
    if isinstance(entry["input"], bool) and entry["type"] == "string_type":
        return Fault(FILE, place, "YAML reads this word as true or false", remedy="put it in quotes")
    return Fault(FILE, place, entry["msg"][:1].lower() + entry["msg"][1:], value=str(entry["input"])[:40])


def _faults_of_references(parsed: _File) -> Iterator[Fault]:
    """Names that point to nothing: an edition's crimes, a level's policy, a policy's other reader."""
    for name, edition in parsed.editions.items():
        for crime in edition.crimes:
            yield from _known(crime, parsed.crimes, f"editions.{name}.crimes", "crime")
        if edition.earlier is not None:
            yield from _known(edition.earlier, parsed.editions, f"editions.{name}.earlier", "edition")
    for name, dissemination in parsed.dissemination.items():
        yield from _known(dissemination.policy, parsed.policies, f"dissemination.{name}.policy", "policy")
    for name, policy in parsed.policies.items():
        for other in policy.reads_also.value:
            yield from _known(other, parsed.policies, f"policies.{name}.reads_also", "policy")


def _known(value: str, allowed: Collection[str], place: str, what: str) -> Iterator[Fault]:
    if value not in allowed:
        yield Fault(FILE, place, f"unknown {what}", value=value, allowed=", ".join(allowed))


def _faults_of_words(row: _PlanRow) -> Iterator[Fault]:
    levels = [level for named in row.words.values() for level in named]
    for level in sorted({level for level in levels if levels.count(level) > 1}):
        place = f"tables: {next(row.tables()).id}: words" if row.groups else "tables"
        yield Fault(FILE, place, "a level has more than one word", value=level, remedy="keep one")


def _faults_of_plan(tables: list[PlannedTable], parsed: _File, codebook: Codebook) -> Iterator[Fault]:
    seen: set[str] = set()
    for table in tables:
        place = f"tables: {table.id}"
        if table.id in seen:
            yield Fault(FILE, place, "planned twice", remedy="give the subgroup a name of its own")
        seen.add(table.id)
        yield from _known(table.crime, parsed.crimes, place, "crime")
        yield from _known(table.group, parsed.roles, place, "group")
        if table.crime in parsed.crimes:
            yield from _known(table.section, parsed.crimes[table.crime].sections, place, "section")
        yield from _faults_of_table(table, place, codebook)


def _faults_of_table(table: PlannedTable, place: str, codebook: Codebook) -> Iterator[Fault]:
    if table.variable not in codebook:
        yield Fault(FILE, place, "the codebook has no such variable", value=table.variable)
        return
    variable = codebook[table.variable]
    levels = set(variable.level_ids)
    yield from _faults_of_coding(table, variable, place)
    yield from _faults_of_sets(table, variable, place)
    for other, members in table.among.items():
        if other not in codebook:
            yield Fault(FILE, f"{place}: among", "the codebook has no such variable", value=other)
        else:
            yield from _faults_of_coding(table, codebook[other], f"{place}: among.{other}")
            yield from _unknown_levels(members, set(codebook[other].level_ids), f"{place}: among.{other}")
    yield from _unknown_levels(table.words, levels | set(table.together), f"{place}: words")


def _faults_of_coding(table: PlannedTable, variable: Variable, place: str) -> Iterator[Fault]:
    if variable.crime not in ("ALL", table.crime):
        yield Fault(FILE, place, "the variable belongs to another crime", value=variable.crime)
    if not set(table.group) <= variable.roles:
        message = "the variable is not coded for this group"
        yield Fault(FILE, place, message, value=table.group, allowed=" ".join(sorted(variable.roles)))


def _faults_of_sets(table: PlannedTable, variable: Variable, place: str) -> Iterator[Fault]:
    if set(table.phrases) != set(table.together):
        named = ", ".join(sorted(set(table.phrases) ^ set(table.together)))
        yield Fault(FILE, place, "every set of levels needs a phrase, and only sets", value=named)
    for name, members in table.together.items():
        yield from _unknown_levels(members, set(variable.level_ids), f"{place}: together.{name}")
        if name in variable.level_ids:
            yield Fault(FILE, f"{place}: together", "a set has the name of a level", value=name)
    counted = [level for members in table.together.values() for level in members]
    if variable.multi and len(counted) > len(set(counted)):
        # What a reader can work out of overlapping unions is more than disclosure_control.feasibility finds.
        yield Fault(FILE, f"{place}: together", "two sets share a level", remedy="plan sets that share none")


def _unknown_levels(named: Iterable[str], levels: set[str], place: str) -> Iterator[Fault]:
    for level in named:
        if level not in levels:
            yield Fault(FILE, place, "the variable has no such level", value=level, allowed=", ".join(sorted(levels)))
