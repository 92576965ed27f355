"""Divides an edition's tables of people into parts that hang together, for suppression to be decided part by part."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from casebook.disclosure_control.exposure import Part, Sheet
from casebook.disclosure_control.feasibility import BASE, Topic
from casebook.disclosure_control.implications import implications, linked
from casebook.disclosure_control.linked_tables import LinkedTables
from casebook.disclosure_control.people import PeopleTable
from casebook.disclosure_control.seen import countries_in, seen_in
from casebook.disclosure_control.strata import OTHERS, Stratum, covered, in_group, strata_of
from casebook.protected_tables import POOLED, ProtectedTables
from casebook.restricted.edition_people import Cohort
from casebook.restricted.frequency_tables import FrequencyTable
from casebook.study import PlannedTable

#: What a count that a word for other readers rests on is worth beside another.
_WORTH_OF_WORDED = 3


@dataclass(frozen=True)
class Shelf:
    """What parts are made of: an edition's tables of people that may be shown, and everything known of the people.

    `everything` holds all frequency tables by key, `earlier` the editions before as the same reader sees them.
    """

    edition: str
    shown: Mapping[str, PeopleTable]
    everything: Mapping[str, FrequencyTable]
    plans: Mapping[str, PlannedTable]
    cohorts: Sequence[Cohort]
    earlier: Sequence[ProtectedTables]

    def parts(self) -> Iterator[Part]:
        """Yield the parts, crime by crime and group by group."""
        groups: dict[tuple[str, str], list[str]] = {}
        for people in self.shown.values():
            ids = groups.setdefault((people.plan.crime, people.plan.group), [])
            if people.plan.id not in ids:
                ids.append(people.plan.id)
        for (crime, group), ids in groups.items():
            implied = implications(self.plans[table] for table in ids)
            cohorts = in_group(self.cohorts, crime, group)
            yield from (self._part(tables, cohorts) for tables in linked(ids, implied))

    def _part(self, tables: Sequence[str], cohorts: Sequence[Cohort]) -> Part:
        sheets = [people for people in self.shown.values() if people.plan.id in tables]
        countries = {people.table.country for people in sheets}
        before = countries | countries_in(self.earlier, tables)
        editions = [*(edition.edition for edition in self.earlier), self.edition]
        implied = implications(self.plans[table] for table in tables)
        topics = {people.plan.id: topic_of(people.table, people.plan) for people in sheets}
        own = strata_of(cohorts, editions=[self.edition], countries=countries)
        all_ = strata_of(cohorts, editions=editions, countries=before)
        return Part(
            sheets=tuple(self._sheet(people, own) for people in sheets),
            tables=LinkedTables(topics, own, implied),
            truth={(s, table): self._truth(table, s, countries - {POOLED}) for s in own for table in topics},
            linked=LinkedTables(topics, all_, implied),
            covers={
                people.table.key: covered(all_, edition=self.edition, country=people.table.country) for people in sheets
            },
            earlier=seen_in(self.earlier, topics.keys(), all_),
        )

    def _sheet(self, people: PeopleTable, strata: Iterable[Stratum]) -> Sheet:
        table = people.table
        return Sheet(
            key=table.key,
            table=table.id,
            strata=covered(strata, edition=self.edition, country=table.country),
            base=table.base,
            counts=table.counts,
            sensitive=people.sensitive,
            worth=dict.fromkeys(people.plan.words, _WORTH_OF_WORDED),
        )

    def _truth(self, table: str, stratum: Stratum, countries: Iterable[str]) -> dict[str, int]:
        """Return the true counts of a table in one stratum, the base among them."""
        own = {place: _counts(self.everything.get(f"{table}@{place}")) for place in countries}
        if stratum.place != OTHERS:
            return own[stratum.place]
        pooled = _counts(self.everything[table])
        return {cell: n - sum(counts.get(cell, 0) for counts in own.values()) for cell, n in pooled.items()}


def topic_of(table: FrequencyTable, plan: PlannedTable) -> Topic:
    """Return the levels of a table and how they hang together."""
    exclusive = table.exclusive if table.multi else ()
    return Topic(tuple(table.levels), dict(plan.together), table.multi, exclusive)


def _counts(table: FrequencyTable | None) -> dict[str, int]:
    return {} if table is None else {BASE: table.base, **table.counts}
