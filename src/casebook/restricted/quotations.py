"""Participants' own words: permitted, screened, coded, and approved by two offices before the public reads them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from casebook.errors import DataRefused, Fault
from casebook.folders import DATA_VARIABLE
from casebook.restricted.codings import TOGETHER_ROLES, told_together
from casebook.restricted.csv_tables import read_table
from casebook.restricted.submission_tables import COLUMNS, Tables
from casebook.restricted.telling_words import telling_words
from casebook.restricted.untrusted import inert

#: The permission on record that allows somebody's own words.
PERMITTED = "yes_verbatim"
APPROVALS_FILE = "approved-quotations.csv"
OFFICES = ("partner", "coordinator", "ethics_board")
APPROVAL = ("submission", "quotation", "office")
_TOGETHER = "".join(sorted(TOGETHER_ROLES))


@dataclass(frozen=True)
class Quotation:
    """Somebody's words on one answer, and how many offices have approved them; `name` is its place in a submission."""

    name: str
    interview: str
    crime: str
    group: str
    variable: str
    level: str
    text: str
    approvals: int
    synthetic: bool


def faults_of_quotations(tables: Tables) -> Iterator[Fault]:
    """Yield each quotation without permission on record, of an answer that is not coded, or with words that tell."""
    if tables.quotation.empty:
        return
    people = tables.interview.drop_duplicates("interview").set_index("interview")
    coded = set(zip(tables.coding["interview"], tables.coding["variable"], tables.coding["level"], strict=True))
    for number, row in tables.quotation.iterrows():
        file, place = f"{tables.shown_as}/quotation.csv", f"row {number}, column "
        interview = row["interview"]
        if interview in people.index and people.at[interview, "quote_permission"] != PERMITTED:
            message = "there is no permission on record to quote this interview"
            yield Fault(file, f"{place}interview", message, allowed=PERMITTED, remedy="remove the quotation")
        if (interview, row["variable"], row["level"]) not in coded:
            message, remedy = "the interview is not coded with this level", "name the answer that the words stand for"
            yield Fault(file, f"{place}level", message, inert(row["level"]), remedy=remedy)
        if told := [f"{kind} at characters {start + 1} to {end}" for kind, start, end in telling_words(row["text"])]:
            message, remedy = f"the words may tell who, where or when: {', '.join(told)}", "replace them in [brackets]"
            yield Fault(file, f"{place}text", message, remedy=remedy)


def quotations_in(path: Path, *, shown_as: str) -> pd.DataFrame:
    """Return a table of passages that a partner hands in; raises DataRefused for what is no such table."""
    return read_table(path, COLUMNS["quotation"], shown_as=shown_as)


def read_approvals(root: Path) -> Mapping[str, frozenset[str]]:
    """Return the offices that approved each quotation, by its name; nobody has where there is no list.

    The list lies beside the submissions. Raises DataRefused for an office that there is not, and for a row twice.
    """
    real = os.environ.get(DATA_VARIABLE)
    folder, shown = (Path(real), DATA_VARIABLE) if real else (root / "data", "data")
    path, file = folder / APPROVALS_FILE, f"{shown}/{APPROVALS_FILE}"
    if not path.exists():
        return {}
    rows = read_table(path, APPROVAL, shown_as=file)
    if faults := list(_faults_of_approvals(rows, file)):
        raise DataRefused(faults)
    approved: dict[str, set[str]] = {}
    for submission, quotation, office in rows.itertuples(index=False):
        approved.setdefault(f"{submission}/{quotation}", set()).add(str(office))
    return {name: frozenset(offices) for name, offices in approved.items()}


def quotations_of(
    people: pd.DataFrame, quoted: pd.DataFrame, approvals: Mapping[str, frozenset[str]]
) -> tuple[Quotation, ...]:
    """Return the quotations of some people, in the order of their names.

    `quoted` has the columns submission, synthetic, and those of a submission's table.
    """
    roles = people["role"].where(~told_together(people), _TOGETHER)
    found = (
        Quotation(
            name=(name := f"{row['submission']}/{row['quotation']}"),
            interview=row["interview"],
            crime=str(people.at[row["interview"], "crime"]),
            group=str(roles[row["interview"]]),
            approvals=len(approvals.get(name, ())),
            synthetic=bool(row["synthetic"]),
            **{column: row[column] for column in ("variable", "level", "text")},
        )
        for row in quoted.to_dict("records")
        if row["interview"] in people.index
    )
    return tuple(sorted(found, key=lambda quotation: quotation.name))


def quoted_in(submissions: Iterable[tuple[str, bool, pd.DataFrame]]) -> pd.DataFrame:
    """Return the rows of several tables of quotations, each with its submission and whether that is synthetic."""
    frames = [rows.assign(submission=name, synthetic=synthetic) for name, synthetic, rows in submissions]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


def _faults_of_approvals(rows: pd.DataFrame, file: str) -> Iterator[Fault]:
    for number, twice in rows.duplicated().items():
        if twice:
            yield Fault(file, f"row {number}", "the row occurs more than once", remedy="keep one")
    for number, office in rows["office"].items():
        if office not in OFFICES:
            yield Fault(file, f"row {number}, column office", "not an office", inert(str(office)), ", ".join(OFFICES))
