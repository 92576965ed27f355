"""The manner in which runs are executed: side by side, in which limits, in warm kernels, and what a failure ends."""

from __future__ import annotations

from dataclasses import dataclass, field

from casebook import processes
from casebook.publication.notebooks.cluster import Cluster
from casebook.publication.notebooks.watch import Limits


@dataclass(frozen=True)
class Manner:
    """How runs are executed; `jobs` at a time, or as many as the machine has room for, or on a `cluster`.

    With `fail_fast` the first failure ends all.
    """

    jobs: int | None = None
    limits: Limits = field(default_factory=Limits)
    warm: bool = True
    fail_fast: bool = False
    cluster: Cluster | None = None

    def beside(self, runs: int) -> int:
        """Return how many of some runs to execute side by side."""
        return min(runs, processes.room(processes.MEGABYTES_OF_A_RUN, self.jobs))


STANDARD = Manner()
