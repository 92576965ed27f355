"""Everything that can be refused without running a notebook, all stages together; nothing is written."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import ParamSpec, TypeVar

import yaml

from casebook.codebook import Codebook, read_codebook
from casebook.errors import (
    BookRefused,
    CasebookError,
    DisclosureRefused,
    Fault,
    NotebookFailed,
    StatementRefused,
    StudyRefused,
    together,
)
from casebook.folders import Folders
from casebook.protected_tables import ProtectedTables
from casebook.protection import Protection
from casebook.publication.book.identity import PLACEHOLDER
from casebook.publication.contexts import read_contexts
from casebook.publication.dangling_names import (
    Drawn,
    drawn_by,
    faults_of_drawing,
    faults_of_figures,
    faults_of_names,
    figures_of_crime,
    read_source,
)
from casebook.publication.narrative import names_in_templates
from casebook.publication.notebooks import runs
from casebook.publication.notebooks.parameters import declared
from casebook.publication.pages import SUFFIX, pages_of
from casebook.publication.references import read_references
from casebook.publication.templates import environment, faults_of_source
from casebook.rehearsal import Outside, Rehearsal
from casebook.restricted.analysis_run import edition_interviews, read_all_submissions
from casebook.restricted.anonymity import refuse_identifying
from casebook.restricted.interviews import RestrictedStudy
from casebook.restricted.study_key import study_key
from casebook.study import FILE, Edition, Study
from casebook.study_files import check_without_codebook, read_study

_SETTINGS = "_config.yml"
P = ParamSpec("P")
T = TypeVar("T")


def check_project(project: Path) -> str:
    """Return what was checked of a project, or raise one refusal with the faults of all stages.

    It has the class, and so the exit code, of the first stage of a build that is refused.
    """
    check = _Check(Folders(project))
    check.run()
    if check.refusals:
        raise together(sorted(check.refusals, key=lambda refusal: refusal.exit_code))
    return check.told()


class _Check:
    """One check under way: what was refused, and how much was read."""

    def __init__(self, folders: Folders) -> None:
        self.folders = folders
        self.refusals: list[CasebookError] = []
        self.books = self.interviews = self.pages = self.tables = 0
        #: The names that may be used, by template and crime of the pages met so far.
        self.asked: dict[tuple[str, str], frozenset[str]] = {}

    def run(self) -> None:
        """Check stage after stage; what rests on a refused one cannot be checked, everything else is."""
        self._try(_check_templates, self.folders.root / "templates")
        self._try(_check_settings, self.folders.root)
        codebook = self._try(read_codebook, self.folders.data)
        if codebook is None:
            self._try(check_without_codebook, self.folders.root)
            return
        study = self._try(read_study, self.folders.root, codebook)
        if study is None:
            self._try(read_all_submissions, self.folders.root, codebook)
            return
        self._try(check_front_matter, study)
        contexts = self._try(read_contexts, self.folders.data, study)
        references = self._try(read_references, self.folders.data, study, codebook)
        drawn = self._try(check_notebooks, self.folders, study, codebook)
        coded = {edition: self._try(self._interviews, study, codebook, edition) for edition in study.editions}
        self._check_anonymity(study, codebook, coded)
        if contexts is not None and references is not None and drawn is not None:
            self._check_books(Rehearsal(self.folders, study, codebook, Outside(contexts, references), drawn), coded)

    def told(self) -> str:
        """Return in a sentence what was checked."""
        books = "1 book" if self.books == 1 else f"{self.books} books"
        counts = f"{self.interviews} interviews, {self.tables} tables and {self.pages} pages of {books}"
        return f"Nothing to refuse in {counts}; what remains is to run the notebooks."

    def _try(self, stage: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | None:
        try:
            return stage(*args, **kwargs)
        except CasebookError as refusal:
            self.refusals.append(refusal)
            return None

    def _interviews(self, study: Study, codebook: Codebook, edition: str) -> RestrictedStudy:
        coded = edition_interviews(self.folders.root, study, codebook, edition=edition)
        self.interviews = max(self.interviews, len(coded.people))
        return coded

    def _check_anonymity(self, study: Study, codebook: Codebook, coded: Mapping[str, RestrictedStudy | None]) -> None:
        read = {edition: interviews for edition, interviews in coded.items() if interviews is not None}
        submissions = read_all_submissions(self.folders.root, codebook) if read else ()
        self._try(refuse_identifying, read, submissions, codebook, limits=study.anonymity)

    def _check_books(self, rehearsal: Rehearsal, coded: Mapping[str, RestrictedStudy | None]) -> None:
        key = self._try(study_key, self.folders.data)
        sound = {edition: interviews for edition, interviews in coded.items() if interviews is not None}
        tried = {edition: self._try(rehearsal.count, edition, interviews) for edition, interviews in sound.items()}
        counted = {edition: tables for edition, tables in tried.items() if tables is not None}
        if key is not None:
            self._try(self._check_protected, rehearsal, rehearsal.protection(sound, counted, key=key))
        told = {(fault.file, fault.place) for refusal in self.refusals for fault in refusal.faults}
        self._try(_check_names, rehearsal, self.asked, told=told)

    def _check_protected(self, rehearsal: Rehearsal, protection: Protection) -> None:
        """Check book after book as it comes through the door, and audit all of them together."""
        books = {}
        for book, tables in protection.protect():
            books[book] = tables
            self._check_book(rehearsal, tables)
        audit = protection.audit(books)
        if not audit.passed:
            raise DisclosureRefused(list(audit.faults()))

    def _check_book(self, rehearsal: Rehearsal, tables: ProtectedTables) -> None:
        pages = self._try(pages_of, self.folders, rehearsal.study, tables)
        if pages is None:
            return
        sources = rehearsal.sources(tables)
        for page in pages:
            self.asked[page.template, page.crime] = names_in_templates(sources, page)
        if rehearsal.can_be_compared(tables):
            self._try(rehearsal.write, sources, pages)
        self._try(rehearsal.check_contents, tables, pages)
        self.books, self.pages, self.tables = self.books + 1, self.pages + len(pages), self.tables + len(tables)


def _check_templates(folder: Path) -> None:
    """Refuse templates that cannot be read or hold a number typed by hand, on whatever page they are."""
    env = environment(folder)
    faults: list[Fault] = []
    for path in sorted(folder.rglob(f"*{SUFFIX}")):
        name = path.relative_to(folder).as_posix()
        faults += faults_of_source(env, name, path.read_text("utf-8"))
    if faults:
        raise StatementRefused(faults)


def _check_settings(root: Path) -> None:
    try:
        settings = yaml.safe_load((root / _SETTINGS).read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise BookRefused.one(_SETTINGS, "", "the settings of the book cannot be read") from error
    if not isinstance(settings, dict):
        raise BookRefused.one(_SETTINGS, "", "the settings of the book are no list of keys and values")


def check_front_matter(study: Study) -> None:
    """Refuse front matter that would leave a field of the cover or the control sheet empty or at odds with another."""
    faults = [fault for name, edition in study.editions.items() for fault in _faults_of_front_matter(name, edition)]
    if faults:
        raise StudyRefused(faults)


def _faults_of_front_matter(name: str, edition: Edition) -> Iterator[Fault]:
    place = f"editions.{name}"
    for field, value in edition.model_dump().items():
        if isinstance(value, str) and not value.strip() and field != "earlier":
            remedy = f"write it, or: {PLACEHOLDER}"
            yield Fault(FILE, f"{place}.{field}", "the field is empty", remedy=remedy)
    last = edition.history[-1] if edition.history else None
    if last is None or last.version != edition.version:
        message = "the version history does not end with this version"
        yield Fault(FILE, f"{place}.history", message, last.version if last else "", edition.version)
    dates = [change.date for change in edition.history]
    if dates != sorted(dates):
        yield Fault(FILE, f"{place}.history", "the version history is not in the order of its dates")


def check_notebooks(folders: Folders, study: Study, codebook: Codebook) -> list[Drawn]:
    """Return the figures that report notebooks draw; raises NotebookFailed for all that would fail in every run."""
    edition, *_ = study.editions
    faults: list[Fault] = []
    for level in (None, *study.dissemination):
        try:
            runs(folders, study, edition=edition, countries={}, dissemination=level)
        except NotebookFailed as refusal:
            faults += refusal.faults
    if faults:
        raise NotebookFailed(faults)
    paths = sorted((folders.root / "notebooks" / "report").glob("*.ipynb"))
    notebooks = [declared(folders.root, path.relative_to(folders.root)) for path in paths]
    drawn = [figure for notebook in notebooks for figure in drawn_by(notebook)]
    if faults := list(faults_of_drawing(drawn, study, codebook)):
        raise NotebookFailed(faults)
    return drawn


def _check_names(
    rehearsal: Rehearsal, asked: Mapping[tuple[str, str], frozenset[str]], *, told: Collection[tuple[str, str]]
) -> None:
    """Refuse names that point at nothing in parts of the templates that these data do not print.

    `asked` are the names that may be used, by template and crime; `told` the places that were refused already.
    """
    folder = rehearsal.folders.root / "templates"
    env = environment(folder)
    faults: list[Fault] = []
    for (template, crime), known in asked.items():
        source = read_source(env, template, (folder / template).read_text("utf-8"))
        faults += faults_of_names(source, {*known, *env.globals})
        faults += faults_of_figures(source, figures_of_crime(rehearsal.drawn, crime))
    if untold := [fault for fault in faults if (fault.file, fault.place) not in told]:
        raise StatementRefused(untold)
