"""The remote end: a worker of a cluster executes the runs that it is sent, in warm kernels of its own."""

from __future__ import annotations

import itertools
import os
import threading
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Any

import casebook
from casebook.cache.ingredients import installed
from casebook.canonical import checksum
from casebook.errors import CasebookError
from casebook.folders import DATA_VARIABLE, Folders
from casebook.publication.notebooks import engine, kernel
from casebook.publication.notebooks.attempt import LOST, execute_one, failure_of
from casebook.publication.notebooks.failures import Failure, of_cell, of_refusal
from casebook.publication.notebooks.kernels import Kernels, kernels_of
from casebook.publication.notebooks.matrix import Run
from casebook.publication.notebooks.shipment import REAL_FOLDER, Shipment
from casebook.publication.notebooks.watch import Limits, Watch

_OTHER = "a worker has another Casebook, or other packages, than this machine; start it anew in the same environment"
_PACKAGE = Path(casebook.__file__).parent
_lock = threading.Lock()
#: The kernels of each shipment are kept for its next run; they end with the worker, however that ends.
_kernels: dict[str, Kernels] = {}
_open = ExitStack()
_numbers = itertools.count()


def run_of(sent: Mapping[str, Any]) -> Run:
    """Return a run as it was sent."""
    return Run(**{**sent, "notebook": Path(sent["notebook"])})


def source_files() -> dict[str, Path]:
    """Return the files of Casebook's source by their path in its package."""
    files = (path for path in sorted(_PACKAGE.rglob("*")) if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(_PACKAGE).as_posix(): path for path in files}


def source_digest() -> str:
    """Return the digest of Casebook's source in this process's environment."""
    lines = [f"{name}\0{checksum(path.read_bytes())}\n" for name, path in source_files().items()]
    return checksum("".join(lines).encode("utf-8"))


def packages_digest() -> str:
    """Return the digest of the packages in this process's environment."""
    return checksum("\n".join(installed()).encode("utf-8"))


def execute_here(shipment: Shipment, root: Path, number: int) -> Mapping[str, Any]:
    """Execute one run of a shipment that is unpacked in a folder.

    Returns its `files` by name, what it was `observed` to read as JSON, its `failure` or None, and its `seconds`.
    """
    run, start = run_of(shipment.runs[number]), time.perf_counter()
    if (shipment.source, shipment.packages) != (source_digest(), packages_digest()):
        return {"files": {}, "observed": "", "failure": asdict(of_cell(run, cause=_OTHER)), "seconds": 0}
    observed, failure = "", None
    for _ in range(2):
        observed, failure = _attempt(shipment, root, run)
        if failure is None or failure.cause != LOST:
            break
    folder = run.folder(Folders(root))
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    told = asdict(failure) if failure else None
    return {"files": files, "observed": observed, "failure": told, "seconds": time.perf_counter() - start}


def _attempt(shipment: Shipment, root: Path, run: Run) -> tuple[str, Failure | None]:
    watch = Watch(Limits(shipment.seconds, shipment.megabytes))
    try:
        observed = execute_one(_kernels_of(shipment, root), run, watch, number=next(_numbers))
        return observed.read_text("utf-8"), None
    except CasebookError as error:
        return "", of_refusal(run, error)
    except Exception as error:
        return "", failure_of(run, watch, error)


def _kernels_of(shipment: Shipment, root: Path) -> Kernels:
    with _lock:
        if shipment.name not in _kernels:
            engine.register()
            folders = Folders(root)
            kernel.prepare(folders)
            path = os.pathsep.join(filter(None, (str(_PACKAGE.parent), os.environ.get("PYTHONPATH"))))
            given = {**os.environ, "PYTHONPATH": path}
            given.pop(DATA_VARIABLE, None)
            if (root / REAL_FOLDER).is_dir():
                given[DATA_VARIABLE] = str(root / REAL_FOLDER)
            runs = [run_of(sent) for sent in shipment.runs]
            _kernels[shipment.name] = _open.enter_context(kernels_of(folders, runs, warm=shipment.warm, given=given))
        return _kernels[shipment.name]
