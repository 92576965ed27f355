"""A project small enough to be checked in a second, and faults to lay over it."""

from __future__ import annotations

import csv
import os
import shutil
import time
from pathlib import Path

import yaml
from click.testing import CliRunner, Result
from small_study import CODED, FAULTY_DATA, SOUND

from casebook.cli import main

PROJECT = Path(__file__).parents[1]
SMALL = FAULTY_DATA / "project_without_fault"
NOT_LAID_OVER = "change.yml"


def small_project(folder: Path, fault: str = "") -> Path:
    """Return a copy of the small project in `folder`, with a fault of faulty_data/project_<fault> made in it.

    A fault is the files that differ, and in `change.yml` the text of a file that is replaced by another.
    """
    project = folder / "project"
    shutil.copytree(SMALL, project)
    shutil.copytree(SOUND, project / "data" / "countries" / "BE" / "BE-W1")
    _cut_codebook(project / "data")
    for part in ("_static", "_templates"):
        shutil.copytree(PROJECT / "book" / part, project / "book" / part)
    shutil.copytree(PROJECT / "templates" / "site", project / "templates" / "site")
    shutil.copyfile(PROJECT / "_config.yml", project / "_config.yml")
    if fault:
        _lay(FAULTY_DATA / f"project_{fault}", project)
    return project


def _cut_codebook(data: Path) -> None:
    """Write the shipped codebook's rows of the variables that the small submission codes."""
    kept: set[str] = set()
    for name, column in (("codebook.csv", "id"), ("levels.csv", "variable")):
        with (PROJECT / "data" / name).open(encoding="utf-8", newline="") as stream:
            reader = csv.DictReader(stream)
            rows = [row for row in reader if row[column] in kept or _is_kept(row)]
        kept |= {row[column] for row in rows}
        with (data / name).open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, reader.fieldnames or (), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)


def _is_kept(row: dict[str, str]) -> bool:
    return "table" in row and (row["table"] != "coding" or row["id"] in CODED)


def _lay(fault: Path, project: Path) -> None:
    for path in sorted(fault.rglob("*")):
        if path.is_file() and path.name != NOT_LAID_OVER:
            place = project / path.relative_to(fault)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, place)
    if (fault / NOT_LAID_OVER).is_file():
        for change in yaml.safe_load((fault / NOT_LAID_OVER).read_text("utf-8")):
            text = (project / change["file"]).read_text("utf-8")
            assert text.count(change["replace"]) == 1, change
            (project / change["file"]).write_text(text.replace(change["replace"], change["by"]), "utf-8")


def casebook(project: Path, *words: str) -> Result:
    """Run a command of the command line in this process."""
    return CliRunner().invoke(main, ["--project", str(project), *words])


def files_of(project: Path) -> dict[str, tuple[int, bytes]]:
    """Every file of a project with its time and bytes."""
    found = (path for path in sorted(project.rglob("*")) if path.is_file())
    return {path.relative_to(project).as_posix(): (path.stat().st_mtime_ns, path.read_bytes()) for path in found}


def processes_of(project: Path) -> list[str]:
    """The processes that work in a project or name it, once they had time to end."""
    for _ in range(20):
        found = [path.name for path in Path("/proc").glob("[0-9]*") if _names(path, project)]
        if not found:
            return []
        time.sleep(0.5)
    return found


def _names(process: Path, project: Path) -> bool:
    try:
        said = (process / "environ").read_bytes() + (process / "cmdline").read_bytes()
    except OSError:
        return False
    return process.name != str(os.getpid()) and str(project).encode() in said
