"""What a report notebook works with: the protected tables of its crime and country, shown as figures and tables."""

from __future__ import annotations

import functools
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
from IPython.display import display

from casebook.canonical import checksum, write_atomically
from casebook.codebook import Codebook, read_codebook
from casebook.errors import DisclosureRefused, NotebookFailed
from casebook.folders import Folders
from casebook.notebook_run import FigureRecord, Mark, Witness, check_asked, labels_of, name_of, table_id, title_of
from casebook.observed import by_parts
from casebook.protected_tables import ProtectedTable, ProtectedTables, key_of, read_protected_tables
from casebook.publication import comparison_figure, figures
from casebook.publication.agreement_view import agreement_marks, agreement_text
from casebook.publication.book.inert import inert
from casebook.publication.comparison import Comparison, compare
from casebook.publication.comparison_tables import comparison_marks, comparison_text
from casebook.publication.figures import Drawing
from casebook.publication.references import References, read_references
from casebook.publication.report_tables import results_marks, results_text, sample_marks, sample_text, section_text
from casebook.publication.seen_tables import seen
from casebook.study import PlannedTable, Study
from casebook.study_files import read_study

_COLUMNS = ["level", "label", "n", "base", "status", "word"]


@dataclass(frozen=True)
class Bundle:
    """One output of a cell: its data by media type, with metadata such as an image's alternative text."""

    data: Mapping[str, str]
    metadata: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Shown:
    """What a cell shows, in the order it is shown in."""

    bundles: tuple[Bundle, ...]

    def _ipython_display_(self) -> None:
        for bundle in self.bundles:
            # IPython has no annotations.
            display(dict(bundle.data), metadata=dict(bundle.metadata), raw=True)  # type: ignore[no-untyped-call]


@dataclass
class ReportRun:
    """One crime and country of an edition at a dissemination level: it sees protected tables and nothing else."""

    study: Study
    codebook: Codebook
    tables: ProtectedTables
    folder: Path
    about: Witness
    _read: set[str] = field(default_factory=set)
    _figures: dict[str, FigureRecord] = field(default_factory=dict)
    _withheld: list[str] = field(default_factory=list)
    _cells: dict[Mark, None] = field(default_factory=dict)

    def protected(self, variable: str, group: str, among: str = "", *, crime: str = "") -> ProtectedTable | None:
        """Return the protected table of a variable in a group, None where this run has none.

        It is that of the run's crime; a run about all crimes names one. Raises DisclosureRefused for a variable or
        group that does not exist.
        """
        self._check_exists(variable, group)
        key = key_of(table_id(crime or self.about.crime, group, variable, among), self.about.country)
        if key not in self.tables:
            return None
        self._read.add(key)
        return self.tables[key]

    def table(self, variable: str, group: str, among: str = "") -> pd.DataFrame:
        """Return a planned table: level, label, n, base, status and word, one row per level or planned set.

        The frame is empty where this run has no such table; raises DisclosureRefused where it is not planned at all.
        """
        plan = self._plan(variable, group, among)
        table = self.protected(variable, group, among)
        labels = labels_of(self.codebook[variable], plan)
        cells = table.cells if table else ()
        base = table.base if table else None
        rows = [(c.level, labels[c.level], c.n, base, c.status, c.word) for c in cells]
        return pd.DataFrame(rows, columns=_COLUMNS).astype({"n": "Int64", "base": "Int64"})

    def sample(self) -> pd.DataFrame:
        """Return the number of interviews n per crime and group, which every reader knows."""
        rows = [(*key.split("."), n) for key, n in self.tables.sample.items()]
        return pd.DataFrame(rows, columns=["crime", "group", "n"])

    def figure(
        self, name: str, *, variable: str, groups: Sequence[str], title: str, crimes: Sequence[str] = ()
    ) -> Shown | None:
        """Draw a variable in one or more groups, save the figure and show it; a run about all crimes names `crimes`.

        Nothing is shown where this run has no such table, or where all of it is withheld, which the witness then says.
        """
        asked = [(crime, group) for crime in crimes or (self.about.crime,) for group in groups]
        found = [table for crime, group in asked if (table := self.protected(variable, group, crime=crime))]
        open_ = [table for table in found if any(cell.status != "withheld" for cell in table.cells)]
        if open_:
            return self._save(
                figures.frequencies(open_, name=name, title=title, codebook=self.codebook, study=self.study)
            )
        self._withheld += [name] if found else []
        return None

    def sample_figure(self, name: str, *, title: str) -> Shown:
        """Draw the number of interviews by crime and group, save the figure and show it."""
        return self._save(figures.sample(self.tables, name=name, title=title, study=self.study))

    def sample_results(self) -> Shown:
        """Show the number of interviews by crime and group."""
        text = sample_text(self.tables.sample, study=self.study)
        return self._print(text, sample_marks(self.tables.sample))

    def comparison_figure(self, name: str, *, title: str) -> Shown:
        """Draw the interviews beside the reference values, save the figure and show it."""
        compared = self._compared()
        return self._save(comparison_figure.comparison(compared, name=name, title=title, study=self.study))

    def comparison_results(self) -> Shown:
        """Show every planned comparison with its verdict."""
        about = (self._compared(), self.study, self.codebook)
        return self._print(comparison_text(*about), comparison_marks(*about))

    def agreement_results(self) -> Shown:
        """Show how far the coders agree on each variable."""
        about = (self.tables.agreement, self.codebook, self.study)
        return self._print(agreement_text(*about), agreement_marks(*about))

    def _compared(self) -> tuple[Comparison, ...]:
        found = compare(_references(Path.cwd()), self.tables, self.study)
        self._read |= {c.table.key for c in found if c.table is not None}
        return found

    def results(self, variable: str, groups: Sequence[str], among: str = "") -> Shown:
        """Show what is published of a variable: a row per answer, a column per group of interviews."""
        plans = {group: self._plan(variable, group, among) for group in groups}
        found = [table for group in plans if (table := self.protected(variable, group, among))]
        text = results_text(found, codebook=self.codebook, study=self.study)
        return self._print(text, results_marks(found, codebook=self.codebook, study=self.study))

    def section(self, number: str) -> Shown:
        """Show all tables that this run has for a section of the report, in the order of the plan."""
        crime, country = self.about.crime, self.about.country
        plans = [plan for plan in self.study.tables.values() if (plan.crime, plan.section) == (crime, number)]
        own = {key: self.tables[key] for plan in plans if (key := key_of(plan.id, country)) in self.tables}
        self._read |= own.keys()
        found = list(own.values())
        text = section_text(found, codebook=self.codebook, study=self.study)
        return self._print(text, results_marks(found, codebook=self.codebook, study=self.study))

    def _print(self, text: str, marks: Iterable[Mark]) -> Shown:
        self._cells |= dict.fromkeys(marks)
        return _markdown(text)

    def close(self) -> None:
        """Leave the run's witness."""
        found = {"tables": tuple(sorted(self._read)), "withheld": tuple(self._withheld), "cells": tuple(self._cells)}
        Witness(**{**self.about.__dict__, **found, "figures": tuple(self._figures.values())}).write(self.folder)

    def _save(self, drawing: Drawing) -> Shown:
        file = f"{drawing.name}.svg"
        if drawing.name in self._figures or Path(file).name != file:
            message = "a figure needs a name of its own that can be a file's"
            raise NotebookFailed.one(self.about.run, "figure", message, value=drawing.name)
        write_atomically(self.folder / file, drawing.svg)
        self._figures[drawing.name] = FigureRecord(
            drawing.name, file, drawing.alt, drawing.caption, drawing.tables, checksum(drawing.svg), drawing.marks
        )
        data = {"image/svg+xml": drawing.svg.decode("utf-8"), "text/plain": drawing.alt}
        image = Bundle(data, {"image/svg+xml": {"alt": drawing.alt}})
        return Shown((image, *_markdown(f"*{inert(drawing.caption)}*").bundles))

    def _plan(self, variable: str, group: str, among: str) -> PlannedTable:
        self._check_exists(variable, group)
        asked = table_id(self.about.crime, group, variable, among)
        if asked not in self.study.tables:
            remedy = "plan the table in study.yml"
            raise DisclosureRefused.one("notebook", asked, "the table is not planned", remedy=remedy)
        return self.study.tables[asked]

    def _check_exists(self, variable: str, group: str) -> None:
        if variable not in self.codebook:
            raise DisclosureRefused.one("notebook", variable, "the codebook has no such variable")
        if group not in self.study.roles:
            message, allowed = "study.yml has no such group", ", ".join(self.study.roles)
            raise DisclosureRefused.one("notebook", variable, message, value=group, allowed=allowed)


def open_run(*, crime: str, country: str, edition: str, dissemination: str) -> ReportRun:
    """Open the run of a crime ("ALL" for all) and country ("pooled" for all) in the project of the working folder.

    Raises NotebookFailed where study.yml has no such crime, country, edition or dissemination level, and
    DisclosureRefused where there are no protected tables.
    """
    root = Path.cwd()
    with by_parts():
        study, codebook = _project(root)
    check_asked(study, crime=crime, country=country, edition=edition, dissemination=dissemination)
    with by_parts():
        tables = seen(read_protected_tables(Folders(root).protected(edition, dissemination)))
    run = name_of(os.environ, crime=crime, country=country)
    title = title_of(study, run=run, crime=crime, country=country)
    about = Witness(run, title, crime, country, edition, dissemination, tables=())
    return ReportRun(study, codebook, tables, Folders(root).report_run(edition, dissemination, run), about)


def read_ahead(root: Path) -> None:
    """Read once, for every run that a process opens or forks, the study and its codebook."""
    _project(root)


def _markdown(text: str) -> Shown:
    return Shown((Bundle({"text/markdown": text, "text/plain": text}),))


@functools.cache
def _project(root: Path) -> tuple[Study, Codebook]:
    codebook = read_codebook(root / "data")
    return read_study(root, codebook), codebook


@functools.cache
def _references(root: Path) -> References:
    study, codebook = _project(root)
    return read_references(root / "data", study, codebook)
