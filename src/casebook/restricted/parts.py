"""Parts of an edition's coded interviews, by name: a run depends on those it has looked at, and on no other."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from casebook.canonical import canonical_json, write_atomically
from casebook.codebook import Codebook
from casebook.errors import DataRefused
from casebook.observed import digest_of
from casebook.protected_tables import POOLED
from casebook.restricted.frequency_tables import count, sample_table
from casebook.restricted.interviews import ATTRIBUTES, RestrictedStudy
from casebook.study import PlannedTable, Study

#: The first word of the ingredients that are such parts.
KIND = "coded"
EVERYTHING, PEOPLE, STRATA, DOUBLES = "everything", "people", "strata", "doubles"
_INTERVIEWS, _TABLE = "interviews", "table"


def ingredient(edition: str, part: str) -> str:
    """Return the name of a part among the ingredients of a run."""
    return f"{KIND} {edition} {part}"


def interviews(crime: str, country: str) -> str:
    """Return the name of all that is coded of a crime and country."""
    return f"{_INTERVIEWS} {crime} {country}"


def table(plan: str, country: str) -> str:
    """Return the name of the frequencies of a table, planned or not."""
    return f"{_TABLE} {plan} {country}"


def look(coded: RestrictedStudy, part: str) -> Any:
    """Return a part that is no table as a JSON value."""
    kind, *rest = part.split(" ")
    if kind == PEOPLE:
        return coded.people[["crime", *ATTRIBUTES]].to_csv()
    if kind == STRATA:
        return [row.to_json() for row in sample_table(coded)]
    if kind == DOUBLES:
        return double_coded(coded).to_csv()
    chosen = coded.people if kind == EVERYTHING else _people_of(coded, *rest)
    codings = coded.codings[coded.codings["interview"].isin(chosen.index)]
    return {"people": chosen.to_csv(), "codings": codings.to_csv(index=False)}


def double_coded(coded: RestrictedStudy) -> pd.DataFrame:
    """Return what each of two coders has coded of the interviews that both have; their consensus is no coder's."""
    twice = coded.codings.loc[coded.codings["kind"].eq("double"), "interview"]
    chosen = coded.codings["interview"].isin(twice) & coded.codings["kind"].ne("consensus")
    return coded.codings[chosen].reset_index(drop=True)


def plan_of(study: Study, codebook: Codebook, asked: str) -> PlannedTable:
    """Return the plan of a table by its id, also of one that is not planned; raises DataRefused where none can be."""
    if asked in study.tables:
        return study.tables[asked]
    crime, group, variable, *among = asked.split(".")
    place = f"table({variable!r}, {group!r})"
    if variable not in codebook:
        raise DataRefused.one("notebook", place, "the codebook has no such variable", value=variable)
    if group not in study.roles or among:
        message = "study.yml has no such group or subgroup"
        raise DataRefused.one(
            "notebook", place, message, value=among[0] if among else group, allowed=", ".join(study.roles)
        )
    entry = {"id": asked, "variable": variable, "crime": crime, "group": group, "section": ""}
    return PlannedTable.model_validate(entry)


class PartDigests:
    """The digests of the parts of an edition's interviews, each worked out once as long as the interviews are the same.

    `data` tells these interviews from others, `read` reads them, and only where a part is asked for that is not known.
    """

    def __init__(self, file: Path, data: str, read: Callable[[], RestrictedStudy]) -> None:
        self._file, self._data, self._read = file, data, read
        self._coded: RestrictedStudy | None = None
        self._known = _known(file, data)

    def digest(self, part: str, study: Study, codebook: Codebook) -> str:
        """Return the digest of a part, which is what a run that looks at it observes."""
        if part not in self._known:
            self._known[part] = digest_of(self._look(part, study, codebook))
        return self._known[part]

    def keep(self) -> None:
        """Keep what was worked out for the next build of the same interviews."""
        write_atomically(self._file, canonical_json({"data": self._data, "digests": self._known}))

    def _look(self, part: str, study: Study, codebook: Codebook) -> Any:
        if self._coded is None:
            self._coded = self._read()
        kind, *rest = part.split(" ")
        if kind != _TABLE:
            return look(self._coded, part)
        try:
            return count(plan_of(study, codebook, rest[0]), self._coded, country=rest[1]).to_json()
        except DataRefused:
            return None


def _people_of(coded: RestrictedStudy, crime: str, country: str) -> pd.DataFrame:
    chosen = coded.people["crime"].eq(crime)
    return coded.people[chosen if country == POOLED else chosen & coded.people["country"].eq(country)]


def _known(file: Path, data: str) -> dict[str, str]:
    try:
        kept = json.loads(file.read_text("utf-8"))
        return dict(kept["digests"]) if kept["data"] == data else {}
    except (OSError, ValueError, LookupError, TypeError):
        return {}
