"""One group of people as a reader of several books knows it: its tables part by part, and of whom one can ask."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from casebook.codebook import Codebook
from casebook.disclosure_control.counting import Interval, Row, System
from casebook.disclosure_control.deadline import Deadline
from casebook.disclosure_control.feasibility import BASE, Topic
from casebook.disclosure_control.implications import implications, linked
from casebook.disclosure_control.linked_tables import LinkedTables, Name, Seen, Strata
from casebook.disclosure_control.policy import Rules
from casebook.disclosure_control.seen import countries_in, seen_in
from casebook.disclosure_control.strata import OTHERS, Stratum, covered, in_group, strata_of
from casebook.protected_tables import POOLED, ProtectedTables
from casebook.restricted.edition_people import Cohort
from casebook.study import PlannedTable, Study

#: What stands before the name of a cell for all who have an answer but not this one, and before the base for all who
#: have none.
NOT = "not "


@dataclass(frozen=True)
class Reading:
    """A reader of all books up to an edition, and the rules by which nothing may be worked out of them."""

    reader: str
    edition: str
    books: tuple[ProtectedTables, ...]
    rules: Rules

    @property
    def editions(self) -> list[str]:
        return list(dict.fromkeys(book.edition for book in self.books))


@dataclass(frozen=True)
class KnownPart:
    """Tables that hang together, and what is seen of them."""

    tables: LinkedTables
    seen: Seen

    def system(self, deadline: Deadline) -> System[Name]:
        """Return all that can be reasoned with."""
        return System(*self.programme(), deadline)

    def programme(self) -> tuple[dict[Name, Interval], list[Row[Name]]]:
        """Return bounds and relations of all that is unknown, the complement of each cell as well as the cell."""
        known = self.seen.bounds(self.tables)
        rows: list[Row[Name]] = [*self.tables.relations(), *self.seen.rows(self.tables)]
        complements: dict[Name, Interval] = {}
        for stratum, table, cell in known:
            people, complement = self.tables.strata[stratum], (stratum, table, NOT + cell)
            complements[complement] = (0, people)
            both = {(stratum, table, cell): 1, complement: 1}
            if cell == BASE:
                rows.append((both, people, people))
            else:
                rows.append(({**both, (stratum, table, BASE): -1}, 0, 0))
        return known | complements, rows


@dataclass(frozen=True)
class KnownGroup:
    """A group such as "OG.O": the people in each of its strata, its parts, and those of whom one can ask.

    `people` names each set of strata; `plans` are the planned tables by id, `own` the sets that they are published of.
    """

    name: str
    strata: Mapping[Stratum, int]
    parts: tuple[KnownPart, ...]
    people: Mapping[Strata, str]
    plans: Mapping[str, PlannedTable]
    own: Mapping[str, frozenset[Strata]]

    @property
    def known(self) -> str:
        """Everything that is known, without the names of editions and places: where it is the same, so are answers."""
        number = {stratum: place for place, stratum in enumerate(self.strata)}

        def places(strata: Strata) -> tuple[int, ...]:
            return tuple(number[stratum] for stratum in strata)

        seen = [
            (
                sorted((places(p), table, cell, bounds) for (p, table, cell), bounds in part.seen.cells.items()),
                sorted((places(p), table, cell, word) for (p, table, cell), word in part.seen.words.items()),
                sorted((places(p), table, leading) for (p, table), leading in part.seen.leading.items()),
            )
            for part in self.parts
        ]
        own = {table: sorted(places(people) for people in sets) for table, sets in self.own.items()}
        return repr((self.name, [*self.strata.values()], [places(people) for people in self.people], seen, own))


def known_groups(
    reading: Reading, study: Study, codebook: Codebook, cohorts: Collection[Cohort]
) -> Iterator[KnownGroup]:
    """Yield all groups of offenders and victims that the books of a reader tell of."""
    plans = {plan.id: plan for edition in reading.editions for plan in study.planned(edition)}
    people = [plan for plan in plans.values() if not study.roles[plan.group].exact]
    for crime, group in dict.fromkeys((plan.crime, plan.group) for plan in people):
        own = [plan for plan in people if (plan.crime, plan.group) == (crime, group)]
        countries = countries_in(reading.books, [plan.id for plan in own]) - {POOLED}
        strata = strata_of(in_group(cohorts, crime, group), editions=reading.editions, countries=countries)
        if strata:
            yield _known_group(f"{crime}.{group}", own, strata, reading, codebook)


def _known_group(
    name: str, plans: Sequence[PlannedTable], strata: Mapping[Stratum, int], reading: Reading, codebook: Codebook
) -> KnownGroup:
    topics = {plan.id: _topic(plan, codebook) for plan in plans}
    implied = implications(plans)
    parts = []
    for ids in linked(topics, implied):
        tables = LinkedTables(
            {table: topics[table] for table in ids}, strata, implications(plan for plan in plans if plan.id in ids)
        )
        parts.append(KnownPart(tables, seen_in(reading.books, ids, strata)))
    own = {table: frozenset(_own(table, reading.books, strata)) for table in topics}
    published = frozenset(people for sets in own.values() for people in sets)
    people = people_of(strata, reading.editions, published)
    return KnownGroup(name, strata, tuple(parts), people, {plan.id: plan for plan in plans}, own)


def _topic(plan: PlannedTable, codebook: Codebook) -> Topic:
    variable = codebook[plan.variable]
    exclusive = tuple(level.id for level in variable.exclusive) if variable.multi else ()
    return Topic(variable.level_ids, dict(plan.together), variable.multi, exclusive)


def _own(table: str, books: Iterable[ProtectedTables], strata: Iterable[Stratum]) -> Iterator[Strata]:
    listed = list(strata)
    for book in books:
        for one in book.values():
            if one.id == table and not one.withheld:
                yield covered(listed, edition=book.counted_in(one.crime, one.group), country=one.country)


def people_of(strata: Iterable[Stratum], editions: Iterable[str], published: Collection[Strata]) -> dict[Strata, str]:
    """Return the sets of strata to ask about: those that tables are published of, and those in the same editions.

    Of others, such as a known group and one newcomer who is held back, to ask adds nothing to what is asked of each.
    """
    listed = list(strata)
    places = list(dict.fromkeys((POOLED, OTHERS, *(stratum.place for stratum in listed))))
    found: dict[Strata, str] = {}
    for edition in editions:
        for place in places:
            label = f"{'all' if place == POOLED else place} in {edition}"
            found.setdefault(covered(listed, edition=edition, country=place), label)
    for held in dict.fromkeys(stratum.editions for stratum in listed):
        found.setdefault(tuple(s for s in listed if s.editions == held), f"all in {' and '.join(held)} alone")
    for stratum in listed:
        found.setdefault((stratum,), f"{stratum.place} in {' and '.join(stratum.editions)} alone")
    asked = {people for people in found if people in published or len({stratum.editions for stratum in people}) == 1}
    return {people: label for people, label in found.items() if people in asked}
