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


def published_counts(counts: Mapping[str, int], universe: Universe, rules: Rules, *, sensitive: bool) -> dict[str, int]:
    """Return the counts that may be printed together; the other cells are withheld.

    Cells are given up smallest first, so that the least is lost; the result does not depend on their order.
    """
    shown = {c: n for c, n in counts.items() if may_stand(n, universe.base, rules, sensitive=sensitive)}
    while shown and _can_be_worked_out(shown, universe, rules):
        del shown[min(shown, key=lambda cell: (shown[cell], cell))]
    return shown


def _can_be_worked_out(shown: Mapping[str, int], universe: Universe, rules: Rules) -> bool:
    known: dict[str, Interval] = {cell: (n, n) for cell, n in shown.items()}
    found = intervals(universe, known)
    return any(rules.exposes(*found[cell], universe.base) for cell in universe.cells if cell not in shown)
