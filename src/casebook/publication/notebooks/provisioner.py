"""The kernel provisioner: a kernel from the fork server where there is one, else a plain one."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import suppress
from importlib.metadata import EntryPoint
from pathlib import Path
from subprocess import DEVNULL
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.factory import KernelProvisionerFactory
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from casebook.publication.notebooks.forked_kernel import Launch
from casebook.publication.notebooks.kernel import PROVISIONER
from casebook.publication.notebooks.warm_kernels import ForkedProcess, WarmKernels

_SECONDS_TO_DIE = 1.0


class WarmProvisioner(LocalProvisioner):
    """Starts the kernels of a manager that has `warm` kernels in forks, and all others as a local provisioner does."""

    process: Any
    forked: ForkedProcess | None = None

    @property
    def lost(self) -> bool:
        """Whether the kernel ended because the fork server did."""
        return self.forked is not None and self.forked.lost

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Start a kernel; raises ConnectionError where the fork server dies over it."""
        warm: WarmKernels | None = getattr(self.parent, "warm", None)
        launch = Launch(cmd, str(kwargs.get("cwd") or Path.cwd()), dict(kwargs.get("env") or os.environ))
        forked = await asyncio.to_thread(warm.launch, launch) if warm else None
        if forked is None:
            # What leaves a kernel beside its channels could be an interview on somebody's screen.
            return await super().launch_kernel(cmd, **{**kwargs, "stdout": DEVNULL, "stderr": DEVNULL})
        # Signals go through the server, which knows whether the number is still the kernel's: no process group here.
        self.process = self.forked = forked
        self.pid, self.pgid = forked.pid, None
        self.cwd = launch.folder
        return self.connection_info

    async def kill(self, restart: bool = False) -> None:
        """Kill the kernel and return when it is gone, which jupyter_client would look for ten times a second only."""
        await super().kill(restart)
        for _ in range(int(_SECONDS_TO_DIE / 0.002)):
            if await self.poll() is not None:
                return
            await asyncio.sleep(0.002)

    def strike(self) -> None:
        """Kill the kernel and what it has started, from any thread."""
        process = self.process
        if isinstance(process, ForkedProcess):
            process.kill()
        elif process and self.pgid:
            with suppress(ProcessLookupError):
                os.killpg(self.pgid, signal.SIGKILL)


def register() -> None:
    """Make the provisioner known where Casebook runs from its source, without the entry points of an installation."""
    entry = EntryPoint(PROVISIONER, f"{__name__}:WarmProvisioner", KernelProvisionerFactory.GROUP_NAME)
    KernelProvisionerFactory.instance().provisioners.setdefault(PROVISIONER, entry)
