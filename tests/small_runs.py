"""Runs of notebooks that are small, and what they left; processes that are there or gone."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from small_notebooks import PARAMETERS, write_notebook

from casebook.folders import Folders
from casebook.publication.notebooks import Run
from casebook.publication.notebooks.matrix import Room

LEVEL = {"analysis": "", "report": '\ndissemination = "PU"'}


def run_of(folders: Folders, name: str, *cells: str, room: Room = "analysis") -> Run:
    """Write a notebook of these cells into a room and return its run."""
    notebook = Path("notebooks", room, f"{name}.ipynb")
    write_notebook(folders.root / notebook, *cells, parameters=PARAMETERS + LEVEL[room])
    passed = {"crime": "OG", "country": "pooled", "edition": "D1.2"}
    passed |= {"dissemination": "PU"} if room == "report" else {}
    return Run(notebook, room, f"{name}-OG-pooled", "Online grooming, pooled", passed)


def printed(folders: Folders, run: Run) -> Any:
    """What the last cell of a run has printed, as JSON."""
    page = json.loads((run.folder(folders) / "notebook.ipynb").read_text("utf-8"))
    return json.loads(page["cells"][-1]["outputs"][0]["text"])


def written(path: Path, seconds: float = 60) -> dict[str, int]:
    """The process numbers that a notebook writes into a file, as soon as it has."""
    until(path.exists, seconds)
    numbers: dict[str, int] = json.loads(path.read_text("utf-8"))
    return numbers


def gone(processes: Iterable[int], seconds: float = 15) -> bool:
    """Whether all processes end within seconds."""
    return until(lambda: not any(map(_lives, tuple(processes))), seconds)


def until(holds: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    # A process that nobody has waited for yet has ended all the same.
    return "\nState:\tZ" not in Path(f"/proc/{process}/status").read_text("ascii")
