"""Protected tables: the only numbers that may be published.

Only the door makes them (a test reads the source for other makers); everything that publishes accepts nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, get_args

from casebook.canonical import canonical_json, checksum, write_atomically
from casebook.errors import DisclosureRefused, Fault

Status = Literal["exact", "word", "withheld"]
Grade = Literal["customary", "tentative", "below"]

#: The words an offender's or victim's cell may be given at PU, weakest first; each is one-sided.
ONE_SIDED_WORDS = ("named", "less than half", "more than half", "most")

POOLED = "pooled"

#: From which alpha on a variable can be relied on by custom, and tentatively; a lower one falls below both.
#: Source: K. Krippendorff, Content Analysis: An Introduction to Its Methodology.
CUSTOMARY, TENTATIVE = 0.800, 0.667


@dataclass(frozen=True)
class Cell:
    """One level of a variable in one group, in the form that may be published.

    `n` is set for status "exact" only, `word` for status "word" only. A withheld cell has neither: it is never 0.
    """

    level: str
    status: Status
    n: int | None = None
    word: str | None = None

    def __post_init__(self) -> None:
        has_n, has_word = self.n is not None, self.word is not None
        fits = (has_n, has_word) == (self.status == "exact", self.status == "word")
        if self.status not in get_args(Status) or not fits:
            raise DisclosureRefused.one("protected tables", self.level, "a cell's value does not fit its status")


@dataclass(frozen=True)
class ProtectedTable:
    """The frequencies of one variable in one group of interviews, as the door handed them out.

    `base` is the number of interviews in which the topic was asked and answered, None where it is withheld.
    `leading` is the level that more interviews have than any other, where that ranking was planned and may be said.
    `withheld` says in a phrase why the whole table is withheld; the cells are then all withheld.
    """

    id: str
    variable: str
    crime: str
    group: str
    country: str
    section: str
    group_size: int | None
    base: int | None
    multi: bool
    cells: tuple[Cell, ...]
    leading: str | None = None
    withheld: str | None = None
    among: str | None = None

    @property
    def key(self) -> str:
        """The key of the table among an edition's protected tables."""
        return key_of(self.id, self.country)

    def cell(self, level: str) -> Cell:
        """Return the cell of a level or planned set; KeyError where the table has none."""
        for cell in self.cells:
            if cell.level == level:
                return cell
        raise KeyError(level)


@dataclass(frozen=True)
class Coefficient:
    """A coefficient of agreement with its 95 % bootstrap interval, in two decimals.

    `undefined` says why there is no value. The interval is absent where too many resamples leave it undefined.
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    undefined: str = ""

    def __post_init__(self) -> None:
        given = [x for x in (self.value, self.low, self.high) if x is not None]
        if (self.value is None) != bool(self.undefined) or any(x != round(x, 2) or x > 1 for x in given):
            raise DisclosureRefused.one("protected tables", "agreement", "not a coefficient that may be published")


@dataclass(frozen=True)
class ExpertAgreement:
    """How far coders agree over the double-coded interviews with experts.

    A unit is an interview, or an interview and a level where several may be chosen; coders agree on `agreeing` of
    `units`. The commonest value has `prevalent` of all `ratings`.
    """

    interviews: int
    units: int
    agreeing: int
    ratings: int
    prevalent: int
    alpha: Coefficient
    ac1: Coefficient


@dataclass(frozen=True)
class ProtectedAgreement:
    """How far coders agree on a variable: in figures over experts' interviews, as a grade over all of them.

    Either is None where it may not be said, or cannot be. `too_few` says that the edition reports the variable of
    experts, but that too few of their interviews were coded twice for a figure.
    """

    variable: str
    experts: ExpertAgreement | None
    grade: Grade | None
    too_few: bool = False


@dataclass(frozen=True)
class ProtectedQuotation:
    """Somebody's words that may be printed, attributed to role and crime alone; nobody said `synthetic` ones."""

    id: str
    crime: str
    group: str
    variable: str
    level: str
    text: str
    synthetic: bool


@dataclass(frozen=True)
class AuditStatement:
    """What a book may say of the disclosure audit that it passed.

    `targets` is the number of counts that its reader was tried on, `smallest_width` that of the narrowest interval the
    reader can work out of what is not printed, `exposed` the number of those that tell too much; `ledger` is the digest
    of the ledger it was held against, if there is one.
    """

    targets: int
    smallest_width: int
    exposed: int
    solver: str
    ledger: str = ""

    @property
    def cleared(self) -> bool:
        return self.exposed == 0


@dataclass(frozen=True)
class ProtectedTables(Mapping[str, ProtectedTable]):
    """All protected tables of an edition and dissemination level, by key.

    The key is `<table id>` for pooled tables and `<table id>@<country>` for a country's.
    `sample` holds the number of interviews per crime and group, which every reader knows from outside.
    `countries` names, per crime, the countries whose own results pass the country gate; `agreement` says per variable
    how far coders agree. `held_back` names the groups ("OG.O") whose newcomers are too few to be reported, with the
    edition whose results stand in their place; `quotations` are the words that may be printed; `audit` is what may be
    said of the disclosure audit, once it has passed.
    """

    edition: str
    dissemination: str
    tables: Mapping[str, ProtectedTable]
    sample: Mapping[str, int]
    countries: Mapping[str, tuple[str, ...]]
    agreement: tuple[ProtectedAgreement, ...] = ()
    held_back: Mapping[str, str] = field(default_factory=dict)
    quotations: tuple[ProtectedQuotation, ...] = ()
    audit: AuditStatement | None = None

    def counted_in(self, crime: str, group: str) -> str:
        """Return the edition whose interviews the tables of a crime's group count."""
        return self.held_back.get(f"{crime}.{group}", self.edition)

    def __getitem__(self, key: str) -> ProtectedTable:
        return self.tables[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.tables)

    def __len__(self) -> int:
        return len(self.tables)

    def write(self, folder: Path) -> Path:
        """Write all tables to `tables.json` in a folder, in canonical bytes."""
        path = folder / "tables.json"
        write_atomically(path, canonical_json(self.to_json()))
        return path

    def checksums(self) -> Mapping[str, str]:
        """Return the SHA-256 of each table in canonical bytes, by its key."""
        return MappingProxyType({key: checksum(canonical_json(asdict(table))) for key, table in self.tables.items()})

    def to_json(self) -> dict[str, Any]:
        """Return the tables as JSON values, from which `protected_tables_of` makes the same tables."""
        return {
            "edition": self.edition,
            "dissemination": self.dissemination,
            "sample": dict(self.sample),
            "countries": {crime: list(names) for crime, names in self.countries.items()},
            "tables": {key: asdict(table) for key, table in self.tables.items()},
            "agreement": [asdict(entry) for entry in self.agreement],
            "held_back": dict(self.held_back),
            "quotations": [asdict(entry) for entry in self.quotations],
            **({"audit": asdict(self.audit)} if self.audit else {}),
        }


def key_of(table_id: str, country: str) -> str:
    """Return the key of a table among an edition's protected tables."""
    return table_id if country == POOLED else f"{table_id}@{country}"


def read_protected_tables(folder: Path) -> ProtectedTables:
    """Read what the door wrote, and nothing else."""
    path = folder / "tables.json"
    try:
        return protected_tables_of(json.loads(path.read_text("utf-8")), file=path.name)
    except (OSError, ValueError) as error:
        raise _unreadable(path.name, error) from error


def protected_tables_of(raw: Mapping[str, Any], *, file: str) -> ProtectedTables:
    """Return the tables that `to_json` made JSON values of; raises DisclosureRefused for anything else."""
    try:
        tables = {key: _table(entry) for key, entry in raw["tables"].items()}
        countries = {crime: tuple(names) for crime, names in raw["countries"].items()}
        return ProtectedTables(
            raw["edition"],
            raw["dissemination"],
            MappingProxyType(tables),
            MappingProxyType(raw["sample"]),
            MappingProxyType(countries),
            tuple(_agreement(entry) for entry in raw.get("agreement", ())),
            MappingProxyType(raw.get("held_back", {})),
            tuple(ProtectedQuotation(**entry) for entry in raw.get("quotations", ())),
            AuditStatement(**raw["audit"]) if "audit" in raw else None,
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _unreadable(file, error) from error


def _unreadable(file: str, error: Exception) -> DisclosureRefused:
    message, remedy = "protected tables cannot be read", "build again"
    return DisclosureRefused([Fault(file, "", message, value=type(error).__name__, remedy=remedy)])


def _table(entry: Mapping[str, Any]) -> ProtectedTable:
    cells = tuple(Cell(**cell) for cell in entry["cells"])
    return ProtectedTable(**{**entry, "cells": cells})


def _agreement(entry: Mapping[str, Any]) -> ProtectedAgreement:
    figures = entry["experts"]
    if figures is not None:
        coefficients = {name: Coefficient(**figures[name]) for name in ("alpha", "ac1")}
        figures = ExpertAgreement(**{**figures, **coefficients})
    return ProtectedAgreement(entry["variable"], figures, entry["grade"], entry.get("too_few", False))
