"""Verification: cached runs executed again, cold and beside the project, and compared byte for byte."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from casebook.cache import Steps
from casebook.cache.trees import digests, files_in
from casebook.errors import Fault, NotebookFailed
from casebook.folders import Folders
from casebook.pipeline import foreseen
from casebook.publication.notebooks import Manner, Run, execute
from casebook.publication.notebooks.run_steps import name_of, step_of
from casebook.request import Asked

_REMEDY = "let the notebook show nothing that differs from time to time, or report this as CONTRIBUTING.md says"


def verify(project: Path, steps: Steps, *, sample: int, seed: int) -> str:
    """Execute a sample of the cached runs again, each in a plain kernel, and tell that they left the same bytes.

    Raises NotebookFailed for every run that leaves others, or fails.
    """
    folders = Folders(project)
    runs = {name_of(run): run for run in foreseen(project, Asked().request(project), steps).runs}
    kept = {name: trace.outputs for name, run in runs.items() if (trace := steps.held(step_of(folders, run)))}
    chosen = random.Random(seed).sample(sorted(kept), min(sample, len(kept)))
    with _copy(folders) as copy:
        for room in ("analysis", "report"):
            execute(copy, [runs[name] for name in chosen if runs[name].room == room], manner=Manner(warm=False))
        faults = [fault for name in chosen for fault in _differing(copy, runs[name], kept[name])]
    if faults:
        raise NotebookFailed(faults)
    told = f"{len(chosen)} of {len(kept)} cached runs were executed again in plain kernels (--seed {seed})"
    return f"{told}: every byte is the same."


@contextmanager
def _copy(folders: Folders) -> Iterator[Folders]:
    """Give a project of the same inputs and protected tables, where a run can leave what it likes.

    It lies in the restricted folder, since analysis runs are among those executed.
    """
    root = folders.restricted / "verified"
    shutil.rmtree(root, ignore_errors=True)
    try:
        (root / "_build").mkdir(parents=True)
        for entry in folders.root.iterdir():
            if entry != folders.build:
                (root / entry.name).symlink_to(entry)
        protected = folders.build / "protected"
        (root / protected.relative_to(folders.root)).symlink_to(protected)
        yield Folders(root)
    finally:
        shutil.rmtree(root, ignore_errors=True)


def _differing(copy: Folders, run: Run, kept: Mapping[str, str]) -> Iterator[Fault]:
    folder = run.folder(copy).relative_to(copy.root)
    found = digests(files_in(copy.root, [folder.as_posix()]))
    for name in sorted(found.keys() | kept.keys()):
        if found.get(name) != kept.get(name):
            file = Path(name).relative_to(folder).as_posix()
            message = "the cache holds other bytes than the run leaves when it is executed again"
            yield Fault(run.notebook.as_posix(), name_of(run), message, value=file, remedy=_REMEDY)
