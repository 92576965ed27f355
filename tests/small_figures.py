"""A small codebook, plan and tables that figures are drawn from in the tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from casebook.codebook import Codebook, Level, Variable
from casebook.protected_tables import Cell, ProtectedTable
from casebook.publication.figures import Drawing, frequencies
from casebook.study import Country, Crime, PlannedTable, Role, Study

SPACE = "\u202f"


def level(name: str, label: str, phrase: str = "") -> Level:
    return Level(name, label, phrase or label.lower(), "defined", exclusive=False)


def variable(name: str, levels: Sequence[Level], **changes: Any) -> Variable:
    entries: dict[str, Any] = dict.fromkeys(Variable.__dataclass_fields__, "")
    entries |= {"id": name, "crime": "OG", "section": 4, "kind": "multi", "multi": True, "levels": tuple(levels)}
    return Variable(**{**entries, "roles": frozenset("EOV"), **changes})


RISK = variable(
    "risk",
    [
        level("lonely", "Loneliness"),
        level("bullied", "Being bullied"),
        level("telegram", "Telegram contacts", "Telegram contacts"),
        level("school", "Problems at school and with the people who teach there"),
    ],
)
AGE = variable("age", [level("young", "Under 15"), level("old", "15 and over")], kind="ordinal", multi=False)
LONG = variable("long", [level(f"l{n}", f"Answer {n}") for n in range(10)])
CODEBOOK = Codebook((RISK, AGE, LONG))

STUDY = Study.model_construct(
    crimes={
        name: Crime(name=short.lower(), title=short, short=short, sections={})
        for name, short in (("OG", "Grooming"), ("CB", "Cyberbullying"))
    },
    roles={
        "E": Role(singular="expert", plural="experts", exact=True),
        "O": Role(singular="offender", plural="offenders", exact=False),
        "V": Role(singular="victim", plural="victims", exact=False),
        "OV": Role(singular="case", plural="cases", exact=False),
    },
    countries={"BE": Country(name="Belgium")},
    tables={
        f"{crime}.{group}.{name}": PlannedTable(
            id=f"{crime}.{group}.{name}",
            variable=name,
            crime=crime,
            group=group,
            section="2",
            together={"either": ("bullied", "telegram")} if name == "risk" else {},
            phrases={"either": "being bullied or Telegram contacts"} if name == "risk" else {},
        )
        for crime in ("OG", "CB")
        for group in ("E", "O", "V")
        for name in CODEBOOK
    },
)


def table(name: str, base: int | None, cells: Mapping[str, int | str | None], **changes: Any) -> ProtectedTable:
    """A protected table: a number is an exact cell, a word a cell in words, None a withheld one."""
    crime, group, variable_id = name.split(".")
    made = tuple(_cell(level_id, value) for level_id, value in cells.items())
    return ProtectedTable(
        **{
            "id": name,
            "variable": variable_id,
            "crime": crime,
            "group": group,
            "country": "pooled",
            "section": "2",
            "group_size": base,
            "base": base,
            "multi": CODEBOOK[variable_id].multi,
            "cells": made,
            **changes,
        }
    )


def _cell(level_id: str, value: int | str | None) -> Cell:
    if value is None:
        return Cell(level_id, "withheld")
    return Cell(level_id, "exact", n=value) if isinstance(value, int) else Cell(level_id, "word", word=value)


EXPERTS = table("OG.E.risk", 23, {"lonely": 3, "bullied": 17, "telegram": 3, "school": None, "either": 17})
VICTIMS = table(
    "OG.V.risk",
    8,
    {"lonely": "named", "bullied": "more than half", "telegram": None, "school": "named", "either": None},
)
OFFENDERS = table("OG.O.risk", 15, {"lonely": 12, "bullied": None, "telegram": 5, "school": 0, "either": None})
NOTHING = table("OG.O.risk", None, {"lonely": None, "bullied": None}, withheld="too few interviews")


def draw(*tables: ProtectedTable, title: str = "Risk factors", name: str = "risk") -> Drawing:
    return frequencies(tables, name=name, title=title, codebook=CODEBOOK, study=STUDY)
