"""Projects with notebooks small enough to run in a second, and the faulty ones kept beside the tests."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from casebook.folders import Folders

FAULTY_DATA = Path(__file__).parent / "faulty_data"
PARAMETERS = 'crime = "OG"\ncountry = "pooled"\nedition = "D1.2"'
#: What `study.close()` leaves, without reading a study.
CLOSE = """\
import os
from pathlib import Path
from casebook.folders import Folders
from casebook.notebook_run import Witness
name = os.environ["CASEBOOK_RUN"]
title = f"Online grooming, {'pooled' if country == 'pooled' else 'Spain'}"
witness = Witness(name, title, crime, country, edition, None, tables=())
written = witness.write(Folders(Path.cwd()).analysis_run(edition, name))"""


def write_notebook(path: Path, *cells: str, parameters: str = PARAMETERS) -> None:
    """Write a notebook of a parameters cell and these code cells."""
    path.parent.mkdir(parents=True, exist_ok=True)
    first = _cell(parameters, 1, tags=["parameters"])
    rest = [_cell(source, number) for number, source in enumerate(cells, start=2)]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    notebook = {"cells": [first, *rest], "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(notebook, indent=1) + "\n", "utf-8")


def project_with(path: Path, *cells: str, name: str = "grooming") -> Folders:
    """Return a project whose analysis room has one notebook of these cells."""
    write_notebook(path / "notebooks" / "analysis" / f"{name}.ipynb", *cells)
    return Folders(path)


def faulty_project(fault: str, path: Path) -> Folders:
    """Return a copy of a faulty project, to be run or refused."""
    shutil.copytree(FAULTY_DATA / f"notebook_{fault}", path, dirs_exist_ok=True)
    return Folders(path)


def _cell(source: str, number: int, *, tags: list[str] | None = None) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "id": f"cell-{number}",
        "metadata": {"tags": tags} if tags else {},
        "source": source,
        "execution_count": None,
        "outputs": [],
    }
