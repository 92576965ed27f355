"""Editions that became public before there was a ledger: read as exact counts, their disclosures signed off."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from casebook.codebook import Codebook
from casebook.disclosure_control.ledger import FOLDER, IMPORTED, Ledger, Row, appended
from casebook.disclosure_control.policy import Rules, rules_of
from casebook.errors import DisclosureRefused, Fault
from casebook.protected_tables import POOLED, ProtectedTables, protected_tables_of
from casebook.study import Study

COLUMNS = ("table", "level", "n", "base")
Line = Mapping[str, str]


@dataclass(frozen=True)
class Published:
    """An edition as it was published before: a table of exact counts, and at which level it was read.

    `file` has a row per count: the id of a planned table, one of its levels or sets, n and the base.
    """

    edition: str
    version: str
    level: str
    file: Path


def read_published(published: Published, study: Study, codebook: Codebook) -> ProtectedTables:
    """Return the counts that were published; raises DisclosureRefused with every fault of the file."""
    name = published.file.name
    try:
        with published.file.open(encoding="utf-8", newline="") as stream:
            lines = list(csv.DictReader(stream, strict=True))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DisclosureRefused.one(name, "", "the table cannot be read", value=type(error).__name__) from error
    faults = [fault for number, line in enumerate(lines, 2) for fault in _faults(line, number, name, study, codebook)]
    if published.level not in study.dissemination:
        allowed = ", ".join(study.dissemination)
        faults.append(Fault(name, "", "there is no such level", published.level[:10], allowed))
    if faults:
        raise DisclosureRefused(faults)
    return protected_tables_of(_raw(published, lines, study, codebook), file=name)


def disclosed(book: ProtectedTables, study: Study) -> tuple[str, ...]:
    """Return the cells of people that a policy of today would have withheld, for somebody to sign off."""
    rules = rules_of(study.policy_of(book.dissemination))
    return tuple(
        f"{key}: {cell.level}"
        for key, table in book.items()
        if not study.roles[table.group].exact
        for cell in table.cells
        if _tells(cell.n, table.base, rules)
    )


def imported(ledger: Ledger, book: ProtectedTables, *, version: str, study: Study, signed_off: str) -> Ledger:
    """Return the ledger with an edition that was published before; raises DisclosureRefused unless it is signed off.

    `signed_off` says by which office and when what it disclosed was taken note of; it is kept in the ledger.
    """
    cells = disclosed(book, study)
    if cells and not signed_off.strip():
        message, remedy = "the edition disclosed more than the policy allows", "let it be signed off, with --signed-off"
        raise DisclosureRefused([Fault(FOLDER, cell, message, remedy=remedy) for cell in cells])
    note = Row(book.edition, version, IMPORTED, "signed off", "", signed_off)
    return appended(ledger, [book], version=version, notes=[note])


def _tells(n: int | None, base: int | None, rules: Rules) -> bool:
    return n is not None and base is not None and (rules.small(n) or rules.small(base - n) or n in (0, base))


def _faults(line: Line, number: int, file: str, study: Study, codebook: Codebook) -> Iterator[Fault]:
    place = f"row {number}"
    if set(line) != set(COLUMNS) or None in line.values():
        yield Fault(file, place, "the row has other columns", allowed=", ".join(COLUMNS))
        return
    plan = study.tables.get(line["table"])
    if plan is None:
        remedy = "plan the table in study.yml, so that it is known what it counts"
        yield Fault(
            file, f"{place}, column table", "no table of that name is planned", line["table"][:60], remedy=remedy
        )
    elif line["level"] not in (*codebook[plan.variable].level_ids, *plan.together):
        yield Fault(file, f"{place}, column level", "the table has no such level", line["level"][:60])
    numbers = [line[column] for column in ("n", "base")]
    if not all(text.isascii() and text.isdigit() for text in numbers) or int(numbers[0]) > int(numbers[1]):
        yield Fault(file, place, "n and base are no count of a group", allowed="whole numbers, n up to base")


def _raw(published: Published, lines: Sequence[Line], study: Study, codebook: Codebook) -> dict[str, Any]:
    tables: dict[str, dict[str, Any]] = {}
    for line in lines:
        plan = study.tables[line["table"]]
        facts = {name: getattr(plan, name) for name in ("id", "variable", "crime", "group", "section")}
        shape: dict[str, Any] = {
            "country": POOLED,
            "group_size": None,
            "multi": codebook[plan.variable].multi,
            "cells": [],
        }
        table = tables.setdefault(plan.id, {**facts, **shape, "base": int(line["base"])})
        table["cells"].append({"level": line["level"], "status": "exact", "n": int(line["n"])})
    names = {"edition": published.edition, "dissemination": published.level}
    return {**names, "sample": {}, "countries": {}, "tables": tables}
