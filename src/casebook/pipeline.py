"""The stages of a build, in order."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from casebook.canonical import canonical_json, write_atomically
from casebook.codebook import Codebook, read_codebook
from casebook.disclosure_control.door import Door
from casebook.errors import CasebookError, together
from casebook.folders import Folders
from casebook.notebook_run import read_witness
from casebook.protected_tables import ProtectedTables, read_protected_tables
from casebook.publication import notebooks
from casebook.publication.book.html import BuiltBook, Medium, build_book
from casebook.publication.book.identity import Book
from casebook.publication.book.site import publish_sites
from casebook.publication.book.staging import stage_book
from casebook.publication.claims import Register
from casebook.publication.contexts import read_contexts
from casebook.publication.edition_changes import EarlierEdition
from casebook.publication.evidence import FILE as CLAIMS
from casebook.publication.evidence import Evidence, runs_of_tables
from casebook.publication.narrative import Sources, write_narrative
from casebook.publication.notebooks import Run
from casebook.publication.pages import figures_of, pages_of
from casebook.publication.references import read_references
from casebook.restricted.analysis_run import (
    edition_interviews,
    read_agreement,
    read_all_submissions,
    read_hand_over,
    read_sample,
    sizes_by_group,
)
from casebook.restricted.anonymity import refuse_identifying
from casebook.restricted.study_key import study_key
from casebook.study import Study
from casebook.study_files import read_study

#: Called with a stage's title, the number of its steps that are done, and how many there are.
Progress = Callable[[str, int, int], None]


STAGES = ("Reading", "Analysis notebooks", "Disclosure control", "Report notebooks", "Narrative", "Books", "Sites")


@dataclass(frozen=True)
class Since:
    """Where a build begins: a stage up to the narrative, and which notebooks of it run again, by file name.

    None runs all. What the stages before have left in `_build` is read back.
    """

    stage: str = STAGES[0]
    notebooks: frozenset[str] | None = None

    def reaches(self, stage: str) -> bool:
        """Return whether a stage is done anew."""
        return STAGES.index(self.stage) <= STAGES.index(stage)

    def again(self, stage: str, runs: Sequence[Run]) -> list[Run]:
        """Return the runs of a stage that are executed again."""
        chosen = self.notebooks if self.stage == stage else None
        return [run for run in runs if self.reaches(stage) and (chosen is None or run.notebook.name in chosen)]


@dataclass(frozen=True)
class Request:
    """What to build: editions and dissemination levels, one medium or both, and on how many processes."""

    editions: tuple[str, ...]
    levels: tuple[str, ...]
    only: Medium | None = None
    jobs: int = field(default_factory=lambda: os.cpu_count() or 1)

    @property
    def books(self) -> list[tuple[str, str]]:
        return [(edition, level) for edition in self.editions for level in self.levels]


@dataclass
class Summary:
    """What a build made: books, statements and withheld cells per edition and level, seconds per stage, the sites."""

    books: dict[tuple[str, str], BuiltBook] = field(default_factory=dict)
    figures: dict[tuple[str, str], int] = field(default_factory=dict)
    statements: dict[tuple[str, str], int] = field(default_factory=dict)
    withheld: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    sites: tuple[Path, ...] = ()


def build(root: Path, request: Request, progress: Progress, *, since: Since | None = None) -> Summary:
    """Build the books a request names and put them into their sites; a refusal leaves the last good sites in place."""
    build_ = _Build(root, request, progress, since or Since())
    with build_.stage("Reading"):
        build_.read()
    with build_.stage("Analysis notebooks"):
        build_.analyse()
    with build_.stage("Disclosure control"):
        build_.protect()
    with build_.stage("Report notebooks"):
        build_.report()
    with build_.stage("Narrative"):
        build_.narrate()
    with build_.stage("Books"):
        build_.make_books()
    with build_.stage("Sites"):
        build_.publish()
    build_.leave_timings()
    return build_.summary


class _Build:
    """One build under way: its inputs, and what each stage hands to the next."""

    def __init__(self, root: Path, request: Request, progress: Progress, since: Since) -> None:
        self.folders, self.request, self.progress, self.since = Folders(root), request, progress, since
        self.summary = Summary()
        self.study: Study
        self.codebook: Codebook
        self.countries: dict[str, dict[str, tuple[str, ...]]] = {}
        self.protected: dict[tuple[str, str], ProtectedTables] = {}
        self.runs: dict[tuple[str, str], tuple[Run, ...]] = {}
        self.registers: dict[tuple[str, str], Register] = {}
        self._stage = ""

    @contextmanager
    def stage(self, title: str) -> Iterator[None]:
        self._stage = title
        shown = self.since.reaches(title)
        if shown:
            self.progress(title, 0, 1)
        start = time.perf_counter()
        yield
        self.summary.seconds[title] = round(time.perf_counter() - start, 2)
        if shown:
            self.progress(title, 1, 1)

    def read(self) -> None:
        self.codebook = read_codebook(self.folders.data)
        self.study = read_study(self.folders.root, self.codebook)
        # What follows disclosure control is made without the interviews.
        if self.since.reaches("Analysis notebooks"):
            self._read_interviews()

    def _read_interviews(self) -> None:
        root, study, codebook = self.folders.root, self.study, self.codebook
        coded = {name: edition_interviews(root, study, codebook, edition=name) for name in self._editions}
        refuse_identifying(coded, read_all_submissions(root, codebook), codebook, limits=study.anonymity)
        for edition, interviews in coded.items():
            found = interviews.people.groupby("crime")["country"].unique()
            self.countries[edition] = {str(crime): tuple(sorted(names)) for crime, names in found.items()}

    def analyse(self) -> None:
        if not self.since.reaches("Analysis notebooks"):
            return
        runs = [run for edition in self._editions for run in self._analysis_runs(edition)]
        again = self.since.again("Analysis notebooks", runs)
        notebooks.execute(self.folders, again, jobs=self.request.jobs, report=self._steps)
        notebooks.check_witnesses(self.folders, runs)

    def _analysis_runs(self, edition: str) -> tuple[Run, ...]:
        return notebooks.runs(self.folders, self.study, edition=edition, countries=self.countries[edition])

    def protect(self) -> None:
        for book in self._written:
            if self.since.reaches("Disclosure control"):
                self.protected[book] = self._protect_one(*book)
                self.protected[book].write(self.folders.protected(*book))
            else:
                self.protected[book] = read_protected_tables(self.folders.protected(*book))
            self.summary.withheld[book] = _withheld(self.protected[book])

    def _protect_one(self, edition: str, level: str) -> ProtectedTables:
        handed = [run.folder(self.folders) for run in self._analysis_runs(edition)]
        tables = [table for folder in handed for table in read_hand_over(folder)]
        rows = [row for folder in handed for row in read_sample(folder)]
        sample = sizes_by_group(rows, self.study.planned(edition))
        measured = [row for folder in handed for row in read_agreement(folder)]
        door = Door(self.study, self.codebook, edition, level, sample, study_key(self.folders.data))
        return door.protect(tables, measured)

    def report(self) -> None:
        for edition, level in self._written:
            countries = self.protected[edition, level].countries
            self.runs[edition, level] = notebooks.runs(
                self.folders, self.study, edition=edition, countries=countries, dissemination=level
            )
        runs = [run for book in self._written for run in self.runs[book]]
        again = self.since.again("Report notebooks", runs)
        notebooks.execute(self.folders, again, jobs=self.request.jobs, report=self._steps)
        notebooks.check_witnesses(self.folders, runs)

    def narrate(self) -> None:
        faults: list[CasebookError] = []
        for book in self._written:
            if self._rests_on_a_refused_one(*book):
                continue
            try:
                self.registers[book] = self._narrate_one(*book)
            except CasebookError as refusal:
                faults.append(refusal)
        _raise_together(faults)

    def _rests_on_a_refused_one(self, edition: str, level: str) -> bool:
        """Return whether the edition that this one is compared with, which is written before it, was refused."""
        earlier = self.study.editions[edition].earlier
        return earlier is not None and (earlier, level) not in self.registers

    def _narrate_one(self, edition: str, level: str) -> Register:
        figures = figures_of(self.folders, self.runs[edition, level])
        self.summary.figures[edition, level] = len(figures)
        templates = self.folders.root / "templates"
        contexts = read_contexts(self.folders.data, self.study)
        tables, earlier = self.protected[edition, level], self._earlier(edition, level)
        references = read_references(self.folders.data, self.study, self.codebook)
        sources = Sources(self.study, self.codebook, tables, figures, contexts, templates, earlier, references)
        pages = pages_of(self.folders, self.study, self.protected[edition, level])
        return write_narrative(sources, pages, self.folders.narrative(edition, level))

    @property
    def _editions(self) -> tuple[str, ...]:
        """The editions asked for and those they are compared with, earlier ones first."""
        asked = set(self.request.editions)
        asked |= {earlier for edition in asked if (earlier := self.study.editions[edition].earlier)}
        return tuple(edition for edition in self.study.editions if edition in asked)

    @property
    def _written(self) -> list[tuple[str, str]]:
        return [(edition, level) for edition in self._editions for level in self.request.levels]

    def _earlier(self, edition: str, level: str) -> EarlierEdition | None:
        earlier = self.study.editions[edition].earlier
        if earlier is None:
            return None
        book = (earlier, level)
        figures = figures_of(self.folders, self.runs[book])
        return EarlierEdition(earlier, self.protected[book], tuple(self.registers[book].claims), figures)

    def make_books(self) -> None:
        books = [Book(self.folders, self.study, edition, level) for edition, level in self.request.books]
        for book in books:
            about = (book.edition, book.dissemination)
            runs = [run.name for run in self.runs[about]]
            stage_book(book, self.codebook, runs=runs, evidence=self._evidence(*about))
        with ThreadPoolExecutor(min(self.request.jobs, len(books))) as pool:
            tried = [pool.submit(build_book, book, only=self.request.only) for book in books]
        refusals = [future.exception() for future in tried]
        _raise_together([error for error in refusals if error is not None])
        self.summary.statements = {book: len(self.registers[book].claims) for book in self.request.books}
        self.summary.books = {book: future.result() for book, future in zip(self.request.books, tried, strict=True)}

    def _evidence(self, edition: str, level: str) -> dict[str, bytes]:
        """Return the register of a book's claims, and the receipts of each page."""
        runs, claims = self.runs[edition, level], self.registers[edition, level].claims
        read = ((run, read_witness(run.folder(self.folders), run=run.name).tables) for run in runs)
        evidence = Evidence(self.study, self.codebook, self.protected[edition, level], runs_of_tables(read))
        return {CLAIMS: evidence.register(claims), **evidence.scripts(claims)}

    def publish(self) -> None:
        self.summary.sites = publish_sites(self.folders, self.study, books=list(self.summary.books.values()))

    def leave_timings(self) -> None:
        """Write the seconds of each stage beside what was built, for the benchmarks."""
        write_atomically(self.folders.build / "stages.json", canonical_json(self.summary.seconds))

    def _steps(self, done: int, total: int, _name: str) -> None:
        self.progress(self._stage, done, total)


def _raise_together(refusals: Sequence[BaseException]) -> None:
    """Raise refusals as one, and before them whatever is none."""
    for refusal in refusals:
        if not isinstance(refusal, CasebookError):
            raise refusal
    if refusals:
        raise together(refusal for refusal in refusals if isinstance(refusal, CasebookError))


def _withheld(tables: ProtectedTables) -> tuple[int, int]:
    """Return how many cells are withheld, of how many."""
    cells = [cell for table in tables.values() for cell in table.cells]
    return sum(cell.status == "withheld" for cell in cells), len(cells)
