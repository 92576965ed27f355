"""The codebook: what an interview is coded for, the levels of each variable, and the words used for them."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from casebook.errors import Fault, StudyRefused

CRIMES = ("OG", "CB", "HT")
EVERY_CRIME = "ALL"
ROLES = ("E", "O", "V")
SECTIONS = {
    0: "Interview",
    1: "Introduction",
    2: "Risk/protective factors",
    3: "Socio-demographics",
    4: "Modus operandi",
    5: "Consequences",
    6: "Prevention",
}
# A type of the file and the kind it is analysed as: ages are asked in years and coded by band.
KINDS = {
    "nominal": "nominal",
    "ordinal": "ordinal",
    "integer->ordinal": "ordinal",
    "binary": "binary",
    "multi": "multi",
    "integer": "integer",
    "id": "id",
    "date": "date",
}
BINARY_LEVELS = ("yes", "no")

_VARIABLES_FILE, _LEVELS_FILE = "codebook.csv", "levels.csv"
_CLOSED_LISTS = {
    "crime": (EVERY_CRIME, *CRIMES),
    "section": tuple(f"{number} {title}" for number, title in SECTIONS.items()),
    "type": tuple(KINDS),
    "multi": BINARY_LEVELS,
    "provenance": ("S", "F", "R", "P"),
    "disclosure": ("D", "Q", "X", "N"),
    "table": ("submission", "interview", "coder", "coding"),
    "reads_after": ("", "named", "described", "were"),
}
_PROSE = ("label", "definition", "include", "exclude", "example")
_KEPT = ("id", "crime", "reference", "provenance", "disclosure", "table", "pattern", "reads_after", *_PROSE)
_VARIABLE_COLUMNS = frozenset({"levels", "exclusive", "roles", *_CLOSED_LISTS, *_KEPT})
_LEVEL_PROSE = ("label", "phrase", "definition")
_LEVEL_COLUMNS = frozenset({"variable", "level", *_LEVEL_PROSE})
_VARIABLE_ID = re.compile(r"[a-z][a-z0-9_]*")
_LEVEL_ID = re.compile(r"[A-Za-z0-9<>][A-Za-z0-9<=+_-]*")


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
            _LEVELS_FILE,
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
    faults: list[Fault] = []
    variables = _read_rows(folder / _VARIABLES_FILE, _VARIABLE_COLUMNS, faults)
    levels = _read_rows(folder / _LEVELS_FILE, _LEVEL_COLUMNS, faults)
    if not faults:
        faults = [*_variable_faults(variables), *_level_faults(levels), *_match_faults(variables, levels)]
    if faults:
        raise StudyRefused(faults)
    words = {(row["variable"], row["level"]): row for row in levels}
    return Codebook(tuple(_variable(row, words) for row in variables))


@dataclass(frozen=True)
class _Row:
    """One row of a file under the number a spreadsheet shows for it."""

    file: str
    number: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells[column]

    def fault(self, column: str, message: str, *, value: str | None = None, allowed: str = "") -> Fault:
        found = self[column] if value is None else value
        return Fault(self.file, f"row {self.number}, column {column}", message, value=found, allowed=allowed)


def _read_rows(path: Path, columns: frozenset[str], faults: list[Fault]) -> tuple[_Row, ...]:
    """The rows of a CSV file with exactly these columns; what prevents reading it is added to `faults`."""
    shown = f"{path.parent.name}/{path.name}"
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            header, *body = csv.reader(stream, strict=True)
    except (OSError, UnicodeDecodeError, csv.Error, ValueError):
        remedy = "save it as comma-separated UTF-8 with a header row"
        faults.append(Fault(shown, "", "the file is missing, empty or not readable", remedy=remedy))
        return ()
    faults += _header_faults(shown, header, columns)
    faults += _length_faults(shown, header, body)
    numbered = enumerate(body, start=2)
    return tuple(_Row(shown, number, dict(zip(header, cells, strict=False))) for number, cells in numbered)


def _header_faults(file: str, header: list[str], columns: frozenset[str]) -> Iterator[Fault]:
    allowed = ", ".join(sorted(columns))
    for column, times in Counter(header).items():
        if column not in columns:
            yield Fault(file, "row 1", "unknown column", column, allowed)
        elif times > 1:
            yield Fault(file, "row 1", "the column occurs more than once", column)
    for column in columns.difference(header):
        yield Fault(file, "row 1", "a column is missing", remedy=f"add the column {column}")


def _length_faults(file: str, header: list[str], body: list[list[str]]) -> Iterator[Fault]:
    for number, cells in enumerate(body, start=2):
        if len(cells) != len(header):
            message = "the row has not as many cells as the header"
            yield Fault(file, f"row {number}", message, str(len(cells)), str(len(header)))


def _variable_faults(rows: tuple[_Row, ...]) -> Iterator[Fault]:
    times = Counter(row["id"] for row in rows)
    for row in rows:
        if not _VARIABLE_ID.fullmatch(row["id"]):
            yield row.fault("id", "not an identifier", allowed="lower-case letters, digits and underscores")
        if times[row["id"]] > 1:
            yield row.fault("id", "the identifier occurs more than once")
        yield from _closed_list_faults(row)
        yield from _empty_faults(row, _PROSE)
        yield from _domain_faults(row)
        yield from _choice_faults(row)


def _closed_list_faults(row: _Row) -> Iterator[Fault]:
    for column, allowed in _CLOSED_LISTS.items():
        if row[column] not in allowed:
            yield row.fault(column, f"unknown {column}", allowed=", ".join(filter(None, allowed)))
    roles = row["roles"].split()
    if not roles or len(set(roles)) != len(roles) or not set(roles) <= set(ROLES):
        yield row.fault("roles", "roles must be one or more known roles", allowed=" ".join(ROLES))


def _empty_faults(row: _Row, columns: Iterable[str]) -> Iterator[Fault]:
    for column in columns:
        if not row[column].strip():
            yield row.fault(column, f"the {column} is empty")


def _domain_faults(row: _Row) -> Iterator[Fault]:
    """What is wrong with the values a variable may take: a closed list of levels or a pattern."""
    if bool(row["levels"]) == bool(row["pattern"]):
        yield row.fault("levels", "a variable has either levels or a pattern")
    try:
        re.compile(row["pattern"])
    except re.error:
        yield row.fault("pattern", "not a regular expression")
    for level, times in Counter(_list(row["levels"])).items():
        if not _LEVEL_ID.fullmatch(level):
            yield row.fault("levels", "not a level identifier", value=level)
        if times > 1:
            yield row.fault("levels", "the level occurs more than once", value=level)


def _choice_faults(row: _Row) -> Iterator[Fault]:
    """What is wrong with how many levels may be chosen together."""
    levels, exclusive, multi = _list(row["levels"]), _list(row["exclusive"]), row["multi"] == "yes"
    if row["type"] == "multi" and not multi:
        yield row.fault("multi", "a variable of type multi takes several levels", allowed="yes")
    if row["type"] == "binary" and levels != BINARY_LEVELS:
        yield row.fault("levels", "a binary variable has two levels", allowed="; ".join(BINARY_LEVELS))
    for level in exclusive:
        if level not in levels:
            message = "the exclusive level is not a level"
            yield row.fault("exclusive", message, value=level, allowed=row["levels"])
    if exclusive and not multi:
        yield row.fault("exclusive", "only a variable that takes several levels has exclusive ones")


def _level_faults(rows: tuple[_Row, ...]) -> Iterator[Fault]:
    levels = Counter((row["variable"], row["level"]) for row in rows)
    labels = Counter((row["variable"], row["label"]) for row in rows)
    for row in rows:
        if levels[row["variable"], row["level"]] > 1:
            yield row.fault("level", f"the level of {row['variable']} is described more than once")
        if row["label"] and labels[row["variable"], row["label"]] > 1:
            yield row.fault("label", f"the label names two levels of {row['variable']}")
        if row["phrase"].endswith("."):
            yield row.fault("phrase", "a phrase stands within a sentence and has no full stop")
        yield from _empty_faults(row, _LEVEL_PROSE)


def _match_faults(variables: tuple[_Row, ...], levels: tuple[_Row, ...]) -> Iterator[Fault]:
    """Where the levels named in one file and those described in the other are not the same."""
    named = {row["id"]: _list(row["levels"]) for row in variables}
    yield from _unknown_level_faults(named, levels)
    described = {(row["variable"], row["level"]) for row in levels}
    for row in variables:
        for level in named[row["id"]]:
            if (row["id"], level) not in described:
                message = f"{_LEVELS_FILE} does not describe a level of {row['id']}"
                yield row.fault("levels", message, value=level)


def _unknown_level_faults(named: Mapping[str, tuple[str, ...]], levels: tuple[_Row, ...]) -> Iterator[Fault]:
    for row in levels:
        if row["variable"] not in named:
            yield row.fault("variable", "the codebook has no such variable")
        elif row["level"] not in named[row["variable"]]:
            allowed = ", ".join(named[row["variable"]])
            yield row.fault("level", f"the codebook has no such level of {row['variable']}", allowed=allowed)


def _variable(row: _Row, words: Mapping[tuple[str, str], _Row]) -> Variable:
    exclusive = _list(row["exclusive"])
    return Variable(
        section=int(row["section"].partition(" ")[0]),
        kind=KINDS[row["type"]],
        levels=tuple(
            Level(level, **_level_words(words[row["id"], level]), exclusive=level in exclusive)
            for level in _list(row["levels"])
        ),
        multi=row["multi"] == "yes",
        roles=frozenset(row["roles"].split()),
        **{column: row[column] for column in _KEPT},
    )


def _level_words(row: _Row) -> dict[str, str]:
    return {column: row[column] for column in _LEVEL_PROSE}


def _list(cell: str) -> tuple[str, ...]:
    """The members of a cell that lists identifiers, separated by semicolons."""
    return tuple(part.strip() for part in cell.split(";")) if cell.strip() else ()
