"""A withdrawal of consent: a new submission without the interview, and what was published of it before."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from casebook.codebook import read_codebook
from casebook.desk.adding import Desk, free_name, place_of
from casebook.desk.effects import Effects, effects_of
from casebook.desk.summary import effects_told
from casebook.disclosure_control.ledger_files import read_ledger
from casebook.disclosure_control.quotations import id_of
from casebook.errors import CasebookError, DataRefused, Fault
from casebook.protected_tables import ProtectedTables
from casebook.restricted.analysis_run import interviews_of
from casebook.restricted.anonymity import faults_of_edition
from casebook.restricted.intake.correction import without
from casebook.restricted.intake.handing_in import write_submission
from casebook.restricted.study_key import study_key
from casebook.restricted.submission_tables import Tables
from casebook.restricted.submissions import Submission, in_force, submission_of
from casebook.study import Edition
from casebook.study_files import read_study


@dataclass(frozen=True)
class Published:
    """What a released edition says of the group an interview belongs to, and how many of its own words it prints."""

    edition: str
    version: str
    level: str
    tables: int
    quotations: int


@dataclass(frozen=True)
class Withdrawal:
    """A submission without an interview, with what it changes and what had been published.

    `faults` are what a build will refuse until it is settled: they hold up no withdrawal. `places` are the submissions
    in which the interview still lies, the one that is replaced first.
    """

    interview: str
    replaced: Submission
    tables: Tables
    published: tuple[Published, ...]
    places: tuple[str, ...]
    effects: Effects | None
    faults: tuple[Fault, ...]


def serve(project: Path, interview: str, *, received: datetime.date, agreed: Callable[[], bool] | None) -> None:
    """Say what a withdrawal changes, and write it where somebody agrees; None is a rehearsal alone."""
    codebook = read_codebook(project / "data")
    desk = Desk.of(project, read_study(project, codebook), codebook)
    withdrawal = withdrawal_of(desk, interview, received=received)
    for line in told(desk, withdrawal):
        click.echo(line)
    if agreed is None:
        click.echo("Nothing was written: this was a rehearsal.")
    elif agreed():
        countries = place_of(desk.folders, synthetic=withdrawal.replaced.synthetic)
        write_submission(withdrawal.tables, countries, codebook)
        click.echo(f"Wrote submission {withdrawal.tables.shown_as}; casebook build leaves the interview out.")
    else:
        click.echo("Nothing was written.")


def withdrawal_of(desk: Desk, interview: str, *, received: datetime.date) -> Withdrawal:
    """Return the withdrawal of an interview; raises DataRefused where no submission in force has it."""
    holders = [one for one in desk.submissions if interview in set(one.interviews["interview"])]
    current = [one for one in in_force(desk.submissions) if one in holders]
    if not current:
        message = "no submission in force has such an interview"
        raise DataRefused.one("INTERVIEW", "", message, remedy="give its number, such as OG-0807")
    replaced = current[0]
    name = free_name(desk, replaced.country, received)
    tables = without(replaced, interview, submission=name, received=received.isoformat())
    after = (*desk.submissions, submission_of(tables))
    effects, faults = _effects(desk, after)
    return Withdrawal(
        interview=interview,
        replaced=replaced,
        tables=tables,
        published=tuple(_published(desk, replaced, interview)),
        places=tuple(one.id for one in (replaced, *(other for other in holders if other is not replaced))),
        effects=effects,
        faults=faults,
    )


def told(desk: Desk, withdrawal: Withdrawal) -> Iterator[str]:
    """Yield what is said of a withdrawal: what changes, what stays published, what is left to do by hand."""
    replaced = withdrawal.replaced.id
    yield f"{withdrawal.interview} is left out: submission {withdrawal.tables.shown_as} takes the place of {replaced}."
    if withdrawal.effects:
        yield from effects_told(withdrawal.effects, desk.study)
    for fault in withdrawal.faults:
        yield f"To be settled before the next build: {fault}"
    for entry in withdrawal.published:
        yield from _released(desk, entry)
    if not withdrawal.published:
        yield "No released edition counts the interview."
    yield f"The interview still lies in: {', '.join(withdrawal.places)}, and in _build/restricted and the cache."
    yield "Where consent to keep it was withdrawn, too, delete those by hand."


def _released(desk: Desk, entry: Published) -> Iterator[str]:
    name = f"{entry.edition} {entry.version} {entry.level}"
    counting = f"{entry.tables} tables that count the interview, {entry.quotations} of its quotations"
    yield f"Released already: {name}, {counting}."
    yield "It cannot be called back: the disclosure audit takes it as known to every reader."
    if desk.study.editions[entry.edition].submissions == "all":
        yield f"So that {entry.edition} stays as it was, name in study.yml the submissions that it was released with."


def _effects(desk: Desk, after: tuple[Submission, ...]) -> tuple[Effects | None, tuple[Fault, ...]]:
    """What the books would say without the interview, and why they could not be built."""
    limits, editions = desk.study.anonymity.study, desk.study.editions
    try:
        coded = {name: interviews_of(after, desk.study, desk.codebook, edition=name) for name in editions}
        below = tuple(fault for name, one in coded.items() for fault in faults_of_edition(one, limits, name))
        return effects_of(desk.folders, desk.study, desk.codebook, before=desk.submissions, after=after), below
    except CasebookError as refusal:
        return None, refusal.faults


def _published(desk: Desk, submission: Submission, interview: str) -> Iterator[Published]:
    ledger = read_ledger(desk.folders.root)
    rows = submission.interviews
    person = rows[rows["interview"].eq(interview)].iloc[0]
    own = _quotation_ids(desk, interview)
    for level in ledger.rows:
        for edition, version in ledger.released(level):
            entry = desk.study.editions.get(edition)
            if entry is not None and _takes(entry, submission, str(person["wave"])):
                tables = ledger.tables(edition, version, level)
                counted = _counting(tables, str(person["crime"]), str(person["role"]))
                quoted = sum(quotation.id in own for quotation in tables.quotations)
                yield Published(edition, version, level, counted, quoted)


def _takes(edition: Edition, submission: Submission, wave: str) -> bool:
    named = edition.submissions == "all" or submission.id in edition.submissions
    return named and wave in map(str, edition.waves)


def _counting(tables: ProtectedTables, crime: str, role: str) -> int:
    return sum(table.crime == crime and role in table.group and not table.withheld for table in tables.values())


def _quotation_ids(desk: Desk, interview: str) -> set[str]:
    """The names under which words of the interview may have been printed, whichever submission they came with."""
    key = study_key(desk.folders.data)
    return {
        id_of(f"{one.id}/{row['quotation']}", row["text"], key)
        for one in desk.submissions
        for row in one.tables.quotation.to_dict("records")
        if row["interview"] == interview
    }
