"""What the disclosure audit of editions found: for the ethics officer's report, a release, and the books.

`Audit.passed` decides whether anything may be published. `Audit.readers` holds per reader every target with the
interval that this reader can work out (restricted: together with true values in `as_json`); `Audit.statement` returns
what may be printed. An exposed target carries the reason; its faults name the table and never the count.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from casebook.errors import Fault
from casebook.protected_tables import AuditStatement

REMEDY = "see disclosure-audit.json among the restricted files; plan less of it, or withhold more"


@dataclass(frozen=True)
class Target:
    """A number of people that a reader must not learn too much about, and what this reader can work out.

    `table` is the id of its table, or of each crossed table; `cell` its levels or sets; `people` says of whom, such as
    "all in D1.3", "DE in D1.2" or "others in D1.3 alone". `rest` bounds those who have another answer. `insider` tells
    that the reader is one of the group and asks about the others. `reason` says why the interval tells too much, or is
    empty.
    """

    group: str
    table: tuple[str, ...]
    cell: tuple[str, ...]
    people: str
    lower: int
    upper: int
    base: int
    rest: tuple[int, int]
    insider: bool = False
    reason: str = ""

    @property
    def width(self) -> int:
        return self.upper - self.lower


@dataclass(frozen=True)
class ReaderAudit:
    """One reader at the time of an edition, the books this reader sees as (edition, level), and what was found.

    `targets` holds single cells and whatever is exposed; `tried` counts these and all crossings. `smallest_width` is
    that of the narrowest interval that was found of anything not printed exactly.
    """

    reader: str
    edition: str
    books: tuple[tuple[str, str], ...]
    targets: tuple[Target, ...]
    tried: int
    smallest_width: int

    @property
    def exposed(self) -> tuple[Target, ...]:
        return tuple(target for target in self.targets if target.reason)


@dataclass(frozen=True)
class Audit:
    """The audit of all editions, reader by reader, as each edition came out.

    `truth` holds true counts by edition, table key and cell; `untrue` the edition, level and key of tables that say
    something else.
    """

    readers: tuple[ReaderAudit, ...]
    solver: str
    truth: Mapping[str, Mapping[str, Mapping[str, int]]] = field(default_factory=dict)
    untrue: tuple[tuple[str, str, str], ...] = ()

    @property
    def passed(self) -> bool:
        return not self.untrue and not any(reader.exposed for reader in self.readers)

    def faults(self) -> Iterator[Fault]:
        """Yield a fault per table and reader that is exposed, in terms that give nothing away."""
        for edition, level, key in self.untrue:
            yield Fault("disclosure audit", key, f"{edition} at level {level} says something else than was counted")
        found = ((one.reader, target) for one in self.readers for target in one.exposed)
        for reader, table, people, reason in dict.fromkeys((r, t.table, t.people, t.reason) for r, t in found):
            message = f"the reader {reader} could work out too much of {people}: {reason}"
            yield Fault("disclosure audit", " by ".join(table), message, remedy=REMEDY)

    def statement(self, edition: str, reader: str, *, ledger: str = "") -> AuditStatement:
        """Return what may be printed of the audit in an edition that a reader reads, beside a ledger's digest."""
        found = next(one for one in self.readers if (one.reader, one.edition) == (reader, edition))
        return AuditStatement(found.tried, found.smallest_width, len(found.exposed), self.solver, ledger)

    def as_json(self) -> dict[str, Any]:
        """Return everything found, with the true counts: restricted."""
        readers = [
            {**asdict(reader), "exposed": [asdict(target) for target in reader.exposed]} for reader in self.readers
        ]
        found = {"passed": self.passed, "solver": self.solver, "readers": readers, "truth": self.truth}
        return {**found, "untrue": [list(table) for table in self.untrue]}
