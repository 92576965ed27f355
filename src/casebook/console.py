"""What a build shows: progress while it runs, and a summary at its end."""

from __future__ import annotations

import io
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars
from rich.table import Table

from casebook.cache import Steps
from casebook.pipeline import Progress, Summary, build
from casebook.publication.notebooks import Tally
from casebook.request import Asked

_LINE_EVERY = 10
_LONG = 90  # seconds


def build_with_progress(project: Path, asked: Asked, steps: Steps) -> tuple[tuple[Path, ...], str]:
    """Build what was asked for and print how it goes: bars on a terminal, plain lines elsewhere.

    Returns the sites and what was told at the end.
    """
    console = Console(highlight=False, markup=False)
    request = asked.request(project)
    with progress_on(console) as progress:
        summary = build(project, request, progress, steps)
    print_summary(summary, console)
    return summary.sites, summary_text(summary)


def summary_text(summary: Summary) -> str:
    """Return what a build tells at its end as plain text, without the seconds, which are of one build only."""
    stream = io.StringIO()
    print_summary(replace(summary, seconds={}), Console(file=stream, highlight=False, markup=False, width=100))
    return stream.getvalue().rstrip()


@contextmanager
def progress_on(console: Console) -> Iterator[Progress]:
    """Show the progress of what happens within: bars on a terminal, plain lines elsewhere."""
    if not console.is_terminal:
        yield _lines(console)
        return
    columns = (
        *(TextColumn("{task.description:<20}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()),
        TextColumn("{task.fields[told]}"),
    )
    with Bars(*columns, console=console) as bars:
        yield _bars(bars)


def print_summary(summary: Summary, console: Console) -> None:
    """Print what was built and withheld, the seconds of each stage, and where to open the sites."""
    table = Table("Edition", "Level", "Pages", "Figures", "Statements", "Cells withheld", title="Built")
    for book, built in summary.books.items():
        withheld, cells = summary.withheld[book]
        counts = (built.pages, summary.figures[book], summary.statements[book], f"{withheld} of {cells}")
        table.add_row(*book, *map(str, counts))
    console.print(table)
    if summary.seconds:
        stages = ", ".join(f"{name.lower()} {seconds:.1f}" for name, seconds in summary.seconds.items())
        console.print(f"Seconds: {stages}; together {sum(summary.seconds.values()):.1f}.", soft_wrap=True)
    for site in summary.sites:
        console.print(f"Open {os.path.relpath(site / 'index.html')}", soft_wrap=True)


class Outlook:
    """Tells how far the steps of a stage are, and how long the rest may take at the pace so far."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._begun: dict[str, tuple[float, int]] = {}

    def told(self, stage: str, tally: Tally) -> str:
        """Return what is found, failed and under way, and the time left, as far as there is something to tell."""
        counts = (("found", tally.found), ("failed", tally.failed), ("running", tally.running))
        return ", ".join([*(f"{n} {name}" for name, n in counts if n), *self._left(stage, tally)])

    def _left(self, stage: str, tally: Tally) -> Iterator[str]:
        now = self._clock()
        begun, done_before = self._begun.setdefault(stage, (now, tally.done))
        done, left = tally.done - done_before, tally.total - tally.done
        if done and left:
            seconds = (now - begun) / done * left
            yield f"about {seconds:.0f} s left" if seconds < _LONG else f"about {seconds / 60:.0f} min left"


def _bars(bars: Bars) -> Progress:
    tasks: dict[str, TaskID] = {}
    outlook = Outlook()

    def show(stage: str, tally: Tally) -> None:
        told = outlook.told(stage, tally)
        if stage not in tasks:
            tasks[stage] = bars.add_task(stage, told=told)
        bars.update(tasks[stage], completed=tally.done, total=tally.total, told=told)

    return show


def _lines(console: Console) -> Progress:
    outlook = Outlook()
    shown: dict[str, int] = {}

    def show(stage: str, tally: Tally) -> None:
        if stage not in shown:
            console.print(f"{stage} ...", soft_wrap=True)
        told = outlook.told(stage, replace(tally, running=0))
        is_due = tally.done % _LINE_EVERY == 0 or tally.done == tally.total
        if tally.total > 1 and tally.done > shown.get(stage, 0) and is_due:
            console.print(f"  {', '.join(filter(None, [f'{tally.done} of {tally.total}', told]))}", soft_wrap=True)
            shown[stage] = tally.done
        shown.setdefault(stage, 0)

    return show
