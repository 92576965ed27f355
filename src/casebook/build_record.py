"""The record of the last build that had something to do: its stages and steps, how each went and how long it took."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from typing import Any

from casebook.cache import Done
from casebook.canonical import canonical_json, write_atomically
from casebook.folders import Folders


def write_record(folders: Folders, stages: Mapping[str, float], steps: Mapping[str, Done]) -> None:
    """Leave the seconds of each stage, and of each step its state, seconds and the reason why it was not found.

    A build goes through, or is refused, also where this cannot be written.
    """
    record = {"stages": dict(stages), "steps": {name: asdict(done) for name, done in steps.items()}}
    with suppress(OSError):
        write_atomically(folders.last_build, canonical_json(record))


def read_steps(folders: Folders) -> Mapping[str, Mapping[str, Any]]:
    """Return how each step of the last build went, by its name; none where there was no build."""
    try:
        steps: Mapping[str, Mapping[str, Any]] = json.loads(folders.last_build.read_text("utf-8"))["steps"]
    except (OSError, ValueError, LookupError):
        return {}
    return steps


def last_failed(folders: Folders) -> set[str]:
    """Return the names of the steps that failed in the last build."""
    return {name for name, step in read_steps(folders).items() if step["state"] == "failed"}
