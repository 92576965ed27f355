"""Runs as steps of the cache: what a run depends on before it runs, and what it was seen to read."""

from __future__ import annotations

import functools
import json
import logging
from dataclasses import replace
from pathlib import Path

from casebook.cache import Step, Steps
from casebook.folders import Folders
from casebook.observed import SOURCE, UNSEEN
from casebook.publication.notebooks.matrix import Run
from casebook.publication.notebooks.parameters import declared, imported_modules

#: What the kernels of both rooms read, which those from a fork server inherit.
_READ_AHEAD = ("study.yml", "data/codebook.csv", "data/levels.csv")
#: What makes a run's page of its notebook, and a kernel of a process.
_EXECUTING = ("casebook.publication.notebooks.executor", "casebook.publication.notebooks.engine", "casebook.observed")
_log = logging.getLogger(__name__)


def name_of(run: Run) -> str:
    """Return the name of a run among all steps, such as "report/D1.3/PU/grooming-OG-ES"."""
    place = (run.parameters.get(name) for name in ("edition", "dissemination"))
    return "/".join((run.room, *filter(None, place), run.name))


def step_of(folders: Folders, run: Run) -> Step:
    """Return a run as a step: its notebook, parameters and source; what it reads is only known once it has run."""
    return Step(
        name_of(run),
        leaves=(run.folder(folders),),
        reads=(run.notebook.as_posix(), *_READ_AHEAD),
        modules=(*_EXECUTING, *_imported(folders.root, run.notebook, _stamp(folders.root / run.notebook))),
        settings={**run.parameters, "title": run.title},
        restricted=run.room == "analysis",
    )


def keep(steps: Steps, step: Step, observed: Path) -> None:
    """Keep what a run has left, with what it was seen to read; not where it read what cannot be seen."""
    try:
        reads = dict(json.loads(observed.read_text("utf-8")))
    except (OSError, ValueError):
        reads = {UNSEEN: "everything"}
    if UNSEEN in reads:
        told = "%s is executed in every build: nobody can see what %s has told it."
        _log.warning(told, step.name, reads[UNSEEN])
        steps.leave_one_out()
    else:
        modules = tuple(name.partition(" ")[2] for name in reads if name.startswith(f"{SOURCE} "))
        seen = {name: digest for name, digest in reads.items() if not name.startswith(f"{SOURCE} ")}
        steps.record(replace(step, modules=(*step.modules, *modules)), observed=seen, facts={})


def _stamp(path: Path) -> int:
    return path.stat().st_mtime_ns


@functools.cache
def _imported(root: Path, notebook: Path, _stamp: int) -> tuple[str, ...]:
    found = imported_modules(declared(root, notebook))
    return tuple(sorted(name for name in found if name.split(".")[0] == "casebook"))
