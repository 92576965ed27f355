"""The commands of the review desk: a sheet for reviewers, what they hand in, and the response to it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from casebook.publication.book.identity import Book

# Everything heavy is imported inside the command that needs it, so that --help answers at once.


@click.group()
def review() -> None:
    """Let reviewers comment an edition, and answer them."""


def _about_a_book(command: click.Command) -> click.Command:
    """Add which book a command is about."""
    option = click.Option(["--level"], default="PU", show_default=True, help="The dissemination level, PU or CO.")
    command.params = [click.Argument(["edition"]), *command.params, option]
    return command


def _kept(command: click.Command) -> click.Command:
    """Add where the comments are kept."""
    path = click.Path(path_type=Path)
    command.params.append(
        click.Option(["--kept"], type=path, required=True, help="The comments' file, such as D1.3.csv.")
    )
    return command


@_about_a_book
@review.command()
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The sheet to write, such as D1.3.xlsx.")
@click.pass_obj
def sheet(project: Path, *, edition: str, level: str, out: Path) -> None:
    """Write the sheet in which reviewers comment an EDITION as it was last built, item by item."""
    from casebook.canonical import write_atomically
    from casebook.review.sheet import sheet as made

    book, items = _book(project, edition, level)
    write_atomically(out, made(book, items))
    click.echo(f"Wrote {out.name} with {len(items)} items of {edition}, {level}.")


@_about_a_book
@_kept
@review.command(name="import")
@click.argument("sheets", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.pass_obj
def collect(project: Path, *, edition: str, level: str, sheets: tuple[Path, ...], kept: Path) -> None:
    """Collect the comments of filled SHEETS on an EDITION into a file, which also takes the authors' answers."""
    from casebook.canonical import write_atomically
    from casebook.review.comments import collected, comments_csv, read_comments, read_filled
    from casebook.review.sheet import about

    book, _ = _book(project, edition, level)
    before = read_comments(kept)
    now = collected(before, read_filled(sheets, about=about(book)))
    write_atomically(kept, comments_csv(now))
    click.echo(f"{kept.name}: {len(now)} comments, {len(now) - len(before)} of them new.")


@_about_a_book
@_kept
@review.command()
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The folder for page, PDF and DOCX.")
@click.pass_obj
def answer(project: Path, *, edition: str, level: str, kept: Path, out: Path) -> None:
    """Write the response to the comments on an EDITION: the answers, and what has changed since in the text."""
    from casebook.review.answers import answers
    from casebook.review.comments import read_comments
    from casebook.review.response import write_response

    book, items = _book(project, edition, level)
    found = answers(read_comments(kept), items)
    for path in write_response(out, book, found):
        click.echo(f"Wrote {path.name}.")
    open_ = sum(not entry.comment.answer for entry in found)
    click.echo(f"{len(found)} comments, {open_} of them not answered yet.")


def _book(project: Path, edition: str, level: str) -> tuple[Book, list[Any]]:
    """Return a book and its items as last built; raises StudyRefused, ReviewRefused."""
    from casebook.codebook import read_codebook
    from casebook.errors import ReviewRefused, StudyRefused
    from casebook.folders import Folders
    from casebook.publication.book.identity import Book
    from casebook.publication.book.items import read_items
    from casebook.study_files import read_study

    folders = Folders(project)
    study = read_study(project, read_codebook(folders.data))
    for what, value, known in (("edition", edition, study.editions), ("level", level, study.dissemination)):
        if value not in known:
            raise StudyRefused.one("study.yml", what, f"there is no such {what}", value=value, allowed=", ".join(known))
    book = Book(folders, study, edition, level)
    if not book.items.is_file():
        remedy = f"casebook build --edition {edition} --level {level}"
        raise ReviewRefused.one("the book", f"{edition}, {level}", "it has not been built", remedy=remedy)
    return book, list(read_items(book.items))


COMMANDS = (review,)
