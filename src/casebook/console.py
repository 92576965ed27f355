"""What a build shows: progress while it runs, and a summary at its end."""

from __future__ import annotations

import io
import os
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
from casebook.request import Asked

_LINE_EVERY = 10


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
    columns = (TextColumn("{task.description:<20}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
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


def _bars(bars: Bars) -> Callable[[str, int, int], None]:
    tasks: dict[str, TaskID] = {}

    def show(stage: str, done: int, total: int) -> None:
        if stage not in tasks:
            tasks[stage] = bars.add_task(stage, total=total)
        steps = next(task.total for task in bars.tasks if task.id == tasks[stage])
        # A stage reports its end as 1 of 1; a bar that counted its runs stays at their number.
        done, total = (int(steps or 1),) * 2 if done == total == 1 else (done, total)
        bars.update(tasks[stage], completed=done, total=total)

    return show


def _lines(console: Console) -> Callable[[str, int, int], None]:
    def show(stage: str, done: int, total: int) -> None:
        if done == 0:
            console.print(f"{stage} ...", soft_wrap=True)
        elif total > 1 and (done % _LINE_EVERY == 0 or done == total):
            console.print(f"  {done} of {total}", soft_wrap=True)

    return show
