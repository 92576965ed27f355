"""An attempt: one run executed in a kernel of its room, and how it failed in words that may be printed."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from casebook.canonical import write_atomically
from casebook.folders import Folders
from casebook.notebook_run import NOTEBOOK_FILE, RUN_VARIABLE
from casebook.observed import FILE_VARIABLE, FOLDER_VARIABLE
from casebook.publication.notebooks import kernel
from casebook.publication.notebooks.failures import Failure, of_cell
from casebook.publication.notebooks.kernels import Kernels
from casebook.publication.notebooks.matrix import Run
from casebook.publication.notebooks.normalise import normalised
from casebook.publication.notebooks.watch import Watch

LOST = "the fork server ended over this run, and again when the run was repeated by itself"
_ENDED = "the kernel ended before the notebook did: a cell ended it, or the machine was out of memory"
_KERNEL_START_SECONDS = 120


def execute_one(kernels: Kernels, run: Run, watch: Watch, *, number: int) -> Path:
    """Execute a run into its folder and return the file of what it was seen to read.

    `number` tells it from all others under these kernels. Raises what Papermill does, and InterruptedError where the
    watch has stopped it.
    """
    folder = run.folder(kernels.folders)
    # What an earlier build left there could pass for what this run has left.
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    observed = kernels.sockets / f"{number}.observed"
    variables = {RUN_VARIABLE: run.name, FILE_VARIABLE: str(observed), FOLDER_VARIABLE: str(folder)}
    executed = _papermill(kernels, run, watch, number=number, variables=variables)
    if watch.stopped:
        raise InterruptedError
    write_atomically(folder / NOTEBOOK_FILE, normalised(executed, run, foreign=_machine_paths(kernels.folders)))
    return observed


def failure_of(run: Run, watch: Watch, error: Exception) -> Failure:
    """Return how a run failed, of its message only what may be printed."""
    from nbclient.exceptions import DeadKernelError
    from papermill.exceptions import PapermillExecutionError

    if watch.stopped:
        return of_cell(run, cause=watch.stopped, cell=watch.cell, source=watch.source)
    if watch.lost or isinstance(error, ConnectionError):
        return of_cell(run, cause=LOST)
    if isinstance(error, PapermillExecutionError):
        # Papermill's cell for the parameters stands before every cell that can fail, so its index is our number.
        return of_cell(run, cause=error.ename, cell=error.cell_index, source=error.source, message=error.evalue)
    if isinstance(error, DeadKernelError):
        return of_cell(run, cause=_ENDED, cell=watch.cell, source=watch.source)
    # The system says what hindered the build, such as a full disk; it quotes nothing.
    number = error.errno if isinstance(error, OSError) else None
    return of_cell(run, cause=type(error).__name__ if number is None else os.strerror(number))


def _papermill(kernels: Kernels, run: Run, watch: Watch, *, number: int, variables: Mapping[str, str]) -> Any:
    from papermill import execute_notebook

    from casebook.publication.notebooks.engine import ENGINE

    return execute_notebook(
        kernels.folders.root / run.notebook,
        None,
        parameters=dict(run.parameters),
        engine_name=ENGINE,
        kernel_name=kernel.KERNEL,
        progress_bar=False,
        start_timeout=_KERNEL_START_SECONDS,
        request_save_on_cell_execute=False,
        autosave_cell_every=0,
        kernels=kernels,
        watch=watch,
        name=str(number),
        environment={**kernels.environment, **variables},
    )


def _machine_paths(folders: Folders) -> Iterable[str]:
    """Return the beginnings of paths that say on whose machine a run was made."""
    return {str(folders.root.resolve()), sys.prefix, sys.base_prefix + "/lib", str(Path(__file__).parents[2])}
