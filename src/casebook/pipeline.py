"""The stages of a build, in order."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from casebook import processes
from casebook.build_record import last_failed, write_record
from casebook.cache import Ingredients, Step, Steps
from casebook.errors import CasebookError, together
from casebook.folders import Folders
from casebook.protected_tables import read_protected_tables
from casebook.publication import notebooks, seen_tables
from casebook.publication.book.html import BuiltBook
from casebook.publication.book.identity import Book
from casebook.publication.notebooks import Manner, Run, Tally
from casebook.publication.notebooks.cluster import Cluster
from casebook.publication.notebooks.run_steps import name_of, step_of
from casebook.publication.notebooks.tally import Counting
from casebook.publication.seen_tables import TableDigests
from casebook.release.record import is_released
from casebook.request import Request
from casebook.restricted import parts
from casebook.restricted.edition_people import Cohort
from casebook.restricted.parts import PartDigests
from casebook.stages import bookmaking, ethics_report, given_tables, narration, protection, reading, site_making, taking
from casebook.stages.narration import Written
from casebook.stages.project import Project

#: Called with a stage's title and how far its steps are.
Progress = Callable[[str, Tally], None]
Facts = Mapping[str, Any]
#: An edition and dissemination level.
Place = tuple[str, str]


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
    build_ = (_FromTables if request.tables else _Build)(root, request, progress, steps or steps_of(Folders(root)))
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


def cluster_for(folders: Folders, request: Request) -> Cluster | None:
    """Return the cluster that a request names, None where it names none."""
    if request.cluster or request.workers:
        return Cluster(folders, address=request.cluster, workers=request.workers)
    return None


def _silent(stage: str, tally: Tally) -> None:
    """Show no progress."""


class _Build:
    """One build under way: its inputs, and what each stage hands to the next."""

    def __init__(self, root: Path, request: Request, progress: Progress, steps: Steps) -> None:
        self.folders, self.request, self.progress, self.steps = Folders(root), request, progress, steps
        self.summary = Summary()
        self.project: Project
        self.parts: dict[str, PartDigests] = {}
        self.analysis: dict[str, tuple[Run, ...]] = {}
        self.cohorts: tuple[Cohort, ...] = ()
        self.tables: dict[tuple[str, str], TableDigests] = {}
        self.runs: dict[tuple[str, str], tuple[Run, ...]] = {}
        self._stage, self._tally = "", Tally()
        self._refusals: list[CasebookError] = []
        self._refused: set[Place] = set()
        self._failed_before = last_failed(self.folders)
        self._cluster = cluster_for(self.folders, request)

    @contextmanager
    def stage(self, title: str) -> Iterator[None]:
        """Do a stage; what it has refused is raised at its end, or with everything else before the sites."""
        self._stage = title
        self._tell(Tally())
        start = time.perf_counter()
        yield
        self.summary.seconds[title] = round(time.perf_counter() - start, 2)
        if not self.request.keeps_going:
            self._refuse()
        self._tell(replace(self._tally, done=self._tally.total))

    @contextmanager
    def _trying(self, *places: Place) -> Iterator[None]:
        """Give up some books where what happens within is refused."""
        try:
            yield
        except CasebookError as refusal:
            self._refusals.append(refusal)
            self._refused |= set(places)

    def _refuse(self) -> None:
        if self._refusals:
            raise together(self._refusals)

    def read(self) -> None:
        self.project = Project.read(self.folders.root)
        editions = self._editions
        read = self.steps.trace(reading.step(editions), partial(reading.read, self.project, editions))
        for edition in editions:
            self.parts[edition] = reading.parts(self.project, edition, read.name)
            countries = {crime: tuple(names) for crime, names in read.facts["countries"][edition].items()}
            self.analysis[edition] = notebooks.runs(
                self.folders, self.project.study, edition=edition, countries=countries
            )
        self.cohorts = reading.cohorts_of(read.facts)
        self.steps.ingredients.providers |= {parts.KIND: self._coded, seen_tables.KIND: self._protected}

    def analyse(self) -> None:
        self._execute({place: self.analysis[place[0]] for place in self._written})
        for digests in self.parts.values():
            digests.keep()

    def _execute(self, runs: Mapping[Place, Sequence[Run]]) -> None:
        """Execute the runs of some books and give up those of which one fails, or leaves what is not its own."""
        for some in self._in_order({name_of(run): run for own in runs.values() for run in own}):
            with self._trying():
                manner = Manner(self.request.jobs, fail_fast=self.request.fails_fast, cluster=self._cluster)
                notebooks.execute(self.folders, some, manner=manner, report=self._tell, steps=self.steps)
            if self._refusals and not self.request.keeps_going:
                return
        for place, own in runs.items():
            if all(self.steps.went_well(name_of(run)) for run in own):
                with self._trying(place):
                    notebooks.check_witnesses(self.folders, own)
            else:
                self._refused.add(place)

    def _in_order(self, runs: Mapping[str, Run]) -> Iterator[list[Run]]:
        """Yield runs to be executed together: before all others those that failed the last time, where asked."""
        first = self._failed_before & runs.keys() if self.request.retry_failed else set()
        yield [run for name, run in runs.items() if name in first]
        yield [run for name, run in runs.items() if name not in first]

    def protect(self) -> None:
        written, handed = self._written, self._handed_over()
        step = protection.step(self.project, handed, self.cohorts)
        with self._trying(*written):
            facts = self.steps.do(step, partial(protection.protect, self.project, handed, self.cohorts))
            for edition, level in written:
                self.tables[edition, level] = TableDigests(self.folders.protected(edition, level))
                withheld, cells = facts[f"{edition}/{level}"]
                self.summary.withheld[edition, level] = withheld, cells
        self._tell_the_ethics_officer()

    def _handed_over(self) -> protection.Runs:
        """Return the folders of the analysis runs of each edition that is to be written."""
        editions = dict.fromkeys(edition for edition, _ in self._written)
        return {edition: [run.folder(self.folders) for run in self.analysis[edition]] for edition in editions}

    def _tell_the_ethics_officer(self) -> None:
        books, handed = self._written, self._handed_over()
        if not books:
            return
        with self._trying():
            step = ethics_report.step(self.folders, books, handed)
            self.steps.do(step, partial(ethics_report.write, self.project, books, handed))

    def report(self) -> None:
        for place in self._written:
            self.runs[place] = self._report_runs(*place)
        self._execute({place: self.runs[place] for place in self._written})

    def _report_runs(self, edition: str, level: str) -> tuple[Run, ...]:
        countries = read_protected_tables(self.folders.protected(edition, level)).countries
        return notebooks.runs(
            self.folders, self.project.study, edition=edition, countries=countries, dissemination=level
        )

    def narrate(self) -> None:
        for place in self._written:
            if self._is_given_up(place):
                continue  # The edition that it is compared with was refused.
            with self._trying(place):
                facts = self._narrate_one(self._about(*place))
                self.summary.figures[place], self.summary.statements[place] = facts["figures"], facts["statements"]

    def _narrate_one(self, written: Written) -> Facts:
        return self.steps.do(narration.step(self.folders, written), partial(narration.narrate, self.project, written))

    def _about(self, edition: str, level: str) -> Written:
        earlier = self.project.study.editions[edition].earlier
        return Written(edition, level, self.runs[edition, level], self._about(earlier, level) if earlier else None)

    def make_books(self) -> None:
        books = [place for place in self.request.books if not self._is_given_up(place)]
        counting = Counting(Tally(len(books)), self._tell)
        beside = processes.room(processes.MEGABYTES_OF_A_BOOK, self.request.jobs)
        with ThreadPoolExecutor(min(beside, len(books) or 1)) as pool:
            tried = {book: pool.submit(self._make_one, *book, counting) for book in books}
        for book, future in tried.items():
            with self._trying(book):
                self.summary.books[book] = future.result()

    def _make_one(self, edition: str, level: str, counting: Counting) -> BuiltBook:
        book = Book.audited(self.folders, self.project.study, edition, level)
        step, make = self._making(book)
        with counting.running():
            facts = self.steps.do(step, make)
        counting.count(done=1, found=self.steps.log[step.name].state == "found")
        return BuiltBook(book, facts["pages"], self.request.media)

    def _making(self, book: Book) -> tuple[Step, Callable[[], Facts]]:
        """Return the step of a book, and how it is done: made, or taken as it was released."""
        if is_released(book):
            return taking.step(book), partial(taking.take, book)
        media, written = self.request.media, self._about(book.edition, book.dissemination)
        make = partial(bookmaking.make, self.project, book, media, written=written)
        return bookmaking.step(book, media, written), make

    def publish(self) -> None:
        self._refuse()
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
    def _written(self) -> list[Place]:
        """The books to be written, each after the one it is compared with, without those that were given up."""
        places = [(edition, level) for edition in self._editions for level in self.request.levels]
        return [place for place in places if not self._is_given_up(place)]

    def _is_given_up(self, place: Place) -> bool:
        """Return whether a book was refused, or the one it is compared with."""
        edition, level = place
        earlier = self.project.study.editions[edition].earlier
        return place in self._refused or bool(earlier and self._is_given_up((earlier, level)))

    def _coded(self, part: str) -> str:
        edition, _, name = part.partition(" ")
        return self.parts[edition].digest(name, self.project.study, self.project.codebook)

    def _protected(self, part: str) -> str:
        edition, level, name = part.split(" ", 2)
        return self.tables[edition, level].digest(name)

    def foresee(self) -> Foreseen:
        runs = [run for edition in self._editions for run in self.analysis[edition]]
        steps = [reading.step(self._editions), *(step_of(self.folders, run) for run in runs)]
        steps.append(protection.step(self.project, self._handed_over(), self.cohorts))
        for place in self._written:
            edition, level = place
            if not self.folders.protected(edition, level).is_dir():
                continue
            self.tables[place] = TableDigests(self.folders.protected(edition, level))
            self.runs[place] = self._report_runs(edition, level)
            runs += self.runs[place]
            steps += [step_of(self.folders, run) for run in self.runs[place]]
        for place in filter(self.runs.__contains__, self._written):
            steps.append(narration.step(self.folders, self._about(*place)))
            steps.append(self._making(Book.audited(self.folders, self.project.study, *place))[0])
        return Foreseen(tuple(steps), tuple(runs))

    @contextmanager
    def recorded(self) -> Iterator[None]:
        """Leave a record of the stages and steps, and let go of the cluster, however what happens within ends."""
        try:
            yield
        finally:
            write_record(self.folders, self.summary.seconds, self.steps.log)
            if self._cluster:
                self._cluster.close()

    def _tell(self, tally: Tally) -> None:
        self._tally = tally
        self.progress(self._stage, tally)


class _FromTables(_Build):
    """A build from protected tables alone, as an archive holds them: no stage of it reaches an interview."""

    def read(self) -> None:
        self.project = Project.read(self.folders.root)
        self.steps.ingredients.providers |= {seen_tables.KIND: self._protected}

    def analyse(self) -> None:
        """Do nothing: what the analysis notebooks counted has passed the door already."""

    def protect(self) -> None:
        for book in self._written:
            place = self.folders.protected(*book)
            with self._trying(book):
                self.summary.withheld[book] = given_tables.take(self.request.tables or place, place, book)
                self.tables[book] = TableDigests(place)
