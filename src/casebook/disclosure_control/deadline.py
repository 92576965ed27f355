"""The time a computation may take."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

#: What a solver is given at least, so that it ends by itself and says that it did not finish.
_LEAST_SECONDS = 0.01


@dataclass(frozen=True)
class Deadline:
    """A moment on a clock that counts seconds."""

    end: float
    clock: Callable[[], float] = time.monotonic

    @classmethod
    def after(cls, seconds: float, clock: Callable[[], float] = time.monotonic) -> Deadline:
        return cls(clock() + seconds, clock)

    @property
    def passed(self) -> bool:
        return self.clock() >= self.end

    @property
    def left(self) -> float:
        """Return the seconds that are left, never zero."""
        return max(self.end - self.clock(), _LEAST_SECONDS)

    def sooner(self, share: float) -> Deadline:
        """Return the deadline at which a share of the time left will have passed."""
        return Deadline(self.clock() + share * max(self.end - self.clock(), 0), self.clock)
