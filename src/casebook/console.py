"""What a build shows: progress while it runs, and a summary at its end."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal, cast

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from casebook.codebook import read_codebook
from casebook.errors import Fault, StudyRefused
from casebook.pipeline import Request, Summary, build
from casebook.study import FILE, read_study


def build_with_progress(
    project: Path, editions: tuple[str, ...], levels: tuple[str, ...], *, only: str | None, jobs: int | None
) -> None:
    """Build what was asked for and print how it goes: bars on a terminal, plain lines elsewhere."""
    console = Console(highlight=False)
    medium = cast(Literal["html", "pdf"] | None, only)
    request = _request(project, editions, levels)
    request = Request(request.editions, request.levels, medium, jobs or os.cpu_count() or 1)
    summary = _with_bars(project, request, console) if console.is_terminal else _with_lines(project, request, console)
    _print_summary(summary, project, console)


def _request(project: Path, editions: tuple[str, ...], levels: tuple[str, ...]) -> Request:
    """Return the request for known editions and levels, or refuse the others."""
    study = read_study(project, read_codebook(project / "data"))
    asked = (("edition", editions, study.editions), ("level", levels, study.dissemination))
    faults = [
        Fault(FILE, f"--{name}", f"there is no such {name}", value=value, allowed=", ".join(known))
        for name, values, known in asked
        for value in values
        if value not in known
    ]
    if faults:
        raise StudyRefused(faults)
    return Request(editions or tuple(study.editions), levels or tuple(study.dissemination))


def _with_bars(project: Path, request: Request, console: Console) -> Summary:
    columns = (TextColumn("{task.description:<20}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as bars:
        tasks: dict[str, object] = {}

        def show(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(stage, total=total)
            bars.update(tasks[stage], completed=done, total=total)  # type: ignore[arg-type]

        return build(project, request, show)


def _with_lines(project: Path, request: Request, console: Console) -> Summary:
    def show(stage: str, done: int, total: int) -> None:
        if done == 0:
            console.print(f"{stage} ...")
        elif total > 1 and done % 10 == 0:
            console.print(f"  {done} of {total}")

    return build(project, request, show)


def _print_summary(summary: Summary, project: Path, console: Console) -> None:
    table = Table("Edition", "Level", "Pages", "Figures", "Statements", "Cells withheld", title="Built")
    for book, built in summary.books.items():
        withheld, cells = summary.withheld[book]
        counts = (built.pages, summary.figures[book], summary.statements[book], f"{withheld} of {cells}")
        table.add_row(*book, *map(str, counts))
    console.print(table)
    stages = ", ".join(f"{name.lower()} {seconds:.1f}" for name, seconds in summary.seconds.items())
    console.print(f"Seconds: {stages}; together {sum(summary.seconds.values()):.1f}.", soft_wrap=True)
    for site in summary.sites:
        console.print(f"Open {(site / 'index.html').relative_to(project)}", soft_wrap=True)
