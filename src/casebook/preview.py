"""The preview: serves the sites on this machine and rebuilds what a saved file touches."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterable, Mapping
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path

from rich.console import Console

from casebook.codebook import read_codebook
from casebook.console import Asked, print_summary, progress_on
from casebook.errors import CasebookError
from casebook.folders import Folders
from casebook.pipeline import STAGES, Request, Since, build
from casebook.restricted.analysis_run import DATA_VARIABLE
from casebook.site_server import serving
from casebook.study_files import read_study

_SECONDS_BETWEEN_LOOKS = 0.5
_SECONDS_TO_END = 20
#: What is watched, and the stage that reads it first.
_READ_BY = {
    "study.yml": "Reading",
    "data": "Reading",
    "notebooks/analysis": "Analysis notebooks",
    "notebooks/report": "Report notebooks",
    "templates": "Narrative",
    "book": "Narrative",
    "_config.yml": "Narrative",
}
#: The time and size of every watched file; whatever was saved differs in one of them.
Seen = Mapping[str, tuple[int, int]]


def serve_and_rebuild(project: Path, asked: Asked, *, port: int) -> None:
    """Serve the sites on 127.0.0.1, build them, and rebuild them at every change until interrupted.

    A refused build is printed and the last good sites stay. Raises StudyRefused where study.yml cannot be read, or the
    port is taken.
    """
    console = Console(highlight=False, markup=False)
    request = asked.request(project)
    study = read_study(project, read_codebook(project / "data"))
    sites = sorted({study.dissemination[level].site for level in request.levels})
    with serving(Folders(project).build, sites, port=port) as addresses:
        watch = Watch(project)
        while True:
            if build_apart(project, request, watch.since):
                watch.since = None
            for address in addresses:
                console.print(f"Serving {address}", soft_wrap=True)
            console.print("Watching for saved files; Ctrl-C ends the preview.", soft_wrap=True)
            watch.wait()


class Watch:
    """What was saved since the last good build; a refused build is made up for by the next."""

    def __init__(self, project: Path) -> None:
        self.project = project
        self.seen = watched_files(project)
        self.since: Since | None = Since()

    def wait(self) -> None:
        """Wait until something was saved, and until saving has come to rest."""
        changed: set[str] = set()
        while True:
            time.sleep(_SECONDS_BETWEEN_LOOKS)
            found = self.look()
            changed |= found
            if changed and not found:
                self.since = earliest([*filter(None, [self.since]), *map(touched, changed)])
                return

    def look(self) -> set[str]:
        """Return the names of the files that were saved, added or removed since the last look."""
        now = watched_files(self.project)
        changed = {name for name in now.keys() | self.seen.keys() if now.get(name) != self.seen.get(name)}
        self.seen = now
        return changed


def watched_files(project: Path) -> Seen:
    """Return the time and size of every file that a build reads, by its name in the project."""
    places = {part: project / part for part in _READ_BY}
    if real := os.environ.get(DATA_VARIABLE):
        places[f"data/{DATA_VARIABLE}"] = Path(real)
    found: dict[str, tuple[int, int]] = {}
    for part, place in places.items():
        for path in (place, *place.rglob("*")):
            if not any(name.startswith(".") for name in path.relative_to(place).parts) and path.is_file():
                found[(Path(part) / path.relative_to(place)).as_posix()] = _state(path)
    return found


def _state(path: Path) -> tuple[int, int]:
    try:
        status = path.stat()
    except FileNotFoundError:  # an editor that saves by renaming was faster
        return 0, 0
    return status.st_mtime_ns, status.st_size


def touched(name: str) -> Since:
    """Return where a build has to begin when a watched file has changed."""
    stage = next(stage for part, stage in _READ_BY.items() if Path(name).is_relative_to(part))
    one_notebook = stage.endswith("notebooks") and name.endswith(".ipynb")
    return Since(stage, frozenset([Path(name).name]) if one_notebook else None)


def earliest(several: Iterable[Since]) -> Since:
    """Return the one beginning that makes up for all of several."""
    found = list(several)
    stage = min((since.stage for since in found), key=STAGES.index)
    chosen = [since.notebooks for since in found if since.stage == stage]
    named = [notebooks for notebooks in chosen if notebooks is not None]
    return Since(stage, frozenset().union(*named) if len(named) == len(chosen) else None)


def build_apart(project: Path, request: Request, since: Since | None) -> bool:
    """Build in a process of its own, which prints how it goes, and return whether it went through.

    Nothing that one build has read stays in memory for the next.
    """
    child = get_context("spawn").Process(target=_build, args=(project, request, since))
    child.start()
    try:
        child.join()
    except KeyboardInterrupt:
        _end(child)
        raise
    return child.exitcode == 0


def _build(project: Path, request: Request, since: Since | None) -> None:
    """Build, and end with the exit code of a refusal."""
    # A group of its own: an interrupt comes from the preview, once, to the build and its workers alike.
    os.setsid()
    console = Console(highlight=False, markup=False)
    try:
        with progress_on(console) as progress:
            summary = build(project, request, progress, since=since)
    except CasebookError as refusal:
        print(refusal, file=sys.stderr)
        sys.exit(refusal.exit_code)
    except KeyboardInterrupt:
        sys.exit(1)
    print_summary(summary, console)


def _end(child: BaseProcess) -> None:
    """Interrupt a build and wait for it; kill it where it does not end."""
    for sent in (signal.SIGINT, signal.SIGKILL):
        if child.pid is not None and child.is_alive():
            os.killpg(child.pid, sent)
            child.join(_SECONDS_TO_END)
