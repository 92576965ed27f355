"""Running notebooks: every run in a fresh kernel, all of them tried, their failures reported together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from casebook.cache import Steps
from casebook.errors import Fault, NotebookFailed
from casebook.folders import Folders
from casebook.publication.notebooks import kernel
from casebook.publication.notebooks.attempts import Attempts
from casebook.publication.notebooks.failures import faults_of
from casebook.publication.notebooks.kernels import kernels_of, room_of
from casebook.publication.notebooks.manner import STANDARD, Manner
from casebook.publication.notebooks.matrix import Room, Run
from casebook.publication.notebooks.run_steps import step_of
from casebook.publication.notebooks.tally import Counting, Report, Tally

if TYPE_CHECKING:
    from casebook.publication.notebooks.remote_attempts import RemoteAttempts


def execute(
    folders: Folders,
    runs: Sequence[Run],
    *,
    manner: Manner = STANDARD,
    report: Report | None = None,
    steps: Steps | None = None,
) -> None:
    """Run every notebook into its run folder, calling `report` with each change of the tally.

    A run whose result is among the `steps` of earlier builds is not executed. All runs belong to one room: analysis and
    report runs never share a kernel or a fork server. Raises NotebookFailed after all were tried, with the failures
    grouped by cause; an interrupt ends all kernels and is passed on.
    """
    if not runs:
        return
    room = room_of(runs)
    stale = [run for run in runs if steps is None or not steps.found(step_of(folders, run))]
    found = len(runs) - len(stale)
    counting = Counting(Tally(len(runs), done=found, found=found), report or _silent)
    if not stale:
        return
    with _attempts(folders, stale, manner, steps=steps, counting=counting) as attempts:
        failures = attempts.all(stale)
    if failures:
        raise NotebookFailed([*faults_of(failures, room=room, total=len(runs)), *_untried(counting.tally, room)])


@contextmanager
def _attempts(
    folders: Folders, runs: Sequence[Run], manner: Manner, *, steps: Steps | None, counting: Counting
) -> Iterator[Attempts | RemoteAttempts]:
    """Give what executes runs, here or on a cluster."""
    if manner.cluster:
        from casebook.publication.notebooks.remote_attempts import RemoteAttempts

        yield RemoteAttempts(folders, manner.cluster, manner, steps, counting)
        return
    kernel.prepare(folders)
    with kernels_of(folders, runs, warm=manner.warm) as kernels:
        yield Attempts(kernels, manner, steps, counting)


def _untried(tally: Tally, room: Room) -> Iterator[Fault]:
    if left := tally.total - tally.done:
        yield Fault(f"notebooks/{room}", f"{left} of {tally.total} runs", "not tried, since another run has failed")


def _silent(tally: Tally) -> None:
    """Show no progress."""
