"""The preview: serves the sites on this machine and rebuilds what a saved file touches."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Mapping
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

from rich.console import Console

from casebook.codebook import read_codebook
from casebook.errors import CasebookError
from casebook.folders import DATA_VARIABLE, Folders
from casebook.request import Asked
from casebook.site_server import PreviewState, serving
from casebook.study_files import read_study
from casebook.whole_build import build_if_changed

_SECONDS_BETWEEN_LOOKS = 0.5
_SECONDS_TO_END = 20
_NO_REASON = "The build ended without a reason; see where the preview was started."
#: What is watched beside the submissions: all that a build reads of a project.
_WATCHED = ("study.yml", "data", "notebooks/analysis", "notebooks/report", "templates", "book", "_config.yml")
#: The time and size of every watched file; whatever was saved differs in one of them.
Seen = Mapping[str, tuple[int, int]]


def serve_and_rebuild(project: Path, asked: Asked, *, port: int) -> None:
    """Serve the sites on 127.0.0.1, build them, and rebuild them at every change until interrupted.

    A refused build is printed, and shown in the pages of the last good sites, which stay. Raises StudyRefused where
    study.yml cannot be read, or the port is taken.
    """
    console = Console(highlight=False, markup=False)
    request = asked.request(project)
    study = read_study(project, read_codebook(project / "data"))
    sites = sorted({study.dissemination[level].site for level in request.levels})
    state = PreviewState()
    with serving(Folders(project).build, sites, port=port, state=state) as addresses:
        watch = Watch(project)
        while True:
            state.refusal = build_apart(project, asked)
            state.built += not state.refusal
            for address in addresses:
                console.print(f"Serving {address}", soft_wrap=True)
            console.print("Watching for saved files; Ctrl-C ends the preview.", soft_wrap=True)
            watch.wait()


class Watch:
    """What was saved since it was last looked for."""

    def __init__(self, project: Path) -> None:
        self.project = project
        self.seen = watched_files(project)

    def wait(self) -> None:
        """Wait until something was saved, and until saving has come to rest."""
        saved = False
        while True:
            time.sleep(_SECONDS_BETWEEN_LOOKS)
            found = self.look()
            if saved and not found:
                return
            saved = saved or bool(found)

    def look(self) -> set[str]:
        """Return the names of the files that were saved, added or removed since the last look."""
        now = watched_files(self.project)
        changed = {name for name in now.keys() | self.seen.keys() if now.get(name) != self.seen.get(name)}
        self.seen = now
        return changed


def watched_files(project: Path) -> Seen:
    """Return the time and size of every file that a build reads, by its name in the project."""
    places = {part: project / part for part in _WATCHED}
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


def build_apart(project: Path, asked: Asked) -> str:
    """Build in a process of its own, which prints how it goes, and return why it was refused; nothing where it was not.

    Nothing that one build has read stays in memory for the next.
    """
    context = get_context("spawn")
    told, telling = context.Pipe(duplex=False)
    child = context.Process(target=_build, args=(project, asked, telling))
    child.start()
    telling.close()
    try:
        refusal = str(told.recv())
    except EOFError:
        refusal = ""
    except KeyboardInterrupt:
        _end(child)
        raise
    child.join()
    return refusal or ("" if child.exitcode == 0 else _NO_REASON)


def _build(project: Path, asked: Asked, telling: Connection) -> None:
    """Build, and end with the exit code of a refusal."""
    # A group of its own: an interrupt comes from the preview, once, to the build and its workers alike.
    os.setsid()
    try:
        build_if_changed(project, asked, say=print)
    except CasebookError as refusal:
        print(refusal, file=sys.stderr)
        telling.send(str(refusal))
        sys.exit(refusal.exit_code)
    except KeyboardInterrupt:
        sys.exit(1)


def _end(child: BaseProcess) -> None:
    """Interrupt a build and wait for it; kill it where it does not end."""
    for sent in (signal.SIGINT, signal.SIGKILL):
        if child.pid is not None and child.is_alive():
            os.killpg(child.pid, sent)
            child.join(_SECONDS_TO_END)
