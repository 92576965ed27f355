"""The rules of the house: rooms, doors, sizes. Part of `nox -s lint`."""

from __future__ import annotations

import ast
import json
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from casebook.publication.notebooks.matrix import Room

SOURCE = Path(__file__).parents[1] / "src" / "casebook"
PROJECT = SOURCE.parents[1]

GROUND = {"errors", "canonical", "folders", "codebook", "codebook_files", "study", "study_files", "protected_tables"}
#: What the restricted room hands to the door.
HANDED_OVER = {
    "restricted.frequency_tables",
    "restricted.agreement",
    "restricted.measured_agreement",
    "restricted.edition_people",
    "restricted.quotations",
}
#: What a module may import, by the first part of its name; the ground may import ground alone.
MAY_IMPORT = {
    **dict.fromkeys(GROUND, GROUND),
    "notebook_run": GROUND,
    "cache": GROUND | {"cache"},
    "observed": GROUND,
    "processes": GROUND,
    "site_server": GROUND,
    "restricted": GROUND | {"notebook_run", "observed", "restricted"},
    "disclosure_control": GROUND | HANDED_OVER | {"disclosure_control"},
    "publication": GROUND | {"cache", "notebook_run", "observed", "processes", "publication"},
}
#: These bring the rooms together, and nothing imports them but each other.
ABOVE = {
    *("pipeline", "rehearsal", "console", "checks", "cli", "desk", "release", "review", "explore", "preview"),
    *("build_record", "disclosure_commands", "ethics", "inspection", "protection", "request", "stages", "whole_build"),
}
MOST_LINES, MOST_LINES_OF_FUNCTION = 400, 50


def modules() -> list[Path]:
    return sorted(SOURCE.rglob("*.py"))


@cache
def nodes_of(path: Path) -> tuple[ast.AST, ...]:
    """Everything a file is made of; parsed once, since most rules look at all files."""
    return tuple(ast.walk(ast.parse(path.read_text("utf-8"))))


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(SOURCE).with_suffix("").parts)


def imports(path: Path) -> Iterator[str]:
    """The modules of Casebook that a file imports, wherever in it the import stands."""
    for node in nodes_of(path):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def own_imports(path: Path) -> list[str]:
    return [name.removeprefix("casebook.") for name in imports(path) if name.startswith("casebook.")]


def allowed(imported: str, names: set[str]) -> bool:
    return any(imported == name or imported.startswith(f"{name}.") for name in names)


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_imports_run_one_way(path: Path) -> None:
    first = name_of(path).split(".")[0]
    if first in ABOVE or first == "__init__":
        return
    assert first in MAY_IMPORT, f"{first} has no place in the house: give it one here and in ARCHITECTURE.md"
    assert [name for name in own_imports(path) if not allowed(name, MAY_IMPORT[first])] == []


def test_only_the_door_makes_protected_tables() -> None:
    makers = {name_of(path) for path in modules() if makes_protected(path)}
    assert makers == {
        "protected_tables",
        "disclosure_control.door",
        "disclosure_control.made_tables",
        "disclosure_control.agreement",
    }


def makes_protected(path: Path) -> bool:
    """Whether a file calls a class of protected_tables by its name."""
    classes = {"ProtectedTable", "ProtectedTables", "Cell", "ProtectedAgreement", "ExpertAgreement", "Coefficient"}
    known = {name.split(".")[-1] for name in own_imports(path) if name.startswith("protected_tables.")}
    known |= classes if name_of(path) == "protected_tables" else set()
    calls = [node.func for node in nodes_of(path) if isinstance(node, ast.Call)]
    return any(isinstance(call, ast.Name) and call.id in classes & known for call in calls)


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_modules_and_functions_are_small(path: Path) -> None:
    assert path.read_text("utf-8").count("\n") <= MOST_LINES
    for node in nodes_of(path):
        if isinstance(node, ast.FunctionDef):
            assert (node.end_lineno or 0) - node.lineno < MOST_LINES_OF_FUNCTION, node.name


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_source_refuses_and_never_asserts(path: Path) -> None:
    assert not [node for node in nodes_of(path) if isinstance(node, ast.Assert)]


def notebooks(room: Room) -> list[Path]:
    return sorted((PROJECT / "notebooks" / room).glob("*.ipynb"))


def cells_of(notebook: Path) -> list[dict[str, Any]]:
    return list(json.loads(notebook.read_text("utf-8"))["cells"])


def test_report_notebooks_reach_no_interview() -> None:
    assert notebooks("report")
    for path in notebooks("report"):
        source = "\n".join("".join(cell["source"]) for cell in cells_of(path) if cell["cell_type"] == "code")
        names = [name for name in _imported(source) if name.startswith("casebook.")]
        assert [name for name in names if not name.startswith("casebook.publication.")] == [], path.name


def _imported(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def test_notebooks_are_kept_without_outputs() -> None:
    for path in [*notebooks("analysis"), *notebooks("report")]:
        cells = cells_of(path)
        assert all(not cell.get("outputs") and cell.get("execution_count") is None for cell in cells), path.name


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files"], cwd=PROJECT, capture_output=True, text=True, check=True)
    return [PROJECT / line for line in listed.stdout.splitlines()]


def test_tracked_submissions_declare_themselves_synthetic() -> None:
    submissions = [p for p in tracked() if p.is_relative_to(PROJECT / "data") and p.name == "datapackage.json"]
    descriptors = [p for p in submissions if "countries" in p.parts]
    assert descriptors
    assert [p for p in descriptors if json.loads(p.read_text("utf-8")).get("synthetic") is not True] == []


def test_generated_files_are_not_tracked() -> None:
    names = {path.relative_to(PROJECT).parts[0] for path in tracked()}
    assert not names & {"_build", ".nox"}
    assert [path for path in tracked() if path.name in {"uv.lock", ".DS_Store"}] == []
