"""Which runs there are: each notebook of a room with each crime and country it is for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from casebook.codebook import EVERY_CRIME
from casebook.errors import CasebookError, Fault, NotebookFailed
from casebook.folders import Folders
from casebook.notebook_run import title_of
from casebook.protected_tables import POOLED
from casebook.publication.notebooks.parameters import Declared, declared, foreign_imports
from casebook.study import Study

Room = Literal["analysis", "report"]


@dataclass(frozen=True)
class Run:
    """One notebook with one set of parameters; `notebook` is relative to the project's folder."""

    notebook: Path
    room: Room
    name: str
    title: str
    parameters: Mapping[str, str]

    def folder(self, folders: Folders) -> Path:
        """Return the folder that holds all the run leaves, and nothing else."""
        edition = self.parameters["edition"]
        if self.room == "analysis":
            return folders.analysis_run(edition, self.name)
        return folders.report_run(edition, self.parameters["dissemination"], self.name)


def runs(
    folders: Folders,
    study: Study,
    *,
    edition: str,
    countries: Mapping[str, tuple[str, ...]],
    dissemination: str | None = None,
) -> tuple[Run, ...]:
    """Return the runs of an edition, pooled first: report runs for a dissemination level, analysis runs without.

    A notebook is for the crime that its parameters cell names by default; one for "ALL" crimes runs once. `countries`
    names, per crime, those that get a run of their own. Raises NotebookFailed, before anything runs, with every
    notebook that cannot take the parameters or reaches into the other room.
    """
    passed = {"edition": edition, **({"dissemination": dissemination} if dissemination else {})}
    room: Room = "report" if dissemination else "analysis"
    notebooks = _declared_of_room(folders, room)
    faults = [fault for notebook in notebooks for fault in _faults(notebook, room, {*passed, "crime", "country"})]
    faults += [fault for notebook in notebooks for fault in _faults_of_crime(notebook, study)]
    if faults:
        raise NotebookFailed(faults)
    crimes = study.editions[edition].crimes
    return tuple(
        _run(study, notebook.notebook, room, {"crime": crime, "country": country, **passed})
        for notebook in notebooks
        for crime, country in _asked(notebook, crimes, countries)
    )


def _declared_of_room(folders: Folders, room: Room) -> tuple[Declared, ...]:
    """Read the parameters cells of all notebooks of a room, or refuse all that have none together."""
    found: list[Declared] = []
    faults: list[Fault] = []
    for path in sorted((folders.root / "notebooks" / room).glob("*.ipynb")):
        try:
            found.append(declared(folders.root, path.relative_to(folders.root)))
        except CasebookError as error:
            faults += error.faults
    if not found and not faults:
        faults.append(Fault(f"notebooks/{room}", "", "there is no notebook", remedy="restore the folder"))
    if faults:
        raise NotebookFailed(faults)
    return tuple(found)


def _faults(notebook: Declared, room: Room, passed: set[str]) -> Iterator[Fault]:
    file, allowed = notebook.notebook.as_posix(), ", ".join(sorted(passed))
    for name in sorted(set(notebook.parameters) - passed):
        yield Fault(file, "parameters cell", "declares a parameter that no run passes", name, allowed)
    for name in sorted(passed - set(notebook.parameters)):
        remedy = f"declare {name} in the parameters cell"
        yield Fault(file, "parameters cell", "does not declare a parameter that runs pass", name, remedy=remedy)
    if room == "report":
        yield from foreign_imports(notebook)


def _faults_of_crime(notebook: Declared, study: Study) -> Iterator[Fault]:
    crime = notebook.parameters.get("crime", EVERY_CRIME)
    if crime not in (*study.crimes, EVERY_CRIME):
        allowed = ", ".join((*study.crimes, EVERY_CRIME))
        yield Fault(notebook.notebook.as_posix(), "parameters cell", "names no crime of study.yml", str(crime), allowed)


def _asked(
    notebook: Declared, crimes: tuple[str, ...], countries: Mapping[str, tuple[str, ...]]
) -> Iterator[tuple[str, str]]:
    """Yield the crime and country of each run of a notebook; none for a crime the edition does not have."""
    crime = str(notebook.parameters["crime"])
    if crime == EVERY_CRIME:
        yield crime, POOLED
    elif crime in crimes:
        yield from ((crime, country) for country in (POOLED, *countries.get(crime, ())))


def _run(study: Study, notebook: Path, room: Room, parameters: Mapping[str, str]) -> Run:
    name = "-".join((notebook.stem, parameters["crime"], parameters["country"]))
    title = title_of(study, run=name, crime=parameters["crime"], country=parameters["country"])
    return Run(notebook, room, name, title, parameters)
