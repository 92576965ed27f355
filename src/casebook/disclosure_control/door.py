"""The door: all planned tables of an edition go in together, protected tables come out, or nothing does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from casebook.codebook import Codebook
from casebook.disclosure_control import country_gate
from casebook.disclosure_control.agreement import protect_agreement
from casebook.disclosure_control.feasibility import leader
from casebook.disclosure_control.people import PeopleTable
from casebook.disclosure_control.policy import Rules, rules_of
from casebook.errors import DisclosureRefused, Fault
from casebook.protected_tables import POOLED, Cell, ProtectedTable, ProtectedTables
from casebook.restricted.frequency_tables import FrequencyTable
from casebook.restricted.measured_agreement import Measured
from casebook.study import PlannedTable, Study


@dataclass(frozen=True)
class Door:
    """One edition on its way to one dissemination level.

    `sample` is the number of interviews per crime and group ("OG.E"), which every reader knows from outside; `key` is
    the study's secret for choices that nobody may repeat.
    """

    study: Study
    codebook: Codebook
    edition: str
    dissemination: str
    sample: Mapping[str, int]
    key: bytes

    def protect(self, tables: Sequence[FrequencyTable], measured: Sequence[Measured] = ()) -> ProtectedTables:
        """Return everything that may be published of all planned tables of the edition, protected together.

        `measured` is the agreement between coders. Raises DisclosureRefused, with every fault, for a table that is not
        planned, comes twice, or cannot be.
        """
        faults = list(self._faults(tables))
        if faults:
            raise DisclosureRefused(faults)
        gate = self._gate(tables)
        kept = [t for t in tables if t.country == POOLED or t.country in gate.get(f"{t.crime}.{t.group}", ())]
        pooled = {t.id: t for t in kept if t.country == POOLED}
        return ProtectedTables(
            edition=self.edition,
            dissemination=self.dissemination,
            tables={t.key: self._protect_one(t, pooled[t.id]) for t in kept},
            sample=dict(self.sample),
            countries=_countries_by_crime(gate),
            agreement=protect_agreement(measured, self.codebook, self._rules, planned=self._reported()),
        )

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
        seen: set[str] = set()
        for table in tables:
            if table.id not in self.study.tables:
                yield Fault("door", table.key, "not planned in study.yml", remedy="plan the table or take it out")
            if table.key in seen:
                yield Fault("door", table.key, "handed in twice")
            seen.add(table.key)
        for table_id in sorted({t.id for t in tables} - {t.id for t in tables if t.country == POOLED}):
            yield Fault("door", table_id, "handed in for a country without the pooled table")

    def _gate(self, tables: Sequence[FrequencyTable]) -> dict[str, tuple[str, ...]]:
        """Return the passing countries per crime and group, by the sizes of the groups handed in."""
        sizes: dict[str, dict[str, int]] = {}
        for table in tables:
            if table.country != POOLED and not self.study.tables[table.id].among:
                sizes.setdefault(f"{table.crime}.{table.group}", {})[table.country] = table.group_size
        return {
            group: country_gate.passing(by_country, self._rules, experts=self.study.roles[group.split(".")[1]].exact)
            for group, by_country in sizes.items()
        }

    def _protect_one(self, table: FrequencyTable, pooled: FrequencyTable) -> ProtectedTable:
        plan = self.study.tables[table.id]
        if self.study.roles[plan.group].exact:
            return self._of_experts(table, plan)
        sensitive = self.codebook[plan.variable].disclosure in self._rules.protected_zero_and_all
        others = tuple(rules_of(self.study.policies[name]) for name in self._rules.reads_also)
        return self._of_people(PeopleTable(table, plan, self._rules, others, sensitive), pooled)

    def _of_experts(self, table: FrequencyTable, plan: PlannedTable) -> ProtectedTable:
        """Publish exact counts from the smallest group on: what experts say describes cases, not a participant."""
        if table.group_size < self._rules.smallest_group_of_experts:
            return _all_withheld(table, plan, "the group of experts is too small")
        cells = tuple(Cell(level, "exact", n=n) for level, n in table.counts.items())
        leading = leader(table.levels) if plan.ranking else None
        return replace(_unfilled(table, plan), cells=cells, base=table.base, leading=leading)

    def _of_people(self, people: PeopleTable, pooled: FrequencyTable) -> ProtectedTable:
        table, plan = people.table, people.plan
        reason = people.reason_to_withhold(self._rules)
        if reason:
            return _all_withheld(table, plan, reason)
        if self._rules.exact:
            shown = people.shown_counts(self._rules, pooled)
            cells = tuple(_counted(level, shown.get(level)) for level in table.counts)
            leading = people.leading_of_counts(shown)
            return replace(_unfilled(table, plan), cells=cells, base=table.base, leading=leading)
        said = people.said_words(pooled, self.key)
        cells = tuple(_worded(level, said.get(level)) for level in table.counts)
        protected = replace(_unfilled(table, plan), cells=cells, base=table.base, leading=people.leading_of_words(said))
        # The size of a subgroup is itself a count of people.
        return replace(protected, base=None, group_size=None) if plan.among else protected


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


def _all_withheld(table: FrequencyTable, plan: PlannedTable, reason: str) -> ProtectedTable:
    cells = tuple(Cell(level, "withheld") for level in table.counts)
    size = None if plan.among else table.group_size
    return replace(_unfilled(table, plan), cells=cells, group_size=size, withheld=reason)


def _counted(level: str, n: int | None) -> Cell:
    return Cell(level, "withheld") if n is None else Cell(level, "exact", n=n)


def _worded(level: str, word: str | None) -> Cell:
    return Cell(level, "withheld") if word is None else Cell(level, "word", word=word)


def _countries_by_crime(gate: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, set[str]] = {}
    for group, countries in gate.items():
        found.setdefault(group.split(".")[0], set()).update(countries)
    return {crime: tuple(sorted(countries)) for crime, countries in sorted(found.items())}
