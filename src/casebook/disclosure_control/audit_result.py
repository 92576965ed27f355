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


@dataclass(frozen=True)
class Target:
    """A number of people that a reader must not learn too much about, and what this reader can work out.

    `table` is the id of its table, or of each crossed table; `cell` its levels or sets; `people` says of whom, such as
    "all in D1.3", "DE in D1.2" or "others in D1.3 alone". `insider` tells that the reader is one of the group and asks
    about the others. `reason` says why the interval tells too much, or is empty.
    """

    group: str
    table: tuple[str, ...]
    cell: tuple[str, ...]
    people: str
    lower: int
    upper: int
    base: int
    insider: bool = False
    reason: str = ""

    @property
    def width(self) -> int:
        return self.upper - self.lower


@dataclass(frozen=True)
class ReaderAudit:
    """One reader, the books this reader sees as (edition, level), and what was found.

    `targets` holds single cells and whatever is exposed; `tried` counts these and all crossings. `smallest_width` is
    that of the narrowest interval that was found of anything not printed exactly.
    """

    reader: str
    books: tuple[tuple[str, str], ...]
    targets: tuple[Target, ...]
    tried: int
    smallest_width: int

    @property
    def exposed(self) -> tuple[Target, ...]:
        return tuple(target for target in self.targets if target.reason)


@dataclass(frozen=True)
class Audit:
    """The audit of all editions, reader by reader; `truth` holds true counts by table key, edition and cell."""

    readers: tuple[ReaderAudit, ...]
    solver: str
    truth: Mapping[str, Mapping[str, Mapping[str, int]]] = field(default_factory=dict)

    @property
    def passed(self) -> bool:
        return not any(reader.exposed for reader in self.readers)

    def faults(self) -> Iterator[Fault]:
        """Yield a fault per table and reader that is exposed, in terms that give nothing away."""
        for reader in self.readers:
            for tables, people in dict.fromkeys((target.table, target.people) for target in reader.exposed):
                message = f"the reader {reader.reader} could work out too much of {people}"
                remedy = "see disclosure-audit.json among the restricted files; plan less of it, or withhold more"
                yield Fault("disclosure audit", " by ".join(tables), message, remedy=remedy)

    def statement(self, edition: str, dissemination: str, reader: str) -> AuditStatement:
        """Return what may be printed of the audit in a book that the reader reads."""
        found = next(one for one in self.readers if one.reader == reader)
        exposed = len(found.exposed)
        return AuditStatement(edition, dissemination, found.tried, found.smallest_width, exposed, self.solver)

    def as_json(self) -> dict[str, Any]:
        """Return everything found, with the true counts: restricted."""
        readers = [
            {**asdict(reader), "exposed": [asdict(target) for target in reader.exposed]} for reader in self.readers
        ]
        return {"passed": self.passed, "solver": self.solver, "readers": readers, "truth": self.truth}
