"""The commands of disclosure control: instances protected and audited, and the ledger of what was published."""

from __future__ import annotations

from pathlib import Path

import click

# Everything heavy is imported inside the command that needs it, so that --help answers at once.

_SECONDS = "Time to search for a proof in; what is found by then is audited all the same."


@click.group()
def disclosure() -> None:
    """Protect or audit tables given as cells and relations in a JSON file; read the ledger of what was published."""


def _instance_in_time(command: click.Command) -> click.Command:
    """Add the file of an instance and the time that may be taken."""
    command.params += [
        click.Argument(["file"], type=click.Path(path_type=Path)),
        click.Option(["--seconds"], type=click.FloatRange(min=1), default=150, show_default=True, help=_SECONDS),
    ]
    return command


@_instance_in_time
@disclosure.command()
@click.pass_obj
def solve(project: Path, /, *, file: Path, seconds: float) -> None:
    """Print which cells of FILE to withhold, or how to round them, as JSON."""
    from casebook.canonical import canonical_json
    from casebook.disclosure_control.instance_answers import solved
    from casebook.disclosure_control.instance_files import read_instance

    click.echo(canonical_json(solved(read_instance(file, project), seconds)), nl=False)


@_instance_in_time
@disclosure.command()
@click.pass_obj
def audit(project: Path, /, *, file: Path, seconds: float) -> None:
    """Print what a reader can work out about the cells of FILE that are not published, as JSON."""
    from casebook.canonical import canonical_json
    from casebook.disclosure_control.instance_answers import audited
    from casebook.disclosure_control.instance_files import read_instance

    click.echo(canonical_json(audited(read_instance(file, project), seconds)), nl=False)


@disclosure.command()
@click.pass_obj
def ledger(project: Path) -> None:
    """Verify the ledger and list what was released: level, edition, version, rows, digest."""
    from casebook.disclosure_control.ledger_files import read_ledger

    read = read_ledger(project)
    for level, rows in sorted(read.rows.items()):
        for edition, version in read.released(level):
            own = sum((row.edition, row.version) == (edition, version) for row in rows)
            click.echo(f"{level}  {edition} {version}  {own} rows")
        click.echo(f"{level}  whole, digest {read.digest(level)}")
    if not read.rows:
        click.echo("Nothing was released yet.")


@disclosure.command(name="import")
@click.argument("edition")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--version", default="1.0", show_default=True, help="The version that was published.")
@click.option("--level", default="PU", show_default=True, help="The dissemination level at which it is read.")
@click.option("--signed-off", default="", help="Which office took note, and when, of what the edition disclosed.")
@click.pass_obj
def import_(project: Path, /, *, edition: str, file: Path, version: str, level: str, signed_off: str) -> None:
    """Enter an EDITION that was published before there was a ledger: FILE has its exact counts.

    FILE is a CSV table with the columns table (the id of a planned table), level, n and base.
    """
    from casebook.codebook import read_codebook
    from casebook.disclosure_control.ledger_files import read_ledger, write_ledger
    from casebook.disclosure_control.ledger_import import Published, disclosed, imported, read_published
    from casebook.study_files import read_study

    codebook = read_codebook(project / "data")
    study = read_study(project, codebook)
    book = read_published(Published(edition, version, level, file), study, codebook)
    new = imported(read_ledger(project), book, version=version, study=study, signed_off=signed_off)
    write_ledger(project, new)
    click.echo(
        f"Entered {edition} {version} {level}: {len(book)} tables, {len(disclosed(book, study))} cells signed off."
    )
