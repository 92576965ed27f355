"""Running notebooks: every run in a fresh kernel, all of them tried, their failures reported together."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import active_children, get_context
from typing import Any

from casebook.canonical import write_atomically
from casebook.errors import CasebookError, NotebookFailed
from casebook.folders import Folders
from casebook.notebook_run import NOTEBOOK_FILE, RUN_VARIABLE
from casebook.publication.notebooks import kernel
from casebook.publication.notebooks.failures import Failure, faults_of, of_cell, of_refusal
from casebook.publication.notebooks.matrix import Room, Run
from casebook.publication.notebooks.normalise import normalised

Progress = Callable[[int, int, str], None]
_KERNEL_START_SECONDS = 120


def execute(folders: Folders, runs: Sequence[Run], *, jobs: int | None = None, report: Progress | None = None) -> None:
    """Run every notebook into its run folder, `jobs` at a time, calling `report` with done, total and name.

    All runs belong to one room: analysis and report runs never share a process. Raises NotebookFailed after all were
    tried, with the failures grouped by cause.
    """
    if not runs:
        return
    room = _room_of(runs)
    kernel.prepare(folders)
    given = kernel.environment(folders, room, os.environ)
    workers = min(jobs or os.cpu_count() or 1, len(runs))
    # A forked worker would inherit threads and open files of the build; a spawned one is the same everywhere.
    with ProcessPoolExecutor(workers, get_context("spawn"), initializer=_enter, initargs=(given,)) as pool:
        pending = {pool.submit(_attempt, folders, run): run for run in runs}
        try:
            failures = _collected(pending, report or _silent)
        except BaseException:
            _abandon(pool)
            raise
    if failures:
        raise NotebookFailed(faults_of(failures, room=room, total=len(runs)))


def _abandon(pool: ProcessPoolExecutor) -> None:
    """End the workers at once and start no other run; a kernel ends when it finds itself alone."""
    pool.shutdown(wait=False, cancel_futures=True)
    for worker in active_children():
        worker.terminate()


def _room_of(runs: Sequence[Run]) -> Room:
    rooms = {run.room for run in runs}
    if len(rooms) > 1:
        remedy = "execute the runs of each room by themselves"
        raise NotebookFailed.one("notebooks", "", "runs of both rooms would share a process", remedy=remedy)
    return rooms.pop()


def _collected(pending: Mapping[Future[Failure | None], Run], report: Progress) -> list[Failure]:
    failures = []
    for done, future in enumerate(as_completed(pending), start=1):
        run = pending[future]
        try:
            failure = future.result()
        except BrokenProcessPool:
            failure = of_cell(run, cause="the process that ran it ended")
        if failure:
            failures.append(failure)
        report(done, len(pending), run.name)
    return failures


def _silent(done: int, total: int, name: str) -> None:
    """Show no progress."""


def _enter(environment: Mapping[str, str]) -> None:
    """Give a worker, and so the kernels it starts, the room's environment and nothing else."""
    os.environ.clear()
    os.environ.update(environment)


def _attempt(folders: Folders, run: Run) -> Failure | None:
    """Execute one run and return how it failed, in words that may be printed."""
    from papermill.exceptions import PapermillExecutionError

    try:
        _execute_one(folders, run)
    except PapermillExecutionError as error:
        # Papermill's cell for the parameters stands before every cell that can fail, so its index is our number.
        return of_cell(run, cause=error.ename, cell=error.cell_index, source=error.source, message=error.evalue)
    except CasebookError as error:
        return of_refusal(run, error)
    except Exception as error:
        return of_cell(run, cause=type(error).__name__)
    return None


def _execute_one(folders: Folders, run: Run) -> None:
    folder = run.folder(folders)
    # What an earlier build left there could pass for what this run has left.
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    os.environ[RUN_VARIABLE] = run.name
    executed = _papermill(folders, run)
    write_atomically(folder / NOTEBOOK_FILE, normalised(executed, run, foreign=_machine_paths(folders)))


def _papermill(folders: Folders, run: Run) -> Any:
    from papermill import execute_notebook

    return execute_notebook(
        folders.root / run.notebook,
        None,
        parameters=dict(run.parameters),
        kernel_name=kernel.KERNEL,
        progress_bar=False,
        cwd=folders.root,
        start_timeout=_KERNEL_START_SECONDS,
        request_save_on_cell_execute=False,
        autosave_cell_every=0,
    )


def _machine_paths(folders: Folders) -> Iterable[str]:
    """Return the beginnings of paths that say on whose machine a run was made."""
    import sys
    from pathlib import Path

    return {str(folders.root.resolve()), sys.prefix, sys.base_prefix + "/lib", str(Path(__file__).parents[2])}
