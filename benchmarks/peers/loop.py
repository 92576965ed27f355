"""Executes the notebooks of a folder by Papermill, in so many processes: python loop.py FOLDER PROCESSES."""

from __future__ import annotations

import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import papermill


def execute(notebook: Path) -> None:
    """Execute a notebook in its place, as Jupyter Book shows it."""
    papermill.execute_notebook(notebook, notebook, cwd=notebook.parents[1], progress_bar=False, kernel_name="python3")


if __name__ == "__main__":
    notebooks = sorted((Path(sys.argv[1]) / "notebooks").glob("*.ipynb"))
    if sys.argv[2] == "1":
        for notebook in notebooks:
            execute(notebook)
    else:
        with ProcessPoolExecutor(int(sys.argv[2])) as pool:
            list(pool.map(execute, notebooks))
