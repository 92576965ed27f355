"""The fork server: a process that has imported what a room's notebooks import, and forks a kernel for each run.

It is started by `warm_kernels` with one end of a socket. Whoever holds the other end is its master: when that is
closed, by whatever, the server ends with all that it has started.
"""

from __future__ import annotations

import json
import os
import selectors
import shutil
import signal
import socket
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from casebook.publication.notebooks.forked_kernel import PR_SET_CHILD_SUBREAPER, Launch, become_kernel, prctl
from casebook.publication.notebooks.warming import ending_with, warm_up

READY = b"ready"
MOST_BYTES = 131_072


class ForkServer:
    """Forks kernels on demand, passes signals on to them and tells how they ended."""

    def __init__(self, master: socket.socket, set_by_modules: Mapping[str, str]) -> None:
        self._master = master
        self._set_by_modules = set_by_modules
        self._pid = os.getpid()
        self._channels: dict[int, socket.socket] = {}
        self._ended: set[int] = set()
        self._wake, self._woken = socket.socketpair()
        self._selector = selectors.DefaultSelector()
        self._selector.register(master, selectors.EVENT_READ)
        self._selector.register(self._wake, selectors.EVENT_READ)

    def serve(self) -> None:
        """Serve until the master is gone, and leave no process behind."""
        self._woken.setblocking(False)
        signal.signal(signal.SIGCHLD, _take_notice)
        signal.set_wakeup_fd(self._woken.fileno(), warn_on_full_buffer=False)
        while self._serve_once():
            self._reap()
        self._end_all()

    def _serve_once(self) -> bool:
        for key, _ in self._selector.select():
            if key.fileobj is self._master:
                if not self._launch():
                    return False
            elif key.fileobj is self._wake:
                self._wake.recv(MOST_BYTES)
            elif key.data in self._channels:
                self._pass_on(key.data)
        return True

    def _launch(self) -> bool:
        """Fork a kernel for a request, which brings the channel to tell of it; false when there is no more master."""
        try:
            request, handles, _, _ = socket.recv_fds(self._master, MOST_BYTES, 1)
        except OSError:
            return False
        if not request:
            return False
        channel = socket.socket(fileno=handles[0])
        try:
            pid = os.fork()
        except OSError:
            # The machine has no room for it now; who asked sees the channel closed, and asks again.
            channel.close()
            return True
        if not pid:
            self._leave(channel)
            become_kernel(Launch.from_bytes(request), server=self._pid, set_by_modules=self._set_by_modules)
        self._ended.discard(pid)
        self._channels[pid] = channel
        self._selector.register(channel, selectors.EVENT_READ, pid)
        _tell(channel, pid)
        return True

    def _leave(self, channel: socket.socket) -> None:
        """Close, in a fork, everything that is the server's."""
        self._selector.close()
        for open_ in (self._master, self._wake, self._woken, channel, *self._channels.values()):
            open_.close()

    def _pass_on(self, pid: int) -> None:
        """Send a kernel the signal its owner asks for, or end it where it has no owner any more."""
        try:
            asked = self._channels[pid].recv(MOST_BYTES)
        except OSError:
            asked = b""
        _signal_group(pid, json.loads(asked) if asked else signal.SIGKILL)
        if not asked:
            self._selector.unregister(self._channels[pid])

    def _reap(self) -> None:
        for pid in list(self._channels):
            # Its number stays taken until it is waited for, so that no stranger's group can be struck.
            if os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT):
                _signal_group(pid, signal.SIGKILL)
                self._ended.add(pid)
                self._bid_farewell(pid, os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
        self._end_left_over()

    def _bid_farewell(self, pid: int, code: int) -> None:
        channel = self._channels.pop(pid)
        with suppress(KeyError):
            self._selector.unregister(channel)
        _tell(channel, code)
        channel.close()

    def _end_left_over(self) -> None:
        """End what kernels that are gone have started; Linux hands such processes to the server."""
        for pid in _children() - set(self._channels):
            with suppress(ProcessLookupError):
                if os.getsid(pid) in self._ended:
                    os.kill(pid, signal.SIGKILL)
            with suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)

    def _end_all(self) -> None:
        for pid in self._channels:
            _signal_group(pid, signal.SIGKILL)
        while children := _children() | set(self._channels):
            for pid in children:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            try:
                self._channels.pop(os.waitpid(-1, 0)[0], None)
            except ChildProcessError:
                return


def main(arguments: Sequence[str]) -> int:
    """Warm up, say so and serve; the arguments are the socket's number, the kernels' folder of sockets, and modules."""
    if sys.path and sys.path[0] in ("", str(Path.cwd())):
        # A kernel puts the working folder back where it starts; see ipykernel_launcher.
        del sys.path[0]
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    prctl(PR_SET_CHILD_SUBREAPER, 1)
    master = socket.socket(fileno=int(arguments[0]))
    with ending_with(master, arguments[1]):
        set_by_modules = warm_up(arguments[2:], Path.cwd())
    if len(list(Path("/proc/self/task").iterdir())) > 1:
        # A lock that another thread holds stays locked for ever in a fork.
        return 1
    server = ForkServer(master, set_by_modules)
    _tell(master, READY.decode())
    server.serve()
    # The master may have had no time to do this.
    shutil.rmtree(arguments[1], ignore_errors=True)
    return 0


def _children() -> set[int]:
    """Return the processes that have this one for a parent, none where Linux does not say."""
    try:
        listed = Path(f"/proc/self/task/{os.getpid()}/children").read_text("ascii")
    except OSError:
        return set()
    return {int(pid) for pid in listed.split()}


def _signal_group(pid: int, number: int) -> None:
    """Signal a kernel and what it has started; a fork that is not yet a group of its own gets it alone."""
    try:
        os.killpg(pid, number)
    except ProcessLookupError:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


def _tell(channel: socket.socket, what: int | str) -> None:
    with suppress(OSError):
        channel.send(json.dumps(what).encode("ascii"))


def _take_notice(_number: int, _frame: object) -> None:
    """Let a signal interrupt the server's waiting, which an ignored one would not."""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
