"""The design of the synthetic study: whom it has, and how often each answer is wished for."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from casebook.codebook import Codebook
from casebook.errors import Fault, StudyRefused
from casebook.restricted.codings import expected_variables

FOLDER = Path(__file__).parent / "design"
MISSING = "missing"
HOW = ("must", "never", "prefers", "avoids")


@dataclass(frozen=True)
class Recipe:
    """What is chosen for one study; the same recipe makes the same bytes."""

    seed: int
    countries: int | None
    scale: int
    flip: tuple[str, ...]


@dataclass(frozen=True, order=True)
class Group:
    """Interviews that are counted together: a crime and E, O, V, or OV for offenders and victims as one."""

    crime: str
    name: str

    def __str__(self) -> str:
        return f"{self.crime} {self.name}"


@dataclass(frozen=True)
class Stratum:
    """A number of interviews of one group, role, wave and country."""

    group: Group
    role: str
    wave: str
    country: str
    interviews: int


@dataclass(frozen=True)
class Country:
    """A country that interviews may come from."""

    code: str
    zone: str
    languages: tuple[str, ...]
    eu: bool


@dataclass(frozen=True)
class Wave:
    """A data freeze: the first and last month of its interviews, and the day its submissions came in."""

    first_month: str
    last_month: str
    received: str


@dataclass(frozen=True)
class Wish:
    """How many interviews of a group give each answer, and how many give none, by the kind of missing."""

    answers: Mapping[str, int]
    missing: Mapping[str, int]


@dataclass(frozen=True)
class Leaning:
    """Where another answer holds, a level must or may never be given, or is the likelier or the less likely.

    The other answer holds where one of `on_levels` was given; with `every`, where all of them were.
    """

    variable: str
    level: str
    how: str
    on_variable: str
    on_levels: tuple[str, ...]
    every: bool


@dataclass(frozen=True)
class Words:
    """Invented words, and the answer of a crime and role that they stand for."""

    crime: str
    role: str
    variable: str
    level: str
    words: str


@dataclass(frozen=True)
class Design:
    """Everything that is decided before a seed is drawn."""

    strata: tuple[Stratum, ...]
    countries: Mapping[str, Country]
    waves: Mapping[str, Wave]
    double_coded: Mapping[str, float]
    attributes: Mapping[tuple[str, str], tuple[tuple[str, int], ...]]
    wishes: Mapping[tuple[Group, str], Wish]
    leanings: tuple[Leaning, ...]
    words: tuple[Words, ...]

    @cached_property
    def sizes(self) -> Mapping[Group, int]:
        """The number of interviews of each group, in the order of the design."""
        sizes: dict[Group, int] = {}
        for stratum in self.strata:
            sizes[stratum.group] = sizes.get(stratum.group, 0) + stratum.interviews
        return sizes

    def variables(self, group: Group, codebook: Codebook) -> tuple[str, ...]:
        """The variables that every interview of a group is coded for, in codebook order."""
        strata = {(s.role, s.wave) for s in self.strata if s.group == group}
        coded = [set(expected_variables(codebook, group.crime, role, wave=wave)) for role, wave in strata]
        return tuple(variable for variable in codebook if all(variable in ids for ids in coded))


def read_design(codebook: Codebook) -> Design:
    """The design beside this module; raises StudyRefused where it does not fit the codebook or its own sample."""
    design = Design(
        strata=tuple(_stratum(row) for row in _rows("sample.csv")),
        countries={row["country"]: _country(row) for row in _rows("countries.csv")},
        waves={row["wave"]: Wave(row["first_month"], row["last_month"], row["received"]) for row in _rows("waves.csv")},
        double_coded={row["crime"]: float(row["double_coded"]) for row in _rows("crimes.csv")},
        attributes=_attributes(),
        wishes={(Group(row["crime"], row["group"]), row["variable"]): _wish(row) for row in _rows("distributions.csv")},
        leanings=tuple(_leaning(row) for row in _rows("leanings.csv")),
        words=tuple(Words(**row) for row in _rows("quotations.csv")),
    )
    faults = [
        *faults_of_wishes(design, codebook),
        *faults_of_leanings(design, codebook),
        *_faults_of_words(design, codebook),
    ]
    if faults:
        raise StudyRefused(faults)
    return design


def faults_of_wishes(design: Design, codebook: Codebook) -> Iterator[Fault]:
    """Every variable without a wish, unknown level, and sum that is not the group's size."""
    for group, size in design.sizes.items():
        for variable in design.variables(group, codebook):
            place = f"{group} {variable}"
            wish = design.wishes.get((group, variable))
            if wish is None:
                yield Fault("distributions.csv", place, "the variable has no distribution", remedy="add a row")
                continue
            for level in wish.answers.keys() - set(codebook[variable].level_ids):
                allowed = ", ".join(codebook[variable].level_ids)
                yield Fault("distributions.csv", place, "not a level of the variable", level, allowed)
            yield from _faults_of_sum(place, wish, size, multi=codebook[variable].multi)


def faults_of_leanings(design: Design, codebook: Codebook) -> Iterator[Fault]:
    """Every leaning that names a variable, level or manner that does not exist."""
    for leaning in design.leanings:
        place = f"{leaning.variable} {leaning.level}"
        named = [(leaning.variable, level) for level in (leaning.level,) if level != MISSING]
        for variable, level in [*named, *((leaning.on_variable, level) for level in leaning.on_levels)]:
            if variable not in codebook or level not in codebook[variable].level_ids:
                yield Fault("leanings.csv", place, "the codebook has no such level", f"{variable} {level}")
        if leaning.how not in HOW:
            yield Fault("leanings.csv", place, "unknown manner", leaning.how, ", ".join(HOW))


def _faults_of_words(design: Design, codebook: Codebook) -> Iterator[Fault]:
    """Every quotation whose answer nobody of its role could give."""
    for words in design.words:
        place = f"{words.crime} {words.role} {words.variable}"
        variable = codebook.get(words.variable)
        if variable is None or not variable.coded_for(words.crime, words.role):
            yield Fault("quotations.csv", place, "the role is not coded for the variable")
        elif words.level not in variable.level_ids:
            yield Fault("quotations.csv", place, "not a level of the variable", words.level)


def _faults_of_sum(place: str, wish: Wish, size: int, *, multi: bool) -> Iterator[Fault]:
    answered = size - sum(wish.missing.values())
    total = sum(wish.answers.values())
    if total < answered or (total > answered and not multi):
        message = "the answers do not add up to the interviews that answer"
        yield Fault("distributions.csv", place, message, str(total), str(answered))


def _rows(file: str) -> Iterator[dict[str, str]]:
    with (FOLDER / file).open(encoding="utf-8", newline="") as stream:
        yield from csv.DictReader(stream, strict=True)


def _stratum(row: Mapping[str, str]) -> Stratum:
    group = Group(row["crime"], row["group"])
    return Stratum(group, row["role"], row["wave"], row["country"], int(row["interviews"]))


def _country(row: Mapping[str, str]) -> Country:
    return Country(row["country"], row["zone"], tuple(row["languages"].split()), row["eu"] == "yes")


def _wish(row: Mapping[str, str]) -> Wish:
    return Wish(_counts(row["answers"]), _counts(row["missing"]))


def _counts(cell: str) -> dict[str, int]:
    """The counts of a cell such as `yes 5; no 10`."""
    pairs = (part.split() for part in cell.split(";") if part.strip())
    return {level: int(count) for level, count in pairs}


def _leaning(row: Mapping[str, str]) -> Leaning:
    every = "+" in row["on_level"].split()
    levels = tuple(part.strip() for part in row["on_level"].split(" + " if every else ";"))
    return Leaning(row["variable"], row["level"], row["how"], row["on_variable"], levels, every)


def _attributes() -> dict[tuple[str, str], tuple[tuple[str, int], ...]]:
    """The weighted values of each attribute and role."""
    weighted: dict[tuple[str, str], tuple[tuple[str, int], ...]] = {}
    for row in _rows("attributes.csv"):
        key = (row["attribute"], row["role"])
        weighted[key] = (*weighted.get(key, ()), (row["value"], int(row["weight"])))
    return weighted
