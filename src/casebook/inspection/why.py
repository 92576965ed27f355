"""Why: the names of the ingredients that keep a step from being found, and what the last build did with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from casebook.build_record import read_steps
from casebook.cache import Step, Steps
from casebook.errors import StudyRefused
from casebook.folders import Folders
from casebook.pipeline import foreseen
from casebook.request import Asked

_SHOWN = 12


def why(project: Path, steps: Steps, name: str) -> Iterator[str]:
    """Yield what there is to tell of every step of a name, which may be the end of it, such as "grooming-OG-ES".

    Raises StudyRefused where a build has no such step.
    """
    folders = Folders(project)
    all_steps = foreseen(project, Asked().request(project), steps).steps
    found = [step for step in all_steps if step.name == name or step.name.endswith(f"/{name}")]
    if not found:
        names = ", ".join(step.name for step in all_steps[:_SHOWN])
        raise StudyRefused.one("casebook why", "", "a build has no such step", value=name, allowed=f"{names}, ...")
    last = read_steps(folders)
    for step in found:
        yield f"{step.name}: {_outlook(steps, step)}"
        stale = [other for other in _before(folders.root, step, all_steps) if steps.reasons_for(other)]
        yield from (f"  first {other.name}: {_outlook(steps, other)}" for other in stale)
        if told := _told(last.get(step.name)):
            yield f"  last build: {told}"


def _outlook(steps: Steps, step: Step) -> str:
    reasons = steps.reasons_for(step)
    if not reasons:
        return "is up to date"
    if reasons.sentence:
        return f"would be done, since {reasons}"
    changed = [*reasons.changed[:_SHOWN], *(["..."] if len(reasons.changed) > _SHOWN else [])]
    return f"would be done; changed: {', '.join(changed)}"


def _before(root: Path, step: Step, all_steps: Sequence[Step]) -> list[Step]:
    """Return the steps that make what a step reads, and what those read, in the order of a build."""
    needed = [step]
    for other in reversed(all_steps):
        if any(_feeds(root, other, later) for later in needed):
            needed.append(other)
    return list(reversed(needed[1:]))


def _feeds(root: Path, step: Step, later: Step) -> bool:
    if later.name.startswith("report/"):
        # What a run reads is only known once it has run; it can read all that was protected.
        return step.name.startswith("protection/")
    reads = [root / name for name in later.reads]
    return any(leaf == read or leaf in read.parents for leaf in step.leaves for read in reads)


def _told(done: Mapping[str, Any] | None) -> str:
    if done is None:
        return ""
    if done["state"] == "found":
        return "found as it was"
    because = f"; reason: {done['because']}" if done["because"] else ""
    return f"{done['state']} in {done['seconds']:g} s{because}"
