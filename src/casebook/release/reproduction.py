"""Building an edition again from what was released: from its protected tables alone, or from a whole archive."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from casebook.canonical import write_atomically
from casebook.console import print_summary, progress_on
from casebook.errors import ReleaseRefused
from casebook.pipeline import build
from casebook.release import verify
from casebook.release.differences import first_difference
from casebook.release.packages import LOCK
from casebook.request import Asked

SOURCE, TABLES = "data/source/", "data/protected/"


def rebuild(project: Path, asked: Asked, tables: Path) -> None:
    """Build books from a folder of protected tables, by edition and level, and print how it goes."""
    console = Console(highlight=False, markup=False)
    request = replace(asked.request(project), tables=tables)
    with progress_on(console) as progress:
        summary = build(project, request, progress)
    print_summary(summary, console)


def reproduce(read: Mapping[str, bytes], aside: Path, *, here: bool, say: Callable[[str], object]) -> int:
    """Build the edition of an archive again from its own source and tables, and return how many files are the same.

    `read` is what a verified archive holds. It happens in a folder of its own, which is left there: in a fresh
    environment with the packages of the archive's lock, or `here`, in the one this runs in. Raises ReleaseRefused with
    what differs in the first stage that made something else.
    """
    shutil.rmtree(aside, ignore_errors=True)
    _lay(read, SOURCE, aside / "project")
    _lay(read, TABLES, aside / "tables")
    say(
        "Making a fresh environment from the lock of the archive ..."
        if not here
        else "Building in this environment ..."
    )
    python = Path(sys.executable) if here else _environment(aside, aside / "project")
    said = verify.about(dict(read))
    _build(python, aside, [f"--edition={said['deliverable']}", f"--level={said['level']}"])
    made = _made(aside / "project", read)
    difference = first_difference(_book_of(read), made)
    if difference:
        raise ReleaseRefused(difference)
    return len(made)


def _lay(read: Mapping[str, bytes], below: str, place: Path) -> None:
    for name, data in read.items():
        if name.startswith(below):
            write_atomically(place / name.removeprefix(below), data)


def _environment(aside: Path, project: Path) -> Path:
    """Make a fresh environment with exactly the packages of a project's lock, and the project; return its Python."""
    venv.create(aside / "environment", with_pip=True)
    python = aside / "environment" / "bin" / "python"
    install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    _run([*install, "--require-hashes", "-r", LOCK], project, "the packages of the lock cannot be installed")
    _run([*install, "--no-deps", "-e", "."], project, "the released source cannot be installed")
    return python


def _build(python: Path, aside: Path, books: list[str]) -> None:
    command = [str(python), "-m", "casebook.cli", "--project", "project", "rebuild", "tables", *books]
    _run(command, aside, "the released source does not build")


def _run(command: list[str], folder: Path, message: str) -> None:
    """Run a command with the released source before any other; raises ReleaseRefused with the end of what it said."""
    paths = [str(folder / "src"), str(folder / "project" / "src"), os.environ.get("PYTHONPATH", "")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        last = (done.stderr or done.stdout).strip().splitlines()[-1:] or [""]
        raise ReleaseRefused.one("source", "", message, value=last[0].replace(str(folder), ".")[:200])


def _book_of(read: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the files of an archive's book, by their path in its site; the landing page may tell of other editions."""
    below = f"{verify.SITE}/"
    site = {name.removeprefix(below): data for name, data in read.items() if name.startswith(below)}
    said = verify.about(dict(read))
    return {name: data for name, data in site.items() if name.startswith(f"{said['deliverable']}/{said['version']}/")}


def _made(project: Path, read: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the files of the book that was built again, from whichever site holds it."""
    said = verify.about(dict(read))
    address = Path(str(said["deliverable"]), str(said["version"]))
    found = {}
    for site in sorted(path for path in (project / "_build").iterdir() if (path / "versions.js").is_file()):
        for path in sorted((site / address).rglob("*")):
            if path.is_file():
                found[path.relative_to(site).as_posix()] = path.read_bytes()
    return found
