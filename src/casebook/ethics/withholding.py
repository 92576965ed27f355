"""What disclosure control withheld from a book, why, and how many more interviews would change it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from casebook.codebook import Codebook
from casebook.disclosure_control.policy import Rules, rules_of
from casebook.protected_tables import POOLED, Cell, ProtectedTables
from casebook.restricted.frequency_tables import FrequencyTable
from casebook.study import Study

FEW = "too few people gave the answer"
FEW_OTHERS = "too few people did not give it"
ALL_OR_NONE = "nobody or everybody gave a sensitive answer"
NO_WORD = "no word was planned for the answer"
WORD_FAILS = "the planned word is not true, or would tell too much beside others"
WORKED_OUT = "it could be worked out from what is printed"


@dataclass(frozen=True)
class WithheldCell:
    """A cell that is not printed, its true count, and why; `more` is how many interviews with the answer it lacks."""

    table: str
    level: str
    n: int
    base: int
    reason: str
    more: int = 0


@dataclass(frozen=True)
class Withheld:
    """What one book does not print: cells in all, and those withheld."""

    edition: str
    level: str
    cells: int
    withheld: tuple[WithheldCell, ...]

    @property
    def reasons(self) -> Mapping[str, int]:
        """How many cells are withheld for each reason, the most frequent first."""
        return dict(Counter(cell.reason for cell in self.withheld).most_common())

    @property
    def within_reach(self) -> Mapping[int, int]:
        """How many cells lack one more interview with their answer, how many two, and so on."""
        return dict(sorted(Counter(cell.more for cell in self.withheld if cell.more).items()))


@dataclass(frozen=True)
class Lacking:
    """How many interviews a group, or a country's part of it, lacks before anything of its own is said."""

    edition: str
    level: str
    group: str
    country: str
    interviews: int
    least: int

    @property
    def numbers(self) -> tuple[int, int, int]:
        """The interviews there are, those that are needed, and how many more these are."""
        return self.interviews, self.least, max(0, self.least - self.interviews)


def withheld_from(
    tables: ProtectedTables, counted: Mapping[str, FrequencyTable], study: Study, codebook: Codebook
) -> Withheld:
    """Return what a book does not print, table by table in the order of the book."""
    rules = rules_of(study.policy_of(tables.dissemination))
    found = tuple(
        WithheldCell(key, cell.level, counted[key].counts[cell.level], counted[key].base, *why)
        for key, table in tables.items()
        if key in counted
        for cell in table.cells
        if cell.status == "withheld"
        for why in [_why(cell, counted[key], table.withheld, rules, study, codebook)]
    )
    return Withheld(tables.edition, tables.dissemination, sum(len(t.cells) for t in tables.values()), found)


def lacking_in(tables: ProtectedTables, counted: Sequence[FrequencyTable], study: Study) -> tuple[Lacking, ...]:
    """Return the groups and countries of which nothing is said, with the number of interviews from which it could be.

    A country's rest has to be nobody, or large enough over several countries, as well.
    """
    return tuple(
        sorted(set(_lacking(tables, counted, study)), key=lambda one: (one.group, one.country != POOLED, one.country))
    )


def _lacking(tables: ProtectedTables, counted: Sequence[FrequencyTable], study: Study) -> Iterator[Lacking]:
    rules = rules_of(study.policy_of(tables.dissemination))
    for table in counted:
        experts, own = study.roles[table.group].exact, table.country != POOLED
        if study.tables[table.id].among or (own and table.key in tables):
            continue
        pooled = rules.smallest_group_of_experts if experts else rules.smallest_group_of_cases
        least = (rules.country_experts if experts else rules.country_cases) if own else pooled
        if own or table.group_size < least:
            about = (tables.edition, tables.dissemination, f"{table.crime} {table.group}", table.country)
            yield Lacking(*about, interviews=table.group_size, least=least)


def _why(
    cell: Cell, counted: FrequencyTable, whole: str | None, rules: Rules, study: Study, codebook: Codebook
) -> tuple[str, int]:
    """The reason, and how many more interviews with the answer would lift it, 0 where that alone would not."""
    n, others = counted.counts[cell.level], counted.base - counted.counts[cell.level]
    sensitive = codebook[counted.variable].disclosure in rules.protected_zero_and_all
    words = study.tables[counted.id].words
    if whole is not None:
        return whole, 0
    if not rules.exact and cell.level not in words:
        return NO_WORD, 0
    if rules.small(n):
        return FEW, rules.threshold - n
    if rules.small(others):
        return FEW_OTHERS, 0
    if sensitive and n in (0, counted.base):
        return ALL_OR_NONE, 0
    return (WORKED_OUT if rules.exact else WORD_FAILS), 0
