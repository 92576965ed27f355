"""Exact counts of offenders and victims, with primary and secondary suppression.

Primary: small counts, small complements, and zero or all of a sensitive attribute. Secondary: as many more cells as it
takes until nobody can work a withheld count out from the rest of the variable.
"""

from __future__ import annotations

from collections.abc import Mapping

from casebook.disclosure_control.feasibility import Interval, Universe, intervals
from casebook.disclosure_control.policy import Rules


def may_stand(count: int, base: int, rules: Rules, *, sensitive: bool) -> bool:
    """Return whether a count of people may be printed beside its base."""
    if sensitive and count in (0, base):
        return False
    return not rules.small(count) and not rules.small(base - count)


def published_counts(
    candidates: Mapping[str, int], universe: Universe, rules: Rules, *, known: Mapping[str, Interval] | None = None
) -> dict[str, int]:
    """Return those of the candidate counts that may be printed together; all other cells are withheld.

    `known` holds what readers know of cells from elsewhere, as from the pooled table. Counts are given up smallest
    first, so that the least is lost; the result does not depend on their order.
    """
    shown = dict(candidates)
    while shown and _can_be_worked_out(shown, universe, rules, known or {}):
        del shown[min(shown, key=lambda cell: (shown[cell], cell))]
    return shown


def _can_be_worked_out(
    shown: Mapping[str, int], universe: Universe, rules: Rules, known: Mapping[str, Interval]
) -> bool:
    found = intervals(universe, {**known, **{cell: (n, n) for cell, n in shown.items()}})
    return any(
        rules.exposes(*found[cell], universe.base)
        for cell in universe.cells
        if cell not in shown and not _settled(known.get(cell))
    )


def _settled(interval: Interval | None) -> bool:
    """Return whether readers know the count from elsewhere, so that withholding more would not help."""
    return interval is not None and interval[0] == interval[1]
