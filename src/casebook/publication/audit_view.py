"""What templates and footers say of the disclosure audit."""

from __future__ import annotations

from dataclasses import dataclass

from casebook.protected_tables import AuditStatement
from casebook.publication.table_view import Said, Scribe

#: The name under which claims about the audit are recorded, in place of a table's key.
AUDIT = "disclosure audit"


@dataclass(frozen=True)
class AuditView:
    """The disclosure audit in numbers: how much was tried, and how closely a reader can know what is not printed."""

    audit: AuditStatement | None
    scribe: Scribe

    @property
    def passed(self) -> bool:
        """Return whether the edition was audited and nothing was found."""
        return self.scribe.note(f"{AUDIT} passed", self.audit is not None and self.audit.cleared)

    @property
    def targets(self) -> Said:
        """Say how many counts and crossings of counts were tried: "12,345"."""
        return self._say(f"{self._found.targets:,}")

    @property
    def exposed(self) -> Said:
        """Say of how many of them a reader could work out too much."""
        return self._say(str(self._found.exposed))

    @property
    def smallest_width(self) -> Said:
        """Say how many values at least remain possible for a count that is not printed."""
        return self._say(str(self._found.smallest_width + 1))

    @property
    def solver(self) -> Said:
        """Say with which solver."""
        return self._say(self._found.solver)

    @property
    def _found(self) -> AuditStatement:
        if self.audit is None:
            raise self.scribe.refuse(AUDIT, "the edition was not audited")
        return self.audit

    def _say(self, text: str) -> Said:
        return self.scribe.record("audit", AUDIT, (), "exact", text)


def in_a_line(audit: AuditStatement | None) -> str:
    """Return what every page says of the audit at its foot; nothing where there was none."""
    if audit is None or not audit.cleared:
        return ""
    held = f", held against the ledger {audit.ledger[:12]}" if audit.ledger else ""
    return f"Disclosure audit passed: {audit.targets:,} counts tried, no exact disclosure, {audit.solver}{held}."
