"""Attempts: the runs of a room executed side by side on this machine, and how each has failed."""

from __future__ import annotations

import itertools
from collections.abc import Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import dataclass, field

from casebook.cache import Steps
from casebook.errors import CasebookError
from casebook.publication.notebooks.attempt import LOST, execute_one, failure_of
from casebook.publication.notebooks.failures import Failure, of_refusal
from casebook.publication.notebooks.kernels import Kernels
from casebook.publication.notebooks.manner import Manner
from casebook.publication.notebooks.matrix import Run
from casebook.publication.notebooks.run_steps import keep, name_of, step_of
from casebook.publication.notebooks.tally import Counting
from casebook.publication.notebooks.watch import Watch


@dataclass
class Attempts:
    """The runs of a room under way, each on a thread that waits for its kernel."""

    kernels: Kernels
    manner: Manner
    steps: Steps | None
    counting: Counting
    _watches: set[Watch] = field(default_factory=set)
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def all(self, runs: Sequence[Run]) -> list[Failure]:
        """Try every run and return the failures; runs that lost the fork server are repeated, one after the other.

        Where the first failure is to end it, all other runs are abandoned then.
        """
        # What every run needs is imported once, while the fork server imports what the notebooks need.
        from casebook.publication.notebooks import engine

        engine.register()
        failures: list[Failure] = []
        lost: list[Run] = []
        with closing(self._side_by_side(runs, self.manner.beside(len(runs)))) as attempts:
            for run, failure in attempts:
                if failure and failure.cause == LOST:
                    lost.append(run)
                elif self._ends_with(failure, failures):
                    return failures
        for run in lost:
            if self._ends_with(self._attempt(run), failures):
                return failures
        return failures

    def _ends_with(self, failure: Failure | None, failures: list[Failure]) -> bool:
        """Count a run as done, and return whether its failure ends all."""
        failures += [failure] if failure else []
        self.counting.count(done=1, failed=1 if failure else 0)
        return bool(failure) and self.manner.fail_fast

    def _side_by_side(self, runs: Sequence[Run], jobs: int) -> Generator[tuple[Run, Failure | None], None, None]:
        with ThreadPoolExecutor(jobs) as pool:
            pending = {pool.submit(self._attempt, run): run for run in runs}
            try:
                for future in as_completed(pending):
                    yield pending[future], future.result()
            except BaseException:
                self._abandon(pending)
                raise

    def _abandon(self, pending: Iterable[Future[Failure | None]]) -> None:
        for future in pending:
            future.cancel()
        for watch in tuple(self._watches):
            watch.stop("interrupted")
        if self.kernels.warm:
            self.kernels.warm.dismiss()

    def _attempt(self, run: Run) -> Failure | None:
        """Execute one run and return how it failed, in words that may be printed."""
        watch = Watch(self.manner.limits)
        self._watches.add(watch)
        try:
            with self.counting.running(), self._timed(run):
                observed = execute_one(self.kernels, run, watch, number=next(self._numbers))
                if self.steps:
                    keep(self.steps, step_of(self.kernels.folders, run), observed)
        except CasebookError as error:
            return of_refusal(run, error)
        except Exception as error:
            return failure_of(run, watch, error)
        finally:
            self._watches.discard(watch)
        return None

    def _timed(self, run: Run) -> AbstractContextManager[None]:
        return self.steps.timed(name_of(run)) if self.steps else nullcontext()
