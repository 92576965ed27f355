"""The floor: the cells of notebooks in forks of a warm process: python floor.py FOLDER PROCESSES NAME..."""

from __future__ import annotations

import io
import json
import multiprocessing
import os
import sys
from pathlib import Path

import IPython.display
import matplotlib.pyplot
import pandas
import seaborn

#: Imported ahead for the forks.
_WARM = (IPython.display, matplotlib.pyplot, pandas, seaborn)


def run(notebook: Path) -> None:
    """Execute the cells of a notebook."""
    scope: dict[str, object] = {}
    for cell in json.loads(notebook.read_text("utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            exec(cell["source"], scope)


if __name__ == "__main__":
    os.chdir(sys.argv[1])
    names = sys.argv[3:] or [path.stem for path in sorted(Path("notebooks").glob("*.ipynb"))]
    sys.stdout = io.StringIO()
    with multiprocessing.get_context("fork").Pool(int(sys.argv[2]), maxtasksperchild=1) as pool:
        pool.map(run, [Path("notebooks") / f"{name}.ipynb" for name in names], chunksize=1)
