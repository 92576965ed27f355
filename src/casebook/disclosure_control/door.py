"""The door: all planned tables of an edition go in together, protected tables come out, or nothing does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from casebook.codebook import Codebook
from casebook.disclosure_control import country_gate
from casebook.disclosure_control.agreement import protect_agreement
from casebook.disclosure_control.deadline import Deadline
from casebook.disclosure_control.joint_suppression import printed_counts
from casebook.disclosure_control.made_tables import all_withheld, in_counts, in_words, of_experts
from casebook.disclosure_control.newcomers import WITHDRAWN, Fate, fate_of
from casebook.disclosure_control.parts import Shelf
from casebook.disclosure_control.people import PeopleTable, rest_of
from casebook.disclosure_control.policy import Rules, rules_of
from casebook.disclosure_control.strata import cohorts_of_tables, in_group
from casebook.disclosure_control.worded import said_beside_earlier
from casebook.errors import DisclosureRefused, Fault
from casebook.protected_tables import POOLED, ProtectedTable, ProtectedTables
from casebook.restricted.edition_people import Cohort
from casebook.restricted.frequency_tables import FrequencyTable
from casebook.restricted.measured_agreement import Measured
from casebook.study import Study

#: How long suppression may take for an edition and level; a search that ends earlier is proven.
SECONDS = 600.0


@dataclass(frozen=True)
class Door:
    """One edition on its way to one dissemination level.

    `sample` is the number of interviews per crime and group ("OG.E"), which every reader knows from outside; `key` is
    the study's secret for choices that nobody may repeat. `cohorts` tell who is in which edition, `before` holds what
    earlier editions published at this level, the latest last.
    """

    study: Study
    codebook: Codebook
    edition: str
    dissemination: str
    sample: Mapping[str, int]
    key: bytes
    cohorts: Sequence[Cohort] = ()
    before: Sequence[ProtectedTables] = ()

    def protect(
        self,
        tables: Sequence[FrequencyTable],
        measured: Sequence[Measured] = (),
        *,
        finer: Sequence[ProtectedTables] | None = None,
    ) -> ProtectedTables:
        """Return everything that may be published of all planned tables of the edition, protected together.

        `measured` is the agreement between coders, `finer` the same edition as readers of this level also read it;
        where it is not given it is made first. Raises DisclosureRefused, with every fault, for a table that is not
        planned, comes twice, or cannot be.
        """
        if faults := list(self._faults(tables)):
            raise DisclosureRefused(faults)
        fates = {group: self._fate(group) for group in _groups(tables)}
        gate = self._gate(tables, fates)
        kept = [t for t in tables if t.country == POOLED or t.country in gate.get(_group(t), ())]
        held = {group: fate for group, fate in fates.items() if fate.counted_in != self.edition}
        finer = self._finer(tables) if finer is None else finer
        return ProtectedTables(
            edition=self.edition,
            dissemination=self.dissemination,
            tables=self._protected(kept, tables, fates, finer),
            sample={**self.sample, **{group: n for fate in held.values() for group, n in fate.sample(held).items()}},
            countries=_countries_by_crime(gate),
            agreement=protect_agreement(measured, self.codebook, self._rules, planned=self._reported()),
            held_back={group: fate.counted_in for group, fate in held.items()},
        )

    def _protected(
        self,
        kept: Sequence[FrequencyTable],
        tables: Sequence[FrequencyTable],
        fates: Mapping[str, Fate],
        finer: Sequence[ProtectedTables],
    ) -> dict[str, ProtectedTable]:
        """Return what is published of each table that passed the gate, by key."""
        made = {t.key: table for t in kept if (table := self._without_counting(t, fates[_group(t)])) is not None}
        people = {t.key: self._people(t, kept) for t in kept if t.key not in made}
        reasons = {key: reason for key, one in people.items() if (reason := one.reason_to_withhold()) is not None}
        made |= {key: all_withheld(people[key].table, people[key].plan, why) for key, why in reasons.items()}
        shown = {key: one for key, one in people.items() if key not in reasons}
        shelf = Shelf(
            self.edition, shown, {t.key: t for t in tables}, self.study.tables, self._cohorts(tables), self.before
        )
        made |= self._in_counts(shelf) if self._rules.exact else self._in_words(shelf, finer)
        return {t.key: made[t.key] for t in kept}

    def _without_counting(self, table: FrequencyTable, fate: Fate) -> ProtectedTable | None:
        """Return the table of experts, that of an earlier edition where it is repeated, or None."""
        plan = self.study.tables[table.id]
        # How an expert was interviewed tells of the expert and of no case.
        if self.study.roles[plan.group].exact and not self.codebook[plan.variable].of_the_interview:
            return of_experts(table, plan, self._rules.smallest_group_of_experts)
        if fate.do == "withhold":
            return all_withheld(table, plan, WITHDRAWN)
        if fate.do == "repeat" and fate.earlier is not None:
            before = fate.earlier.tables.get(table.key)
            if before is not None and [cell.level for cell in before.cells] == list(table.counts):
                return before
            if fate.counted_in != self.edition:
                return all_withheld(table, plan, "the newest interviews are too few to be reported by themselves")
        return None

    def _in_counts(self, shelf: Shelf) -> dict[str, ProtectedTable]:
        deadline = Deadline.after(SECONDS)
        found = [printed_counts(part, self._rules, deadline) for part in shelf.parts()]
        return {key: in_counts(shelf.shown[key], printed) for part in found for key, printed in part.items()}

    def _in_words(self, shelf: Shelf, finer: Sequence[ProtectedTables]) -> dict[str, ProtectedTable]:
        others = [rules_of(self.study.policies[name]) for name in self._rules.reads_also]
        named_from = min(rules.threshold for rules in (self._rules, *others))
        said = {
            key: people.said_words(named_from, _exact_in(finer, people.table), self.key)
            for key, people in shelf.shown.items()
        }
        kept = [said_beside_earlier(part, said, self._rules) for part in shelf.parts()]
        return {key: in_words(shelf.shown[key], words) for part in kept for key, words in part.items()}

    def _finer(self, tables: Sequence[FrequencyTable]) -> list[ProtectedTables]:
        """Return the same edition as it is published under the other policies that its readers read under."""
        levels = [n for n, level in self.study.dissemination.items() if level.policy in self._rules.reads_also]
        return [replace(self, dissemination=level, before=()).protect(tables) for level in levels]

    def _fate(self, group: str) -> Fate:
        if self.study.roles[group.split(".")[1]].exact:
            return Fate("report", self.edition)
        return fate_of(group, self.cohorts, edition=self.edition, before=self.before, rules=self._rules)

    def _cohorts(self, tables: Sequence[FrequencyTable]) -> Sequence[Cohort]:
        return self.cohorts or cohorts_of_tables(tables, edition=self.edition)

    def _people(self, table: FrequencyTable, kept: Sequence[FrequencyTable]) -> PeopleTable:
        plan = self.study.tables[table.id]
        same = [other for other in kept if other.id == table.id]
        pooled = next(other for other in same if other.country == POOLED)
        rest = rest_of(table, pooled, [other for other in same if other is not pooled])
        sensitive = self.codebook[plan.variable].disclosure in self._rules.protected_zero_and_all
        return PeopleTable(table, plan, self._rules, rest, sensitive)

    def _reported(self) -> dict[str, set[str]]:
        """Return the groups that the edition reports each variable for."""
        groups: dict[str, set[str]] = {}
        for plan in self.study.planned(self.edition):
            groups.setdefault(plan.variable, set()).add(plan.group)
        return groups

    @property
    def _rules(self) -> Rules:
        return rules_of(self.study.policy_of(self.dissemination))

    def _faults(self, tables: Sequence[FrequencyTable]) -> Iterable[Fault]:
        if self.before and not self.cohorts:
            yield Fault("door", self.edition, "it is not known who is in which edition")
        seen: set[str] = set()
        for table in tables:
            if table.id not in self.study.tables:
                yield Fault("door", table.key, "not planned in study.yml", remedy="plan the table or take it out")
            if table.key in seen:
                yield Fault("door", table.key, "handed in twice")
            seen.add(table.key)
        for table_id in sorted({t.id for t in tables} - {t.id for t in tables if t.country == POOLED}):
            yield Fault("door", table_id, "handed in for a country without the pooled table")

    def _gate(self, tables: Sequence[FrequencyTable], fates: Mapping[str, Fate]) -> dict[str, tuple[str, ...]]:
        """Return the passing countries per crime and group, by the sizes of the groups handed in."""
        sizes: dict[str, dict[str, int]] = {}
        for table in tables:
            if table.country != POOLED and not self.study.tables[table.id].among:
                sizes.setdefault(_group(table), {})[table.country] = table.group_size
        return {group: self._passing(group, by_country, fates[group]) for group, by_country in sizes.items()}

    def _passing(self, group: str, sizes: Mapping[str, int], fate: Fate) -> tuple[str, ...]:
        reported = [edition for edition in self.before if any(_group(t) == group for t in edition.values())]
        before = {t.country for edition in reported[-1:] for t in edition.values() if _group(t) == group} - {POOLED}
        if fate.do == "repeat":
            return tuple(sorted(before & sizes.keys()))
        experts = self.study.roles[group.split(".")[1]].exact
        pooled = [country for country in sizes if self._was_pooled(country, group) and country not in before]
        return country_gate.passing(sizes, self._rules, experts=experts, before=before, pooled_before=pooled)

    def _was_pooled(self, country: str, group: str) -> bool:
        """Return whether an earlier edition took interviews of a country's group."""
        earlier = {edition.edition for edition in self.before}
        people = in_group(self.cohorts, *group.split("."))
        return any(earlier & set(cohort.editions) for cohort in people if cohort.country == country)


def _exact_in(finer: Sequence[ProtectedTables], table: FrequencyTable) -> set[str]:
    """Return the cells of a table whose exact counts are given to every other reader, too."""
    exact = set(table.counts)
    for edition in finer:
        cells = edition[table.key].cells if table.key in edition else ()
        exact &= {cell.level for cell in cells if cell.n is not None}
    return exact


def _group(table: FrequencyTable | ProtectedTable) -> str:
    return f"{table.crime}.{table.group}"


def _groups(tables: Sequence[FrequencyTable]) -> list[str]:
    return list(dict.fromkeys(map(_group, tables)))


def _countries_by_crime(gate: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, set[str]] = {}
    for group, countries in gate.items():
        found.setdefault(group.split(".")[0], set()).update(countries)
    return {crime: tuple(sorted(countries)) for crime, countries in sorted(found.items())}
