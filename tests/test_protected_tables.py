"""Protected tables: a cell is what its status says, and what is written is what is read."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from casebook.errors import DisclosureRefused
from casebook.protected_tables import Cell, ProtectedTable, ProtectedTables, key_of, read_protected_tables

TABLE = ProtectedTable(
    id="OG.O.og_lied_about",
    variable="og_lied_about",
    crime="OG",
    group="O",
    country="pooled",
    section="4",
    group_size=15,
    base=15,
    multi=True,
    cells=(Cell("name", "exact", n=0), Cell("age", "word", word="most"), Cell("photo", "withheld")),
    leading="age",
)
COUNTRY = dataclasses.replace(TABLE, country="ES", base=None, withheld="too few interviews", cells=())
TABLES = ProtectedTables(
    edition="D1.2",
    dissemination="PU",
    tables={TABLE.id: TABLE, "OG.O.og_lied_about@ES": COUNTRY},
    sample={"OG.O": 15},
    countries={"OG": ("ES", "GB")},
)


@pytest.mark.parametrize(
    "cell",
    [
        {"status": "exact"},
        {"status": "exact", "word": "named"},
        {"status": "exact", "n": 3, "word": "named"},
        {"status": "word"},
        {"status": "word", "n": 3},
        {"status": "withheld", "n": 0},
        {"status": "withheld", "word": "named"},
        {"status": "rounded"},
    ],
)
def test_a_cell_whose_value_does_not_fit_its_status_is_refused(cell: dict[str, Any]) -> None:
    with pytest.raises(DisclosureRefused) as refusal:
        Cell("age", **cell)
    assert str(refusal.value.faults[0]) == "protected tables: age: a cell's value does not fit its status"


def test_a_cell_is_found_by_its_level() -> None:
    assert TABLE.cell("age").word == "most"
    with pytest.raises(KeyError, match="gender"):
        TABLE.cell("gender")


@pytest.mark.parametrize(("country", "expected"), [("pooled", "t"), ("ES", "t@ES")])
def test_a_countrys_table_has_the_country_in_its_key(country: str, expected: str) -> None:
    assert key_of("t", country) == expected


def test_what_is_written_is_read(tmp_path: Path) -> None:
    assert TABLES.write(tmp_path) == tmp_path / "tables.json"
    assert read_protected_tables(tmp_path) == TABLES


def test_the_same_tables_give_the_same_bytes(tmp_path: Path) -> None:
    turned = dataclasses.replace(TABLES, tables=dict(reversed([*TABLES.tables.items()])))
    assert TABLES.write(tmp_path / "a").read_bytes() == turned.write(tmp_path / "b").read_bytes()


def test_tables_can_be_asked_like_a_mapping() -> None:
    assert (len(TABLES), list(TABLES)) == (2, ["OG.O.og_lied_about", "OG.O.og_lied_about@ES"])
    assert TABLES["OG.O.og_lied_about@ES"].withheld == "too few interviews"
    assert "OG.V.og_lied_about" not in TABLES


def edited(change: Callable[[dict[str, Any]], object], folder: Path) -> Path:
    path = TABLES.write(folder)
    raw = json.loads(path.read_text("utf-8"))
    change(raw)
    path.write_text(json.dumps(raw), "utf-8")
    return folder


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda raw: raw.pop("sample"), "KeyError"),
        (lambda raw: raw.update(tables=[]), "AttributeError"),
        (lambda raw: raw["tables"]["OG.O.og_lied_about"].update(true_counts=[1]), "TypeError"),
        (lambda raw: raw["tables"]["OG.O.og_lied_about"]["cells"][0].update(share=0.5), "TypeError"),
    ],
)
def test_a_file_the_door_did_not_write_is_refused(
    change: Callable[[dict[str, Any]], object], expected: str, tmp_path: Path
) -> None:
    with pytest.raises(DisclosureRefused) as refusal:
        read_protected_tables(edited(change, tmp_path))
    (fault,) = refusal.value.faults
    assert str(fault) == f"tables.json: protected tables cannot be read; found {expected}; do: build again"


@pytest.mark.parametrize(("content", "expected"), [(None, "FileNotFoundError"), (b"{", "JSONDecodeError")])
def test_a_file_that_is_not_there_or_broken_is_refused(content: bytes | None, expected: str, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "tables.json").write_bytes(content)
    with pytest.raises(DisclosureRefused, match=f"protected tables cannot be read; found {expected}"):
        read_protected_tables(tmp_path)


def test_a_withheld_cell_given_a_number_on_file_is_refused(tmp_path: Path) -> None:
    def give_number(raw: dict[str, Any]) -> None:
        raw["tables"]["OG.O.og_lied_about"]["cells"][2]["n"] = 1

    with pytest.raises(DisclosureRefused, match="photo: a cell's value does not fit its status"):
        read_protected_tables(edited(give_number, tmp_path))
