"""A book rehearsed: counted, protected and written in memory, with stand-ins for the figures notebooks would draw."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from casebook.codebook import Codebook
from casebook.folders import Folders
from casebook.protected_tables import POOLED, ProtectedTables, key_of
from casebook.protection import HandedOver, Protection
from casebook.publication.blocks import Figure
from casebook.publication.book.codebook_annex import ANNEX
from casebook.publication.book.contents import read_contents
from casebook.publication.book.evidence_annex import ANNEX as EVIDENCE
from casebook.publication.book.glossary import ANNEX as GLOSSARY
from casebook.publication.book.glossary import FILE as GLOSSARY_FILE
from casebook.publication.claims import Register
from casebook.publication.contexts import Contexts
from casebook.publication.dangling_names import Drawn
from casebook.publication.edition_changes import EarlierEdition
from casebook.publication.narrative import Page, Sources, write_narrative
from casebook.publication.notebooks import Run, runs
from casebook.publication.pages import CONTENTS
from casebook.publication.references import References
from casebook.restricted.analysis_run import sizes_by_group
from casebook.restricted.edition_people import cohorts
from casebook.restricted.frequency_tables import FrequencyTable, count, sample_table
from casebook.restricted.interviews import RestrictedStudy
from casebook.restricted.quotations import read_approvals
from casebook.study import Study

#: The alt text and caption of a figure that no notebook has drawn.
STAND_IN = "a stand-in"


@dataclass(frozen=True)
class Outside:
    """What a book rests on beside interviews: contexts of the countries, and what is known from elsewhere."""

    contexts: Contexts
    references: References


@dataclass
class Rehearsal:
    """One project under rehearsal: what its books are made of, and what was said in them so far."""

    folders: Folders
    study: Study
    codebook: Codebook
    outside: Outside
    drawn: Sequence[Drawn]
    registers: dict[tuple[str, str], tuple[ProtectedTables, Register]] = field(default_factory=dict)

    def protection(
        self, coded: Mapping[str, RestrictedStudy], counted: Mapping[str, Sequence[FrequencyTable]], *, key: bytes
    ) -> Protection:
        """Return how a build protects, and audits, the editions that were counted, at every level."""
        handed = {edition: self._handed(edition, coded[edition], counted[edition]) for edition in counted}
        people = cohorts({edition: coded[edition] for edition in counted})
        return Protection(self.study, self.codebook, key, handed, people)

    def _handed(self, edition: str, coded: RestrictedStudy, counted: Sequence[FrequencyTable]) -> HandedOver:
        sizes = sizes_by_group(sample_table(coded), self.study.planned(edition))
        return HandedOver(tuple(counted), sizes, quotations=coded.quotations(read_approvals(self.folders.root)))

    def count(self, edition: str, coded: RestrictedStudy) -> list[FrequencyTable]:
        """Return the planned tables that have interviews, pooled and of each country, as analysis notebooks count.

        Raises DataRefused where an interview lacks a planned variable.
        """
        return list(self._count(edition, coded))

    def _count(self, edition: str, coded: RestrictedStudy) -> Iterator[FrequencyTable]:
        interviewed = {(row.crime, row.role, row.country) for row in sample_table(coded)}
        for plan in self.study.planned(edition):
            for place in (POOLED, *self.study.countries):
                found = (known for known in interviewed if known[0] == plan.crime and known[1] in plan.group)
                if any(place in (POOLED, country) for *_, country in found):
                    yield count(plan, coded, country=place)

    def sources(self, tables: ProtectedTables) -> Sources:
        """Return what the narrative of a book would be written from."""
        earlier = self.study.editions[tables.edition].earlier
        before = self.registers.get((earlier or "", tables.dissemination))
        compared = EarlierEdition(earlier, before[0], tuple(before[1].claims)) if earlier and before else None
        figures = dict(self._figures(tables))
        templates = self.folders.root / "templates"
        outside = (self.outside.contexts, templates, compared, self.outside.references)
        return Sources(self.study, self.codebook, tables, figures, *outside)

    def can_be_compared(self, tables: ProtectedTables) -> bool:
        """Return whether the edition that a book is compared with was written; a refused one is told once."""
        earlier = self.study.editions[tables.edition].earlier
        return earlier is None or (earlier, tables.dissemination) in self.registers

    def write(self, sources: Sources, pages: Sequence[Page]) -> dict[str, str]:
        """Write a book's narrative and return the text of its pages by name; raises StatementRefused."""
        with tempfile.TemporaryDirectory() as elsewhere:
            folder = Path(elsewhere)
            register = write_narrative(sources, pages, folder)
            written = {page.name: (folder / f"{page.name}.md").read_text("utf-8") for page in pages}
        tables = sources.protected
        self.registers[tables.edition, tables.dissemination] = tables, register
        return written

    def check_contents(self, tables: ProtectedTables, pages: Sequence[Page]) -> None:
        """Refuse a table of contents that does not name exactly the pages its book will have; raises BookRefused."""
        file = f"book/{tables.edition}/{CONTENTS}"
        text = (self.folders.root / file).read_text("utf-8")
        annexes = [Path(annex).stem for annex in (ANNEX, EVIDENCE, *self._glossary())]
        written = [*(page.name for page in pages), *self._pages_by_hand(tables.edition), *annexes]
        shown = [f"notebooks/{run.name}" for run in self._report_runs(tables)]
        # Their titles only order them, which a rehearsal need not do.
        read_contents(text, file=file, pages={name: name for name in (*written, *shown)})

    def _glossary(self) -> tuple[str, ...]:
        return (GLOSSARY,) if (self.folders.root / "book" / GLOSSARY_FILE).is_file() else ()

    def _pages_by_hand(self, edition: str) -> Iterator[str]:
        book = self.folders.root / "book"
        for root, pattern in ((book, "*.md"), (book / edition, "**/*.md")):
            yield from (path.relative_to(root).with_suffix("").as_posix() for path in root.glob(pattern))

    def _report_runs(self, tables: ProtectedTables) -> tuple[Run, ...]:
        edition, level = tables.edition, tables.dissemination
        return runs(self.folders, self.study, edition=edition, countries=tables.countries, dissemination=level)

    def _figures(self, tables: ProtectedTables) -> Iterator[tuple[str, Figure]]:
        """Yield a stand-in for each figure that would carry data."""
        for run in self._report_runs(tables):
            crime, country = run.parameters["crime"], run.parameters["country"]
            for drawn in self.drawn:
                shown = _tables_shown(drawn, tables, country)
                if drawn.notebook == run.notebook.as_posix() and (shown or not drawn.variable):
                    name = f"{crime}/{country}/{drawn.name}"
                    yield name, Figure(f"{run.name}-{drawn.name}", "figures/x.svg", STAND_IN, STAND_IN, shown)


def _tables_shown(drawn: Drawn, tables: ProtectedTables, country: str) -> tuple[str, ...]:
    """Return the keys of a figure's tables of which anything is published."""
    keys = [key_of(table, country) for table in drawn.tables]
    return tuple(key for key in keys if key in tables and any(c.status != "withheld" for c in tables[key].cells))
