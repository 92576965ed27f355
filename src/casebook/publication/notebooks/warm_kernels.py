"""Warm kernels: starting, using and ending the fork server of one room."""

from __future__ import annotations

import json
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from types import TracebackType

from casebook.publication.notebooks.fork_server import MOST_BYTES
from casebook.publication.notebooks.forked_kernel import Launch

_log = logging.getLogger(__name__)
_SERVER = "casebook.publication.notebooks.fork_server"
_SECONDS_TO_START, _SECONDS_TO_END = 120, 10


def available() -> bool:
    """Return whether this system has what the server needs: a safe fork, and Linux's ways to end with others."""
    return sys.platform == "linux" and hasattr(os, "fork")


class ForkedProcess:
    """A kernel that the server has forked, with the ways of a subprocess.Popen.

    `lost` tells that the server has ended, and the kernel with it.
    """

    stdin = stdout = stderr = None

    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel
        self._channel.settimeout(_SECONDS_TO_START)
        self.returncode: int | None = None
        self.lost = False
        self.pid = self._told()
        if self.lost:
            self._channel.close()
            raise ConnectionResetError
        self._lock = threading.Lock()

    def poll(self) -> int | None:
        """Return how the kernel has ended, None while it runs."""
        with suppress(TimeoutError, BlockingIOError):
            return self.wait(0)
        return None

    def wait(self, timeout: float | None = None) -> int:
        """Return how the kernel has ended; raises TimeoutError, or BlockingIOError for no timeout, while it runs."""
        with self._lock:
            if self.returncode is None:
                self._channel.settimeout(timeout)
                self.returncode = self._told()
                self._channel.close()
                self._end_group()
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send a signal to the kernel and what it has started, unless it has ended."""
        with suppress(OSError):
            self._channel.send(str(int(number)).encode("ascii"))

    def terminate(self) -> None:
        """Ask the kernel to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End the kernel."""
        self.send_signal(signal.SIGKILL)

    def _told(self) -> int:
        try:
            told = self._channel.recv(MOST_BYTES)
        except ConnectionError:
            told = b""
        self.lost = not told
        return int(json.loads(told)) if told else -signal.SIGKILL

    def _end_group(self) -> None:
        if self.lost:
            # With the server gone, nobody else ends what the kernel has started.
            with suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)


class _Server:
    """One server process, from its start to its end."""

    def __init__(self, root: Path, environment: Mapping[str, str], arguments: Iterable[str]) -> None:
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        handle = theirs.fileno()
        command = [sys.executable, "-m", _SERVER, str(handle), *arguments]
        with theirs:
            self.process = subprocess.Popen(
                command,
                cwd=root,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=[handle],
                # An interrupt at the terminal is the build's; the server ends when the build does.
                start_new_session=True,
            )
        self._control.settimeout(_SECONDS_TO_START)

    def is_ready(self) -> bool:
        """Wait until the server has warmed up; false where it cannot."""
        try:
            return bool(self._control.recv(MOST_BYTES))
        except OSError:
            return False

    def is_alive(self) -> bool:
        return self.process.poll() is None

    def fork(self, launch: Launch) -> ForkedProcess:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            socket.send_fds(self._control, [launch.to_bytes()], [theirs.fileno()])
        return ForkedProcess(ours)

    def dismiss(self) -> None:
        """Let the server end, and whoever waits for it go on."""
        with suppress(OSError):
            self._control.shutdown(socket.SHUT_RDWR)

    def end(self) -> None:
        self.dismiss()
        self._control.close()
        try:
            self.process.wait(_SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class WarmKernels:
    """Forks kernels from a server of their own, which is started anew when it has died.

    The server starts warming up at once; `modules` are what it imports, `sockets` a folder that it removes in the end.
    A context manager that ends the server.
    """

    def __init__(self, root: Path, environment: Mapping[str, str], modules: Iterable[str], *, sockets: Path) -> None:
        arguments = (str(sockets), *modules)
        self._start = partial(_Server, root, environment, arguments)
        self._server = self._start()
        self._ready: bool | None = None
        self._dismissed = False
        self._lock = threading.Lock()

    def __enter__(self) -> WarmKernels:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._server.end()

    def dismiss(self) -> None:
        """End all kernels and let nobody wait for another, from any thread."""
        self._dismissed = True
        self._server.dismiss()

    @property
    def server(self) -> int:
        """The process number of the server."""
        return self._server.process.pid

    def launch(self, launch: Launch) -> ForkedProcess | None:
        """Fork a kernel; None where the server cannot warm up, so that a plain kernel has to do.

        Raises ConnectionError where the server dies over it.
        """
        with self._lock:
            ready, server = self._is_ready(), self._server
        if self._dismissed:
            raise ConnectionAbortedError
        return server.fork(launch) if ready else None

    def _was_killed(self) -> bool:
        """Start the server once more if it was killed while it warmed up, which says nothing of whether it can."""
        killed = not self._dismissed and self._server.process.wait() < 0
        if killed:
            self._server.end()
            self._server = self._start()
        return killed

    def _is_ready(self) -> bool:
        if self._ready and not self._dismissed and not self._server.is_alive():
            self._server.end()
            self._server, self._ready = self._start(), None
        if self._ready is None:
            self._ready = self._server.is_ready() or (self._was_killed() and self._server.is_ready())
            if not self._ready and not self._dismissed:
                _log.warning("Notebooks run in plain kernels, which takes longer: the fork server cannot warm up.")
        return self._ready
