"""The client of a run's kernel: it knows that a kernel is ready when it answers, not a while afterwards."""

from __future__ import annotations

from queue import Empty
from time import monotonic
from typing import Any

from jupyter_client.asynchronous.client import AsyncKernelClient
from nbclient.exceptions import DeadKernelError

_SECONDS_FOR_REPLY, _SECONDS_FOR_STATUS = 1.0, 0.2


class RunKernelClient(AsyncKernelClient):
    """Talks to a kernel over its shell and output channels alone.

    jupyter_client calls a kernel ready when nothing has come for 0.2 s; this client when the answer to a question has
    come on both channels. A run asks for no input, and the kernel's manager sees better than a heartbeat that it lives.
    """

    def start_channels(self, *_channels: bool, **_named: bool) -> None:
        """Open the two channels."""
        super().start_channels(shell=True, iopub=True, stdin=False, hb=False, control=False)

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Wait until the kernel answers; raises DeadKernelError, or TimeoutError after this many seconds."""
        deadline = monotonic() + (timeout or float("inf"))
        while not await self._answers():
            if not await self.is_alive():
                raise DeadKernelError("Kernel died before it answered")
            if monotonic() > deadline:
                raise TimeoutError("Kernel did not answer in time")

    async def _answers(self) -> bool:
        asked = self.kernel_info()
        if not await _arrives(self.shell_channel, asked, "kernel_info_reply", within=_SECONDS_FOR_REPLY):
            return False
        # Until it has subscribed, a client hears nothing of what a kernel puts out.
        return await _arrives(self.iopub_channel, asked, "status", within=_SECONDS_FOR_STATUS)


async def _arrives(channel: Any, asked: str, kind: str, *, within: float) -> bool:
    """Return whether a message of a kind about a question comes within seconds of the one before it."""
    while True:
        try:
            message = await channel.get_msg(timeout=within)
        except Empty:
            return False
        if message["parent_header"].get("msg_id") == asked and message["msg_type"] == kind:
            return True
