"""The command line: one thin command for each thing the package does."""

from __future__ import annotations

import sys
from pathlib import Path

import click

# Everything heavy is imported inside the command that needs it, so that --help answers at once.


class _Refusing(click.Group):
    """Prints a refusal as it is meant to be read and ends with the exit code of its class."""

    def invoke(self, ctx: click.Context) -> object:
        from casebook.errors import CasebookError

        try:
            return super().invoke(ctx)
        except CasebookError as refusal:
            click.echo(str(refusal), err=True)
            sys.exit(refusal.exit_code)


@click.group(cls=_Refusing)
@click.option("--project", type=click.Path(path_type=Path), default=Path(), help="The project's folder.")
@click.pass_context
def main(ctx: click.Context, project: Path) -> None:
    """Deliverables from coded interviews: computed, traced to their evidence, and protected."""
    ctx.obj = project.resolve()


@main.command()
@click.option("--edition", "editions", multiple=True, help="Only this edition, such as D1.2 (repeatable).")
@click.option("--level", "levels", multiple=True, help="Only this dissemination level, PU or CO (repeatable).")
@click.option("--only", type=click.Choice(["html", "pdf"]), help="Only this medium.")
@click.option("--jobs", type=click.IntRange(1), default=None, help="Processes to use; all cores by default.")
@click.pass_obj
def build(project: Path, editions: tuple[str, ...], levels: tuple[str, ...], only: str | None, jobs: int | None) -> None:
    """Build the books and put them into their sites."""
    from casebook.console import build_with_progress

    build_with_progress(project, editions, levels, only=only, jobs=jobs)


@main.command()
@click.pass_obj
def check(project: Path) -> None:
    """Refuse everything that can be refused without running a notebook; write nothing."""
    from casebook.checks import check_project

    click.echo(check_project(project))


@main.command()
@click.option("--seed", type=int, required=True, help="The seed; the same seed gives the same bytes.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder for the countries' submissions.")
@click.option("--countries", type=click.IntRange(1, 27), default=None, help="Number of countries instead of the study's.")
@click.option("--scale", type=click.IntRange(1), default=1, help="Multiply the number of interviews.")
@click.option("--flip", multiple=True, help="Make this finding false, such as OG-15 (repeatable).")
@click.pass_obj
def synthesise(
    project: Path, seed: int, out: Path, countries: int | None, scale: int, flip: tuple[str, ...]
) -> None:
    """Make a synthetic study in which the published findings hold, or named ones do not."""
    from casebook.codebook import read_codebook
    from casebook.restricted.synthesis import synthesise as make

    codebook = read_codebook(project / "data")
    findings = project / "data" / "findings.csv"
    make(seed=seed, out=out, codebook=codebook, findings=findings, countries=countries, scale=scale, flip=flip)
    click.echo(f"Wrote a synthetic study with seed {seed}.")


if __name__ == "__main__":
    main()
