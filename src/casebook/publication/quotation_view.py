"""What a template sees of quotations: somebody's words as a block of their own, attributed to role and crime alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from casebook.protected_tables import ProtectedQuotation
from casebook.publication.book.inert import inert
from casebook.publication.table_view import Said, Scribe
from casebook.study import Study

#: Who is said to have spoken where offenders and victims are one group.
_EITHER = "participant"


@dataclass(frozen=True)
class QuotationView:
    """The quotations that may be printed on a page about a crime."""

    printable: Sequence[ProtectedQuotation]
    crime: str
    study: Study
    scribe: Scribe

    def names(self) -> dict[str, Any]:
        """Return what a template may use, by name."""
        return {
            "quotes": bool(self.printable),
            "has_quotation": self.has_quotation,
            "quotation": self.quotation,
        }

    def has_quotation(self, variable: str, group: str) -> bool:
        """Return whether words of somebody of a group on a variable may be printed."""
        return bool(self._found(variable, group))

    def quotation(self, variable: str, group: str) -> Said:
        """Quote somebody of a group on a variable, or refuse where nothing that was said of it may be printed."""
        table = f"{self.crime}.{group}.{variable}"
        found = self._found(variable, group)
        if not found:
            raise self.scribe.refuse(table, "nothing that was said of it may be quoted")
        said = found[0]
        words = self.scribe.record("quotation", table, (said.level,), "quoted", f"“{said.text}”")
        return Said(f"\n> {words} – {inert(self._speaker(said))}\n")

    def _found(self, variable: str, group: str) -> list[ProtectedQuotation]:
        about = (self.crime, group, variable)
        return [said for said in self.printable if (said.crime, said.group, said.variable) == about]

    def _speaker(self, said: ProtectedQuotation) -> str:
        role = self.study.roles[said.group].singular if len(said.group) == 1 else _EITHER
        invented = "; invented for this synthetic study" if said.synthetic else ""
        return f"{role}, {self.study.crimes[said.crime].name}{invented}"
