"""The audit of one group of people for one reader: all single cells, and all crossings that could point at somebody."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from casebook.disclosure_control.audit_result import Target
from casebook.disclosure_control.counting import Interval, Row, System
from casebook.disclosure_control.deadline import Deadline
from casebook.disclosure_control.exposure import contradiction
from casebook.disclosure_control.known_group import KnownGroup
from casebook.disclosure_control.lattice import Crossing, Lattice
from casebook.disclosure_control.linked_tables import Name, Strata
from casebook.disclosure_control.policy import Rules
from casebook.disclosure_control.questions import Questions, exposed
from casebook.disclosure_control.strata import Stratum

#: The name of the people who are in all cells of a crossing.
_IN_ALL = ("", "in all")


@dataclass
class GroupAudit:
    """One group under audit; `quasi_identifiers` and `sensitive` name the tables of such variables.

    `tried` counts the cells and crossings that were asked about, each once for outsiders and all insiders.
    """

    group: KnownGroup
    rules: Rules
    quasi_identifiers: frozenset[str]
    sensitive: frozenset[str]
    deadline: Deadline
    tried: int = field(default=0, init=False)

    def targets(self) -> Iterator[Target]:
        """Yield what can be worked out of every cell, and whatever else tells too much."""
        for questions in self._questions:
            for target in questions.targets():
                self.tried += not target.insider
                if target.reason or not target.insider:
                    yield target
        for people, label in self.group.people.items():
            for target in self._of_crossings(people):
                yield replace(target, people=label)

    @cached_property
    def _questions(self) -> list[Questions]:
        return [
            Questions(self.group, part, part.system(self.deadline), self.rules, self.sensitive)
            for part in self.group.parts
        ]

    def _of_crossings(self, people: Strata) -> Iterator[Target]:
        for insider in (None, *people):
            lattice = self._lattice(people, insider)
            rules = self.rules if insider is None else self.rules.of_insiders
            self.tried += lattice.tried if insider is None else 0
            for crossing in lattice.suspects(rules):
                target = self._target(crossing, people, insider)
                if target.upper > 0 and (reason := exposed(target, rules, target.base)):
                    yield replace(target, reason=reason)

    def _lattice(self, people: Strata, insider: Stratum | None) -> Lattice:
        known = {
            table: questions.margins(people, table, insider=insider)
            for questions in self._questions
            for table in questions.part.tables.topics
            if not self.group.plans[table].among
        }
        sizes = tuple(self.group.strata[stratum] - (stratum == insider) for stratum in people)
        quasi, sensitive = (
            {table: margins for table, margins in known.items() if table in tables}
            for tables in (self.quasi_identifiers, self.sensitive)
        )
        return Lattice(quasi, sensitive, sizes)

    def _target(self, crossing: Crossing, people: Strata, insider: Stratum | None) -> Target:
        lower, upper = self._interval(crossing, people, insider)
        size = sum(self.group.strata[stratum] for stratum in people) - (insider is not None)
        tables, cells = zip(*((margin.table, margin.cell) for margin in crossing), strict=True)
        rest = (size - upper, size - lower)
        return Target(self.group.name, tables, cells, "", lower, upper, size, rest, insider is not None)

    def _interval(self, crossing: Crossing, people: Strata, insider: Stratum | None) -> Interval:
        """Return how few and how many people, or others than the insider, are in all cells, by an integer programme."""
        bounds: dict[Name, Interval] = {}
        rows: list[Row[Name]] = []
        for part in dict.fromkeys(margin.part for margin in crossing):
            more, further = self.group.parts[part].programme()
            bounds |= more
            rows += further
        for stratum in people:
            size = self.group.strata[stratum] - (stratum == insider)
            bounds[stratum, *_IN_ALL] = (0, size)
            rows += _crossed(crossing, stratum, size, insider=stratum == insider)
        system = System(bounds, rows, self.deadline)
        if insider is not None:
            own = {(insider, margin.table, margin.own): (1, self.group.strata[insider]) for margin in crossing}
            system = system.given(own)
        found = system.interval((stratum, *_IN_ALL) for stratum in people)
        if found is None:
            raise contradiction(" by ".join(margin.table for margin in crossing))
        return found


def _crossed(crossing: Crossing, stratum: Stratum, people: int, *, insider: bool) -> Iterator[Row[Name]]:
    """Yield that those in all cells are no more than in any of them, and no fewer than the cells leave room for.

    Where an insider asks, all of these are the others.
    """
    in_all = (stratum, *_IN_ALL)
    mine = [int(insider and margin.is_own) for margin in crossing]
    names: Sequence[Name] = [(stratum, margin.table, margin.cell) for margin in crossing]
    for name, own in zip(names, mine, strict=True):
        yield {name: 1, in_all: -1}, own, np.inf
    yield {in_all: 1, **dict.fromkeys(names, -1)}, -(len(names) - 1) * people - sum(mine), np.inf
