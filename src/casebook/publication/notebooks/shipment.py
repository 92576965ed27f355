"""Shipments: all that a worker of a cluster needs for the runs of a room, and finding it there.

The workers get this module by value, before they have any of Casebook: it imports nothing of it where it is loaded.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

SOURCE_FOLDER, REAL_FOLDER = "src", "real"


@dataclass(frozen=True)
class Shipment:
    """The files of a project and of Casebook by their path, and the runs of one room with their limits.

    `name` tells it from all others; `source` and `packages` are the digests of what a worker must have.
    """

    name: str
    files: Mapping[str, bytes]
    runs: tuple[Mapping[str, Any], ...]
    source: str
    packages: str
    warm: bool
    seconds: float
    megabytes: float


def execute_remotely(sent: Mapping[str, Any], number: int) -> Mapping[str, Any]:
    """Execute one run of a shipment, sent by its fields, on a worker and return what `remote.execute_here` does."""
    from distributed import get_worker

    shipment = Shipment(**sent)
    root = unpacked(shipment, Path(get_worker().local_directory))
    if find_spec("casebook") is None:
        sys.path.insert(0, str(root / SOURCE_FOLDER))
    from casebook.publication.notebooks.remote import execute_here

    return execute_here(shipment, root, number)


def unpacked(shipment: Shipment, place: Path) -> Path:
    """Return the folder of a shipment, whole, whichever thread of a worker comes first; for its owner's eyes alone."""
    root = place / shipment.name
    if root.is_dir():
        return root
    aside = Path(tempfile.mkdtemp(dir=place))
    for name, data in shipment.files.items():
        (aside / name).parent.mkdir(parents=True, exist_ok=True)
        (aside / name).write_bytes(data)
    try:
        aside.rename(root)
    except OSError:
        shutil.rmtree(aside)
    return root
