"""What stands before the first chapter: read from the configuration, checked, and handed to the template."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from casebook.canonical import canonical_json
from casebook.errors import BookRefused, Fault
from casebook.publication.book.typst.structure import TableShape

_SETTING = "typst_meta"
_HISTORY_COLUMNS = 4


@dataclass(frozen=True)
class FrontMatter:
    """The words of the cover, the document control sheet, the running heads and the PDF's metadata."""

    number: str
    title: str
    acronym: str
    project: str
    grant: str
    programme: str
    level: str
    level_name: str
    version: str
    status: str
    date: str
    lead: str
    funding: str
    disclaimer: str
    subtitle: str = ""
    short_title: str = ""
    abstract: str = ""
    marker: str = ""
    language: str = "en-GB"
    region: str = ""
    authors: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    control: tuple[tuple[str, ...], ...] = ()
    history: tuple[tuple[str, ...], ...] = ()

    def encoded(self) -> bytes:
        """Return the front matter as the JSON that the Typst template reads."""
        language, _, region = self.language.partition("-")
        return canonical_json(dataclasses.asdict(self) | {"language": language, "region": self.region or region})

    def shapes(self) -> list[TableShape]:
        """Return the shapes of the control sheet and of the version history, as far as they are printed."""
        control = tuple((True, False) for _ in self.control)
        history = tuple((False,) * _HISTORY_COLUMNS for _ in range(len(self.history) + 1))
        return [shape for shape, rows in ((control, self.control), (history, self.history)) if rows]


def read_front_matter(meta: Mapping[str, Any]) -> FrontMatter:
    """Return the checked front matter, or refuse every missing, unknown or malformed key at once."""
    fields = {field.name: field for field in dataclasses.fields(FrontMatter)}
    faults = [_fault(key, "an unknown key", allowed=", ".join(sorted(fields))) for key in meta if key not in fields]
    required = [name for name, field in fields.items() if field.default is dataclasses.MISSING]
    faults += [_fault(key, "a key is missing") for key in required if key not in meta]
    faults += [_fault(key, _expected(key)) for key, value in meta.items() if key in fields and not _fits(key, value)]
    if faults:
        raise BookRefused(faults)
    frozen: dict[str, Any] = {key: _frozen(value) for key, value in meta.items()}
    return FrontMatter(**frozen)


def _fault(key: str, message: str, allowed: str = "") -> Fault:
    return Fault(_SETTING, key, message, allowed=allowed)


_ROW_LENGTHS = {"control": 2, "history": _HISTORY_COLUMNS}


def _expected(key: str) -> str:
    if key in _ROW_LENGTHS:
        return f"expected a list of rows of {_ROW_LENGTHS[key]} texts"
    return "expected a list of texts" if key in ("authors", "keywords") else "expected a text"


def _fits(key: str, value: object) -> bool:
    if key in _ROW_LENGTHS:
        return isinstance(value, (list, tuple)) and all(_texts(row) and len(row) == _ROW_LENGTHS[key] for row in value)
    return _texts(value) if key in ("authors", "keywords") else isinstance(value, str)


def _texts(value: object) -> bool:
    return isinstance(value, (list, tuple)) and all(isinstance(item, str) for item in value)


def _frozen(value: object) -> object:
    return tuple(map(_frozen, value)) if isinstance(value, (list, tuple)) else value
