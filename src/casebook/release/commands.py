"""The commands of a release: pack an edition, and verify what was packed."""

from __future__ import annotations

import datetime
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from casebook.publication.book.identity import Book
    from casebook.study import Study

# Everything heavy is imported inside the command that needs it, so that --help answers at once.


@click.command()
@click.argument("edition")
@click.option("--level", "levels", multiple=True, help="Only this level, PU or CO (repeatable).")
@click.pass_obj
def pack(project: Path, *, edition: str, levels: tuple[str, ...]) -> None:
    """Pack an EDITION as it was last built: one archive for each level, which anybody can verify."""
    from casebook.folders import Folders
    from casebook.release.hygiene import this_machine
    from casebook.release.packing import pack as packed
    from casebook.restricted.study_key import study_key

    books, folders = _books(project, edition, levels), Folders(project)
    machine = this_machine(project, study_key(folders.data))
    for place in packed(books, folders.archives, machine=machine):
        click.echo(f"{place.relative_to(project)}  {place.stat().st_size / 1_000_000:.1f} MB")


@click.command()
@click.argument("edition")
@click.option("--level", "levels", multiple=True, help="Only this level, PU or CO (repeatable).")
@click.option("--rehearse", is_flag=True, help="Say what stands against it, and write nothing but the build.")
@click.pass_obj
def release(project: Path, *, edition: str, levels: tuple[str, ...], rehearse: bool) -> None:
    """Release an EDITION: build it, check everything, and freeze it in the record, the ledger and one archive a level.

    What was released stays: a correction is a higher version.
    """
    from casebook.release.hygiene import this_machine
    from casebook.release.releasing import refuse_unready
    from casebook.release.releasing import release as released
    from casebook.request import Asked
    from casebook.restricted.study_key import study_key
    from casebook.whole_build import build_if_changed

    books, today = _books(project, edition, levels), datetime.date.today()
    build_if_changed(project, Asked(), say=click.echo)
    if rehearse:
        refuse_unready(books, today=today)
        click.echo(f"Nothing stands against the release of {edition}.")
        return
    machine = this_machine(project, study_key(project / "data"))
    for place in released(books, machine=machine, today=today):
        click.echo(f"Released {place.relative_to(project)}  {place.stat().st_size / 1_000_000:.1f} MB")
    click.echo("Commit the folder releases: from now on this version stays what it is.")


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_obj
def verify(project: Path, *, file: Path) -> None:
    """Verify an archive, FILE or unpacked, against its manifests, its statements and the study of this project."""
    from casebook.folders import Folders
    from casebook.release.verification import verified

    study = _study(project) if (project / "study.yml").is_file() else None
    said = verified(file, study, Folders(project).releases)
    named = f"{said['study']} {said['deliverable']}, version {said['version']}, level {said['level']}, {said['date']}"
    click.echo(f"{named}: everything is as it was packed.")


@click.command()
@click.argument("tables", type=click.Path(path_type=Path))
@click.option("--edition", "editions", multiple=True, help="Only this edition, such as D1.2 (repeatable).")
@click.option("--level", "levels", multiple=True, help="Only this level, PU or CO (repeatable).")
@click.option("--jobs", type=click.IntRange(1), help="Processes to use; all cores by default.")
@click.pass_obj
def rebuild(project: Path, /, *, tables: Path, **asked: Any) -> None:
    """Build the books from protected TABLES, by edition and level, as an archive holds them; no interview is read."""
    from casebook.release.reproduction import rebuild as rebuilt
    from casebook.request import Asked

    rebuilt(project, Asked(**asked), tables.resolve())


@click.command()
@click.argument("archive")
@click.option("--level", default="PU", show_default=True, help="The dissemination level, where an edition is named.")
@click.option("--here", is_flag=True, help="Build in this environment, not in a fresh one with the archive's packages.")
@click.pass_obj
def reproduce(project: Path, *, archive: str, level: str, here: bool) -> None:
    """Build an edition again from its ARCHIVE alone, or that of a released edition, and compare all bytes."""
    from casebook.folders import Folders
    from casebook.release import verify
    from casebook.release.record import archive_of
    from casebook.release.reproduction import reproduce as reproduced
    from casebook.release.verification import verified

    folders = Folders(project)
    file = Path(archive)
    if not file.exists():
        file = folders.releases / archive_of(*_books(project, archive, (level,)))
    verified(file, None, folders.releases)
    same = reproduced(verify.opened(file).read, folders.build / "reproduction" / file.stem, here=here, say=click.echo)
    click.echo(f"{file.stem}: {same} files built again, all of them the same byte for byte.")


@click.command()
@click.option("--builds", is_flag=True, help="Make a second cold build elsewhere, without network, and compare bytes.")
@click.pass_obj
def quality(project: Path, *, builds: bool) -> None:
    """Measure what this project claims of itself, and write the quality annex: a page and JSON, each with its proof."""
    from casebook.folders import Folders
    from casebook.release.hygiene import this_machine
    from casebook.release.measures import measures_of
    from casebook.release.quality import measured, write_annex
    from casebook.restricted.study_key import study_key

    books = [book for edition in _study(project).editions for book in _books(project, edition, ())]
    machine = this_machine(project, study_key(project / "data"))
    items = measured(project, measures_of(books, machine, builds=builds))
    for item in items:
        if item.result != "pass":
            click.echo(f"{item.result:<12}  {item.standard}: {item.says}{f' ({item.found})' if item.found else ''}")
    click.echo(f"Open {write_annex(project, items, Folders(project).quality).relative_to(project)}")
    sys.exit(any(item.result == "fail" for item in items))


def _books(project: Path, edition: str, levels: tuple[str, ...]) -> list[Book]:
    """Return an edition's books at the levels named, or all; raises StudyRefused for what study.yml does not have."""
    from casebook.errors import StudyRefused
    from casebook.folders import Folders
    from casebook.publication.book.identity import Book

    study = _study(project)
    asked = [("edition", edition, study.editions), *(("level", level, study.dissemination) for level in levels)]
    for what, value, allowed in asked:
        if value not in allowed:
            raise StudyRefused.one(
                "study.yml", what, f"there is no such {what}", value=value, allowed=", ".join(allowed)
            )
    return [Book.audited(Folders(project), study, edition, level) for level in levels or study.dissemination]


def _study(project: Path) -> Study:
    from casebook.codebook import read_codebook
    from casebook.study_files import read_study

    return read_study(project, read_codebook(project / "data"))


COMMANDS = (pack, release, verify, rebuild, reproduce, quality)
