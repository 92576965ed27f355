"""A process of its own for each file: little memory, few seconds, no network, nothing written, no other program."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from casebook.errors import DataRefused
from casebook.restricted.intake.formats import Request
from casebook.restricted.intake.project import Project
from casebook.restricted.intake.transport import faults_of, project_of
from casebook.restricted.untrusted import inert

SECONDS = 4
#: What a process holds lies a little above what it may ask for; both together stay below 300 MB.
MEMORY = 256 * 1024 * 1024
#: The clock may run longer than the processor where others use the machine, too.
_PATIENCE = 20
#: What the process is asked for.
PROJECT, SHEETS = "project", "sheets"
_CHILD = "casebook.restricted.intake.child"
_REMEDY = "export it again with the tool it comes from, or hand it in in parts"
#: Where QualCoder keeps its database in the folder that is its project.
_INNER = "data.qda"


def read(path: Path, *, columns: Path | None = None, permitted: Iterable[str] = ()) -> Project:
    """Return what a partner's file holds, whatever format it has; `permitted` are the interviews that may be quoted.

    `columns` is the table that says what the columns of a code-by-interview table are; SPSS files can do without.
    Raises DataRefused where the file is not to be trusted or takes more than 4 seconds or 300 MB to read.
    """
    found = path / _INNER if path.is_dir() else path
    request = Request(found, inert_name(path), columns, frozenset(permitted))
    return project_of(_asked(request, PROJECT))


def sheets_of(path: Path) -> dict[str, dict[int, list[str]]] | None:
    """Return the rows of each sheet of a workbook by number, or None where the file is none; raises as `read` does."""
    sheets = _asked(Request(path, inert_name(path)), SHEETS) if path.is_file() else None
    return sheets and {name: {int(number): row for number, row in rows.items()} for name, rows in sheets.items()}


def inert_name(path: Path) -> str:
    """Return the name of a file as messages may show it, without the folders it lies in."""
    return inert("_".join(path.name.split()))


def _asked(request: Request, what: str) -> Any:
    """What is asked for, from the process that reads the file; whatever ends it early is a refusal."""
    for file in (request.path, *([request.columns] if request.columns else [])):
        if file.is_symlink() or not file.is_file():
            message = "the file is missing or is not a regular file"
            raise DataRefused.one(inert_name(file), "", message, remedy="hand it in")
    question = json.dumps(
        {
            "what": what,
            "path": str(request.path.absolute()),
            "shown_as": request.shown_as,
            "columns": str(request.columns.absolute()) if request.columns else None,
            "permitted": sorted(request.permitted),
        }
    )
    # -P: no module is taken from the folder that the command happens to be given in.
    command = [sys.executable, "-P", "-m", _CHILD]
    environment = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "OPENBLAS_NUM_THREADS": "1"}
    try:
        ended = subprocess.run(
            command, input=question.encode(), capture_output=True, env=environment, timeout=_PATIENCE, check=False
        )
        answer = json.loads(ended.stdout) if ended.returncode == 0 else {}
    except (subprocess.TimeoutExpired, ValueError):
        answer = {}
    if not answer:
        allowed = f"{SECONDS} seconds and {MEMORY // 2**20} MB"
        raise DataRefused.one(request.shown_as, "", "reading the file takes too much", allowed=allowed, remedy=_REMEDY)
    if "faults" in answer:
        raise DataRefused(faults_of(answer["faults"]))
    return answer[what]
