"""What a template sees of the edition before: what changed, and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from casebook.protected_tables import ProtectedTables
from casebook.publication.blocks import Figure
from casebook.publication.claims import Claim
from casebook.publication.edition_changes import (
    Change,
    EarlierEdition,
    What,
    changes,
    changes_block,
    figure_changes,
    figures_block,
    sample_block,
)
from casebook.publication.table_view import Said, Scribe
from casebook.study import Study


@dataclass(frozen=True)
class ChangesView:
    """Two editions at one dissemination level; `claims` returns what this one has said so far."""

    before: EarlierEdition | None
    now: ProtectedTables
    figures: Mapping[str, Figure]
    study: Study
    claims: Callable[[], Sequence[Claim]]
    scribe: Scribe

    def names(self) -> dict[str, Any]:
        """Return what templates may use, by name."""
        return {
            "earlier": self.before.edition if self.before else None,
            "sample_changes": self.sample_changes,
            "changed": self.changed,
            "change_list": self.change_list,
            "figure_changes": self.figure_changes,
        }

    def sample_changes(self) -> Said:
        """Place a table of the interviews in the earlier edition and in this one."""
        return Said(sample_block(self._earlier, self.now, self.study))

    def changed(self, what: What) -> bool:
        """Return whether there are statements that are new, gone, or changed in value or wording."""
        return any(change.what == what for change in self._changes())

    def change_list(self, what: What) -> Said:
        """Place a table of the statements that are new, gone, or changed in value or wording."""
        return Said(changes_block(self._changes(), what, earlier=self._earlier.edition, later=self.now.edition))

    def figure_changes(self) -> Said:
        """Place a table of the figures that are new, gone or drawn from other numbers; nothing where there are none."""
        earlier = self._earlier
        found = figure_changes(earlier, self.now, self.figures)
        return Said(figures_block(found, earlier=earlier.edition, later=self.now.edition) if found else "")

    def _changes(self) -> tuple[Change, ...]:
        return changes(self._earlier, self.now, self.claims())

    @property
    def _earlier(self) -> EarlierEdition:
        if self.before is None:
            raise self.scribe.refuse(self.now.edition, "there is no earlier edition to compare with")
        return self.before
