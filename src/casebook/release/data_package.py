"""The tables of a release described for programs: as a Data Package, and as CSV on the Web."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from casebook.canonical import canonical_json, checksum
from casebook.protected_tables import ONE_SIDED_WORDS
from casebook.publication.book.data_annex import COLUMNS
from casebook.publication.book.identity import Book
from casebook.release.identity import name_of

#: What each column of the data annex means.
_MEANINGS: Mapping[str, str] = {
    "table": "the key of the protected table",
    "crime": "OG grooming, CB cyberbullying, HT trafficking",
    "country": "ISO 3166-1 alpha-2, or pooled for all countries together",
    "group": "who was interviewed: E experts, O offenders, V victims, OV offenders and victims together",
    "variable": "the id of the variable in the codebook",
    "label": "the variable in words",
    "among": "the subgroup the table is about, where it is about one",
    "level": "the id of the answer, or of a set of answers that is counted as one",
    "answer": "the answer in words",
    "status": "exact: counted; word: only a word is published; withheld: nothing is, and it is not zero",
    "n": "interviews that named the answer, where the status is exact",
    "word": f"where the status is word, one of: {', '.join(ONE_SIDED_WORDS)}",
    "base": "interviews in which the topic was asked and answered; empty where it is withheld",
}
_COUNTS = frozenset({"n", "base"})


def descriptions_of(book: Book, site: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the descriptions of a book's data annex, by name; they lie beside the folder `site` that holds it."""
    path = f"site/{book.address}/{book.data_name}"
    data = site[path.removeprefix("site/")]
    return {
        "datapackage.json": canonical_json(_data_package(book, path, data)),
        "csv-metadata.json": canonical_json(_on_the_web(book, path)),
    }


def _data_package(book: Book, path: str, data: bytes) -> dict[str, Any]:
    """Return a Data Package (version 2) of the annex."""
    resource = {
        "name": book.data_name.removesuffix(".csv").lower(),
        "path": path,
        "type": "table",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(data),
        "hash": f"sha256:{checksum(data)}",
        "schema": {"missingValues": [""], "fields": [_field(name) for name in COLUMNS]},
    }
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": name_of(book).lower(),
        "title": book.title,
        "description": book.entry.abstract,
        "version": book.entry.version,
        "created": f"{book.entry.date.isoformat()}T00:00:00Z",
        "keywords": list(book.entry.keywords),
        "licenses": [{"name": "CC-BY-4.0", "path": "https://creativecommons.org/licenses/by/4.0/"}],
        "contributors": [{"title": name, "roles": ["creator"]} for name in book.entry.authors],
        "resources": [resource],
    }


def _field(name: str) -> dict[str, Any]:
    return {"name": name, "type": "integer" if name in _COUNTS else "string", "description": _MEANINGS[name]}


def _on_the_web(book: Book, path: str) -> dict[str, Any]:
    """Return the annex in the vocabulary of CSV on the Web (W3C Recommendation of 17 December 2015)."""
    columns = [
        {
            "name": name,
            "titles": name,
            "datatype": "integer" if name in _COUNTS else "string",
            "dc:description": _MEANINGS[name],
        }
        for name in COLUMNS
    ]
    return {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "url": path,
        "dc:title": book.title,
        "dc:license": {"@id": "https://creativecommons.org/licenses/by/4.0/"},
        "tableSchema": {"columns": columns},
    }
