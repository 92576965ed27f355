"""Reads an instance of cells and relations from JSON, or refuses it with every fault."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from casebook.disclosure_control.instance import RELATIVE_TOLERANCE, CellId, Instance, InstanceCell, Relation
from casebook.errors import DisclosureRefused, Fault

_LEVELS = ("upper_level", "lower_level", "sliding_level")
#: Keys that are read, and keys that may stand beside them for people.
_OF_CELL = {"id", "value", "sensitive", "weight", "publish", *_LEVELS}
_OF_RELATION = {"total", "parts"}
_OF_INSTANCE = {"cells", "relations", "method", "base", "zero_restricted", "threshold", "integer"}
_REMARKS = {"name", "label", "note", "source", "expected"}

#: Beyond it, floating-point numbers do not tell neighbouring whole ones apart well enough to add them up.
_LARGEST = 10**15
_AMOUNT = "a number from 0 to 10**15"
_METHODS = ("suppress", "round")


def read_instance(path: Path, project: Path) -> Instance:
    """Return the instance of a JSON file; raises DisclosureRefused with every fault found."""
    name = path.resolve().relative_to(project).as_posix() if path.resolve().is_relative_to(project) else path.name
    try:
        document = json.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError):
        raise DisclosureRefused.one(name, "", "cannot be read as a UTF-8 text file") from None
    except (json.JSONDecodeError, RecursionError):
        raise DisclosureRefused.one(name, "", "is not JSON") from None
    return instance_of(document, name)


def instance_of(document: Any, file: str) -> Instance:
    """Return the instance of a JSON document; raises DisclosureRefused with every fault found."""
    faults = list(_faults_of_form(document, file))
    if not faults:
        faults = [*_faults_of_identifiers(document, file)]
    if not faults:
        faults = [*_faults_of_values(document, file)]
    if faults:
        raise DisclosureRefused(faults)
    cells = tuple(_cell(cell) for cell in document["cells"])
    relations = tuple(Relation(r["total"], tuple(r["parts"])) for r in document["relations"])
    return Instance(cells, relations, **{"integer": _whole(document)} | _settings(document))


def _cell(item: Mapping[str, Any]) -> InstanceCell:
    """Return a cell; a sensitive one of which nothing else is said is withheld."""
    return InstanceCell(**{"publish": "suppressed" if item.get("sensitive") else True} | _read(item, _OF_CELL))


def _read(item: Mapping[str, Any], keys: set[str]) -> dict[str, Any]:
    """Return the keys that are given; null is as good as none."""
    return {key: value for key, value in item.items() if key in keys and value is not None}


def _settings(document: Mapping[str, Any]) -> dict[str, Any]:
    return _read(document, _OF_INSTANCE - {"cells", "relations"})


def _whole(document: Mapping[str, Any]) -> bool:
    return all(float(cell["value"]).is_integer() for cell in document["cells"])


def _faults_of_form(document: Any, file: str) -> Iterator[Fault]:
    if not isinstance(document, dict):
        yield Fault(file, "", "must be an object with cells and relations")
        return
    yield from _unknown_keys(document, _OF_INSTANCE, file, "")
    yield from _faults_of_settings(document, file)
    for key, check in (("cells", _faults_of_cell), ("relations", _faults_of_relation)):
        items = document.get(key)
        if not isinstance(items, list) or (key == "cells" and not items):
            yield Fault(file, key, "must be a list", remedy=f"give the {key} as a list of objects")
            continue
        for number, item in enumerate(items, 1):
            place = f"{key}, item {number}"
            if isinstance(item, dict):
                yield from check(item, file, place)
            else:
                yield Fault(file, place, "must be an object")


def _unknown_keys(item: Mapping[str, Any], known: set[str], file: str, place: str) -> Iterator[Fault]:
    for key in sorted(item.keys() - known - _REMARKS):
        # A misspelt level would silently protect less.
        yield Fault(file, place, "has an unknown key", key, ", ".join(sorted(known)))


def _faults_of_settings(document: Mapping[str, Any], file: str) -> Iterator[Fault]:
    given = _settings(document)
    if given.get("method", "suppress") not in _METHODS:
        yield Fault(file, "method", "is unknown", str(given["method"]), ", ".join(_METHODS))
    for key, least in (("base", 2), ("threshold", 1)):
        if key in given and not (_is_number(given[key]) and given[key] == int(given[key]) >= least):
            yield Fault(file, key, "is not a whole number", str(given[key]), f"a whole number from {least}")
    for key in ("zero_restricted", "integer"):
        if not isinstance(given.get(key, True), bool):
            yield Fault(file, key, "is neither true nor false", str(given[key]), "true, false")


def _faults_of_cell(cell: Mapping[str, Any], file: str, place: str) -> Iterator[Fault]:
    yield from _unknown_keys(cell, _OF_CELL, file, place)
    if not _is_identifier(cell.get("id")):
        yield Fault(file, place, "has no id", allowed="a text or a whole number")
    for key in ("value", "weight", *_LEVELS):
        if (key in _read(cell, _OF_CELL) or key == "value") and not _is_amount(cell.get(key)):
            yield Fault(file, place, f"has no usable {key}", str(cell.get(key)), _AMOUNT)
    if not isinstance(_read(cell, _OF_CELL).get("sensitive", False), bool):
        yield Fault(file, place, "is neither sensitive nor not", str(cell["sensitive"]), "true, false")
    publish = _read(cell, _OF_CELL).get("publish", True)
    if not isinstance(publish, bool) and publish != "suppressed":
        yield Fault(file, place, "has an unknown publish", str(publish), 'true, false, "suppressed"')


def _faults_of_relation(relation: Mapping[str, Any], file: str, place: str) -> Iterator[Fault]:
    yield from _unknown_keys(relation, _OF_RELATION, file, place)
    if not _is_identifier(relation.get("total")):
        yield Fault(file, place, "has no total", allowed="the id of a cell")
    parts = relation.get("parts")
    if not isinstance(parts, list) or not parts or not all(map(_is_identifier, parts)):
        yield Fault(file, place, "has no parts", allowed="a list of ids of cells")


def _faults_of_identifiers(document: Mapping[str, Any], file: str) -> Iterator[Fault]:
    seen = Counter(cell["id"] for cell in document["cells"])
    for cell, times in seen.items():
        if times > 1:
            yield Fault(file, "cells", "two cells have the same id", str(cell))
    for number, relation in enumerate(document["relations"], 1):
        place = f"relations, item {number}"
        named: list[CellId] = [relation["total"], *relation["parts"]]
        for unknown in sorted({str(cell) for cell in named if cell not in seen}):
            yield Fault(file, place, "names a cell that is not there", unknown)
        for twice in sorted({str(cell) for cell in named if named.count(cell) > 1}):
            yield Fault(file, place, "names a cell twice", twice)


def _faults_of_values(document: Mapping[str, Any], file: str) -> Iterator[Fault]:
    """Values are left out of the messages: they may be counts of people."""
    value_of = {cell["id"]: cell["value"] for cell in document["cells"]}
    for number, relation in enumerate(document["relations"], 1):
        total, parts = value_of[relation["total"]], [value_of[part] for part in relation["parts"]]
        if not math.isclose(total, math.fsum(parts), rel_tol=RELATIVE_TOLERANCE, abs_tol=RELATIVE_TOLERANCE):
            place = f"relations, item {number}"
            yield Fault(file, place, "the parts do not add up to the total", str(relation["total"]))
    if _settings(document).get("integer"):
        for cell, value in value_of.items():
            if not float(value).is_integer():
                yield Fault(file, f"cell {cell}", "is not a whole number, although integer is true")


def _is_identifier(value: object) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool) and value != ""


def _is_number(value: object) -> bool:
    # The comparison is false of infinity, and of what is no number at all (NaN).
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= _LARGEST


def _is_amount(value: Any) -> bool:
    return _is_number(value) and value >= 0
