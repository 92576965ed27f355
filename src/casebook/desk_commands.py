"""The commands of the partner desk: agreement between coders, and what is given to and taken from partners."""

from __future__ import annotations

from pathlib import Path

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
    from typing import cast

    from casebook.canonical import canonical_json
    from casebook.restricted.coefficients import Metric
    from casebook.restricted.ratings import agreement_in

    found = agreement_in(ratings, cast(Metric, level), seed=seed)
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


COMMANDS = (agreement, workbook)
