"""study.yml, read once and checked: every fault of it at once."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from casebook.codebook import Codebook, Variable
from casebook.errors import Fault, StudyRefused
from casebook.study import (
    FILE,
    Anonymity,
    Country,
    Crime,
    Dissemination,
    Edition,
    Entry,
    Group,
    PlannedTable,
    Policy,
    Project,
    Quoting,
    Role,
    Study,
    Word,
)


class _PlanRow(Entry):
    variable: str
    crime: str
    groups: tuple[Group, ...]
    section: str
    together: Mapping[str, tuple[str, ...]] = {}
    phrases: Mapping[str, str] = {}
    among: Mapping[str, tuple[str, ...]] = {}
    among_named: str = ""
    words: Mapping[Word, tuple[str, ...]] = {}
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


class _File(Entry):
    project: Project
    crimes: dict[str, Crime]
    roles: dict[Group, Role]
    countries: dict[str, Country]
    editions: dict[str, Edition]
    dissemination: dict[str, Dissemination]
    policies: dict[str, Policy]
    anonymity: Anonymity
    quotations: Quoting
    tables: list[_PlanRow]


def read_study(folder: Path, codebook: Codebook) -> Study:
    """Read study.yml of a project folder, or refuse it with every fault found."""
    parsed = _parse(_text(folder / FILE))
    tables = [table for row in parsed.tables for table in row.tables()]
    if faults := [*_faults_within(parsed), *_faults_of_plan(tables, parsed, codebook)]:
        raise StudyRefused(faults)
    entries = {name: getattr(parsed, name) for name in _File.model_fields if name != "tables"}
    return Study(**entries, tables={table.id: table for table in tables})


def check_without_codebook(folder: Path) -> None:
    """Refuse what is wrong with study.yml whatever the codebook says."""
    if faults := list(_faults_within(_parse(_text(folder / FILE)))):
        raise StudyRefused(faults)


def _faults_within(parsed: _File) -> Iterator[Fault]:
    yield from _faults_of_references(parsed)
    yield from _faults_of_quoting(parsed)
    for row in parsed.tables:
        yield from _faults_of_words(row)


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except OSError as error:
        raise StudyRefused.one(FILE, "", "cannot be read", remedy="run in the project's folder") from error
    except UnicodeDecodeError as error:
        raise StudyRefused.one(FILE, "", "is not UTF-8", remedy="save it as UTF-8") from error


class _Loader(yaml.SafeLoader):
    """Reads YAML and collects the keys written twice, of which YAML would silently keep the last."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.faults: list[Fault] = []

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                place = f"line {key.start_mark.line + 1}"
                self.faults.append(Fault(FILE, place, "a key is written twice", value=key.value, remedy="keep one"))
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def _load(text: str) -> Any:
    loader = _Loader(text)
    content = loader.get_single_data()
    if loader.faults:
        raise StudyRefused(loader.faults)
    return content


def _parse(text: str) -> _File:
    try:
        return _File.model_validate(_load(text))
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


def _faults_of_quoting(parsed: _File) -> Iterator[Fault]:
    approvals = parsed.quotations.approvals
    for name in parsed.policies:
        if name not in approvals:
            yield Fault(FILE, f"quotations.approvals.{name}", "missing key", remedy="add it")
    for name in approvals:
        yield from _known(name, parsed.policies, f"quotations.approvals.{name}", "policy")


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
