"""Running notebooks: every run in a fresh kernel, all of them tried, their failures reported together."""

from __future__ import annotations

import itertools
import logging
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from casebook.cache import Steps
from casebook.canonical import write_atomically
from casebook.errors import CasebookError, NotebookFailed
from casebook.folders import Folders
from casebook.notebook_run import NOTEBOOK_FILE, RUN_VARIABLE
from casebook.observed import FILE_VARIABLE, FOLDER_VARIABLE
from casebook.publication.notebooks import kernel, warm_kernels
from casebook.publication.notebooks.failures import Failure, faults_of, of_cell, of_refusal
from casebook.publication.notebooks.matrix import Room, Run
from casebook.publication.notebooks.normalise import normalised
from casebook.publication.notebooks.parameters import declared, imported_modules
from casebook.publication.notebooks.run_steps import keep, name_of, step_of
from casebook.publication.notebooks.warm_kernels import WarmKernels
from casebook.publication.notebooks.watch import Limits, Watch

Progress = Callable[[int, int, str], None]
_log = logging.getLogger(__name__)
_KERNEL_START_SECONDS = 120
#: What a fork server imports ahead where a notebook of its room does; anything else is left to the runs.
_IMPORTED_AHEAD = ("casebook", "matplotlib", "numpy", "pandas", "scipy", "seaborn")
_ENDED = "the kernel ended before the notebook did: a cell ended it, or the machine was out of memory"
_LOST = "the fork server ended over this run, and again when the run was repeated by itself"


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


def execute(
    folders: Folders,
    runs: Sequence[Run],
    *,
    jobs: int | None = None,
    report: Progress | None = None,
    limits: Limits | None = None,
    warm: bool = True,
    steps: Steps | None = None,
) -> None:
    """Run every notebook into its run folder, `jobs` at a time, calling `report` with done, total and name.

    A run whose result is among the `steps` of earlier builds is not executed. All runs belong to one room: analysis and
    report runs never share a kernel or a fork server. Raises NotebookFailed after all were tried, with the failures
    grouped by cause; an interrupt ends all kernels and is passed on.
    """
    if not runs:
        return
    room = _room_of(runs)
    stale = [run for run in runs if steps is None or not steps.found(step_of(folders, run))]
    if not stale:
        return
    kernel.prepare(folders)
    with kernels_of(folders, stale, warm=warm) as kernels:
        attempts = _Attempts(kernels, limits or Limits(), steps)
        failures = attempts.all(stale, jobs or os.cpu_count() or 1, report or _silent)
    if failures:
        raise NotebookFailed(faults_of(failures, room=room, total=len(runs)))


def _room_of(runs: Sequence[Run]) -> Room:
    rooms = {run.room for run in runs}
    if len(rooms) > 1:
        remedy = "execute the runs of each room by themselves"
        raise NotebookFailed.one("notebooks", "", "runs of both rooms would share a process", remedy=remedy)
    return rooms.pop()


def _silent(done: int, total: int, name: str) -> None:
    """Show no progress."""


@contextmanager
def kernels_of(folders: Folders, runs: Sequence[Run], *, warm: bool) -> Iterator[Kernels]:
    """Give the kernels of some runs' room for as long as they are needed, `warm` ones or plain ones."""
    environment = kernel.environment(folders, _room_of(runs), os.environ)
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


@dataclass
class _Attempts:
    """The runs of a room under way, each on a thread that waits for its kernel."""

    kernels: Kernels
    limits: Limits
    steps: Steps | None = None
    _watches: set[Watch] = field(default_factory=set)
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def all(self, runs: Sequence[Run], jobs: int, report: Progress) -> list[Failure]:
        """Try every run and return the failures; runs that lost the fork server are repeated, one after the other."""
        # What every run needs is imported once, while the fork server imports what the notebooks need.
        from casebook.publication.notebooks import engine

        engine.register()
        done = itertools.count(1)
        failures, lost = [], []
        for run, failure in self._side_by_side(runs, min(jobs, len(runs))):
            if failure and failure.cause == _LOST:
                lost.append(run)
                continue
            failures += [failure] if failure else []
            report(next(done), len(runs), run.name)
        for run in lost:
            failure = self._attempt(run)
            failures += [failure] if failure else []
            report(next(done), len(runs), run.name)
        return failures

    def _side_by_side(self, runs: Sequence[Run], jobs: int) -> Iterator[tuple[Run, Failure | None]]:
        with ThreadPoolExecutor(jobs) as pool:
            pending = {pool.submit(self._attempt, run): run for run in runs}
            try:
                for future in as_completed(pending):
                    yield pending[future], future.result()
            except BaseException:
                self._abandon(pending)
                raise

    def _abandon(self, pending: Iterable[Future[Failure | None]]) -> None:
        for future in pending:
            future.cancel()
        for watch in tuple(self._watches):
            watch.stop("interrupted")
        if self.kernels.warm:
            self.kernels.warm.dismiss()

    def _attempt(self, run: Run) -> Failure | None:
        """Execute one run and return how it failed, in words that may be printed."""
        watch = Watch(self.limits)
        self._watches.add(watch)
        try:
            with self._timed(run):
                self._execute_one(run, watch)
        except CasebookError as error:
            return of_refusal(run, error)
        except Exception as error:
            return _failure(run, watch, error)
        finally:
            self._watches.discard(watch)
        return None

    def _timed(self, run: Run) -> AbstractContextManager[None]:
        return self.steps.timed(name_of(run)) if self.steps else nullcontext()

    def _execute_one(self, run: Run, watch: Watch) -> None:
        folder = run.folder(self.kernels.folders)
        # What an earlier build left there could pass for what this run has left.
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        number = str(next(self._numbers))
        observed = self.kernels.sockets / f"{number}.observed"
        executed = self._papermill(run, watch, number, {FILE_VARIABLE: str(observed), FOLDER_VARIABLE: str(folder)})
        if watch.stopped:
            raise InterruptedError
        foreign = _machine_paths(self.kernels.folders)
        write_atomically(folder / NOTEBOOK_FILE, normalised(executed, run, foreign=foreign))
        if self.steps:
            keep(self.steps, step_of(self.kernels.folders, run), observed)

    def _papermill(self, run: Run, watch: Watch, number: str, variables: Mapping[str, str]) -> Any:
        from papermill import execute_notebook

        from casebook.publication.notebooks.engine import ENGINE

        return execute_notebook(
            self.kernels.folders.root / run.notebook,
            None,
            parameters=dict(run.parameters),
            engine_name=ENGINE,
            kernel_name=kernel.KERNEL,
            progress_bar=False,
            start_timeout=_KERNEL_START_SECONDS,
            request_save_on_cell_execute=False,
            autosave_cell_every=0,
            kernels=self.kernels,
            watch=watch,
            name=number,
            environment={**self.kernels.environment, RUN_VARIABLE: run.name, **variables},
        )


def _failure(run: Run, watch: Watch, error: Exception) -> Failure:
    from nbclient.exceptions import DeadKernelError
    from papermill.exceptions import PapermillExecutionError

    if watch.stopped:
        return of_cell(run, cause=watch.stopped, cell=watch.cell, source=watch.source)
    if watch.lost or isinstance(error, ConnectionError):
        return of_cell(run, cause=_LOST)
    if isinstance(error, PapermillExecutionError):
        # Papermill's cell for the parameters stands before every cell that can fail, so its index is our number.
        return of_cell(run, cause=error.ename, cell=error.cell_index, source=error.source, message=error.evalue)
    if isinstance(error, DeadKernelError):
        return of_cell(run, cause=_ENDED, cell=watch.cell, source=watch.source)
    return of_cell(run, cause=type(error).__name__)


def _machine_paths(folders: Folders) -> Iterable[str]:
    """Return the beginnings of paths that say on whose machine a run was made."""
    import sys
    from pathlib import Path

    return {str(folders.root.resolve()), sys.prefix, sys.base_prefix + "/lib", str(Path(__file__).parents[2])}
