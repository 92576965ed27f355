"""An executed notebook as it is kept: the same bytes whenever and wherever it was run."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from casebook.canonical import canonical_json
from casebook.errors import Fault, NotebookFailed
from casebook.publication.notebooks.matrix import Run

_KEPT_OF_PAPERMILL = ("parameters", "version")
_KEPT_OF_CELL = ("tags", "mystnb")
_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python", "pygments_lexer": "ipython3"},
}
_HIDDEN_TAGS = ("parameters", "injected-parameters")
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]{6,}")
_IMAGES = ("image/svg+xml", "image/png", "image/jpeg")


def normalised(notebook: Any, run: Run, *, foreign: Iterable[str]) -> bytes:
    """Return the executed notebook under its title, without times, paths and other traces of the machine.

    Raises NotebookFailed where an output holds one of the `foreign` strings or a memory address, or an image has no
    alternative text of its own.
    """
    cells = [_title_cell(run), *notebook.cells]
    kept = [_cell(cell, f"{run.name}-{number:03}") for number, cell in enumerate(cells, start=1)]
    faults = [fault for cell in kept for fault in _faults(cell, run, tuple(foreign))]
    if faults:
        raise NotebookFailed(faults)
    papermill = {name: notebook.metadata.papermill[name] for name in _KEPT_OF_PAPERMILL}
    return canonical_json(
        {"cells": kept, "metadata": {**_METADATA, "papermill": papermill}, "nbformat": 4, "nbformat_minor": 5}
    )


def _title_cell(run: Run) -> dict[str, Any]:
    # A heading shown by a code cell is no page title, and Papermill cannot put parameters into Markdown.
    return {"cell_type": "markdown", "metadata": {}, "source": f"# {run.title}"}


def _cell(cell: Any, cell_id: str) -> dict[str, Any]:
    kept = {
        "cell_type": cell["cell_type"],
        "id": cell_id,
        "metadata": {name: cell["metadata"][name] for name in _KEPT_OF_CELL if cell["metadata"].get(name)},
        "source": cell["source"],
    }
    if cell["cell_type"] == "code":
        outputs = [_output(output) for output in cell["outputs"] if output.get("name") != "stderr"]
        kept |= {"outputs": outputs, "execution_count": cell["execution_count"]}
        kept["metadata"] = _code_metadata(kept)
    return kept


def _output(output: Any) -> dict[str, Any]:
    return {name: value for name, value in output.items() if name != "transient"}


def _code_metadata(cell: dict[str, Any]) -> dict[str, Any]:
    """Return a code cell's metadata with what the book's builder needs: hidden parameters, alternative text, tables."""
    metadata = dict(cell["metadata"])
    tags = list(metadata.get("tags", ()))
    if set(tags) & set(_HIDDEN_TAGS):
        metadata["tags"] = sorted({*tags, "remove-cell"})
    render = dict(metadata.get("mystnb", {}))
    if alts := _alts(cell):
        render["image"] = {**render.get("image", {}), "alt": alts[0]}
    if any("text/markdown" in output.get("data", {}) for output in cell["outputs"]):
        # The builder's default for an output is CommonMark, which has no tables.
        render["markdown_format"] = "myst"
    return {**metadata, "mystnb": render} if render else metadata


def _alts(cell: dict[str, Any]) -> list[str]:
    """Return the alternative texts of a cell's images, "" for an image without one."""
    return [
        output.get("metadata", {}).get(kind, {}).get("alt", "")
        for output in cell["outputs"]
        for kind in _IMAGES
        if kind in output.get("data", {})
    ]


def _faults(cell: dict[str, Any], run: Run, foreign: tuple[str, ...]) -> Iterator[Fault]:
    place = f"executed cell {cell['id'].rpartition('-')[2]}"
    text = str(cell.get("outputs", ""))
    if any(path in text for path in foreign):
        yield Fault(run.name, place, "an output holds a path of this machine")
    if _ADDRESS.search(text):
        remedy = "show a value that has a text of its own"
        yield Fault(run.name, place, "an output holds a memory address", remedy=remedy)
    # Researchers' plots stay in the restricted room; what is published must be readable by everyone.
    if run.room == "report" and "outputs" in cell:
        yield from _faults_of_images(_alts(cell), run, place)


def _faults_of_images(alts: list[str], run: Run, place: str) -> Iterator[Fault]:
    if "" in alts:
        yield Fault(run.name, place, "an image has no alternative text", remedy="draw it with study.figure")
    if len(alts) > 1:
        yield Fault(run.name, place, "a cell shows more than one image", remedy="give each figure its own cell")
