"""The tally of some runs: how many are done, found, failed and under way."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Tally:
    """How far some steps are: of `total`, how many are done, found and failed ones among them, and under way."""

    total: int = 1
    done: int = 0
    found: int = 0
    failed: int = 0
    running: int = 0

    def plus(self, **more: int) -> Tally:
        """Return the tally with more in some of its counts."""
        return Tally(**{name: count + more.get(name, 0) for name, count in asdict(self).items()})


Report = Callable[[Tally], None]


class Counting:
    """Counts runs from any thread, and reports each change."""

    def __init__(self, tally: Tally, report: Report) -> None:
        self.tally, self._report = tally, report
        self._lock = threading.Lock()
        report(tally)

    def count(self, **more: int) -> None:
        """Count more of something."""
        with self._lock:
            self.tally = self.tally.plus(**more)
            self._report(self.tally)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Count a run as under way."""
        self.count(running=1)
        try:
            yield
        finally:
            self.count(running=-1)
