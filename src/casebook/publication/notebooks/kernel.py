"""The kernel of a run: this Python, in an environment that is the same on every machine."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from casebook.canonical import canonical_json, write_atomically
from casebook.folders import Folders
from casebook.publication.notebooks.matrix import Room

KERNEL = "casebook"
#: The extension by which a kernel sees what its run reads.
OBSERVED = "casebook.observed"
#: The provisioner that the kernel specification names; an entry point in pyproject.toml.
PROVISIONER = "casebook-warm"
# What a process needs from its machine in order to start at all; everything else is fixed below.
_INHERITED = ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH", "TMPDIR", "SYSTEMROOT", "TEMP")
_FIXED = {
    "PYTHONHASHSEED": "0",
    "PYTHONNOUSERSITE": "1",
    "TZ": "UTC",
    "LANG": "C.UTF-8",
    "LC_ALL": "C.UTF-8",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "JUPYTER_PLATFORM_DIRS": "1",
}
# A researcher's plots show themselves; the figures of a report are saved by the run and shown once.
_BACKENDS: Mapping[Room, str] = {"analysis": "module://matplotlib_inline.backend_inline", "report": "agg"}


def environment(folders: Folders, room: Room, given: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of a room's kernels; only the analysis room learns where interviews lie."""
    own = _own_folder(folders)
    inherited = (*_INHERITED, "CASEBOOK_DATA") if room == "analysis" else _INHERITED
    places = {
        "HOME": "home",
        "IPYTHONDIR": "ipython",
        "MPLCONFIGDIR": "matplotlib",
        "JUPYTER_PATH": "share",
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "data",
        "JUPYTER_RUNTIME_DIR": "runtime",
    }
    return {
        **{name: _absolute(given[name]) for name in inherited if name in given},
        **_FIXED,
        "MPLBACKEND": _BACKENDS[room],
        **{name: str(own / place) for name, place in places.items()},
    }


def prepare(folders: Folders) -> None:
    """Make the folders and the kernel specification that the environment points to; no user's are read."""
    own = _own_folder(folders)
    # IPython makes these as it starts, and two kernels that start together have been seen to collide.
    for name in ("security", "log", "startup", "pid", "db"):
        (own / "ipython" / "profile_default" / name).mkdir(parents=True, exist_ok=True)
    for name in ("home", "matplotlib", "config", "data", "runtime"):
        (own / name).mkdir(parents=True, exist_ok=True)
    # What a kernel logs may quote a cell's values, and nobody who builds is meant to read those.
    options = [
        "--HistoryManager.enabled=False",
        "--log-level=CRITICAL",
        f"--InteractiveShellApp.extra_extensions={OBSERVED}",
    ]
    command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}", *options]
    provisioner = {"kernel_provisioner": {"provisioner_name": PROVISIONER}}
    spec = {"argv": command, "display_name": "Casebook", "language": "python", "metadata": provisioner}
    write_atomically(specifications(folders) / KERNEL / "kernel.json", canonical_json(spec))


def specifications(folders: Folders) -> Path:
    """Return the folder of our kernel specification; no other is looked at."""
    return _own_folder(folders) / "share" / "kernels"


def _absolute(value: str) -> str:
    """Return a list of paths that means the same in a kernel, which works in the project's folder."""
    return os.pathsep.join(str(Path(part).absolute()) for part in value.split(os.pathsep) if part)


def _own_folder(folders: Folders) -> Path:
    return folders.build / "jupyter"
