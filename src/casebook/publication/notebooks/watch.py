"""Watching a run: where it is, how long it takes, and how much it puts out."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

_MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Limits:
    """The seconds a run may take and the megabytes it may put out."""

    seconds: float = 600
    megabytes: float = 20


@dataclass(eq=False)
class Watch:
    """What is seen of a run: the cell it is in, and why it was stopped, if it was."""

    limits: Limits
    cell: int = 0
    source: str = ""
    written: int = 0
    stopped: str = ""
    manager: Any = field(default=None, repr=False)

    @property
    def lost(self) -> bool:
        """Whether the run's kernel ended because the fork server did."""
        return bool(getattr(self._started, "lost", False))

    def stop(self, reason: str) -> None:
        """End the run's kernel, from any thread, for the first reason there is."""
        self.stopped = self.stopped or reason
        if self._started:
            self._started.strike()

    def wrote(self, content: Mapping[str, Any]) -> None:
        """Count what a kernel has put out, and stop a run that puts out too much."""
        self.written += len(str(content))
        if self.written > self.limits.megabytes * _MEGABYTE:
            self.stop(f"the run was stopped: it put out more than {self.limits.megabytes:g} MB")

    def executed(self, *, execute_reply: Mapping[str, Any], **_cell: Any) -> None:
        """Stop a run of which a cell has called exit: Jupyter leaves it to the user to end the kernel then."""
        if any(asked.get("source") == "ask_exit" for asked in execute_reply["content"].get("payload", ())):
            self.stop("the run was stopped: a cell called exit")

    @contextmanager
    def timed(self) -> Iterator[None]:
        """Stop a run that takes too long."""
        reason = f"the run was stopped: it took longer than {self.limits.seconds:g} s"
        timer = threading.Timer(self.limits.seconds, self.stop, [reason])
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    @property
    def _started(self) -> Any:
        """The provisioner of the run's kernel, None until there is one."""
        return self.manager.provisioner if self.manager else None
