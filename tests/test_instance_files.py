"""An instance is read as it is meant, or refused with every fault."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from casebook.cli import main
from casebook.disclosure_control.instance import Instance, InstanceCell, Relation
from casebook.disclosure_control.instance_files import instance_of, read_instance
from casebook.errors import DisclosureRefused

FAULTY = Path(__file__).parent / "faulty_data"
INSTANCES = Path(__file__).parent / "instances"
AMOUNT = "a number from 0 to 10**15"
LEVELS = "id, lower_level, publish, sensitive, sliding_level, upper_level, value, weight"


@pytest.mark.parametrize(
    ("fault", "lines"),
    [
        ("not_json", ["is not JSON"]),
        ("list", ["must be an object with cells and relations"]),
        ("unknown_id", ["relations, item 1: names a cell that is not there; found c"]),
        ("not_adding_up", ["relations, item 1: the parts do not add up to the total; found all"]),
        ("unknown_key", [f"cells, item 1: has an unknown key; found uper_level; allowed: {LEVELS}"]),
        (
            "unknown_setting",
            [
                "has an unknown key; found treshold; allowed: base, cells, integer, method, relations, threshold, "
                "zero_restricted"
            ],
        ),
        ("id_twice", ["cells: two cells have the same id; found b"]),
        ("cell_twice_in_relation", ["relations, item 1: names a cell twice; found a"]),
        ("negative_value", [f"cells, item 1: has no usable value; found -2; allowed: {AMOUNT}"]),
        ("value_in_words", [f"cells, item 1: has no usable value; found two; allowed: {AMOUNT}"]),
        ("value_infinite", [f"cells, item 1: has no usable value; found inf; allowed: {AMOUNT}"]),
        ("not_whole", [f"cell {cell}: is not a whole number, although integer is true" for cell in ("a", "all")]),
        ("unknown_method", ["method: is unknown; found perturb; allowed: suppress, round"]),
        ("base_of_one", ["base: is not a whole number; found 1; allowed: a whole number from 2"]),
        ("unknown_publish", ['cells, item 1: has an unknown publish; found maybe; allowed: true, false, "suppressed"']),
        ("relation_without_parts", ["relations, item 1: has no parts; allowed: a list of ids of cells"]),
        ("without_cells", ["cells: must be a list; do: give the cells as a list of objects"]),
        (
            "several_faults",
            [
                f"cells, item 1: has no usable value; found -1; allowed: {AMOUNT}",
                "cells, item 2: has no id; allowed: a text or a whole number",
                "cells, item 2: is neither sensitive nor not; found yes; allowed: true, false",
                "cells, item 3: must be an object",
                "integer: is neither true nor false; found 1; allowed: true, false",
                "relations, item 1: has no total; allowed: the id of a cell",
                "threshold: is not a whole number; found 0; allowed: a whole number from 1",
            ],
        ),
    ],
)
def test_a_faulty_instance_is_refused(fault: str, lines: list[str], project: Path) -> None:
    file = FAULTY / f"instance_{fault}" / "instance.json"
    with pytest.raises(DisclosureRefused) as refusal:
        read_instance(file, project)
    name = file.relative_to(project).as_posix()
    assert str(refusal.value).splitlines()[1:] == [f"  - {name}: {line}" for line in lines]


def test_a_file_that_cannot_be_read_is_refused_by_its_name_alone(tmp_path: Path, project: Path) -> None:
    (tmp_path / "latin.json").write_bytes(b"\xe9")
    for name in ("latin.json", "missing.json"):
        with pytest.raises(DisclosureRefused) as refusal:
            read_instance(tmp_path / name, project)
        assert str(refusal.value).splitlines()[1] == f"  - {name}: cannot be read as a UTF-8 text file"


def test_an_instance_without_fault_is_read_with_defaults(project: Path) -> None:
    found = read_instance(FAULTY / "instance_without_fault" / "instance.json", project)
    cells = (InstanceCell("a", 2, sensitive=True, publish="suppressed"), InstanceCell("b", 9), InstanceCell("all", 11))
    assert found == Instance(cells, (Relation("all", ("a", "b")),))


@pytest.mark.parametrize(
    ("given", "field", "expected"),
    [
        ({}, "integer", True),
        ({"cells": [{"id": 1, "value": 1.5}]}, "integer", False),
        ({"integer": False}, "integer", False),
        ({"method": "round", "base": 3}, "base", 3),
        ({"threshold": 4}, "threshold", 4),
        ({"threshold": None, "name": "a remark"}, "threshold", None),
        ({"zero_restricted": False}, "zero_restricted", False),
    ],
)
def test_settings_are_read(given: dict[str, Any], field: str, expected: object) -> None:
    document = {"cells": [{"id": 1, "value": 1}], "relations": []} | given
    assert getattr(instance_of(document, "file"), field) == expected


@pytest.mark.parametrize(
    ("given", "publish"),
    [
        ({}, True),
        ({"publish": False}, False),
        ({"publish": "suppressed"}, "suppressed"),
        ({"sensitive": True}, "suppressed"),
        ({"sensitive": True, "publish": True}, True),
        ({"sensitive": True, "publish": False}, False),
    ],
)
def test_a_sensitive_cell_of_which_nothing_is_said_is_withheld(given: dict[str, Any], publish: object) -> None:
    document = {"cells": [{"id": "a", "value": 1} | given], "relations": []}
    assert instance_of(document, "file").cells[0].publish == publish


def run(command: str, file: Path) -> Any:
    result = CliRunner().invoke(main, ["disclosure", command, str(file)], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return json.loads(result.output)


def test_the_commands_print_json() -> None:
    solved = run("solve", INSTANCES / "regions.json")
    assert [cell["id"] for cell in solved["cells"] if cell["status"] == "x"] == ["A/male", "C/male", "C/female"]
    assert (solved["objective"], solved["bound"], solved["proven"]) == (42, 42, True)
    assert run("audit", INSTANCES / "regions.json") == {
        "cells": [{"id": "A/female", "lower": 2, "upper": 2, "protected": False}]
    }


def test_a_command_refuses_with_the_exit_code_of_disclosure_control() -> None:
    file = FAULTY / "instance_unknown_id" / "instance.json"
    result = CliRunner().invoke(main, ["disclosure", "solve", str(file)])
    assert result.exit_code == DisclosureRefused.exit_code
    assert "names a cell that is not there; found c" in result.output
