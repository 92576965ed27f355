"""Times how long it takes to find so many runs up to date, as JSON: python benchmarks/checking.py --help."""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from peers.sample_notebooks import make_project

from casebook.cache import Ingredients, Steps
from casebook.folders import Folders
from casebook.publication.notebooks import Manner, Run, execute
from casebook.publication.notebooks.run_steps import name_of, step_of


def main() -> None:
    """Keep as many runs as asked for, each with its own folder, and print what a second build takes to find them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--out", type=Path, help="file for the JSON; it is printed as well")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        text = json.dumps(checked(Folders(Path(folder) / "project"), given.runs), indent=2) + "\n"
    if given.out:
        given.out.write_text(text, "utf-8")
    print(text, end="")


def checked(folders: Folders, number: int) -> dict[str, Any]:
    """Return the seconds, on the clock and of the processor, of finding so many runs that one execution stands for."""
    make_project(folders.root, 1)
    first, *others = (run_of(n) for n in range(number))
    steps = steps_of(folders)
    execute(folders, [first], manner=Manner(jobs=1), steps=steps)
    keep_alike(folders, steps, first, others)
    start, processor = time.perf_counter(), time.process_time()
    again = steps_of(folders)
    found = [again.found(step_of(folders, run)) for run in (first, *others)]
    seconds = {"seconds": time.perf_counter() - start, "processor_seconds": time.process_time() - processor}
    return {"runs": number, "found": sum(map(bool, found)), **{name: round(s, 2) for name, s in seconds.items()}}


def keep_alike(folders: Folders, steps: Steps, first: Run, others: Sequence[Run]) -> None:
    """Keep runs as if each had left, and read, what the first one has."""
    trace = steps.held(step_of(folders, first))
    if trace is None:
        raise SystemExit("The first run was not kept.")
    seen = {name: digest for name, digest in trace.ingredients.items() if name.startswith("files tables")}
    for run in others:
        for path in first.folder(folders).iterdir():
            place = run.folder(folders) / path.name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(path.read_bytes())
        steps.found(step_of(folders, run))
        steps.record(step_of(folders, run), observed=seen, facts={"like": name_of(first)})


def steps_of(folders: Folders) -> Steps:
    """Return the steps of a build that begins now."""
    return Steps(folders, Ingredients(folders.root, folders.build))


def run_of(number: int) -> Run:
    """Return one of many runs of the same notebook."""
    passed = {"crime": "OG", "country": "00", "edition": "D1.2"}
    return Run(Path("notebooks/00.ipynb"), "analysis", f"run-{number}", "Run", passed)


if __name__ == "__main__":
    main()
