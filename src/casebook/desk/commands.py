"""The commands of the partner desk: agreement between coders, and what is given to and taken from partners."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import click

# Everything heavy is imported inside the command that needs it, so that --help answers at once.

_LEVELS = ("nominal", "ordinal", "interval", "ratio")


@click.command()
@click.argument("ratings", type=click.Path(path_type=Path))
@click.option("--level", type=click.Choice(_LEVELS), default="nominal", show_default=True, help="The level of alpha.")
@click.option("--seed", type=click.IntRange(0), default=882828, show_default=True, help="The seed of the bootstrap.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def agreement(ratings: Path, level: str, seed: int, as_json: bool) -> None:
    """Print how far coders agree in RATINGS, a CSV file: first column coder, one column per unit, empty = missing."""
    from casebook.canonical import canonical_json
    from casebook.restricted.coefficients import Metric
    from casebook.restricted.ratings import agreement_in

    metric: Metric = cast("Metric", level)
    found = agreement_in(ratings, metric, seed=seed)
    if as_json:
        click.echo(canonical_json(found.to_json()), nl=False)
    else:
        click.echo("\n".join(found.told()))


@click.command()
@click.argument("country")
@click.option("--crime", required=True, help="The crime the interviews are about, such as OG.")
@click.option("--wave", help="The wave of the interviews; the last one by default.")
@click.option("--interviews", type=click.IntRange(1, 500), default=12, show_default=True, help="Rows for interviews.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The workbook to write, such as PT.xlsx.")
@click.pass_obj
def workbook(project: Path, /, *, country: str, crime: str, wave: str | None, interviews: int, out: Path) -> None:
    """Write a workbook in which a partner of COUNTRY, such as PT, codes interviews without any other tool."""
    from casebook.codebook import read_codebook
    from casebook.restricted.intake.workbook_request import Asked, make_workbook
    from casebook.study_files import read_study

    codebook = read_codebook(project / "data")
    study = read_study(project, codebook)
    made = make_workbook(project, study, codebook, asked=Asked(country, crime, wave, interviews), out=out)
    click.echo(f"Wrote {out.name} for {len(made.interviews)} interviews on {crime}, {country}, wave {made.wave}.")


@click.command(name="add-country")
@click.argument("country")
@click.argument("files", nargs=-1)
@click.option("--code-map", type=click.Path(path_type=Path), help="The partner's decisions, as the desk wrote them.")
@click.option("--columns", type=click.Path(path_type=Path), help="What the columns of code-by-interview tables are.")
@click.option("--quotations", type=click.Path(path_type=Path), help="Passages that may be quoted, as a CSV table.")
@click.option("--submission", help="The name of the submission; the country and the day by default.")
@click.option("--partner", help="The partner's short name; that of its last submission by default.")
@click.option("--received", type=click.DateTime(["%Y-%m-%d"]), help="The day the files came in; today by default.")
@click.option("--replaces", help="The submission that is corrected; what is not handed in anew is kept from it.")
@click.option("--withdraw", multiple=True, help="An interview that is left out of the correction (repeatable).")
@click.option("--synthetic", is_flag=True, help="Declare that the interviews are invented and describe nobody.")
@click.option("--language", default="en", show_default=True, help="The language of the report to the partner.")
@click.option("--dry-run", is_flag=True, help="Say what would change, and write nothing but the report.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def add_country(
    project: Path, /, *, received: datetime.datetime | None, dry_run: bool, yes: bool, language: str, **asked: Any
) -> None:
    """Add the coded interviews of a partner of COUNTRY in FILES: workbooks, projects of QDA tools, SPSS, tables.

    FILES of one coder alone are written A=FILE and B=FILE. Everything is checked and rehearsed first; a report for the
    partner is written in any case.
    """
    from casebook.desk.counter import serve

    day = (received or datetime.datetime.now()).date()
    serve(project, asked=asked, received=day, language_code=language, agreed=None if dry_run else _agreed(yes))


@click.command()
@click.argument("interview")
@click.option("--received", type=click.DateTime(["%Y-%m-%d"]), help="The day consent was withdrawn; today by default.")
@click.option("--dry-run", is_flag=True, help="Say what would change, and write nothing.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def withdraw(project: Path, /, *, interview: str, received: datetime.datetime | None, dry_run: bool, yes: bool) -> None:
    """Leave an INTERVIEW, such as OG-0807, out of everything to come, because consent was withdrawn."""
    from casebook.desk.withdrawal import serve

    day = (received or datetime.datetime.now()).date()
    serve(project, interview, received=day, agreed=None if dry_run else _agreed(yes))


def _agreed(yes: bool) -> Callable[[], bool]:
    return lambda: yes or click.confirm("Write this submission?")


COMMANDS = (agreement, workbook, add_country, withdraw)
