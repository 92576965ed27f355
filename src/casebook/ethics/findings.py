"""Everything the report to the ethics officer tells, gathered from a build that is under way."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from casebook.codebook import Codebook
from casebook.disclosure_control.ledger import Ledger
from casebook.errors import DisclosureRefused
from casebook.ethics.withholding import Lacking, Withheld, lacking_in, withheld_from
from casebook.folders import Folders
from casebook.protected_tables import ProtectedTables
from casebook.restricted.anonymity import GroupAnonymity
from casebook.restricted.frequency_tables import FrequencyTable
from casebook.study import Study

Book = tuple[str, str]


@dataclass(frozen=True)
class Interval:
    """What a reader can work out of one number of people, the narrowest first."""

    table: str
    cell: str
    people: str
    lower: int
    upper: int
    reason: str


@dataclass(frozen=True)
class Reach:
    """What one reader can work out: targets tried, the smallest width, how many tell too much, and single intervals."""

    reader: str
    tried: int
    smallest_width: int
    exposed: int
    intervals: tuple[Interval, ...]


@dataclass(frozen=True)
class Findings:
    """What protects the people in the data, edition by edition and reader by reader.

    `reach` is None where the disclosure audit has not run; `quotations` holds the log of each book, `held_back` the
    groups whose newest interviews are not counted yet, with the edition that stands in their place.
    """

    anonymity: Mapping[str, tuple[GroupAnonymity, ...]]
    withheld: tuple[Withheld, ...]
    lacking: tuple[Lacking, ...]
    quotations: Mapping[Book, Sequence[Mapping[str, Any]]]
    held_back: Mapping[Book, Mapping[str, str]]
    ledger: Ledger
    reach: tuple[Reach, ...] | None


@dataclass(frozen=True)
class Made:
    """What a build has made so far: the true counts by edition, and the protected tables by edition and level."""

    counted: Mapping[str, Sequence[FrequencyTable]]
    protected: Mapping[Book, ProtectedTables]

    def counts_of(self, book: ProtectedTables) -> dict[str, FrequencyTable]:
        """Return the true counts that a book's tables rest on, by key: of a group held back, an earlier edition's."""
        return {
            table.key: table
            for edition, tables in self.counted.items()
            for table in tables
            if book.counted_in(table.crime, table.group) == edition
        }


def findings(
    folders: Folders,
    study: Study,
    codebook: Codebook,
    *,
    made: Made,
    anonymity: Mapping[str, tuple[GroupAnonymity, ...]],
    ledger: Ledger,
) -> Findings:
    """Return what is to be told; raises DisclosureRefused where a file that a build leaves cannot be read."""
    withheld: list[Withheld] = []
    lacking: list[Lacking] = []
    for (edition, _), tables in made.protected.items():
        withheld.append(withheld_from(tables, made.counts_of(tables), study, codebook))
        lacking += lacking_in(tables, made.counted[edition], study)
    logs = {book: _read(folders.quotation_log(*book)) for book in made.protected}
    audit = _read(folders.audit)
    # Each reader at the time of the latest edition, who has read all those before it as well.
    readers = {reader["reader"]: reader for reader in audit["readers"]} if audit else {}
    return Findings(
        anonymity=anonymity,
        withheld=tuple(withheld),
        lacking=tuple(lacking),
        quotations={book: log["quotations"] for book, log in logs.items() if log},
        held_back={book: tables.held_back for book, tables in made.protected.items()},
        ledger=ledger,
        reach=tuple(map(_reach, readers.values())) if audit else None,
    )


def _read(path: Path) -> dict[str, Any] | None:
    """A file that an earlier step has left, or None where it left none."""
    if not path.exists():
        return None
    try:
        content: dict[str, Any] = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise DisclosureRefused.one(path.name, "", "the file cannot be read", remedy="build again") from error
    return content


def _reach(reader: Mapping[str, Any]) -> Reach:
    intervals = [
        Interval(
            table=" by ".join(target["table"]),
            cell=" and ".join(target["cell"]),
            people=target["people"] + (", asked by one of them" if target["insider"] else ""),
            lower=target["lower"],
            upper=target["upper"],
            reason=target["reason"],
        )
        for target in reader["targets"]
        # What is printed, such as a base, is known exactly and nothing to look for.
        if target["lower"] < target["upper"] or target["reason"]
    ]
    intervals.sort(key=lambda one: (one.upper - one.lower, one.table, one.cell, one.people))
    return Reach(reader["reader"], reader["tried"], reader["smallest_width"], len(reader["exposed"]), tuple(intervals))
