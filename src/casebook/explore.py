"""Exploring: JupyterLab on a copy of the analysis notebooks of a crime and country."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import casebook
from casebook.canonical import canonical_json, checksum, write_atomically
from casebook.codebook import EVERY_CRIME, Codebook, read_codebook
from casebook.errors import CasebookError, Fault, StudyRefused
from casebook.folders import Folders
from casebook.protected_tables import POOLED
from casebook.publication.notebooks import Run, runs
from casebook.restricted.analysis_run import edition_interviews
from casebook.study import FILE, Study
from casebook.study_files import read_study

KERNEL = "casebook-explore"
#: The checksums of the copies as they were made, by file name: a copy that has another was worked on.
_MADE = "made.json"


@dataclass(frozen=True)
class Copy:
    """A copy of an analysis notebook with a run's parameters; `kept` where work was found in it and left alone."""

    notebook: Path
    kept: bool

    def told(self, project: Path) -> str:
        """Return a line for the person who asked for the copy."""
        shown = self.notebook.relative_to(project).as_posix()
        return f"{shown}: kept as you left it; rename it for a new copy" if self.kept else f"{shown}: copied"


def prepare_copies(project: Path, *, crime: str, country: str, edition: str | None = None) -> list[Copy]:
    """Copy the analysis notebooks of a crime and country into `_build/restricted/explore`, never over anyone's work.

    The edition is the last one by default. Raises StudyRefused for a crime, country or edition that is not there, or of
    which there are no interviews.
    """
    codebook = read_codebook(project / "data")
    study = read_study(project, codebook)
    edition = edition or list(study.editions)[-1]
    if faults := list(_unknown(study, crime=crime, country=country, edition=edition)):
        raise StudyRefused(faults)
    asked = _runs(project, study, codebook, edition=edition)
    found = [run for run in asked if (run.parameters["crime"], run.parameters["country"]) == (crime, country)]
    if not found:
        message = f"{edition} has no interviews of {crime} in this country"
        there = [run.parameters["country"] for run in asked if run.parameters["crime"] == crime]
        raise StudyRefused.one("explore", "COUNTRY", message, value=country, allowed=", ".join(dict.fromkeys(there)))
    return [_copy(Folders(project), run) for run in found]


def _unknown(study: Study, **asked: str) -> Iterator[Fault]:
    known: Mapping[str, Sequence[str]] = {
        "crime": (*study.crimes, EVERY_CRIME),
        "country": (POOLED, *study.countries),
        "edition": tuple(study.editions),
    }
    for name, value in asked.items():
        if value not in known[name]:
            yield Fault(FILE, name, f"there is no such {name}", value=value, allowed=", ".join(known[name]))


def _runs(project: Path, study: Study, codebook: Codebook, *, edition: str) -> tuple[Run, ...]:
    people = edition_interviews(project, study, codebook, edition=edition).people
    found = people.groupby("crime")["country"].unique()
    countries = {str(crime): tuple(sorted(names)) for crime, names in found.items()}
    return runs(Folders(project), study, edition=edition, countries=countries)


def _copy(folders: Folders, run: Run) -> Copy:
    place = _folder(folders) / f"{run.parameters['edition']}-{run.name}.ipynb"
    made = _made(folders)
    if place.exists() and made.get(place.name) != checksum(place.read_bytes()):
        return Copy(place, kept=True)
    fresh = _with_parameters(folders.root / run.notebook, run.parameters)
    # The record comes first: a copy without one would count as somebody's work for ever.
    write_atomically(_folder(folders) / _MADE, canonical_json({**made, place.name: checksum(fresh)}))
    write_atomically(place, fresh)
    return Copy(place, kept=False)


def _folder(folders: Folders) -> Path:
    return folders.restricted / "explore"


def _made(folders: Folders) -> dict[str, str]:
    try:
        made: dict[str, str] = json.loads((_folder(folders) / _MADE).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return made


def _with_parameters(notebook: Path, parameters: Mapping[str, str]) -> bytes:
    """Return a notebook whose parameters cell gives a run's values, and which starts our kernel."""
    content: dict[str, Any] = json.loads(notebook.read_text("utf-8"))
    cell = next(cell for cell in content["cells"] if "parameters" in cell["metadata"].get("tags", ()))
    cell["source"] = "\n".join(f'{name} = "{value}"' for name, value in parameters.items())
    content["metadata"]["kernelspec"] = {"display_name": "Casebook", "language": "python", "name": KERNEL}
    return (json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode("utf-8")


def open_jupyterlab(project: Path, copies: Sequence[Copy], *, options: Sequence[str] = ()) -> int:
    """Open JupyterLab on copies, with options of its own, and return its exit code when it has ended."""
    if find_spec("jupyterlab") is None:
        remedy = "run: nox -s explore"
        raise CasebookError.one("explore", "", "JupyterLab is not installed in this environment", remedy=remedy)
    with subprocess.Popen([*command(project, copies), *options], cwd=project, env=environment(Folders(project))) as lab:
        while True:
            try:
                return lab.wait()
            except KeyboardInterrupt:
                # JupyterLab has received it as well and asks what is meant.
                continue


def command(project: Path, copies: Sequence[Copy]) -> list[str]:
    """Return the command that opens JupyterLab in the project's folder, reachable from this machine only."""
    return [
        *(sys.executable, "-m", "jupyterlab"),
        *("--ServerApp.ip=127.0.0.1", "--ServerApp.allow_remote_access=False", f"--ServerApp.root_dir={project}"),
        # Nothing is asked of any other host.
        *("--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate", "--LabApp.extension_manager=readonly"),
        copies[0].notebook.relative_to(project).as_posix(),
    ]


def environment(folders: Folders) -> dict[str, str]:
    """Return the environment in which JupyterLab finds a kernel that works in the project's folder.

    A notebook's kernel would start in the notebook's own folder, where open_run() finds no study.
    """
    share = _folder(folders) / ".jupyter"
    enter = f"import os; os.chdir({str(folders.root)!r})"
    launcher = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    spec = {"argv": [*launcher, f"--IPKernelApp.exec_lines={enter}"], "display_name": "Casebook", "language": "python"}
    write_atomically(share / "kernels" / KERNEL / "kernel.json", canonical_json(spec))
    here = str(Path(casebook.__file__).parents[1])
    return {
        **os.environ,
        "JUPYTER_PATH": _before("JUPYTER_PATH", str(share)),
        "PYTHONPATH": _before("PYTHONPATH", here),
    }


def _before(variable: str, path: str) -> str:
    """Return a list of paths of this environment with another before them."""
    return os.pathsep.join(filter(None, (path, os.environ.get(variable))))
