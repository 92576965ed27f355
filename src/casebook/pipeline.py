"""The stages of a build, in order."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from casebook.cache import Ingredients, Step, Steps
from casebook.canonical import canonical_json, write_atomically
from casebook.errors import CasebookError, together
from casebook.folders import Folders
from casebook.protected_tables import read_protected_tables
from casebook.publication import notebooks, seen_tables
from casebook.publication.book.html import BuiltBook
from casebook.publication.book.identity import Book
from casebook.publication.notebooks import Run
from casebook.publication.notebooks.run_steps import step_of
from casebook.publication.seen_tables import TableDigests
from casebook.request import Request
from casebook.restricted import parts
from casebook.restricted.parts import PartDigests
from casebook.stages import bookmaking, narration, protection, reading, site_making
from casebook.stages.narration import Written
from casebook.stages.project import Project

#: Called with a stage's title, the number of its steps that are done, and how many there are.
Progress = Callable[[str, int, int], None]
Facts = Mapping[str, Any]


@dataclass
class Summary:
    """What a build made: books, statements and withheld cells per edition and level, seconds per stage, the sites."""

    books: dict[tuple[str, str], BuiltBook] = field(default_factory=dict)
    figures: dict[tuple[str, str], int] = field(default_factory=dict)
    statements: dict[tuple[str, str], int] = field(default_factory=dict)
    withheld: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    sites: tuple[Path, ...] = ()


@dataclass(frozen=True)
class Foreseen:
    """The steps of a build in order, and the runs among them, as far as what was last protected tells of these."""

    steps: tuple[Step, ...]
    runs: tuple[Run, ...]


def build(root: Path, request: Request, progress: Progress, steps: Steps | None = None) -> Summary:
    """Build the books a request names and put them into their sites; a refusal leaves the last good sites in place.

    Of the `steps` whatever depends on nothing that has changed is found, not done.
    """
    build_ = _Build(root, request, progress, steps or steps_of(Folders(root)))
    with build_.recorded():
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
    return build_.summary


def foreseen(root: Path, request: Request, steps: Steps) -> Foreseen:
    """Return what a build would consist of, before it is done; only the interviews may be read for it."""
    build_ = _Build(root, request, _silent, steps)
    build_.read()
    return build_.foresee()


def steps_of(folders: Folders) -> Steps:
    """Return the steps of the builds of a project."""
    return Steps(folders, Ingredients(folders.root, folders.build))


def _silent(stage: str, done: int, total: int) -> None:
    """Show no progress."""


class _Build:
    """One build under way: its inputs, and what each stage hands to the next."""

    def __init__(self, root: Path, request: Request, progress: Progress, steps: Steps) -> None:
        self.folders, self.request, self.progress, self.steps = Folders(root), request, progress, steps
        self.summary = Summary()
        self.project: Project
        self.parts: dict[str, PartDigests] = {}
        self.analysis: dict[str, tuple[Run, ...]] = {}
        self.tables: dict[tuple[str, str], TableDigests] = {}
        self.runs: dict[tuple[str, str], tuple[Run, ...]] = {}
        self._stage = ""

    @contextmanager
    def stage(self, title: str) -> Iterator[None]:
        self._stage = title
        self.progress(title, 0, 1)
        start = time.perf_counter()
        yield
        self.summary.seconds[title] = round(time.perf_counter() - start, 2)
        self.progress(title, 1, 1)

    def read(self) -> None:
        self.project = Project.read(self.folders.root)
        editions = self._editions
        read = self.steps.trace(reading.step(editions), partial(reading.read, self.project, editions))
        for edition in editions:
            self.parts[edition] = reading.parts(self.project, edition, read.name)
            countries = {crime: tuple(names) for crime, names in read.facts[edition].items()}
            self.analysis[edition] = notebooks.runs(
                self.folders, self.project.study, edition=edition, countries=countries
            )
        self.steps.ingredients.providers |= {parts.KIND: self._coded, seen_tables.KIND: self._protected}

    def analyse(self) -> None:
        runs = [run for edition in self._editions for run in self.analysis[edition]]
        notebooks.execute(self.folders, runs, jobs=self.request.jobs, report=self._steps, steps=self.steps)
        notebooks.check_witnesses(self.folders, runs)
        for digests in self.parts.values():
            digests.keep()

    def protect(self) -> None:
        for edition, level in self._written:
            handed = [run.folder(self.folders) for run in self.analysis[edition]]
            step = protection.step(self.folders, edition, level, handed)
            facts = self.steps.do(step, partial(protection.protect, self.project, edition, level, handed))
            self.tables[edition, level] = TableDigests(self.folders.protected(edition, level))
            self.summary.withheld[edition, level] = facts["withheld"], facts["cells"]

    def report(self) -> None:
        for place in self._written:
            self.runs[place] = self._report_runs(*place)
        runs = [run for book in self._written for run in self.runs[book]]
        notebooks.execute(self.folders, runs, jobs=self.request.jobs, report=self._steps, steps=self.steps)
        notebooks.check_witnesses(self.folders, runs)

    def _report_runs(self, edition: str, level: str) -> tuple[Run, ...]:
        countries = read_protected_tables(self.folders.protected(edition, level)).countries
        return notebooks.runs(
            self.folders, self.project.study, edition=edition, countries=countries, dissemination=level
        )

    def narrate(self) -> None:
        faults: list[CasebookError] = []
        for edition, level in self._written:
            earlier = self.project.study.editions[edition].earlier
            if earlier and (earlier, level) not in self.summary.statements:
                continue  # It was refused.
            try:
                facts = self._narrate_one(self._about(edition, level))
                self.summary.figures[edition, level] = facts["figures"]
                self.summary.statements[edition, level] = facts["statements"]
            except CasebookError as refusal:
                faults.append(refusal)
        _raise_together(faults)

    def _narrate_one(self, written: Written) -> Facts:
        return self.steps.do(narration.step(self.folders, written), partial(narration.narrate, self.project, written))

    def _about(self, edition: str, level: str) -> Written:
        earlier = self.project.study.editions[edition].earlier
        return Written(edition, level, self.runs[edition, level], self._about(earlier, level) if earlier else None)

    def make_books(self) -> None:
        with ThreadPoolExecutor(min(self.request.jobs, len(self.request.books))) as pool:
            tried = {book: pool.submit(self._make_one, *book) for book in self.request.books}
        _raise_together([error for future in tried.values() if (error := future.exception()) is not None])
        self.summary.books = {book: future.result() for book, future in tried.items()}

    def _make_one(self, edition: str, level: str) -> BuiltBook:
        book, media = Book(self.folders, self.project.study, edition, level), self.request.media
        runs = self.runs[edition, level]
        step = bookmaking.step(book, media, runs=runs)
        facts = self.steps.do(step, partial(bookmaking.make, self.project, book, media, runs=runs))
        return BuiltBook(book, facts["pages"], media)

    def publish(self) -> None:
        books = list(self.summary.books.values())
        step = site_making.step(self.project, books)
        facts = self.steps.do(step, partial(site_making.publish, self.project, books))
        self.summary.sites = tuple(self.folders.root / site for site in facts["sites"])

    @property
    def _editions(self) -> tuple[str, ...]:
        """The editions asked for and those they are compared with, earlier ones first."""
        editions = self.project.study.editions
        asked = set(self.request.editions)
        asked |= {earlier for edition in asked if (earlier := editions[edition].earlier)}
        return tuple(edition for edition in editions if edition in asked)

    @property
    def _written(self) -> list[tuple[str, str]]:
        return [(edition, level) for edition in self._editions for level in self.request.levels]

    def _coded(self, part: str) -> str:
        edition, _, name = part.partition(" ")
        return self.parts[edition].digest(name, self.project.study, self.project.codebook)

    def _protected(self, part: str) -> str:
        edition, level, name = part.split(" ", 2)
        return self.tables[edition, level].digest(name)

    def foresee(self) -> Foreseen:
        runs = [run for edition in self._editions for run in self.analysis[edition]]
        steps = [reading.step(self._editions), *(step_of(self.folders, run) for run in runs)]
        for place in self._written:
            edition, level = place
            handed = [run.folder(self.folders) for run in self.analysis[edition]]
            steps.append(protection.step(self.folders, edition, level, handed))
            if not self.folders.protected(edition, level).is_dir():
                continue
            self.tables[place] = TableDigests(self.folders.protected(edition, level))
            self.runs[place] = self._report_runs(edition, level)
            runs += self.runs[place]
            steps += [step_of(self.folders, run) for run in self.runs[place]]
        for place in filter(self.runs.__contains__, self._written):
            steps.append(narration.step(self.folders, self._about(*place)))
            book = Book(self.folders, self.project.study, *place)
            steps.append(bookmaking.step(book, self.request.media, runs=self.runs[place]))
        return Foreseen(tuple(steps), tuple(runs))

    @contextmanager
    def recorded(self) -> Iterator[None]:
        """Leave a record of the stages and steps, however what happens within ends."""
        try:
            yield
        finally:
            record = {
                "stages": self.summary.seconds,
                "steps": {name: asdict(done) for name, done in self.steps.log.items()},
            }
            with suppress(OSError):
                write_atomically(self.folders.last_build, canonical_json(record))

    def _steps(self, done: int, total: int, _name: str) -> None:
        self.progress(self._stage, done, total)


def _raise_together(refusals: Sequence[BaseException]) -> None:
    """Raise refusals as one, and before them whatever is none."""
    for refusal in refusals:
        if not isinstance(refusal, CasebookError):
            raise refusal
    if refusals:
        raise together(refusal for refusal in refusals if isinstance(refusal, CasebookError))
