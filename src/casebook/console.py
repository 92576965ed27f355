"""What a build shows: progress while it runs, and a summary at its end."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars
from rich.table import Table

from casebook.codebook import read_codebook
from casebook.errors import Fault, StudyRefused
from casebook.pipeline import Progress, Request, Summary, build
from casebook.study import FILE, Study
from casebook.study_files import read_study

_LINE_EVERY = 10


@dataclass(frozen=True)
class Asked:
    """What the command line asks for; empty names mean all of the study's."""

    editions: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    only: str | None = None
    jobs: int | None = None

    def request(self, project: Path) -> Request:
        """Return the request for known editions and levels, or refuse the others; raises StudyRefused."""
        study = read_study(project, read_codebook(project / "data"))
        if faults := list(self._faults(study)):
            raise StudyRefused(faults)
        # In the study's order and once each, however often and in whatever order they were asked for.
        editions = tuple(name for name in study.editions if name in self.editions or not self.editions)
        levels = tuple(name for name in study.dissemination if name in self.levels or not self.levels)
        return Request(editions, levels, cast(Literal["html", "pdf"] | None, self.only), self.jobs or _cores())

    def _faults(self, study: Study) -> Iterator[Fault]:
        known = (("edition", self.editions, study.editions), ("level", self.levels, study.dissemination))
        for name, values, allowed in known:
            for value in values:
                if value not in allowed:
                    yield Fault(FILE, f"--{name}", f"there is no such {name}", value, ", ".join(allowed))


def build_with_progress(project: Path, asked: Asked) -> None:
    """Build what was asked for and print how it goes: bars on a terminal, plain lines elsewhere."""
    console = Console(highlight=False, markup=False)
    request = asked.request(project)
    with progress_on(console) as progress:
        summary = build(project, request, progress)
    print_summary(summary, console)


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


def _cores() -> int:
    return os.cpu_count() or 1
