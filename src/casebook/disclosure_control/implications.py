"""What the study's rules of consistency say of counts, between tables of one group; every reader knows the rules.

The rules themselves are checked interview by interview in `restricted.consistency`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import numpy as np

from casebook.disclosure_control.counting import Row
from casebook.disclosure_control.feasibility import BASE
from casebook.study import PlannedTable

#: A table's id and a level or set of it, or its base.
Cell = tuple[str, str]
Implied = Row[Cell]


def implications(plans: Iterable[PlannedTable]) -> tuple[Implied, ...]:
    """Return what holds between planned tables of one crime and group, in any part of the group."""
    listed = list(plans)
    whole = {plan.variable: plan.id for plan in listed if not plan.among}
    return (*_of_rules(whole), *(row for plan in listed for row in _of_subgroup(plan, whole)))


def _of_rules(tables: Mapping[str, str]) -> Iterator[Implied]:
    if {"og_strategy", "og_strategy_main"} <= tables.keys():
        used, main = tables["og_strategy"], tables["og_strategy_main"]
        for level in ("deception", "implication", "corruption", "coercion", "blackmail"):
            yield {(used, level): 1, (main, level): -1}, 0, np.inf
    if {"og_lied_about", "og_fake_profile"} <= tables.keys():
        lies, fake = tables["og_lied_about"], tables["og_fake_profile"]
        yield {(lies, BASE): 1, (lies, "nothing"): -1, (fake, "yes"): -1}, 0, np.inf
    if {"og_meeting", "og_outcome"} <= tables.keys():
        held, outcome = (tables["og_meeting"], "held"), tables["og_outcome"]
        yield {held: 1, (outcome, "meeting_no_contact"): -1, (outcome, "contact_abuse"): -1}, 0, np.inf


def _of_subgroup(plan: PlannedTable, tables: Mapping[str, str]) -> Iterator[Implied]:
    """Whoever answered in a subgroup has all the levels that define it."""
    for variable, levels in plan.among.items():
        if variable in tables:
            yield from (({(tables[variable], level): 1, (plan.id, BASE): -1}, 0, np.inf) for level in levels)


def linked(tables: Iterable[str], implied: Iterable[Implied]) -> list[tuple[str, ...]]:
    """Return the tables in parts that no implication joins, each part and the parts in the order given."""
    part_of = {table: [table] for table in tables}
    for row, _, _ in implied:
        joined = [part_of[table] for table in dict.fromkeys(table for table, _ in row)]
        merged = list(dict.fromkeys(table for part in joined for table in part))
        part_of.update((table, merged) for table in merged)
    order = {table: place for place, table in enumerate(part_of)}
    parts = {min(part, key=order.__getitem__): tuple(sorted(part, key=order.__getitem__)) for part in part_of.values()}
    return [parts[table] for table in part_of if table in parts]
