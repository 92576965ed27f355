"""What a submission would change: books rehearsed without it and with it, side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from casebook.checks import check_notebooks
from casebook.codebook import Codebook
from casebook.errors import CasebookError, Fault
from casebook.folders import Folders
from casebook.protected_tables import ProtectedTables
from casebook.publication.blocks import Figure
from casebook.publication.claims import Claim
from casebook.publication.contexts import read_contexts
from casebook.publication.edition_changes import Change, EarlierEdition, FigureChange, changes, figure_changes
from casebook.publication.pages import pages_of
from casebook.publication.references import read_references
from casebook.rehearsal import Outside, Rehearsal
from casebook.restricted.analysis_run import interviews_of
from casebook.restricted.frequency_tables import FrequencyTable, sample_table
from casebook.restricted.interviews import RestrictedStudy
from casebook.restricted.study_key import study_key
from casebook.restricted.submissions import Submission, in_force
from casebook.study import Study


@dataclass(frozen=True)
class RehearsedBook:
    """A book as a build would make it, as far as it can be made without notebooks; `faults` say why it is refused."""

    tables: ProtectedTables | None = None
    claims: tuple[Claim, ...] = ()
    figures: Mapping[str, Figure] = field(default_factory=dict)
    pages: Mapping[str, str] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True)
class BookEffect:
    """What a submission changes in one edition at one level.

    `gate` names, per crime, the countries whose own results pass before and after; `held_back` the groups ("OG.V")
    whose newest interviews are too few to be counted yet, with the edition that stands in their place; `refusals` are
    the sentences for which no wording holds any more, and whatever else a build would refuse.
    """

    edition: str
    level: str
    statements: tuple[Change, ...] = ()
    figures: tuple[FigureChange, ...] = ()
    gate: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = field(default_factory=dict)
    held_back: Mapping[str, str] = field(default_factory=dict)
    refusals: tuple[Fault, ...] = ()

    @property
    def pages(self) -> tuple[str, ...]:
        """The pages on which a statement changes."""
        return tuple(sorted({change.page for change in self.statements}))

    @property
    def rewordings(self) -> tuple[Change, ...]:
        """The statements that are said in other words because what they rested on no longer holds."""
        return tuple(change for change in self.statements if change.what == "wording")


@dataclass(frozen=True)
class Effects:
    """What a submission changes: interviews per crime, role and edition before and after, and each book.

    `waiting` counts the interviews of waves that no edition takes; `pages` are the country's own pages as the public
    would read them, of the last edition.
    """

    sample: Mapping[tuple[str, str, str], tuple[int, int]]
    books: tuple[BookEffect, ...]
    waiting: Mapping[str, int]
    pages: Mapping[str, str]


Books = Mapping[tuple[str, str], RehearsedBook]


def effects_of(
    folders: Folders, study: Study, codebook: Codebook, *, before: Sequence[Submission], after: Sequence[Submission]
) -> Effects:
    """Return what differs between the books of two sets of submissions of a project."""
    rehearsals = [_Books(folders, study, codebook, submissions) for submissions in (before, after)]
    old, new = (rehearsal.books() for rehearsal in rehearsals)
    return Effects(
        sample=_sample(study, [rehearsal.coded for rehearsal in rehearsals]),
        books=tuple(_effect(edition, level, old[edition, level], new[edition, level]) for edition, level in new),
        waiting=_waiting(study, before, after),
        pages=new[list(study.editions)[-1], next(iter(study.dissemination))].pages,
    )


class _Books:
    """The books of a project as they would be with certain submissions."""

    def __init__(self, folders: Folders, study: Study, codebook: Codebook, submissions: Sequence[Submission]) -> None:
        outside = Outside(read_contexts(folders.data, study), read_references(folders.data, study, codebook))
        self.rehearsal = Rehearsal(folders, study, codebook, outside, check_notebooks(folders, study, codebook))
        given = tuple(submissions)
        self.coded = {name: interviews_of(given, study, codebook, edition=name) for name in study.editions}
        self.key = study_key(folders.data)

    def books(self) -> dict[tuple[str, str], RehearsedBook]:
        counted, refused = self._counted()
        made: dict[tuple[str, str], RehearsedBook] = {}
        try:
            for book, tables in self.rehearsal.protection(self.coded, counted, key=self.key).protect():
                made[book] = self._book(tables)
        except CasebookError as refusal:
            # What was not made when the door refused is refused with it.
            refused = dict.fromkeys(counted, refusal) | refused
        study = self.rehearsal.study
        books = [(edition, level) for edition in study.editions for level in study.dissemination]
        return {book: made.get(book) or RehearsedBook(faults=refused[book[0]].faults) for book in books}

    def _counted(self) -> tuple[dict[str, list[FrequencyTable]], dict[str, CasebookError]]:
        """Return the tables of the editions that can be counted, and why the others cannot."""
        counted: dict[str, list[FrequencyTable]] = {}
        refused: dict[str, CasebookError] = {}
        for edition, coded in self.coded.items():
            try:
                counted[edition] = self.rehearsal.count(edition, coded)
            except CasebookError as refusal:
                refused[edition] = refusal
        return counted, refused

    def _book(self, tables: ProtectedTables) -> RehearsedBook:
        sources = self.rehearsal.sources(tables)
        try:
            pages = pages_of(self.rehearsal.folders, self.rehearsal.study, tables)
            written = self.rehearsal.write(sources, pages)
        except CasebookError as refusal:
            return RehearsedBook(tables, figures=sources.figures, faults=refusal.faults)
        _, register = self.rehearsal.registers[tables.edition, tables.dissemination]
        return RehearsedBook(tables, tuple(register.claims), sources.figures, written)


def _effect(edition: str, level: str, old: RehearsedBook, new: RehearsedBook) -> BookEffect:
    refusals = tuple(fault for fault in new.faults if fault not in old.faults)
    if old.tables is None or new.tables is None or not new.claims:
        held_back = new.tables.held_back if new.tables else {}
        return BookEffect(edition, level, held_back=held_back, refusals=refusals)
    before = EarlierEdition(edition, old.tables, old.claims, old.figures)
    crimes = sorted({*old.tables.countries, *new.tables.countries})
    return BookEffect(
        edition,
        level,
        statements=changes(before, new.tables, new.claims),
        figures=figure_changes(before, new.tables, new.figures),
        gate={c: (old.tables.countries.get(c, ()), new.tables.countries.get(c, ())) for c in crimes},
        held_back=new.tables.held_back,
        refusals=refusals,
    )


def _sample(
    study: Study, coded: Sequence[Mapping[str, RestrictedStudy]]
) -> dict[tuple[str, str, str], tuple[int, int]]:
    """Interviews by edition, crime and role, before and after."""
    before, after = (Counter[tuple[str, str, str]](), Counter[tuple[str, str, str]]())
    for counts, of_editions in zip((before, after), coded, strict=True):
        for edition, interviews in of_editions.items():
            for row in sample_table(interviews):
                counts[edition, row.crime, row.role] += row.interviews
    keys = sorted({*before, *after}, key=lambda key: (list(study.editions).index(key[0]), key[1:]))
    return {key: (before[key], after[key]) for key in keys}


def _waiting(study: Study, before: Sequence[Submission], after: Sequence[Submission]) -> dict[str, int]:
    """New interviews by wave, of waves that no edition takes."""
    taken = {str(wave) for edition in study.editions.values() for wave in edition.waves}
    known = {name for submission in before for name in submission.interviews["interview"]}
    waiting: dict[str, int] = {}
    for submission in in_force(after):
        rows = submission.interviews
        new = rows[~rows["interview"].isin(known) & ~rows["wave"].isin(taken)]
        for wave, times in new["wave"].value_counts().items():
            waiting[str(wave)] = waiting.get(str(wave), 0) + int(times)
    return waiting
