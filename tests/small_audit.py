"""Groups of a few people, counted one by one, and what a reader sees of them."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from casebook.disclosure_control.deadline import Deadline
from casebook.disclosure_control.feasibility import BASE, Topic
from casebook.disclosure_control.group_audit import GroupAudit
from casebook.disclosure_control.known_group import KnownGroup, KnownPart, people_of
from casebook.disclosure_control.linked_tables import LinkedTables, Place, Seen
from casebook.disclosure_control.policy import Rules
from casebook.disclosure_control.strata import Stratum
from casebook.study import PlannedTable

CONSORTIUM = Rules(True, 5, 5, 3, 3, frozenset("X"), 7, 12, 5, 8, 5, 2, (), 10, 3)
PUBLIC = Rules(False, 5, 10, 5, 3, frozenset("X"), 7, 12, 10, 10, 10, 2, (), 15, 5)
SINGLE = Topic(("a", "b", "c"), {}, multi=False, exclusive=())
SEVERAL = Topic(("a", "b", "c"), {}, multi=True, exclusive=())

#: The answers of one person, by table.
Person = Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class SmallGroup:
    """A group by its strata, the topics of its tables, and what is seen of them."""

    strata: Mapping[Stratum, int]
    topics: Mapping[str, Topic]
    seen: Mapping[Place, tuple[int, int]]
    rules: Rules = CONSORTIUM
    quasi_identifiers: frozenset[str] = frozenset()
    sensitive: frozenset[str] = frozenset()
    own: frozenset[tuple[Stratum, ...]] = field(default_factory=frozenset)

    @property
    def known(self) -> KnownGroup:
        parts = tuple(
            KnownPart(
                LinkedTables({table: topic}, self.strata),
                Seen({place: bounds for place, bounds in self.seen.items() if place[1] == table}),
            )
            for table, topic in self.topics.items()
        )
        editions = dict.fromkeys(edition for stratum in self.strata for edition in stratum.editions)
        plans = {
            table: PlannedTable(id=table, variable=table, crime="OG", group="O", section="2") for table in self.topics
        }
        own = dict.fromkeys(self.topics, self.own or frozenset({tuple(self.strata)}))
        return KnownGroup(
            "OG.O", self.strata, parts, people_of(self.strata, editions, own[next(iter(own))]), plans, own
        )

    def audit(self) -> GroupAudit:
        deadline = Deadline.after(60)
        return GroupAudit(self.known, self.rules, self.quasi_identifiers, self.sensitive, deadline)


def cells(strata: tuple[Stratum, ...], table: str, base: int, **counts: int) -> dict[Place, tuple[int, int]]:
    """What is printed of a table: its base and some exact counts."""
    return {(strata, table, cell): (n, n) for cell, n in {BASE: base, **counts}.items()}


def answers(topic: Topic) -> list[frozenset[str]]:
    """All that one person can answer."""
    most = len(topic.levels) if topic.multi else 1
    sizes = range(1, most + 1)
    return [frozenset(chosen) for size in sizes for chosen in itertools.combinations(topic.levels, size)]


def groups(people: int, topic: Topic) -> Iterator[tuple[frozenset[str], ...]]:
    """All groups of people who have all answered, as far as counts can tell them apart."""
    return itertools.combinations_with_replacement(answers(topic), people)


def counted(group: Iterable[frozenset[str]], topic: Topic) -> dict[str, int]:
    listed = list(group)
    return {level: sum(level in answer for answer in listed) for level in topic.levels}
