"""The report to the ethics officer as one HTML page that needs nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from casebook.codebook import Codebook
from casebook.ethics.findings import Findings
from casebook.ethics.withholding import WithheldCell
from casebook.protected_tables import POOLED
from casebook.restricted.anonymity import GroupAnonymity, SharedLevel
from casebook.study import Study

TEMPLATE = "report.html.j2"
#: So many of the narrowest intervals of a reader are listed; the audit's file has them all.
LISTED = 40

Rows = Sequence[Sequence[object]]


def report(found: Findings, study: Study, codebook: Codebook) -> str:
    """Return the report as HTML; it holds true counts and names of interviews, and is for the ethics officer alone."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(TEMPLATE).render(report=_Report(found, study, codebook))


@dataclass(frozen=True)
class _Report:
    """What the template asks for: each table as rows of cells."""

    found: Findings
    study: Study
    codebook: Codebook

    @property
    def verdicts(self) -> Rows:
        """One line for each book: cells, withheld, why most often."""
        return [
            (one.edition, one.level, one.cells, len(one.withheld), next(iter(one.reasons), "–"))
            for one in self.found.withheld
        ]

    def reasons(self, edition: str, level: str) -> Rows:
        """Why cells of a book are withheld, and how many."""
        return [
            tuple(pair)
            for one in self.found.withheld
            if (one.edition, one.level) == (edition, level)
            for pair in one.reasons.items()
        ]

    def cells(self, edition: str, level: str) -> Rows:
        """Every withheld cell of a book with its true count."""
        return [
            (*self._named(cell), f"{cell.n} of {cell.base}", cell.reason)
            for one in self.found.withheld
            if (one.edition, one.level) == (edition, level)
            for cell in one.withheld
        ]

    @property
    def within_reach(self) -> Rows:
        """How many cells would open with one more interview that gives the answer, with two, and so on."""
        return [
            (one.edition, one.level, more, times)
            for one in self.found.withheld
            for more, times in one.within_reach.items()
        ]

    @property
    def lacking(self) -> Rows:
        """Groups and countries that lack interviews."""
        return [
            (one.edition, one.level, self._group(one.group), self._place(one.country), *one.numbers)
            for one in self.found.lacking
        ]

    @property
    def groups(self) -> Rows:
        """The anonymity of each group: interviews, alone in all answers together, the rarest level."""
        return [
            (edition, self._group(group.group), group.interviews, group.alone, *self._rarest(group))
            for edition, groups in self.found.anonymity.items()
            for group in groups
        ]

    @property
    def alike(self) -> Rows:
        """Levels of which all holders gave the same answer to a sensitive question."""
        return [
            (edition, self._group(group.group), *self._alike(shared))
            for edition, groups in self.found.anonymity.items()
            for group in groups
            for shared in group.shared
            if shared.alike
        ]

    @property
    def quotations(self) -> Rows:
        """What became of each quotation in each book."""
        return [
            (edition, level, row["name"], row["interview"], "printed" if row["printed"] else row["reason"])
            for (edition, level), log in self.found.quotations.items()
            for row in log
        ]

    @property
    def held_back(self) -> Rows:
        """Groups whose newest interviews are not counted yet."""
        return [
            (*book, self._group(group.replace(".", " ")), counted_in)
            for book, groups in self.found.held_back.items()
            for group, counted_in in groups.items()
        ]

    @property
    def ledger(self) -> Rows:
        """What was released at each level, and how many rows it has."""
        return [
            (level, edition, version, sum((row.edition, row.version) == (edition, version) for row in rows))
            for level, rows in sorted(self.found.ledger.rows.items())
            for edition, version in self.found.ledger.released(level)
        ]

    @property
    def digests(self) -> Mapping[str, str]:
        return {level: self.found.ledger.digest(level) for level in sorted(self.found.ledger.rows)}

    def intervals(self, reader: str) -> Rows:
        """The narrowest intervals that a reader can work out."""
        reach = next(one for one in self.found.reach or () if one.reader == reader)
        return [
            (one.table, one.cell, one.people, f"{one.lower} to {one.upper}", one.reason or "wide enough")
            for one in reach.intervals[:LISTED]
        ]

    def limits(self) -> Iterable[tuple[str, int, str]]:
        """The limits of anonymity with their reasons."""
        for scope, limits in (("edition", self.study.anonymity.study), ("submission", self.study.anonymity.submission)):
            for name, size in limits:
                yield f"{scope}: {name.replace('_', ' ')}", size.value, size.why

    def policies(self) -> Iterable[tuple[str, str, Any, str]]:
        """The parameters of disclosure control with their reasons."""
        for name, policy in self.study.policies.items():
            for parameter, entry in policy:
                if hasattr(entry, "why"):
                    value = ", ".join(entry.value) if isinstance(entry.value, tuple) else entry.value
                    yield name, parameter.replace("_", " "), value or "none", entry.why

    def _named(self, cell: WithheldCell) -> tuple[str, str, str]:
        table, _, country = cell.table.partition("@")
        crime, group, variable, *subgroup = table.split(".")
        about = " ".join([self._group(f"{crime} {group}"), self._place(country or POOLED), *subgroup])
        return about, *self._level(variable, cell.level)

    def _level(self, variable: str, level: str) -> tuple[str, str]:
        labels = {entry.id: entry.label for entry in self.codebook[variable].levels}
        return self.codebook[variable].label, labels.get(level, level)

    def _alike(self, shared: SharedLevel) -> tuple[str, str, int, str]:
        told = "; ".join(self.codebook[name].label for name in shared.alike)
        return *self._level(shared.variable, shared.level), shared.size, told

    def _group(self, group: str) -> str:
        crime, role = group.split(" ")
        return f"{self.study.crimes[crime].name}, {self.study.roles[role].plural}"

    def _place(self, country: str) -> str:
        return "all countries" if country == POOLED else self.study.countries[country].name

    def _rarest(self, group: GroupAnonymity) -> tuple[str, int | str, int | str]:
        shared = group.smallest
        if shared is None:
            return "–", "–", "–"
        different = min(one.different for one in group.shared)
        return ": ".join(self._level(shared.variable, shared.level)), shared.size, different
