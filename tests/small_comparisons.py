"""Comparisons small enough to see at once: references of a made-up study and what they are set beside."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from small_figures import STUDY, table

from casebook.protected_tables import ProtectedTable, ProtectedTables
from casebook.publication.comparison import Comparison, compare
from casebook.publication.references import Planned, Reference, References
from casebook.study import Study

REFERENCE = Reference(
    id="R-1",
    crime="OG",
    value="90 % of 20 rulings",
    base="20 rulings",
    definition="share of the rulings",
    source="A journal",
    cite="rulings",
    note="",
    evidence="court sentences",
    independent=True,
)
SAME = Reference(**{**REFERENCE.__dict__, "id": "R-2", "value": "our own interviews", "independent": False})
_LEVELS = {"risk": ("lonely",), "age": ("old",), "long": ("l1",)}


def planned(rule: str, group: str = "O", variable: str = "risk", **changes: Any) -> Planned:
    """A planned comparison: above half unless said otherwise."""
    direction = {"ranking": "most_frequent", "named": "named", "no_counterpart": ""}.get(rule, "more_than_half")
    entries: dict[str, Any] = {
        "id": "C-1",
        "reference": SAME if rule == "same_interviews" else REFERENCE,
        "finding": "",
        "crime": "OG",
        "group": group,
        "variable": variable,
        "levels": _LEVELS[variable],
        "label": "Loneliness",
        "statement": "Loneliness was the rule.",
        "direction": direction,
        "share": 90 if rule == "share" else None,
        "base": 20,
        "rule": rule,
        "opinion": group == "E",
        "reason": "the reason of the rule",
    }
    return Planned(**{**entries, **changes})


def tables(*made: ProtectedTable, dissemination: str = "CO") -> ProtectedTables:
    """The protected tables of a small edition."""
    sample = {f"{t.crime}.{t.group}": t.group_size or 15 for t in made}
    return ProtectedTables("D1.2", dissemination, {t.key: t for t in made}, sample, {})


def study() -> Study:
    """The small study of the figures, which plans a set of the variable risk."""
    return STUDY


def compared(plan: Planned, cells: Mapping[str, int | str | None], base: int | None = 15, **more: Any) -> Comparison:
    """The comparison of one plan with one table of these cells; cells that are not given are withheld."""
    every = {level: cells.get(level) for level in _ALL[plan.variable]}
    found = table(plan.table, base, every, **more)
    return compare(References({}, (plan,), ()), tables(found), STUDY)[0]


_ALL = {
    "risk": ("lonely", "bullied", "telegram", "school", "either"),
    "age": ("young", "old"),
    "long": tuple(f"l{n}" for n in range(10)),
}
