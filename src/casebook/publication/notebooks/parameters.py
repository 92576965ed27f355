"""What a notebook says before it runs: the parameters it declares and the modules it imports."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from casebook.errors import Fault, NotebookFailed

#: All that a report notebook may import: what publishes sees protected tables, never the interviews.
ALLOWED_IN_REPORTS = ("casebook.publication.report_run", "pandas")
_TAG = "parameters"


@dataclass(frozen=True)
class Declared:
    """A notebook with the parameters its parameters cell declares, and the source of its code cells by number."""

    notebook: Path
    parameters: Mapping[str, object]
    cells: Mapping[int, str]


def declared(root: Path, notebook: Path) -> Declared:
    """Read a notebook's parameters cell, the first code cell, which assigns literals and does nothing else.

    `notebook` is relative to `root`. Raises NotebookFailed where there is no such cell.
    """
    shown = notebook.as_posix()
    cells = _code_cells(root / notebook, shown)
    number = min(cells, default=0)
    if not number or _TAG not in cells[number]["metadata"].get("tags", ()):
        message, remedy = "the first code cell is not the parameters cell", f'tag it "{_TAG}"'
        raise NotebookFailed.one(shown, f"cell {number}", message, remedy=remedy)
    parameters = _literals(_source(cells[number]), shown, number)
    return Declared(notebook, parameters, {n: _source(entry) for n, entry in cells.items()})


def foreign_imports(notebook: Declared) -> Iterator[Fault]:
    """Yield a fault for each import of a report notebook that is not among the few allowed ones."""
    for number, source in notebook.cells.items():
        place = f"cell {number}"
        try:
            tree = ast.parse(source)
        except SyntaxError:
            yield Fault(notebook.notebook.as_posix(), place, "is not plain Python", remedy="leave out magics")
            continue
        for module in _imported(tree):
            if module not in ALLOWED_IN_REPORTS:
                allowed = ", ".join(ALLOWED_IN_REPORTS)
                message = "a report notebook may not import this"
                yield Fault(notebook.notebook.as_posix(), place, message, value=module, allowed=allowed)


def imported_modules(notebook: Declared) -> set[str]:
    """Return the modules a notebook imports, as far as its cells are plain Python."""
    found: set[str] = set()
    for source in notebook.cells.values():
        with suppress(SyntaxError):
            found |= set(_imported(ast.parse(source)))
    return found


def _code_cells(path: Path, shown: str) -> dict[int, Any]:
    """Return the code cells by the number a reader counts them by, all cells counted from 1."""
    try:
        cells = json.loads(path.read_text("utf-8"))["cells"]
        return {number: cell for number, cell in enumerate(cells, start=1) if cell["cell_type"] == "code"}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise NotebookFailed.one(shown, "", "is not a notebook", remedy="restore the file") from error


def _source(cell: Mapping[str, Any]) -> str:
    source = cell["source"]
    return source if isinstance(source, str) else "".join(source)


def _literals(source: str, shown: str, number: int) -> dict[str, object]:
    try:
        return dict(_assigned(statement) for statement in ast.parse(source).body)
    except (SyntaxError, ValueError) as error:
        message = "the parameters cell does more than give names a literal value"
        raise NotebookFailed.one(shown, f"cell {number}", message, remedy='write lines like crime = "OG"') from error


def _assigned(statement: ast.stmt) -> tuple[str, object]:
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            return name, ast.literal_eval(value)
    raise ValueError


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module=module, level=level):
                yield "." * level + (module or "")
            case ast.Name(id="__import__" | "open" | "exec" | "eval" as name):
                yield name
