"""Checking that what a run shows belongs to its crime and country."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from casebook.canonical import checksum
from casebook.codebook import EVERY_CRIME
from casebook.errors import CasebookError, Fault, NotebookFailed
from casebook.folders import Folders
from casebook.notebook_run import NOTEBOOK_FILE, WITNESS_FILE, FigureRecord, Witness, read_witness
from casebook.protected_tables import POOLED
from casebook.publication.notebooks.matrix import Run


def check_witnesses(folders: Folders, runs: Sequence[Run]) -> tuple[Witness, ...]:
    """Return the witnesses of all runs, or raise NotebookFailed with everything that is not the run's own.

    The parameters, the title of the page, the tables read and the figures, which must be there with the bytes the run
    has vouched for, all belong to the run's crime and country.
    """
    witnesses: list[Witness] = []
    faults: list[Fault] = []
    for run in runs:
        folder = run.folder(folders)
        try:
            witness = read_witness(folder, run=run.name)
        except CasebookError as error:
            faults += error.faults
            continue
        witnesses.append(witness)
        faults += [*_faults_of_parameters(witness, run), *_faults_of_page(folder, run)]
        faults += [*_faults_of_tables(witness, run), *_faults_of_figures(witness, run, folder)]
    if faults:
        raise NotebookFailed(faults)
    return tuple(witnesses)


def _faults_of_parameters(witness: Witness, run: Run) -> Iterator[Fault]:
    expected = {"run": run.name, "title": run.title, "dissemination": None, **run.parameters}
    for name, value in expected.items():
        if (found := getattr(witness, name)) != value:
            message = f"the witness has another {name} than the run"
            yield Fault(run.name, WITNESS_FILE, message, value=str(found), allowed=str(value))


def _faults_of_page(folder: Path, run: Run) -> Iterator[Fault]:
    try:
        notebook = json.loads((folder / NOTEBOOK_FILE).read_text("utf-8"))
        title, parameters = notebook["cells"][0]["source"], notebook["metadata"]["papermill"]["parameters"]
    except (OSError, ValueError, LookupError, TypeError):
        yield Fault(run.name, NOTEBOOK_FILE, "the run has left no executed notebook")
        return
    if title != f"# {run.title}":
        yield Fault(run.name, NOTEBOOK_FILE, "the page has another title than the run", title, run.title)
    if parameters != dict(run.parameters):
        yield Fault(run.name, NOTEBOOK_FILE, "the page was run with other parameters")


def _faults_of_tables(witness: Witness, run: Run) -> Iterator[Fault]:
    for key in _foreign(witness.tables, run):
        yield Fault(run.name, WITNESS_FILE, "a table of another crime or country was read", value=key)


def _faults_of_figures(witness: Witness, run: Run, folder: Path) -> Iterator[Fault]:
    for figure in witness.figures:
        for key in _foreign(figure.tables, run):
            yield Fault(run.name, figure.file, "the figure draws a table of another crime or country", value=key)
        for key in sorted(set(figure.tables) - set(witness.tables)):
            yield Fault(run.name, figure.file, "the figure draws a table that the run has not read", value=key)
        if not figure.alt.strip():
            yield Fault(run.name, figure.file, "the figure has no alternative text")
        yield from _faults_of_file(figure, run, folder)


def _faults_of_file(figure: FigureRecord, run: Run, folder: Path) -> Iterator[Fault]:
    path = folder / figure.file
    if Path(figure.file).name != figure.file or not path.is_file():
        yield Fault(run.name, figure.file, "the figure's file is not in the run's folder")
    elif checksum(path.read_bytes()) != figure.sha256:
        yield Fault(run.name, figure.file, "the figure is not the one the run has saved", remedy="build again")


def _foreign(keys: Iterable[str], run: Run) -> Iterator[str]:
    """Yield the keys of tables that are not of the run's crime and country."""
    crime, country = run.parameters["crime"], run.parameters["country"]
    for key in keys:
        table, _, place = key.partition("@")
        if table.partition(".")[0] != crime != EVERY_CRIME or (place or POOLED) != country:
            yield key
