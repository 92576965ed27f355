"""A whole build: one at a time, and none where nothing that it depends on has changed."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from casebook.cache import Ingredients, Step, Steps
from casebook.folders import Folders
from casebook.request import Asked

# Nothing heavy may be imported here: what is up to date is told before anything else is loaded.


def build_if_changed(project: Path, asked: Asked, *, say: Callable[[str], None]) -> None:
    """Build what was asked for, or say again what the last build has told where nothing has changed since.

    A second build of the project waits for the first.
    """
    folders = Folders(project)
    with _alone(folders, say):
        steps = Steps(folders, Ingredients(folders.root, folders.build))
        if found := steps.found(_step(asked)):
            say(f"{found.facts['told']}\nNothing has changed since this was built.")
            return
        from casebook.console import build_with_progress

        sites, told = build_with_progress(project, asked, steps)
        if outside := steps.outside:
            steps.record(_step(asked, sites), observed=outside, facts={"told": told})
        steps.trim()


def _step(asked: Asked, leaves: tuple[Path, ...] = ()) -> Step:
    """Return the whole build as a step: it depends on all that its steps depend on and did not make themselves."""
    modules = ("casebook.pipeline", __name__)
    return Step(f"build/{asked.name}", leaves, modules=modules, restricted=True, kept=False)


@contextmanager
def _alone(folders: Folders, say: Callable[[str], None]) -> Iterator[None]:
    """Wait until no other build of the project is under way; the system ends the waiting however that build ends."""
    folders.build.mkdir(parents=True, exist_ok=True)
    lock = os.open(folders.build / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another build of this project is under way; waiting for it to end.")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)
