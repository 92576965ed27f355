"""What becomes of a group in a new edition: newcomers are reported when there are none, or enough of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from casebook.disclosure_control.policy import Rules
from casebook.disclosure_control.strata import change_between, in_group
from casebook.protected_tables import ProtectedTables
from casebook.restricted.edition_people import Cohort

WITHDRAWN = "so few interviews were withdrawn since the earlier edition that the difference would point at them"


@dataclass(frozen=True)
class Fate:
    """How a group enters an edition, beside the latest earlier one that reports it.

    `repeat`: its interviews are the same, or so few came or were corrected that they are held back; `withhold`: so few
    were withdrawn; `report`: it is new, or changed by enough interviews. `counted_in` names the edition whose
    interviews are reported.
    """

    do: Literal["report", "repeat", "withhold"]
    counted_in: str
    earlier: ProtectedTables | None = None

    def sample(self, groups: Collection[str]) -> dict[str, int]:
        """Return the sizes that the earlier edition gives of groups."""
        sizes = self.earlier.sample if self.earlier else {}
        return {group: n for group, n in sizes.items() if group in groups}


def fate_of(
    group: str, cohorts: Iterable[Cohort], *, edition: str, before: Sequence[ProtectedTables], rules: Rules
) -> Fate:
    """Return what becomes of a group such as "OG.O", given all cohorts and the editions before, the latest last."""
    reporting = [e for e in before if any(f"{t.crime}.{t.group}" == group for t in e.values())]
    if not reporting:
        return Fate("report", edition)
    latest = reporting[-1]
    reported = latest.held_back.get(group, latest.edition)
    change = change_between(in_group(cohorts, *group.split(".")), earlier=reported, edition=edition)
    if change.none:
        return Fate("repeat", edition, latest)
    if 0 < change.withdrawn < rules.newcomers:
        return Fate("withhold", edition, latest)
    if 0 < change.joined < rules.newcomers or 0 < change.left < rules.newcomers:
        return Fate("repeat", reported, latest)
    return Fate("report", edition, latest)
