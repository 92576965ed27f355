"""What a reader of all editions works out of counts that are printed together, by the rules of a policy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from casebook.disclosure_control.counting import Interval, System
from casebook.disclosure_control.deadline import Deadline
from casebook.disclosure_control.feasibility import BASE
from casebook.disclosure_control.linked_tables import (
    LinkedTables,
    Name,
    Place,
    Seen,
    Strata,
    names_of,
    system_of,
)
from casebook.disclosure_control.policy import Rules
from casebook.disclosure_control.seen import together
from casebook.disclosure_control.strata import Stratum
from casebook.errors import DisclosureRefused, Fault

#: A printed cell: the key of its table, and its level or set.
Printed = tuple[str, str]


def may_stand(count: int, base: int, rules: Rules, *, sensitive: bool) -> bool:
    """Return whether a count of people may be printed beside its base."""
    if sensitive and count in (0, base):
        return False
    return not rules.small(count) and not rules.small(base - count)


@dataclass(frozen=True)
class Sheet:
    """A table whose counts may be printed as far as they expose nobody.

    `strata` are those it counts, `table` its id, `counts` its true values; `sensitive` tells that zero and all are
    protected, `worth` how much a count matters beside those of other tables.
    """

    key: str
    table: str
    strata: Strata
    base: int
    counts: Mapping[str, int]
    sensitive: bool
    worth: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Part:
    """Tables that hang together, and nothing outside them bears on: sheets, strata and their true counts.

    `truth` holds for each stratum of the edition and table id the true counts, the base among them. `linked` has the
    strata of all editions, `earlier` what the earlier ones show of them, with the strata of each sheet in `covers`.
    """

    sheets: tuple[Sheet, ...]
    tables: LinkedTables
    truth: Mapping[tuple[Stratum, str], Mapping[str, int]]
    linked: LinkedTables
    covers: Mapping[str, Strata]
    earlier: Seen


def exposed_by(
    part: Part, sheets: Sequence[Sheet], printed: Mapping[str, Mapping[str, int]], rules: Rules, deadline: Deadline
) -> set[Printed]:
    """Return the cells, printed or withheld, about which a reader of all editions learns too much."""
    everything = all(len(printed[sheet.key]) == len(sheet.counts) for sheet in sheets)
    if everything and len(part.linked.strata) == 1:
        return set()
    seen = {place: counts for sheet in sheets for place, counts in shown(part, sheet, printed[sheet.key])}
    system = system_of(part.linked, together(part.earlier, Seen(seen)), deadline)
    return {
        (sheet.key, cell)
        for sheet in sheets
        for cell in sheet.counts
        if _exposed(system, sheet, cell, part.covers[sheet.key], rules, withheld=cell not in printed[sheet.key])
    }


def shown(part: Part, sheet: Sheet, printed: Mapping[str, int]) -> Iterator[tuple[Place, Interval]]:
    """Yield what a sheet shows: its base and the counts printed."""
    for cell, n in {BASE: sheet.base, **printed}.items():
        yield (part.covers[sheet.key], sheet.table, cell), (n, n)


def _exposed(system: System[Name], sheet: Sheet, cell: str, strata: Strata, rules: Rules, *, withheld: bool) -> bool:
    """Return whether a withheld cell is exposed, or the part of it that lies in one of several strata."""
    parts = [(stratum,) for stratum in strata] if len(strata) > 1 else []
    return (withheld and _learns_too_much(system, strata, sheet, cell, rules, exact=False)) or any(
        _learns_too_much(system, part, sheet, cell, rules, exact=True) for part in parts
    )


def _learns_too_much(
    system: System[Name], strata: Strata, sheet: Sheet, cell: str, rules: Rules, *, exact: bool
) -> bool:
    """Return whether the interval of a cell over some strata tells too much; an exact count may, where it may stand."""
    found, base = (system.interval(names_of(strata, sheet.table, name)) for name in (cell, BASE))
    if found is None or base is None:
        raise contradiction(sheet.key)
    if base[1] == 0:
        return False
    if exact and found[0] == found[1]:
        return not may_stand(found[0], base[1], rules, sensitive=sheet.sensitive)
    return rules.exposes(*found, base[1])


def contradiction(key: str) -> DisclosureRefused:
    """Return the refusal of a table that nobody could have given the answers for."""
    message = "what would be printed of this variable contradicts itself or an earlier edition"
    return DisclosureRefused([Fault("door", key, message)])
