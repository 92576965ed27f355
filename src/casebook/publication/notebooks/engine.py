"""Papermill's engine for a run: a kernel of the room, watched for the time it takes and what it puts out."""

from __future__ import annotations

import logging
from typing import Any

from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from jupyter_core.utils import ensure_event_loop
from nbclient.exceptions import DeadKernelError
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine, papermill_engines

from casebook.publication.notebooks import kernel, provisioner
from casebook.publication.notebooks.kernel_client import RunKernelClient
from casebook.publication.notebooks.kernels import Kernels
from casebook.publication.notebooks.warm_kernels import WarmKernels
from casebook.publication.notebooks.watch import Watch

ENGINE = "casebook"
# Linux allows 107 bytes, of which the kernel's manager takes some.
_LONGEST_SOCKET = 95
# What goes wrong is told by the run's failure; a log line could quote a cell.
_quiet = logging.getLogger(f"{__name__}.silent")
_quiet.disabled = True


class RunKernelManager(AsyncKernelManager):
    """The manager of a run's kernel; `warm` are the kernels of its room that wait in a fork server, if any."""

    warm: WarmKernels | None = None

    @classmethod
    def at(cls, kernels: Kernels, name: str) -> RunKernelManager:
        """Return the manager of a kernel that talks over sockets of a name in a folder that is the user's alone."""
        file = kernels.sockets / f"{name}.json"
        manager = cls(
            kernel_name=kernel.KERNEL,
            kernel_spec_manager=KernelSpecManager(kernel_dirs=[str(kernels.specifications)]),
            client_factory=RunKernelClient,
            connection_file=str(file),
            # A port of this machine could be taken by another kernel, and listened to by any user.
            transport="ipc" if len(str(file)) < _LONGEST_SOCKET else "tcp",
        )
        manager.warm = kernels.warm
        return manager


class RunClient(PapermillNotebookClient):  # type: ignore[misc]  # Papermill has no annotations.
    """Executes the cells of a run, and lets its watch see them."""

    watch: Watch

    def papermill_execute_cells(self) -> None:
        """Execute all cells within the time that a run may take."""
        with self.watch.timed():
            super().papermill_execute_cells()

    def execute_cell(self, cell: Any, cell_index: int, *options: Any, **named: Any) -> Any:
        """Execute a cell unless the run was stopped."""
        if self.watch.stopped:
            raise DeadKernelError(self.watch.stopped)
        self.watch.cell, self.watch.source = cell_index, str(cell.source)
        return super().execute_cell(cell, cell_index, *options, **named)

    def output(self, outs: Any, msg: Any, display_id: Any, cell_index: int) -> Any:
        """Keep an output unless there were too many."""
        self.watch.wrote(msg["content"])
        return None if self.watch.stopped else super().output(outs, msg, display_id, cell_index)


class RunEngine(NBClientEngine):  # type: ignore[misc]  # Papermill has no annotations.
    """Executes a notebook in a kernel of its room, under a watch."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **options: Any) -> Any:
        """Execute a notebook; the kernel is gone when this returns."""
        kernels, watch = options["kernels"], options["watch"]
        watch.manager = RunKernelManager.at(kernels, options["name"])
        client = RunClient(
            nb_man,
            km=watch.manager,
            kernel_name=kernel_name,
            startup_timeout=options["start_timeout"],
            # What a kernel does after its last cell is no part of the run.
            shutdown_kernel="immediate",
            on_cell_executed=watch.executed,
            log=_quiet,
        )
        client.watch = watch
        try:
            return client.execute(cleanup_kc=True, cwd=str(kernels.folders.root), env=options["environment"])
        finally:
            ensure_event_loop().close()


def register() -> None:
    """Make the engine known to Papermill and its provisioner to jupyter_client."""
    papermill_engines.register(ENGINE, RunEngine)
    provisioner.register()
