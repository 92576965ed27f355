"""What a fork of the server does to become a kernel that nobody can tell from a plain one."""

from __future__ import annotations

import ctypes
import json
import os
import random
import signal
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from typing import Any, NoReturn

#: From Linux's prctl.h.
PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36


@dataclass(frozen=True)
class Launch:
    """How a kernel is started: what its command line would be, its folder and its whole environment."""

    command: Sequence[str]
    folder: str
    environment: Mapping[str, str]

    def to_bytes(self) -> bytes:
        return json.dumps(asdict(self)).encode("utf-8")

    @classmethod
    def from_bytes(cls, data: bytes) -> Launch:
        return cls(**json.loads(data))


def become_kernel(launch: Launch, *, server: int, set_by_modules: Mapping[str, str]) -> NoReturn:
    """Run a kernel in this fresh fork of the process `server`, and never return.

    `set_by_modules` are the environment variables that the modules already imported set when they are.
    """
    code = 1
    try:
        _die_with(server)
        _start_afresh(launch)
        os.environ.update(set_by_modules)
        _run(launch)
        code = 0
    finally:
        # What the server would do at its own end is none of the kernel's business.
        os._exit(code)


def prctl(option: int, value: int) -> None:
    """Set an attribute of this process; raises OSError where Linux refuses."""
    if ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")


def _die_with(server: int) -> None:
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != server:
        # It ended before the line above, and Linux tells nobody twice.
        os._exit(1)


def _start_afresh(launch: Launch) -> None:
    """Put right what a fork inherits and a new process does not: signals, folder, environment, random numbers."""
    os.setsid()
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.environ.clear()
    os.environ.update(launch.environment)
    os.chdir(launch.folder)
    random.seed()
    if numpy := sys.modules.get("numpy"):
        # Python reseeds its own generator in a fork; NumPy would deal every kernel the same numbers.
        numpy.random.seed()


def _run(launch: Launch) -> None:
    from ipykernel.kernelapp import IPKernelApp

    # The command is `python -m ipykernel_launcher ...`, of which Python would make this.
    launcher = find_spec(launch.command[2])
    sys.argv = [str(launcher.origin if launcher else launch.command[2]), *launch.command[3:]]
    kernel: Any = IPKernelApp.instance()
    kernel.initialize(list(launch.command[3:]))
    kernel.start()
