"""The door: all planned tables of an edition go in together, protected tables come out, or nothing does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from casebook.codebook import Codebook
from casebook.disclosure_control import counts, country_gate, words
from casebook.disclosure_control.feasibility import LEADING_MARGIN, Universe
from casebook.disclosure_control.policy import Rules, rules_of
from casebook.errors import DisclosureRefused, Fault
from casebook.protected_tables import POOLED, Cell, ProtectedTable, ProtectedTables, key_of
from casebook.restricted.frequency_tables import FrequencyTable
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

    def protect(self, tables: Sequence[FrequencyTable]) -> ProtectedTables:
        """Return everything that may be published of all planned tables of the edition, protected together.

        Raises DisclosureRefused, with every fault, for a table that is not planned, comes twice, or cannot be.
        """
        faults = list(self._faults(tables))
        if faults:
            raise DisclosureRefused(faults)
        gate = self._gate(tables)
        kept = [t for t in tables if t.country == POOLED or t.country in gate.get(f"{t.crime}.{t.group}", ())]
        pooled = {t.id: t for t in kept if t.country == POOLED}
        protected = {key_of(t.id, t.country): self._protect_one(t, pooled[t.id]) for t in kept}
        return ProtectedTables(
            self.edition, self.dissemination, protected, dict(self.sample), _countries_by_crime(gate)
        )

    @property
    def _rules(self) -> Rules:
        return rules_of(self.study.dissemination[self.dissemination].policy, self.study.policy_of(self.dissemination))

    def _faults(self, tables: Sequence[FrequencyTable]) -> Iterable[Fault]:
        seen: set[str] = set()
        for table in tables:
            key = key_of(table.id, table.country)
            if table.id not in self.study.tables:
                yield Fault("door", key, "not planned in study.yml", remedy="plan the table or take it out")
            if key in seen:
                yield Fault("door", key, "handed in twice")
            seen.add(key)
            if any(not 0 <= n <= table.base <= table.group_size for n in table.counts.values()):
                yield Fault("door", key, "a count is larger than its base, or the base than its group")
        for key in sorted({t.id for t in tables} - {t.id for t in tables if t.country == POOLED}):
            yield Fault("door", key, "handed in for a country without the pooled table")

    def _gate(self, tables: Sequence[FrequencyTable]) -> dict[str, tuple[str, ...]]:
        """Return the passing countries per crime and group, by the sizes of the groups handed in."""
        sizes: dict[str, dict[str, int]] = {}
        for table in tables:
            if table.country != POOLED and not self.study.tables[table.id].among:
                sizes.setdefault(f"{table.crime}.{table.group}", {})[table.country] = table.group_size
        return {
            group: country_gate.passing(by_country, self._rules, experts=self._describes_cases(group))
            for group, by_country in sizes.items()
        }

    def _describes_cases(self, crime_and_group: str) -> bool:
        return self.study.roles[crime_and_group.split(".")[1]].exact

    def _protect_one(self, table: FrequencyTable, pooled: FrequencyTable) -> ProtectedTable:
        plan = self.study.tables[table.id]
        if self.study.roles[plan.group].exact:
            return self._of_experts(table, plan)
        return self._of_people(table, plan, pooled)

    def _of_experts(self, table: FrequencyTable, plan: PlannedTable) -> ProtectedTable:
        """What experts say describes cases, not a participant: exact from the smallest group on."""
        if table.group_size < self._rules.smallest_group_of_experts:
            return _withheld(table, plan, "the group of experts is too small")
        leading = _leader(table.counts, self._universe(table, plan)) if plan.ranking else None
        return _protected(table, plan, dict(table.counts), {}, leading)

    def _of_people(self, table: FrequencyTable, plan: PlannedTable, pooled: FrequencyTable) -> ProtectedTable:
        rules = self._rules
        reason = self._reason_to_withhold(table, plan, rules)
        if reason:
            return _withheld(table, plan, reason)
        shown = self._shown_counts(table, plan, rules)
        if table.country != POOLED:
            shown = self._less_what_the_rest_tells(shown, table, pooled, rules)
        if rules.exact:
            return _protected(table, plan, shown, {}, self._leading_of_counts(table, plan, shown))
        said = self._said_words(table, plan)
        return _protected(table, plan, {}, said, self._leading_of_words(table, plan, said))

    def _reason_to_withhold(self, table: FrequencyTable, plan: PlannedTable, rules: Rules) -> str | None:
        if table.base < rules.smallest_group_of_cases:
            return "too few interviews"
        if rules.small(table.group_size - table.base):
            return "so few interviews are without an answer that the base would point at them"
        whole = self.sample.get(f"{table.crime}.{table.group}", table.group_size)
        if plan.among and rules.small(whole - table.group_size):
            return "so few interviews are outside the subgroup that its size would point at them"
        return None

    def _shown_counts(self, table: FrequencyTable, plan: PlannedTable, rules: Rules) -> dict[str, int]:
        sensitive = self._sensitive(plan, rules)
        return counts.published_counts(table.counts, self._universe(table, plan), rules, sensitive=sensitive)

    def _less_what_the_rest_tells(
        self, shown: Mapping[str, int], table: FrequencyTable, pooled: FrequencyTable, rules: Rules
    ) -> dict[str, int]:
        """Withhold a country's count where the pooled count less it would be small."""
        rest = pooled.base - table.base
        return {
            cell: n
            for cell, n in shown.items()
            if rest == 0 or counts.may_stand(pooled.counts[cell] - n, rest, rules, sensitive=True)
        }

    def _said_words(self, table: FrequencyTable, plan: PlannedTable) -> dict[str, str]:
        elsewhere = self._shown_to_other_readers(table, plan)
        named_from = min([self._rules.threshold, *(rules.threshold for rules in self._other_rules())])
        true = {
            cell: word
            for cell, word in plan.words.items()
            if words.word_holds(
                word,
                table.counts[cell],
                table.base,
                rules=self._rules,
                named_from=named_from,
                exact_elsewhere=cell in elsewhere,
            )
        }
        named = {cell for cell, word in true.items() if word == "named"}
        missing = [cell for cell, word in plan.words.items() if word == "named" and cell not in named]
        kept = words.with_decoy(named, missing, key=self.key, table=key_of(table.id, table.country))
        said = {cell: word for cell, word in true.items() if word != "named" or cell in kept}
        return words.jointly_safe(said, self._universe(table, plan), self._rules)

    def _other_rules(self) -> list[Rules]:
        return [rules_of(name, self.study.policies[name]) for name in self._rules.reads_also]

    def _shown_to_other_readers(self, table: FrequencyTable, plan: PlannedTable) -> set[str]:
        """Return the cells whose exact counts every reader who also reads this edition is given."""
        shown = set(table.counts)
        for rules in self._other_rules():
            withheld = self._reason_to_withhold(table, plan, rules) is not None
            shown &= set() if withheld else set(self._shown_counts(table, plan, rules))
        return shown

    def _sensitive(self, plan: PlannedTable, rules: Rules) -> bool:
        return self.codebook[plan.variable].disclosure in rules.protected_zero_and_all

    def _universe(self, table: FrequencyTable, plan: PlannedTable) -> Universe:
        variable = self.codebook[plan.variable]
        exclusive = tuple(level.id for level in variable.levels if level.exclusive)
        levels = tuple(level.id for level in variable.levels)
        return Universe(levels, dict(plan.together), table.multi, exclusive if table.multi else (), table.base)

    def _leading_of_counts(self, table: FrequencyTable, plan: PlannedTable, shown: Mapping[str, int]) -> str | None:
        """Name the leading level of a planned ranking where its own count is printed and no other cell is withheld."""
        if not plan.ranking or set(shown) != set(table.counts):
            return None
        return _leader(shown, self._universe(table, plan))

    def _leading_of_words(self, table: FrequencyTable, plan: PlannedTable, said: Mapping[str, str]) -> str | None:
        universe = self._universe(table, plan)
        leading = _leader(table.counts, universe) if plan.ranking else None
        if leading and words.leading_is_safe(leading, said, universe, self._rules):
            return leading
        return None


def _leader(found: Mapping[str, int], universe: Universe) -> str | None:
    ranked = sorted(universe.levels, key=lambda level: -found[level])
    if len(ranked) < 2 or found[ranked[0]] - found[ranked[1]] < LEADING_MARGIN:
        return None
    return ranked[0]


def _protected(
    table: FrequencyTable,
    plan: PlannedTable,
    shown: Mapping[str, int],
    said: Mapping[str, str],
    leading: str | None,
) -> ProtectedTable:
    cells = tuple(_cell(level, shown, said) for level in table.counts)
    hides_base = bool(plan.among) and bool(said)
    return ProtectedTable(
        **_names(table, plan),
        group_size=None if plan.among and not shown else table.group_size,
        base=None if hides_base else table.base,
        cells=cells,
        leading=leading,
    )


def _cell(level: str, shown: Mapping[str, int], said: Mapping[str, str]) -> Cell:
    if level in shown:
        return Cell(level, "exact", n=shown[level])
    if level in said:
        return Cell(level, "word", word=said[level])
    return Cell(level, "withheld")


def _withheld(table: FrequencyTable, plan: PlannedTable, reason: str) -> ProtectedTable:
    cells = tuple(Cell(level, "withheld") for level in table.counts)
    size = None if plan.among else table.group_size
    return ProtectedTable(**_names(table, plan), group_size=size, base=None, cells=cells, withheld=reason)


def _names(table: FrequencyTable, plan: PlannedTable) -> dict[str, str | bool | None]:
    return {
        "id": table.id,
        "variable": plan.variable,
        "crime": plan.crime,
        "group": plan.group,
        "country": table.country,
        "section": plan.section,
        "multi": table.multi,
        "among": " and ".join(level for levels in plan.among.values() for level in levels) or None,
    }


def _countries_by_crime(gate: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    crimes = sorted({group.split(".")[0] for group in gate})
    return {
        crime: tuple(sorted({c for group, names in gate.items() if group.startswith(f"{crime}.") for c in names}))
        for crime in crimes
    }
