"""The codebook's two files: their rows, and every fault in them."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
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

VARIABLES_FILE, LEVELS_FILE = "codebook.csv", "levels.csv"
CLOSED_LISTS = {
    "crime": (EVERY_CRIME, *CRIMES),
    "section": tuple(f"{number} {title}" for number, title in SECTIONS.items()),
    "type": tuple(KINDS),
    "multi": BINARY_LEVELS,
    "provenance": ("S", "F", "R", "P"),
    "disclosure": ("D", "Q", "X", "N"),
    "table": ("submission", "interview", "coder", "coding"),
    "reads_after": ("", "named", "described", "were"),
}
PROSE = ("label", "definition", "include", "exclude", "example")
KEPT = ("id", "crime", "reference", "provenance", "disclosure", "table", "pattern", "reads_after", *PROSE)
VARIABLE_COLUMNS = frozenset({"levels", "exclusive", "roles", *CLOSED_LISTS, *KEPT})
LEVEL_PROSE = ("label", "phrase", "definition")
LEVEL_COLUMNS = frozenset({"variable", "level", *LEVEL_PROSE})
_VARIABLE_ID = re.compile(r"[a-z][a-z0-9_]*")
_LEVEL_ID = re.compile(r"[A-Za-z0-9<>][A-Za-z0-9<=+_-]*")


def read_files(folder: Path) -> tuple[tuple[Row, ...], tuple[Row, ...]]:
    """The rows of codebook.csv and levels.csv in `folder`; raises StudyRefused with every fault of both."""
    faults: list[Fault] = []
    variables = read_rows(folder / VARIABLES_FILE, VARIABLE_COLUMNS, faults)
    levels = read_rows(folder / LEVELS_FILE, LEVEL_COLUMNS, faults)
    if not faults:
        faults = [*_variable_faults(variables), *_level_faults(levels), *_match_faults(variables, levels)]
    if faults:
        raise StudyRefused(faults)
    return variables, levels


def members(cell: str) -> tuple[str, ...]:
    """The members of a cell that lists identifiers, separated by semicolons."""
    return tuple(part.strip() for part in cell.split(";")) if cell.strip() else ()


@dataclass(frozen=True)
class Row:
    """One row of a file under the number a spreadsheet shows for it."""

    file: str
    number: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells[column]

    def fault(self, column: str, message: str, *, value: str | None = None, allowed: str = "") -> Fault:
        found = self[column] if value is None else value
        return Fault(self.file, f"row {self.number}, column {column}", message, value=found, allowed=allowed)


def read_rows(path: Path, columns: frozenset[str], faults: list[Fault]) -> tuple[Row, ...]:
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
    return tuple(Row(shown, number, dict(zip(header, cells, strict=False))) for number, cells in numbered)


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


def _variable_faults(rows: tuple[Row, ...]) -> Iterator[Fault]:
    times = Counter(row["id"] for row in rows)
    for row in rows:
        if not _VARIABLE_ID.fullmatch(row["id"]):
            yield row.fault("id", "not an identifier", allowed="lower-case letters, digits and underscores")
        if times[row["id"]] > 1:
            yield row.fault("id", "the identifier occurs more than once")
        yield from _closed_list_faults(row)
        yield from _empty_faults(row, PROSE)
        yield from _domain_faults(row)
        yield from _choice_faults(row)


def _closed_list_faults(row: Row) -> Iterator[Fault]:
    for column, allowed in CLOSED_LISTS.items():
        if row[column] not in allowed:
            yield row.fault(column, "not a value of this column", allowed=", ".join(filter(None, allowed)))
    roles = row["roles"].split()
    if not roles or len(set(roles)) != len(roles) or not set(roles) <= set(ROLES):
        yield row.fault("roles", "roles must be one or more known roles", allowed=" ".join(ROLES))


def _empty_faults(row: Row, columns: Iterable[str]) -> Iterator[Fault]:
    for column in columns:
        if not row[column].strip():
            yield row.fault(column, f"the {column} is empty")


def _domain_faults(row: Row) -> Iterator[Fault]:
    """What is wrong with the values a variable may take: a closed list of levels or a pattern."""
    if bool(row["levels"]) == bool(row["pattern"]):
        yield row.fault("levels", "a variable has either levels or a pattern")
    try:
        re.compile(row["pattern"])
    except re.error:
        yield row.fault("pattern", "not a regular expression")
    for level, times in Counter(members(row["levels"])).items():
        if not _LEVEL_ID.fullmatch(level):
            yield row.fault("levels", "not a level identifier", value=level)
        if times > 1:
            yield row.fault("levels", "the level occurs more than once", value=level)


def _choice_faults(row: Row) -> Iterator[Fault]:
    """What is wrong with how many levels may be chosen together."""
    levels, exclusive, multi = members(row["levels"]), members(row["exclusive"]), row["multi"] != "no"
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


def _level_faults(rows: tuple[Row, ...]) -> Iterator[Fault]:
    levels = Counter((row["variable"], row["level"]) for row in rows)
    labels = Counter((row["variable"], row["label"]) for row in rows)
    for row in rows:
        if levels[row["variable"], row["level"]] > 1:
            yield row.fault("level", f"the level of {row['variable']} is described more than once")
        if row["label"] and labels[row["variable"], row["label"]] > 1:
            yield row.fault("label", f"the label names two levels of {row['variable']}")
        if row["phrase"].endswith("."):
            yield row.fault("phrase", "a phrase stands within a sentence and has no full stop")
        yield from _empty_faults(row, LEVEL_PROSE)


def _match_faults(variables: tuple[Row, ...], levels: tuple[Row, ...]) -> Iterator[Fault]:
    """Where the levels named in one file and those described in the other are not the same."""
    named: dict[str, tuple[str, ...]] = {}
    for row in variables:
        named[row["id"]] = (*named.get(row["id"], ()), *members(row["levels"]))
    yield from _unknown_level_faults(named, levels)
    described = {(row["variable"], row["level"]) for row in levels}
    for row in variables:
        for level in named[row["id"]]:
            if (row["id"], level) not in described:
                message = f"{LEVELS_FILE} does not describe a level of {row['id']}"
                yield row.fault("levels", message, value=level)


def _unknown_level_faults(named: Mapping[str, tuple[str, ...]], levels: tuple[Row, ...]) -> Iterator[Fault]:
    for row in levels:
        if row["variable"] not in named:
            yield row.fault("variable", "the codebook has no such variable")
        elif row["level"] not in named[row["variable"]]:
            allowed = ", ".join(named[row["variable"]])
            yield row.fault("level", f"the codebook has no such level of {row['variable']}", allowed=allowed)
