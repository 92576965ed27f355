"""What the notebook runs of both rooms share: a run's title, the labels of its rows, and the witness it leaves."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from casebook.canonical import canonical_json, write_atomically
from casebook.codebook import EVERY_CRIME, Variable
from casebook.errors import NotebookFailed
from casebook.protected_tables import POOLED
from casebook.study import PlannedTable, Study

WITNESS_FILE = "run.json"
NOTEBOOK_FILE = "notebook.ipynb"
#: The environment variable under which the executor tells a kernel the name of its run.
RUN_VARIABLE = "CASEBOOK_RUN"


@dataclass(frozen=True)
class Mark:
    """One value that a run shows, as a mark of a figure or a cell of a table: the levels of a table, and its text.

    `table` is a table's key, the sample's group or what else the value rests on.
    """

    table: str
    levels: tuple[str, ...]
    text: str


@dataclass(frozen=True)
class FigureRecord:
    """A figure a run has saved: its file, what it says in words, the keys of the tables it draws, and its marks."""

    name: str
    file: str
    alt: str
    caption: str
    tables: tuple[str, ...]
    sha256: str
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True)
class Witness:
    """What a run says of itself when it closes: for whom it ran, what it read, drew and printed, what was withheld."""

    run: str
    title: str
    crime: str
    country: str
    edition: str
    dissemination: str | None
    tables: tuple[str, ...]
    figures: tuple[FigureRecord, ...] = ()
    withheld: tuple[str, ...] = ()
    cells: tuple[Mark, ...] = ()

    def write(self, folder: Path) -> Path:
        """Write the witness to `run.json` in the run's folder, in canonical bytes."""
        path = folder / WITNESS_FILE
        write_atomically(path, canonical_json(asdict(self)))
        return path


def read_witness(folder: Path, *, run: str) -> Witness:
    """Read what a run said of itself; raises NotebookFailed where it said nothing that can be read."""
    try:
        raw = json.loads((folder / WITNESS_FILE).read_text("utf-8"))
        found = {"tables": tuple(raw["tables"]), "withheld": tuple(raw["withheld"]), "cells": _marks(raw["cells"])}
        return Witness(**{**raw, **found, "figures": tuple(map(_figure, raw["figures"]))})
    except (OSError, ValueError, KeyError, TypeError) as error:
        remedy = "let the last cell of the notebook be study.close()"
        raise NotebookFailed.one(run, WITNESS_FILE, "the run has left no witness", remedy=remedy) from error


def _figure(entry: Mapping[str, Any]) -> FigureRecord:
    return FigureRecord(**{**entry, "tables": tuple(entry["tables"]), "marks": _marks(entry["marks"])})


def _marks(entries: Iterable[Mapping[str, Any]]) -> tuple[Mark, ...]:
    return tuple(Mark(entry["table"], tuple(entry["levels"]), entry["text"]) for entry in entries)


def title_of(study: Study, *, run: str, crime: str, country: str) -> str:
    """Return a run's title: "Online grooming, pooled", "Sample, all crimes"."""
    if crime == EVERY_CRIME:
        return f"{run.partition('-')[0].capitalize()}, all crimes"
    place = POOLED if country == POOLED else study.countries[country].name
    return f"{study.crimes[crime].title}, {place}"


def name_of(environment: Mapping[str, str], *, crime: str, country: str) -> str:
    """Return the name the executor gave a run, or one of its own for a notebook explored by hand."""
    return environment.get(RUN_VARIABLE) or f"explored-{crime}-{country}"


def table_id(crime: str, group: str, variable: str, among: str = "") -> str:
    """Return the id under which study.yml plans a variable in a group, or in a named subgroup of it."""
    return ".".join(filter(None, (crime, group, variable, among)))


def labels_of(variable: Variable, planned: PlannedTable) -> dict[str, str]:
    """Return the label of every row of a table: levels in codebook order, then sets of levels counted as one."""
    labels = {level.id: level.label for level in variable.levels}
    return labels | {name: phrase[:1].upper() + phrase[1:] for name, phrase in planned.phrases.items()}


def check_asked(study: Study, *, crime: str, country: str, edition: str, dissemination: str | None = None) -> None:
    """Refuse a run for a crime, country, edition or dissemination level that study.yml does not have."""
    asked: tuple[tuple[str, str, Any], ...] = (
        ("crime", crime, (*study.crimes, EVERY_CRIME)),
        ("country", country, (POOLED, *study.countries)),
        ("edition", edition, study.editions),
    )
    if dissemination is not None:
        asked += (("dissemination", dissemination, study.dissemination),)
    for name, value, allowed in asked:
        if value not in allowed:
            message = f"study.yml has no such {name}"
            raise NotebookFailed.one("open_run", name, message, value=value, allowed=", ".join(allowed))
