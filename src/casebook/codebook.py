"""The codebook: what an interview is coded for, the levels of each variable, and the words used for them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from casebook.codebook_files import (
    CRIMES,
    EVERY_CRIME,
    KEPT,
    KINDS,
    LEVEL_PROSE,
    LEVELS_FILE,
    ROLES,
    SECTIONS,
    Row,
    members,
    read_files,
)
from casebook.errors import StudyRefused

__all__ = ["CRIMES", "EVERY_CRIME", "ROLES", "SECTIONS", "Codebook", "Level", "Variable", "read_codebook"]


@dataclass(frozen=True)
class Level:
    """One answer a variable can take, with its label for tables and its phrase for running prose."""

    id: str
    label: str
    phrase: str
    definition: str
    exclusive: bool


@dataclass(frozen=True)
class Variable:
    """One topic interviews are coded for; `levels` is empty where `pattern` describes open values."""

    id: str
    crime: str
    section: int
    label: str
    kind: str
    levels: tuple[Level, ...]
    multi: bool
    roles: frozenset[str]
    reference: str
    provenance: str
    disclosure: str
    table: str
    pattern: str
    reads_after: str
    definition: str
    include: str
    exclude: str
    example: str

    @property
    def section_title(self) -> str:
        """The title of the report section the variable belongs to."""
        return SECTIONS[self.section]

    @property
    def level_ids(self) -> tuple[str, ...]:
        """The identifiers of the levels, in codebook order."""
        return tuple(level.id for level in self.levels)

    @property
    def exclusive(self) -> tuple[Level, ...]:
        """The levels that cannot stand beside any other level."""
        return tuple(level for level in self.levels if level.exclusive)

    def level(self, level_id: str) -> Level:
        """The level of that identifier; raises StudyRefused where there is none."""
        for level in self.levels:
            if level.id == level_id:
                return level
        raise StudyRefused.one(
            LEVELS_FILE,
            f"variable {self.id}",
            "this variable has no such level",
            value=level_id,
            allowed=", ".join(self.level_ids),
        )

    def accepts(self, value: str) -> bool:
        """Whether `value` is one of the levels, or fits the pattern of a variable without levels."""
        return value in self.level_ids if self.levels else re.fullmatch(self.pattern, value) is not None

    def coded_for(self, crime: str, role: str) -> bool:
        """Whether an interview of that crime and role has this variable in its coding table."""
        return self.table == "coding" and self.crime in (crime, EVERY_CRIME) and role in self.roles

    @property
    def of_the_interview(self) -> bool:
        """Whether it tells of the interview itself, and so of its participant, not of what was said."""
        return self.table == "interview"

    def counted_for(self, crime: str, role: str) -> bool:
        """Whether a table may count it: as coded, or as a neutral attribute of the interview itself."""
        attribute = self.of_the_interview and self.disclosure == "N" and bool(self.levels)
        return self.coded_for(crime, role) or (attribute and role in self.roles)


@dataclass(frozen=True)
class Codebook(Mapping[str, Variable]):
    """The variables by identifier, in the order of the file."""

    variables: tuple[Variable, ...]

    @cached_property
    def _by_id(self) -> dict[str, Variable]:
        return {variable.id: variable for variable in self.variables}

    def __getitem__(self, variable_id: str) -> Variable:
        return self._by_id[variable_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_id)

    def __len__(self) -> int:
        return len(self.variables)

    @property
    def attributes(self) -> tuple[Variable, ...]:
        """The variables that describe an interview itself and are columns of the interview table."""
        return tuple(variable for variable in self.variables if variable.table == "interview")

    def for_(self, crime: str, role: str) -> Iterator[Variable]:
        """The variables an interview of that crime and role is coded for, in codebook order."""
        return (variable for variable in self.variables if variable.coded_for(crime, role))


def read_codebook(folder: Path) -> Codebook:
    """The codebook in `folder` (codebook.csv, levels.csv); raises StudyRefused with every fault of both."""
    variables, levels = read_files(folder)
    words = {(row["variable"], row["level"]): row for row in levels}
    return Codebook(tuple(_variable(row, words) for row in variables))


def _variable(row: Row, words: Mapping[tuple[str, str], Row]) -> Variable:
    exclusive = members(row["exclusive"])
    return Variable(
        section=int(row["section"].partition(" ")[0]),
        kind=KINDS[row["type"]],
        levels=tuple(
            Level(level, **_level_words(words[row["id"], level]), exclusive=level in exclusive)
            for level in members(row["levels"])
        ),
        multi=row["multi"] == "yes",
        roles=frozenset(row["roles"].split()),
        **{column: row[column] for column in KEPT},
    )


def _level_words(row: Row) -> dict[str, str]:
    return {column: row[column] for column in LEVEL_PROSE}
