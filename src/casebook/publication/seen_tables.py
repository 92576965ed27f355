"""Protected tables as a report run sees them: whatever it looks at is among what it depends on, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, replace
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from casebook.observed import digest_of, saw
from casebook.protected_tables import ProtectedAgreement, ProtectedTables

#: The first word of the ingredients that are parts of protected tables.
KIND = "protected"
_TABLE, _TABLES = "table", "tables"
_Value = TypeVar("_Value")


def seen(tables: ProtectedTables) -> ProtectedTables:
    """Return the same tables, each part of which is observed when it is looked at."""
    book = f"{KIND} {tables.edition} {tables.dissemination}"
    countries = {crime: list(names) for crime, names in tables.countries.items()}
    agreement = _SeenAgreement(tables.agreement)
    agreement.look = lambda: saw(f"{book} agreement", lambda: [asdict(entry) for entry in tables.agreement])
    return replace(
        tables,
        tables=_Seen(tables.tables, lambda key: _saw_table(book, tables, key)),
        sample=_Seen(tables.sample, lambda _: saw(f"{book} sample", lambda: dict(tables.sample))),
        countries=_Seen(tables.countries, lambda _: saw(f"{book} countries", lambda: countries)),
        agreement=agreement,
    )


class TableDigests:
    """The digests of the parts of the protected tables in a folder, as a run that looks at them observes them."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "tables.json"

    def digest(self, part: str) -> str:
        """Return the digest of a part, ABSENT where there is none."""
        kind, _, key = part.partition(" ")
        if kind == _TABLE:
            return digest_of(self._raw.get(_TABLES, {}).get(key))
        return digest_of(list(self._raw.get(_TABLES, ())) if kind == _TABLES else self._raw.get(kind))

    @cached_property
    def _raw(self) -> Mapping[str, Any]:
        try:
            raw: Mapping[str, Any] = json.loads(self._file.read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return raw


def _saw_table(book: str, tables: ProtectedTables, key: str | None) -> None:
    """Take note of a table by its key, also of one that is not there, or of the list of all keys."""
    if key is None:
        saw(f"{book} {_TABLES}", lambda: list(tables.tables))
    else:
        saw(f"{book} {_TABLE} {key}", lambda: asdict(tables.tables[key]) if key in tables.tables else None)


class _Seen(Mapping[str, _Value]):
    """A mapping that tells which of its keys is looked at; None where it is all of them."""

    def __init__(self, values: Mapping[str, _Value], look: Callable[[str | None], None]) -> None:
        self._values, self._look = values, look

    def __getitem__(self, key: str) -> _Value:
        self._look(key)
        return self._values[key]

    def __iter__(self) -> Iterator[str]:
        self._look(None)
        return iter(self._values)

    def __len__(self) -> int:
        self._look(None)
        return len(self._values)


class _SeenAgreement(tuple[ProtectedAgreement, ...]):
    """The agreement of coders, which tells when it is looked at."""

    look: Callable[[], None]

    def __iter__(self) -> Iterator[ProtectedAgreement]:
        self.look()
        return super().__iter__()

    def __getitem__(self, place: Any) -> Any:
        self.look()
        return super().__getitem__(place)

    def __len__(self) -> int:
        self.look()
        return super().__len__()
