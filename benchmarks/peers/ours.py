"""Executes the notebooks of a folder by Casebook and puts them in their place: python ours.py FOLDER JOBS."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from casebook.cache import Ingredients, Steps
from casebook.folders import Folders
from casebook.publication.notebooks import Manner, Run, execute


def main(root: Path, jobs: int) -> None:
    """Execute what has changed; the notebooks lie in `sources`, the executed ones where a book looks for them."""
    folders = Folders(root)
    runs = [run_of(path) for path in sorted((root / "sources").glob("*.ipynb"))]
    steps = Steps(folders, Ingredients(folders.root, folders.build))
    execute(folders, runs, manner=Manner(jobs=jobs), steps=steps)
    for run in runs:
        if steps.log[f"analysis/D1.2/{run.name}"].state != "found":
            shutil.copyfile(run.folder(folders) / "notebook.ipynb", root / "notebooks" / run.notebook.name)


def run_of(path: Path) -> Run:
    """Return the run of a notebook with its own table."""
    passed = {"crime": "OG", "country": path.stem, "edition": "D1.2"}
    return Run(Path("sources") / path.name, "analysis", path.stem, f"Notebook {path.stem}", passed)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
