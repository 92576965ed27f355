"""The commands of the partner desk: agreement between coders."""

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


COMMANDS = (agreement,)
