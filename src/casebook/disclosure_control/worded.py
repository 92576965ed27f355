"""Words beside the words of earlier editions: what is left of them when nobody who came or left is exposed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from casebook.disclosure_control.counting import Interval, System
from casebook.disclosure_control.exposure import Part, Sheet, contradiction
from casebook.disclosure_control.feasibility import BASE
from casebook.disclosure_control.linked_tables import Name, Place, Seen, Strata, names_of, system_of
from casebook.disclosure_control.policy import Rules
from casebook.disclosure_control.seen import together
from casebook.disclosure_control.words import bounds_of

Said = Mapping[str, str]


def said_beside_earlier(part: Part, said: Mapping[str, Said], rules: Rules) -> dict[str, dict[str, str]]:
    """Return for each sheet, by key, the words that may stand beside earlier editions and the other sheets.

    The word planned last in an exposed table is given up first.
    """
    kept = {sheet.key: dict(said[sheet.key]) for sheet in part.sheets}
    if len(part.linked.strata) == 1:
        return kept
    while exposed := [sheet for sheet in _exposed(part, kept, rules) if kept[sheet.key]]:
        for sheet in exposed:
            kept[sheet.key].popitem()
    return kept


def _exposed(part: Part, said: Mapping[str, Said], rules: Rules) -> list[Sheet]:
    seen = Seen({place: bounds for sheet in part.sheets for place, bounds in _shown(part, sheet, said[sheet.key])})
    system = system_of(part.linked, together(part.earlier, seen))
    return [
        sheet
        for sheet in part.sheets
        if any(_tells(system, strata, sheet, rules) for strata in _targets(part.covers[sheet.key]))
    ]


def _shown(part: Part, sheet: Sheet, said: Said) -> Iterator[tuple[Place, Interval]]:
    yield (part.covers[sheet.key], sheet.table, BASE), (sheet.base, sheet.base)
    for cell, word in said.items():
        yield (part.covers[sheet.key], sheet.table, cell), bounds_of(word, sheet.base)


def _targets(strata: Strata) -> list[Strata]:
    return [strata, *((stratum,) for stratum in strata if len(strata) > 1)]


def _tells(system: System[Name], strata: Strata, sheet: Sheet, rules: Rules) -> bool:
    base = system.interval(names_of(strata, sheet.table, BASE))
    found = [system.interval(names_of(strata, sheet.table, cell)) for cell in sheet.counts]
    if base is None or None in found:
        raise contradiction(sheet.key)
    return base[1] > 0 and any(one is not None and rules.exposes(*one, base[1]) for one in found)
