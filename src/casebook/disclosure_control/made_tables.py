"""Protected tables as they are made: in counts, in words, or withheld as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from casebook.disclosure_control.feasibility import leader
from casebook.disclosure_control.people import PeopleTable
from casebook.protected_tables import Cell, ProtectedTable
from casebook.restricted.frequency_tables import FrequencyTable
from casebook.study import PlannedTable


def of_experts(table: FrequencyTable, plan: PlannedTable, smallest: int) -> ProtectedTable:
    """Publish exact counts from the smallest group on: what experts say describes cases, not a participant."""
    if table.group_size < smallest:
        return all_withheld(table, plan, "the group of experts is too small")
    cells = tuple(Cell(level, "exact", n=n) for level, n in table.counts.items())
    leading = leader(table.levels) if plan.ranking else None
    return replace(_unfilled(table, plan), cells=cells, base=table.base, leading=leading)


def in_counts(people: PeopleTable, printed: Mapping[str, int]) -> ProtectedTable:
    """Publish the counts of offenders or victims that may be printed, with their base."""
    cells = tuple(_counted(level, printed.get(level)) for level in people.table.counts)
    leading = people.leading_of_counts(printed)
    return replace(_unfilled(people.table, people.plan), cells=cells, base=people.table.base, leading=leading)


def in_words(people: PeopleTable, said: Mapping[str, str]) -> ProtectedTable:
    """Publish the words that may be said of offenders or victims."""
    table, plan = people.table, people.plan
    cells = tuple(_worded(level, said.get(level)) for level in table.counts)
    leading = people.leading_of_words(said)
    protected = replace(_unfilled(table, plan), cells=cells, base=table.base, leading=leading)
    # The size of a subgroup is itself a count of people.
    return replace(protected, base=None, group_size=None) if plan.among else protected


def all_withheld(table: FrequencyTable, plan: PlannedTable, reason: str) -> ProtectedTable:
    """Publish nothing but the reason."""
    cells = tuple(Cell(level, "withheld") for level in table.counts)
    size = None if plan.among else table.group_size
    return replace(_unfilled(table, plan), cells=cells, group_size=size, withheld=reason)


def _unfilled(table: FrequencyTable, plan: PlannedTable) -> ProtectedTable:
    return ProtectedTable(
        id=table.id,
        variable=plan.variable,
        crime=plan.crime,
        group=plan.group,
        country=table.country,
        section=plan.section,
        group_size=table.group_size,
        base=None,
        multi=table.multi,
        cells=(),
        among=" and ".join(level for levels in plan.among.values() for level in levels) or None,
    )


def _counted(level: str, n: int | None) -> Cell:
    return Cell(level, "withheld") if n is None else Cell(level, "exact", n=n)


def _worded(level: str, word: str | None) -> Cell:
    return Cell(level, "withheld") if word is None else Cell(level, "word", word=word)
