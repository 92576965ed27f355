"""The kernels of a room: where they start, and the fork server that keeps them warm."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from casebook.errors import NotebookFailed
from casebook.folders import Folders
from casebook.publication.notebooks import kernel, warm_kernels
from casebook.publication.notebooks.matrix import Room, Run
from casebook.publication.notebooks.parameters import declared, imported_modules
from casebook.publication.notebooks.warm_kernels import WarmKernels

_log = logging.getLogger(__name__)
#: What a fork server imports ahead where a notebook of its room does; anything else is left to the runs.
_IMPORTED_AHEAD = ("casebook", "matplotlib", "numpy", "pandas", "scipy", "seaborn")


@dataclass(frozen=True)
class Kernels:
    """Where the kernels of a room start: the project, their environment, their sockets, and the warm ones, if any."""

    folders: Folders
    environment: Mapping[str, str]
    sockets: Path
    warm: WarmKernels | None

    @property
    def specifications(self) -> Path:
        """The folder of the kernel specification."""
        return kernel.specifications(self.folders)


@contextmanager
def kernels_of(
    folders: Folders, runs: Sequence[Run], *, warm: bool, given: Mapping[str, str] | None = None
) -> Iterator[Kernels]:
    """Give the kernels of some runs' room for as long as they are needed, `warm` ones or plain ones.

    `given` is the environment to take from what the kernels inherit, this process's own where there is none.
    """
    environment = kernel.environment(folders, room_of(runs), os.environ if given is None else given)
    with TemporaryDirectory(prefix="casebook-", ignore_cleanup_errors=True) as sockets:
        if warm and not warm_kernels.available():
            _log.warning("Notebooks run in plain kernels, which takes longer: warm ones need Linux.")
        if not (warm and warm_kernels.available()):
            yield Kernels(folders, environment, Path(sockets), None)
            return
        modules = _imported_ahead(folders, runs)
        with WarmKernels(folders.root, environment, modules, sockets=Path(sockets)) as server:
            yield Kernels(folders, environment, Path(sockets), server)


def _imported_ahead(folders: Folders, runs: Iterable[Run]) -> list[str]:
    notebooks = {run.notebook for run in runs}
    found = {module for path in notebooks for module in imported_modules(declared(folders.root, path))}
    return sorted(module for module in found if module.partition(".")[0] in _IMPORTED_AHEAD)


def room_of(runs: Iterable[Run]) -> Room:
    """Return the room that all of some runs belong to; raises NotebookFailed where they would share a process."""
    rooms = {run.room for run in runs}
    if len(rooms) > 1:
        remedy = "execute the runs of each room by themselves"
        raise NotebookFailed.one("notebooks", "", "runs of both rooms would share a process", remedy=remedy)
    return rooms.pop()
