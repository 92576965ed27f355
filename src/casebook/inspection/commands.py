"""The commands that look into the cache: why a run would be executed, and whether what is kept is right."""

from __future__ import annotations

import secrets
from pathlib import Path

import click

# Everything heavy is imported inside the command that needs it, so that --help answers at once.

_MOST_SEED = 1_000_000


@click.command()
@click.argument("run")
@click.pass_obj
def why(project: Path, *, run: str) -> None:
    """Name what has changed since RUN was executed, such as report/D1.3/PU/grooming-OG-ES, or grooming-OG-ES.

    The same for other steps of a build: protection/D1.2-D1.3, narrative/D1.3/PU, book/D1.3/PU.
    """
    from casebook.folders import Folders
    from casebook.inspection.why import why as told
    from casebook.pipeline import steps_of

    for line in told(project, steps_of(Folders(project)), run):
        click.echo(line)


@click.group()
def cache() -> None:
    """Look after what earlier builds have kept."""


@cache.command()
@click.option("--sample", type=click.IntRange(1), default=10, show_default=True, help="How many cached runs.")
@click.option("--seed", type=click.IntRange(0), help="Which of them; others each time by default.")
@click.pass_obj
def verify(project: Path, *, sample: int, seed: int | None) -> None:
    """Execute a sample of the cached runs again, cold, and refuse those that leave other bytes."""
    from casebook.folders import Folders
    from casebook.inspection.verification import verify as verified
    from casebook.pipeline import steps_of

    chosen = secrets.randbelow(_MOST_SEED) if seed is None else seed
    click.echo(verified(project, steps_of(Folders(project)), sample=sample, seed=chosen))


COMMANDS = (why, cache)
