"""The command line: one thin command for each thing the package does."""

from __future__ import annotations

import errno
import os
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from casebook.desk import commands as desk
from casebook.disclosure_commands import disclosure
from casebook.inspection import commands as inspection
from casebook.release import commands as release
from casebook.review import commands as review

if TYPE_CHECKING:
    from casebook.folders import Folders
    from casebook.study import Study

# Everything heavy is imported inside the command that needs it, so that --help answers at once.

_AS_THEY_WERE = "The last good sites are as they were."
_INTERRUPTED = 130  # 128 + SIGINT, as shells report it
_UNEXPECTED, _NOT_WRITTEN = 70, 74  # EX_SOFTWARE and EX_IOERR of sysexits.h
#: Faults of the machine, which the reader can put right.
_OF_THE_MACHINE = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EIO)


class _Refusing(click.Group):
    """Ends a command that cannot go on with one message, and the exit code of its class."""

    def invoke(self, ctx: click.Context) -> object:
        from casebook.errors import CasebookError

        try:
            return super().invoke(ctx)
        except CasebookError as refusal:
            _end(str(refusal), refusal.exit_code)
        except KeyboardInterrupt:
            _end(f"Interrupted. {_AS_THEY_WERE}", _INTERRUPTED)
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise
        except Exception as error:
            if ctx.params["debug"]:
                traceback.print_exc()
            if isinstance(error, OSError) and error.errno in _OF_THE_MACHINE:
                _end(f"Files cannot be read or written: {os.strerror(error.errno)}. {_AS_THEY_WERE}", _NOT_WRITTEN)
            _end(_unexpected(error), _UNEXPECTED)


def _end(message: str, exit_code: int) -> NoReturn:
    click.echo(message, err=True)
    sys.exit(exit_code)


def _unexpected(error: Exception) -> str:
    """Return what may be printed of a fault of Casebook's own: the text of an exception may quote an interview."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{Path(last.filename).name}, line {last.lineno}"
    report = "Please report this as CONTRIBUTING.md says; --debug before the command shows the traceback."
    return f"Casebook has a fault of its own ({type(error).__name__} in {where}). {report}"


@click.group(cls=_Refusing)
@click.option("--project", type=click.Path(path_type=Path), default=Path(), help="The project's folder.")
@click.option("--debug", is_flag=True, help="Show the traceback of an unexpected fault; it may quote interviews.")
@click.pass_context
def main(ctx: click.Context, project: Path, debug: bool) -> None:  # noqa: ARG001 - read where the fault is caught
    """Deliverables from coded interviews: computed, traced to their evidence, and protected."""
    ctx.obj = project.resolve()


def _which_books(command: click.Command) -> click.Command:
    """Add the options that narrow a build."""
    command.params += [
        click.Option(["--edition", "editions"], multiple=True, help="Only this edition, such as D1.2 (repeatable)."),
        click.Option(["--level", "levels"], multiple=True, help="Only this level, PU or CO (repeatable)."),
        click.Option(["--only"], type=click.Choice(["html", "pdf"]), help="Only this medium."),
        click.Option(["--jobs"], type=click.IntRange(1), help="Processes to use; by default what there is room for."),
    ]
    return command


def _how_to_build(command: click.Command) -> click.Command:
    """Add the options that say what failures end, and where the runs are executed."""
    keep_going = "After a refusal, do all that does not depend on it; the sites stay."
    fail_fast = "End at the first run that fails."
    command.params += [
        click.Option(["--keep-going", "on_failure"], flag_value="keep_going", help=keep_going),
        click.Option(["--fail-fast", "on_failure"], flag_value="fail_fast", help=fail_fast),
        click.Option(["--retry-failed"], is_flag=True, help="Execute first what failed in the last build."),
        click.Option(
            ["--cluster"], help="Execute the runs on the Dask cluster at this address, such as tls://...:8786."
        ),
        click.Option(["--workers"], type=click.IntRange(1), help="Execute the runs on Dask workers of this machine."),
    ]
    return command


@_which_books
@_how_to_build
@main.command()
@click.pass_obj
def build(project: Path, /, **asked: Any) -> None:
    """Build the books and put them into their sites."""
    from casebook.request import Asked
    from casebook.whole_build import build_if_changed

    build_if_changed(project, Asked(**asked), say=click.echo)


@main.command()
@click.pass_obj
def check(project: Path) -> None:
    """Refuse everything that can be refused without running a notebook; write nothing."""
    from casebook.checks import check_project

    click.echo(check_project(project))


@main.command()
@click.argument("edition")
@click.option("--level", default="PU", show_default=True, help="The dissemination level, PU or CO.")
@click.option("--json", "as_json", is_flag=True, help="Print the register itself.")
@click.pass_obj
def claims(project: Path, *, edition: str, level: str, as_json: bool) -> None:
    """List the claims of an EDITION as it was last built: id, page and words."""
    from casebook.canonical import canonical_json
    from casebook.publication.published_claims import published

    register = published(*_folders_and_study(project), edition, level)
    if as_json:
        click.echo(canonical_json(register), nl=False)
        return
    for claim in register["claims"]:
        click.echo(f"{claim['id']}  {claim['page']:<32} {claim['kind']:<10} {claim['text'] or claim['sentence']}")


@main.command()
@click.argument("claim")
@click.pass_obj
def evidence(project: Path, *, claim: str) -> None:
    """Print what a CLAIM says and what it rests on, in every book that makes it."""
    from casebook.publication.evidence import told
    from casebook.publication.published_claims import every_published, found

    for book, receipt in found(every_published(*_folders_and_study(project)), claim):
        click.echo("\n".join([book, *told(receipt)]))


def _folders_and_study(project: Path) -> tuple[Folders, Study]:
    from casebook.codebook import read_codebook
    from casebook.folders import Folders
    from casebook.study_files import read_study

    return Folders(project), read_study(project, read_codebook(project / "data"))


@main.command()
@click.argument("earlier")
@click.argument("later")
@click.option("--level", "levels", multiple=True, help="Only this level, PU or CO (repeatable).")
@click.pass_obj
def compare(project: Path, *, earlier: str, later: str, levels: tuple[str, ...]) -> None:
    """Write what differs between two editions as last built: as JSON, and as DOCX with tracked changes."""
    from casebook.publication.edition_comparison import compare_editions

    folders, study = _folders_and_study(project)
    for level in levels or study.dissemination:
        found = compare_editions(folders, study, earlier=earlier, later=later, dissemination=level)
        click.echo(found.told())
        for path in found.write(folders.comparison(earlier, later, level)):
            click.echo(f"  {path.relative_to(project)}")


@main.command()
@click.argument("crime")
@click.argument("country", default="pooled")
@click.argument("jupyter", nargs=-1, type=click.UNPROCESSED)
@click.option("--edition", help="The edition whose interviews to open; the last one by default.")
@click.pass_obj
def explore(project: Path, *, crime: str, country: str, jupyter: tuple[str, ...], edition: str | None) -> None:
    """Open JupyterLab on the coded data of a CRIME, such as OG, and a COUNTRY, such as ES; all by default.

    What follows `--` goes to JupyterLab, such as --no-browser.
    """
    from casebook.explore import open_jupyterlab, prepare_copies

    copies = prepare_copies(project, crime=crime, country=country, edition=edition)
    for copy in copies:
        click.echo(copy.told(project))
    sys.exit(open_jupyterlab(project, copies, options=jupyter))


@_which_books
@main.command()
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0 takes any free port.")
@click.pass_obj
def preview(project: Path, /, *, port: int, **asked: Any) -> None:
    """Serve the sites on this machine and rebuild what a saved file touches; Ctrl-C ends it."""
    from casebook.preview import serve_and_rebuild
    from casebook.request import Asked

    serve_and_rebuild(project, Asked(**asked), port=port)


@main.command()
@click.option("--seed", type=int, required=True, help="The seed; the same seed gives the same bytes.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder for the countries' submissions.")
@click.option("--countries", type=click.IntRange(1, 27), default=None, help="Number of countries, not the study's.")
@click.option("--scale", type=click.IntRange(1), default=1, help="Multiply the number of interviews.")
@click.option("--flip", multiple=True, help="Make this finding false, such as OG-15 (repeatable).")
@click.pass_obj
def synthesise(
    project: Path, *, seed: int, out: Path, countries: int | None, scale: int, flip: tuple[str, ...]
) -> None:
    """Make a synthetic study in which the published findings hold, or named ones do not."""
    from casebook.codebook import read_codebook
    from casebook.restricted.synthesis import synthesise as make

    codebook = read_codebook(project / "data")
    findings = project / "data" / "findings.csv"
    make(seed=seed, out=out, codebook=codebook, findings=findings, countries=countries, scale=scale, flip=flip)
    click.echo(f"Wrote a synthetic study with seed {seed}.")


for command in (*desk.COMMANDS, disclosure, *inspection.COMMANDS, *release.COMMANDS, *review.COMMANDS):
    main.add_command(command)


if __name__ == "__main__":
    main()
