"""The descriptor of a submission: a Data Package v2 that says what its tables are and whether people stand behind them.

Source: https://datapackage.org/standard/data-package/
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from casebook.errors import DataRefused, Fault
from casebook.restricted.submission_tables import COLUMNS, Tables
from casebook.restricted.untrusted import bounded_bytes, inert

DESCRIPTOR = "datapackage.json"


def faults_of_descriptor(path: Path, tables: Tables) -> Iterator[Fault]:
    """Yield where the data package does not say what the tables say, above all whether the data are synthetic."""
    file = f"{tables.shown_as}/{DESCRIPTOR}"
    try:
        package = json.loads(bounded_bytes(path, shown_as=file))
    except DataRefused as refusal:
        yield from refusal.faults
        return
    except (ValueError, RecursionError):
        yield Fault(file, "", "the file is not JSON", remedy="write it again")
        return
    if not isinstance(package, dict):
        yield Fault(file, "", "the file is not a data package", allowed="a JSON object")
        return
    row = tables.submission.iloc[0]
    if package.get("name") != str(row["submission"]).lower():
        yield Fault(file, "name", "the name is not the submission's in lower case")
    yield from _faults_of_synthetic(package.get("synthetic"), str(row["synthetic"]), file)
    yield from _faults_of_resources(package, tables, file)


def _faults_of_synthetic(declared: object, stated: str, file: str) -> Iterator[Fault]:
    if not isinstance(declared, bool):
        yield Fault(file, "synthetic", "the package does not say whether its data are synthetic", "", "true, false")
    elif declared != (stated == "yes"):
        remedy = "say the same in both"
        yield Fault(file, "synthetic", "submission.csv says otherwise", str(declared).lower(), stated, remedy)


def _faults_of_resources(package: Mapping[str, Any], tables: Tables, file: str) -> Iterator[Fault]:
    described = _described_columns(package)
    for name, columns in COLUMNS.items():
        if name in tables.names and described.get(f"{name}.csv") != columns:
            message = f"the resource {name}.csv is missing or does not describe the table's columns"
            yield Fault(file, "resources", message, allowed=", ".join(columns))
    for path in described.keys() - {f"{name}.csv" for name in COLUMNS}:
        yield Fault(file, "resources", "a resource that no submission has", inert(path))


def _described_columns(package: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """The columns of each resource by path; what has not the shape of a data package describes nothing."""
    try:
        return {
            str(resource["path"]): tuple(str(field["name"]) for field in resource["schema"]["fields"])
            for resource in package["resources"]
        }
    except (KeyError, TypeError):
        return {}
