"""The disclosure audit: what each reader can work out of all editions, before any of them is published."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import scipy

from casebook.codebook import Codebook
from casebook.disclosure_control.audit_result import Audit, ReaderAudit, Target
from casebook.disclosure_control.deadline import Deadline
from casebook.disclosure_control.group_audit import GroupAudit
from casebook.disclosure_control.known_group import KnownGroup, Reading, known_groups
from casebook.disclosure_control.policy import Rules, rules_of
from casebook.disclosure_control.words import bounds_of
from casebook.protected_tables import ProtectedTable, ProtectedTables
from casebook.restricted.edition_people import Cohort
from casebook.restricted.frequency_tables import FrequencyTable
from casebook.study import Study

#: How long the audit of a build may take; longer is a refusal.
SECONDS = 600.0
SOLVER = f"HiGHS (SciPy {scipy.__version__})"

#: An edition and a dissemination level.
Book = tuple[str, str]


@dataclass(frozen=True)
class EditionAudit:
    """What it takes to audit editions: the books as they would be published, who is in them, and what was counted.

    `books` holds the editions at all levels, the earliest first; `counted` the true tables of each edition.
    """

    study: Study
    codebook: Codebook
    books: Mapping[Book, ProtectedTables]
    cohorts: Sequence[Cohort]
    counted: Mapping[str, Sequence[FrequencyTable]]

    def run(self) -> Audit:
        """Return what every reader can work out, edition by edition, of it and all before it.

        Raises DisclosureRefused where a book contradicts itself, or the time runs out.
        """
        answers = _Answers(self.codebook, Deadline.after(SECONDS))
        readers = tuple(self._read(reading, answers) for reading in self._readings())
        true = {e: {table.key: dict(table.counts) for table in tables} for e, tables in self.counted.items()}
        return Audit(readers, SOLVER, true, tuple(self._untrue()))

    def _readings(self) -> Iterator[Reading]:
        """Yield each reader at the time of each edition."""
        editions = list(dict.fromkeys(edition for edition, _ in self.books))
        for number, edition in enumerate(editions):
            for level, entry in self.study.dissemination.items():
                levels = [level, *(other for other in self.study.dissemination if entry.policy in self._readers(other))]
                read = [(before, one) for before in editions[: number + 1] for one in levels]
                books = tuple(self.books[book] for book in read if book in self.books)
                if (edition, level) in self.books:
                    yield Reading(entry.reader, edition, books, rules_of(self.study.policy_of(level)))

    def _readers(self, level: str) -> tuple[str, ...]:
        """Return the policies of other levels whose readers read this one, too."""
        return self.study.policy_of(level).reads_also.value

    def _read(self, reading: Reading, answers: _Answers) -> ReaderAudit:
        groups = known_groups(reading, self.study, self.codebook, self.cohorts)
        found = [answers.of(group, reading.rules) for group in groups]
        targets = tuple(target for targets, _ in found for target in targets)
        books = tuple((book.edition, book.dissemination) for book in reading.books)
        widths = [target.width for target in targets if target.width and not target.insider]
        tried = sum(number for _, number in found)
        return ReaderAudit(reading.reader, reading.edition, books, targets, tried, min(widths, default=0))

    def _untrue(self) -> Iterator[tuple[str, str, str]]:
        """Yield the edition, level and key of each table that says something else than was counted."""
        for (edition, level), book in self.books.items():
            for key, table in book.items():
                counted = {one.key: one for one in self.counted[book.counted_in(table.crime, table.group)]}
                if key not in counted or not _is_true(table, counted[key]):
                    yield edition, level, key


class _Answers:
    """The audits of groups, of which each is done once for all readers and editions that know the same of it."""

    def __init__(self, codebook: Codebook, deadline: Deadline) -> None:
        self._codebook, self._deadline = codebook, deadline
        self._found: dict[tuple[str, Rules], tuple[tuple[str, ...], list[Target], int]] = {}

    def of(self, group: KnownGroup, rules: Rules) -> tuple[list[Target], int]:
        """Return the targets of a group under the rules of a reader, and how many questions were tried."""
        labels = tuple(group.people.values())
        if (group.known, rules) not in self._found:
            audit = self._audit(group, rules)
            self._found[group.known, rules] = labels, list(audit.targets()), audit.tried
        named, targets, tried = self._found[group.known, rules]
        name = dict(zip(named, labels, strict=True))
        return [replace(target, people=name[target.people]) for target in targets], tried

    def _audit(self, group: KnownGroup, rules: Rules) -> GroupAudit:
        classes = {table: self._codebook[plan.variable].disclosure for table, plan in group.plans.items()}
        quasi_identifiers = frozenset(table for table, named in classes.items() if named == "Q")
        sensitive = frozenset(table for table, named in classes.items() if named in rules.protected_zero_and_all)
        return GroupAudit(group, rules, quasi_identifiers, sensitive, self._deadline)


def _is_true(table: ProtectedTable, counted: FrequencyTable) -> bool:
    if table.base is not None and table.base != counted.base:
        return False
    for cell in table.cells:
        n = counted.counts[cell.level]
        low, high = (cell.n, cell.n) if cell.n is not None else (0, counted.base)
        if cell.word:
            low, high = bounds_of(cell.word, counted.base)
        if not low <= n <= high:
            return False
    return True
