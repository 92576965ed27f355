"""The files of a submission: its tables as text, and the descriptor of the data package they make."""

from __future__ import annotations

import csv
import functools
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from casebook.canonical import canonical_json
from casebook.restricted.submission_tables import COLUMNS

PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
_FIELDS = Path(__file__).parent / "submission_fields.csv"


def table_bytes(table: str, rows: Iterable[Mapping[str, str]]) -> bytes:
    """Return a table of a submission as comma-separated UTF-8 text with its header."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS[table], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode("utf-8")


def data_package(submission: str, tables: Iterable[str], *, synthetic: bool, about: Mapping[str, object]) -> bytes:
    """Return the descriptor of a submission: its tables, whether its data are synthetic, and `about` beside them."""
    descriptor = {"$schema": PROFILE, "name": submission.lower(), "synthetic": synthetic}
    return canonical_json({**descriptor, **about, "resources": [_resource(table) for table in tables]})


def _resource(table: str) -> Mapping[str, object]:
    fields: Sequence[Mapping[str, str]] = [
        {"name": column, "type": "string", "description": _descriptions()[table, column]} for column in COLUMNS[table]
    ]
    return {
        "name": table.replace("_", "-"),
        "path": f"{table}.csv",
        "type": "table",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": {"fields": fields, "missingValues": [""]},
    }


@functools.cache
def _descriptions() -> Mapping[tuple[str, str], str]:
    with _FIELDS.open(encoding="utf-8", newline="") as stream:
        return {(row["table"], row["field"]): row["description"] for row in csv.DictReader(stream, strict=True)}
