"""Frequency tables: how many interviews of a group named each level, before the door has seen them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import Any, Protocol

import pandas as pd

from casebook.codebook import Codebook, Variable
from casebook.errors import DataRefused, Fault
from casebook.protected_tables import POOLED, key_of
from casebook.restricted.submission_tables import MISSING_KINDS
from casebook.study import PlannedTable

_FILE = "frequency tables"


class CodedStudy(Protocol):
    """What can be counted: `people` one row per interview, `values` one per interview, variable and level."""

    @property
    def codebook(self) -> Codebook: ...
    @property
    def people(self) -> pd.DataFrame: ...
    @property
    def values(self) -> pd.DataFrame: ...


@dataclass(frozen=True)
class FrequencyTable:
    """How many interviews of a group have each level of a variable; true values, so restricted.

    `group_size` counts the interviews of the group, or of its subgroup where `among_text` names one; `whole_group`
    those of the group as a whole. `base` counts the interviews in which the topic was asked and answered, `missing` the
    others by kind: never part of a denominator. `counts` has every level in codebook order, then the planned sets.
    Impossible figures raise DataRefused.
    """

    id: str
    variable: str
    crime: str
    group: str
    country: str
    group_size: int
    whole_group: int
    base: int
    missing: Mapping[str, int]
    counts: Mapping[str, int]
    sets: tuple[str, ...]
    multi: bool
    exclusive: tuple[str, ...]
    among_text: str = ""

    def __post_init__(self) -> None:
        faults = [Fault(_FILE, self.key, message) for message in _impossible(self)]
        if faults:
            raise DataRefused(faults)

    @property
    def key(self) -> str:
        """The key of the table among an edition's tables."""
        return key_of(self.id, self.country)

    @property
    def levels(self) -> Mapping[str, int]:
        """The counts of the variable's own levels, without the planned sets."""
        return {level: n for level, n in self.counts.items() if level not in self.sets}

    def to_json(self) -> dict[str, Any]:
        """Return the table as JSON values, from which `from_json` makes the same table."""
        return {
            **self.__dict__,
            "missing": dict(self.missing),
            "counts": [*map(list, self.counts.items())],
            "sets": list(self.sets),
            "exclusive": list(self.exclusive),
        }

    @classmethod
    def from_json(cls, entry: Mapping[str, Any]) -> FrequencyTable:
        """Return the table that `to_json` wrote; raises DataRefused for figures that cannot be."""
        kept = {**entry, "sets": tuple(entry["sets"]), "exclusive": tuple(entry["exclusive"])}
        return cls(**{**kept, "missing": _read_only(entry["missing"]), "counts": _read_only(entry["counts"])})


@dataclass(frozen=True, order=True)
class SampleRow:
    """The number of interviews of a crime, role, country and wave."""

    crime: str
    role: str
    country: str
    wave: int
    interviews: int

    def to_json(self) -> dict[str, Any]:
        """Return the row as JSON values."""
        return asdict(self)


def sample_table(study: CodedStudy) -> tuple[SampleRow, ...]:
    """Return how many interviews there are by crime, role, country and wave, in that order; empty strata are absent."""
    strata = study.people[["crime", "role", "country", "wave"]].value_counts(sort=False)
    rows = strata.rename("interviews").reset_index().itertuples(index=False)
    return tuple(sorted(SampleRow(str(c), str(r), str(cc), int(wave), int(n)) for c, r, cc, wave, n in rows))


def count(
    plan: PlannedTable, study: CodedStudy, *, country: str = POOLED, waves: Collection[int] | None = None
) -> FrequencyTable:
    """Return the frequencies of a planned table, pooled or of one country, over the waves given or all.

    Raises DataRefused where the group is not coded for the variable, or an interview of it lacks the variable.
    """
    variable = _variable(plan, study.codebook)
    group = _group(plan, study.people, country=country, waves=waves)
    members = _subgroup(plan, study.values, group)
    rows = _rows(variable, study, members)
    _refuse_uncoded(plan, members, rows)
    answers = rows[rows["level"].ne("")]
    return FrequencyTable(
        id=plan.id,
        variable=variable.id,
        crime=plan.crime,
        group=plan.group,
        country=country,
        group_size=len(members),
        whole_group=len(group),
        base=int(answers["interview"].nunique()),
        missing=_missing(rows[rows["level"].eq("")]),
        counts=_counts(plan, variable, answers),
        sets=tuple(plan.together),
        multi=variable.multi,
        exclusive=tuple(level.id for level in variable.exclusive),
        among_text="; ".join(f"{name}: {' + '.join(levels)}" for name, levels in plan.among.items()),
    )


def _variable(plan: PlannedTable, codebook: Codebook) -> Variable:
    """The planned variable, where every role of the group is coded for it."""
    variable = codebook.get(plan.variable)
    if variable is None:
        raise DataRefused.one(_FILE, plan.id, "the codebook has no such variable", value=plan.variable)
    lacking = [role for role in plan.group if not variable.counted_for(plan.crime, role)]
    if lacking:
        raise DataRefused.one(
            _FILE,
            plan.id,
            "the group is not coded for the variable",
            value=plan.group,
            allowed=" ".join(sorted(variable.roles)),
            remedy="plan the table for a group that is",
        )
    return variable


def _group(plan: PlannedTable, people: pd.DataFrame, *, country: str, waves: Collection[int] | None) -> pd.Index[str]:
    member = people["crime"].eq(plan.crime) & people["role"].isin(list(plan.group))
    if country != POOLED:
        member &= people["country"].eq(country)
    if waves is not None:
        member &= people["wave"].isin(waves)
    return people.index[member]


def _subgroup(plan: PlannedTable, values: pd.DataFrame, group: pd.Index[str]) -> pd.Index[str]:
    """The interviews of the group that have all levels the subgroup is defined by."""
    for variable, levels in plan.among.items():
        for level in levels:
            has = values["variable"].eq(variable) & values["level"].eq(level)
            group = group[group.isin(values.loc[has, "interview"])]
    return group


def _rows(variable: Variable, study: CodedStudy, members: pd.Index[str]) -> pd.DataFrame:
    """The variable's values of the interviews: as coded, or from what is known of each interview itself."""
    if variable.of_the_interview:
        known = study.people.loc[members, variable.id].astype(str)
        return pd.DataFrame({"interview": members, "level": known.to_numpy(), "missing": ""})
    coded = study.values[study.values["variable"].eq(variable.id)]
    return coded[coded["interview"].isin(members)]


def _refuse_uncoded(plan: PlannedTable, members: pd.Index[str], rows: pd.DataFrame) -> None:
    uncoded = len(members) - int(rows["interview"].nunique())
    if uncoded:
        raise DataRefused.one(
            _FILE,
            plan.id,
            "interviews of the group are not coded for the variable",
            value=f"{uncoded} of {len(members)}",
            remedy="code them, or give the kind of missing answer",
        )


def _missing(rows: pd.DataFrame) -> Mapping[str, int]:
    times = rows["missing"].value_counts()
    return _read_only({kind: int(times[kind]) for kind in MISSING_KINDS if kind in times.index})


def _counts(plan: PlannedTable, variable: Variable, answers: pd.DataFrame) -> Mapping[str, int]:
    named: dict[str, set[str]] = {}
    for interview, level in zip(answers["interview"], answers["level"], strict=True):
        named.setdefault(level, set()).add(interview)
    sets = {level: (level,) for level in variable.level_ids} | dict(plan.together)
    return _read_only(
        {name: len(set().union(*(named.get(level, ()) for level in levels))) for name, levels in sets.items()}
    )


def _read_only(pairs: Any) -> Mapping[str, int]:
    return MappingProxyType(dict(pairs))


def _impossible(table: FrequencyTable) -> Iterator[str]:
    """What no group of interviews can show."""
    if min(*table.counts.values(), *table.missing.values(), table.base, table.group_size) < 0:
        yield "a count is negative"
    if table.base + sum(table.missing.values()) != table.group_size:
        yield "answered and missing interviews are not the group"
    if table.group_size > table.whole_group:
        yield "the subgroup is larger than its group"
    if max(table.counts.values()) > table.base:
        yield "a level has more interviews than answered"
    yield from _impossible_together(table)


def _impossible_together(table: FrequencyTable) -> Iterator[str]:
    """What the levels of one variable cannot show beside each other."""
    named = sum(table.levels.values())
    if not table.multi and named != table.base:
        yield "the levels of a variable that takes one do not add up to its base"
    if named < table.base:
        yield "the levels are named by fewer interviews than answered"
    for level in table.exclusive:
        others = [n for other, n in table.levels.items() if other != level]
        if max(others, default=0) > table.base - table.counts[level]:
            yield f"the level {level} excludes the others, but too few interviews are left for them"
