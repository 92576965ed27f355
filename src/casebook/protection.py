"""All editions through the door, at all dissemination levels, in the order in which readers come to see them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from casebook.codebook import Codebook
from casebook.disclosure_control.audit_result import Audit
from casebook.disclosure_control.door import Door
from casebook.disclosure_control.edition_audit import EditionAudit
from casebook.disclosure_control.frozen import validated
from casebook.disclosure_control.quotations import decisions, with_quotations
from casebook.protected_tables import ProtectedTables
from casebook.restricted.analysis_run import read_agreement, read_hand_over, read_sample, sizes_by_group
from casebook.restricted.edition_people import Cohort
from casebook.restricted.frequency_tables import FrequencyTable
from casebook.restricted.measured_agreement import Measured
from casebook.restricted.quotations import Quotation
from casebook.study import PlannedTable, Study

#: An edition and a dissemination level.
Book = tuple[str, str]


@dataclass(frozen=True)
class HandedOver:
    """What was counted for an edition, measured of its coders' agreement, and may be quoted of it, for the door."""

    tables: tuple[FrequencyTable, ...]
    sample: Mapping[str, int]
    measured: tuple[Measured, ...] = ()
    quotations: tuple[Quotation, ...] = ()

    @classmethod
    def read(cls, folders: Iterable[Path], planned: Iterable[PlannedTable]) -> HandedOver:
        """Read the runs' folders; raises NotebookFailed where one has handed nothing over."""
        listed = list(folders)
        rows = [row for folder in listed for row in read_sample(folder)]
        return cls(
            tables=tuple(table for folder in listed for table in read_hand_over(folder)),
            sample=sizes_by_group(rows, planned),
            measured=tuple(row for folder in listed for row in read_agreement(folder)),
        )


@dataclass(frozen=True)
class Protection:
    """What it takes to protect the editions of a study: what was handed over for each, the earliest first, and by whom.

    `cohorts` tell who is in which edition; `key` is the study's secret. `released` holds the books that are published
    already: they stay as they are.
    """

    study: Study
    codebook: Codebook
    key: bytes
    handed: Mapping[str, HandedOver]
    cohorts: Sequence[Cohort]
    released: Mapping[Book, ProtectedTables] = field(default_factory=dict)

    def protect(self) -> Iterator[tuple[Book, ProtectedTables]]:
        """Yield every edition at every level, a level whose readers see more before one whose readers see less.

        Raises DisclosureRefused where an edition cannot be protected.
        """
        before: dict[str, list[ProtectedTables]] = {level: [] for level in self._levels}
        for edition in self.handed:
            made: dict[str, ProtectedTables] = {}
            for level in self._levels:
                finer = [made[other] for other in self._also_read(level)]
                made[level] = self._released(edition, level) or self._made(edition, level, before[level], finer)
                yield (edition, level), made[level]
            for level, tables in made.items():
                before[level].append(tables)

    def audit(self, books: Mapping[Book, ProtectedTables]) -> Audit:
        """Return what each reader can work out of the protected editions; raises DisclosureRefused."""
        counted = {edition: handed.tables for edition, handed in self.handed.items()}
        return EditionAudit(self.study, self.codebook, books, self.cohorts, counted).run()

    def _released(self, edition: str, level: str) -> ProtectedTables | None:
        """Return what was published of an edition, once it is true of those whom its tables count."""
        book = self.released.get((edition, level))
        if book is None:
            return None
        counted = [
            table
            for other, handed in self.handed.items()
            for table in handed.tables
            if book.counted_in(table.crime, table.group) == other
        ]
        return validated(book, counted)

    def _made(
        self, edition: str, level: str, before: Sequence[ProtectedTables], finer: Sequence[ProtectedTables]
    ) -> ProtectedTables:
        handed = self.handed[edition]
        door = Door(self.study, self.codebook, edition, level, handed.sample, self.key, self.cohorts, tuple(before))
        tables = door.protect(handed.tables, handed.measured, finer=finer)
        return with_quotations(tables, decisions(tables, handed.quotations, self.study), key=self.key)

    @property
    def _levels(self) -> list[str]:
        """The levels, those first whose readers read no finer one."""
        return sorted(self.study.dissemination, key=lambda level: len(self._also_read(level)))

    def _also_read(self, level: str) -> list[str]:
        names = self.study.policy_of(level).reads_also.value
        return [other for other, entry in self.study.dissemination.items() if entry.policy in names]
