"""Warming up: importing once what the kernels of a room need, as a kernel would."""

from __future__ import annotations

import builtins
import fcntl
import gc
import importlib
import os
import select
import shutil
import signal
import socket
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import SimpleNamespace

#: What a kernel imports as it starts.
_KERNEL = (
    "ipykernel.kernelapp",
    "ipykernel.ipkernel",
    "ipykernel.zmqshell",
    "ipykernel.debugger",
    "IPython.core.completer",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "tornado.platform.asyncio",
)


def warm_up(modules: Iterable[str], root: Path) -> dict[str, str]:
    """Import modules once for all kernels, and let those that can read ahead what every run of the room reads.

    Returns the environment variables that modules have set. A fault is left to the run that meets it, which tells
    where and why.
    """
    before = dict(os.environ)
    with _seeming_a_kernel():
        for name in (*_KERNEL, *modules):
            with suppress(Exception):
                module = importlib.import_module(name)
                if read_ahead := getattr(module, "read_ahead", None):
                    read_ahead(root)
    # Kernels share these pages as long as no collector writes into them.
    gc.collect()
    gc.freeze()
    return {name: value for name, value in os.environ.items() if before.get(name) != value}


@contextmanager
def _seeming_a_kernel() -> Iterator[None]:
    """Let modules find, while they are imported, what they would find in a kernel.

    pandas shows all columns where it is imported in a terminal, and 20 where it is imported in a kernel.
    """
    shell = SimpleNamespace(kernel=None)
    vars(builtins)["get_ipython"] = lambda: shell
    try:
        yield
    finally:
        del vars(builtins)["get_ipython"]


@contextmanager
def ending_with(master: socket.socket, sockets: str) -> Iterator[None]:
    """End this process as soon as the master does, whatever it is importing; nothing is asked of it yet."""

    def end(_number: int, _frame: object) -> None:
        shutil.rmtree(sockets, ignore_errors=True)
        os._exit(1)

    signal.signal(signal.SIGIO, end)
    flags = fcntl.fcntl(master, fcntl.F_GETFL)
    fcntl.fcntl(master, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(master, fcntl.F_SETFL, flags | os.O_ASYNC)
    if select.select([master], [], [], 0)[0]:
        end(signal.SIGIO, None)
    try:
        yield
    finally:
        fcntl.fcntl(master, fcntl.F_SETFL, flags)
        signal.signal(signal.SIGIO, signal.SIG_DFL)
