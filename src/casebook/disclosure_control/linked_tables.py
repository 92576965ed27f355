"""Tables that tell of the same people: one variable or several, in all countries and in one, in several editions.

The people are divided into *strata* such that each table counts whole strata: those whom a country's own table counts
and the others, those whom two editions share and those who came or left. What is unknown is how many of each stratum
have each level; a printed cell is a sum over the strata of its table.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from casebook.disclosure_control.counting import Interval, Row, System
from casebook.disclosure_control.deadline import Deadline
from casebook.disclosure_control.feasibility import BASE, Topic, ranking_of, relations_of
from casebook.disclosure_control.implications import Implied
from casebook.disclosure_control.strata import Stratum
from casebook.disclosure_control.words import shares_of

#: A cell of a table within a stratum: stratum, table id, level or set (or the base).
Name = tuple[Stratum, str, str]
Strata = tuple[Stratum, ...]
#: What a table with these strata and this id shows of a level, set or its base.
Place = tuple[Strata, str, str]


@dataclass(frozen=True)
class LinkedTables:
    """Variables of one group by table id, and the number of people in each stratum of it.

    `implied` holds what the study's rules of consistency say between cells of different tables, in any stratum.
    """

    topics: Mapping[str, Topic]
    strata: Mapping[Stratum, int]
    implied: tuple[Implied, ...] = ()

    def relations(self) -> Iterator[Row[Name]]:
        """Yield what holds in each stratum, whoever is in it."""
        for stratum in self.strata:
            for table, topic in self.topics.items():
                for row, low, high in relations_of(topic):
                    yield {(stratum, table, cell): x for cell, x in row.items()}, low, high
            for implied, least, most in self.implied:
                yield {(stratum, table, cell): x for (table, cell), x in implied.items()}, least, most

    def names(self) -> Iterator[Name]:
        """Yield every unknown count."""
        for stratum in self.strata:
            for table, topic in self.topics.items():
                yield from ((stratum, table, cell) for cell in (BASE, *topic.cells))


@dataclass(frozen=True)
class Seen:
    """What a reader sees of linked tables: the bounds of cells and bases, words of an unknown base, and rankings.

    `leading` names the level that leads in a table, by its strata and id.
    """

    cells: Mapping[Place, Interval]
    words: Mapping[Place, str] = field(default_factory=dict)
    leading: Mapping[tuple[Strata, str], str] = field(default_factory=dict)

    def bounds(self, tables: LinkedTables) -> dict[Name, Interval]:
        """Return the bounds of each unknown count that is seen by itself, else from none to its stratum's people."""
        bounds = {name: (0, tables.strata[name[0]]) for name in tables.names()}
        for (strata, table, cell), (low, high) in self.cells.items():
            if len(strata) == 1:
                name = (strata[0], table, cell)
                bounds[name] = (max(bounds[name][0], low), min(bounds[name][1], high))
        return bounds

    def rows(self, tables: LinkedTables) -> Iterator[Row[Name]]:
        """Yield what is seen of several strata together."""
        for (strata, table, cell), (low, high) in self.cells.items():
            if len(strata) > 1:
                yield {(stratum, table, cell): 1 for stratum in strata}, low, high
        for (strata, table, cell), word in self.words.items():
            of_cell, of_base, bound = shares_of(word)
            share = {(stratum, table, cell): of_cell for stratum in strata}
            yield {**share, **{(stratum, table, BASE): of_base for stratum in strata}}, bound, np.inf
        for (strata, table), leading in self.leading.items():
            for row, least, most in ranking_of(tables.topics[table], leading):
                yield {(stratum, table, cell): x for cell, x in row.items() for stratum in strata}, least, most


def system_of(tables: LinkedTables, seen: Seen, deadline: Deadline | None = None) -> System[Name]:
    """Return all that a reader can reason with, as one programme."""
    return System(seen.bounds(tables), [*tables.relations(), *seen.rows(tables)], deadline)


def names_of(strata: Iterable[Stratum], table: str, cell: str) -> list[Name]:
    """Return the unknown counts that a cell over several strata is the sum of."""
    return [(stratum, table, cell) for stratum in strata]
