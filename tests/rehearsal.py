"""An edition's narrative in process: counted, protected and written without running a notebook.

The counting, the door and the templates are the real ones; only figures are stand-ins, since drawing them is the
report notebooks' work.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

from truth import of_counted, untruths

from casebook.codebook import Codebook, read_codebook
from casebook.folders import Folders
from casebook.protected_tables import POOLED, ProtectedTables
from casebook.protection import HandedOver, Protection
from casebook.publication.blocks import Figure
from casebook.publication.claims import Claim
from casebook.publication.contexts import read_contexts
from casebook.publication.edition_changes import EarlierEdition
from casebook.publication.narrative import Page, Sources, write_narrative
from casebook.publication.pages import pages_of
from casebook.publication.references import read_references
from casebook.restricted.analysis_run import sizes_by_group
from casebook.restricted.edition_people import cohorts
from casebook.restricted.frequency_tables import FrequencyTable, count, sample_table
from casebook.restricted.interviews import RestrictedStudy
from casebook.restricted.measured_agreement import Measured, measure
from casebook.restricted.submissions import read_submissions, submission_folders
from casebook.study import Study
from casebook.study_files import read_study

PROJECT = Path(__file__).parents[1]
EDITIONS = [(edition, level) for edition in ("D1.2", "D1.3") for level in ("PU", "CO")]


@dataclass(frozen=True)
class Rehearsal:
    """What an edition and level says, what it was written from, and the true counts that it must agree with."""

    edition: str
    level: str
    study: Study
    sources: Sources
    written: tuple[Page, ...]
    counted: Mapping[str, FrequencyTable]
    protected: ProtectedTables
    claims: tuple[Claim, ...]
    folder: Path

    def text(self, page: str) -> str:
        return (self.folder / f"{page}.md").read_text("utf-8")

    @property
    def untruths(self) -> list[str]:
        """Everything the text says that the true counts do not bear out."""
        return untruths(self.claims, {key: of_counted(table) for key, table in self.counted.items()})

    @property
    def pages(self) -> list[str]:
        return sorted(path.relative_to(self.folder).with_suffix("").as_posix() for path in self.folder.rglob("*.md"))


@cache
def project() -> tuple[Study, Codebook]:
    codebook = read_codebook(PROJECT / "data")
    return read_study(PROJECT, codebook), codebook


@cache
def interviews(countries: Path) -> RestrictedStudy:
    codebook = project()[1]
    return RestrictedStudy.of(read_submissions(submission_folders(countries), codebook), codebook)


def rehearse(
    edition: str,
    level: str,
    *,
    out: Path,
    countries: Path = PROJECT / "data" / "countries",
    done: Mapping[tuple[str, str], Rehearsal] = MappingProxyType({}),
) -> Rehearsal:
    """Write the narrative of an edition and level from the submissions below a folder.

    The edition that it is compared with is taken from `done`, or written as well.
    """
    study, codebook = project()
    protected = _protected(countries)[edition, level]
    pages = pages_of(Folders(PROJECT), study, protected)
    contexts = read_contexts(PROJECT / "data", study)
    before = study.editions[edition].earlier
    earlier = None
    if before is not None:
        aside = out.with_name(f"{out.name}-earlier")
        earlier = _earlier(done.get((before, level)) or rehearse(before, level, out=aside, countries=countries))
    references = read_references(PROJECT / "data", study, codebook)
    outside = (contexts, PROJECT / "templates", earlier, references)
    sources = Sources(study, codebook, protected, _stand_ins(pages), *outside)
    register = write_narrative(sources, pages, out)
    counted, claims = {t.key: t for t in _counted(countries, edition)}, tuple(register.claims)
    return Rehearsal(edition, level, study, sources, pages, counted, protected, claims, out)


@cache
def _protected(countries: Path) -> Mapping[tuple[str, str], ProtectedTables]:
    """All editions at all levels, protected together as in a build."""
    study, codebook = project()
    coded = {edition: interviews(countries).waves(*entry.waves) for edition, entry in study.editions.items()}
    handed = {edition: _handed(countries, edition) for edition in study.editions}
    return dict(Protection(study, codebook, b"the key of the tests", handed, cohorts(coded)).protect())


def _handed(countries: Path, edition: str) -> HandedOver:
    study = project()[0]
    rows = sample_table(interviews(countries).waves(*study.editions[edition].waves))
    sample = sizes_by_group(rows, study.planned(edition))
    return HandedOver(_counted(countries, edition), sample, _measured(countries, edition))


@cache
def _measured(countries: Path, edition: str) -> tuple[Measured, ...]:
    study, codebook = project()
    return measure(interviews(countries).waves(*study.editions[edition].waves).codings, codebook)


def _earlier(before: Rehearsal) -> EarlierEdition:
    return EarlierEdition(before.edition, before.protected, before.claims)


@cache
def _counted(countries: Path, edition: str) -> tuple[FrequencyTable, ...]:
    study = project()[0]
    coded = interviews(countries).waves(*study.editions[edition].waves)
    found = coded.people.groupby("crime")["country"].unique()
    tables = []
    for plan in study.planned(edition):
        places = (POOLED, *sorted(found.get(plan.crime, ())))
        tables += [count(plan, coded, country=place) for place in places]
    return tuple(table for table in tables if table.whole_group)


def _stand_ins(pages: tuple[Page, ...]) -> Mapping[str, Figure]:
    """A figure for every name that a template shows."""
    templates = {page.template for page in pages}
    names = {
        name
        for template in templates
        for name in re.findall(r'figure\("([a-z_0-9]+)"\)', (PROJECT / "templates" / template).read_text("utf-8"))
    }
    places = {(page.crime, page.country) for page in pages} | {("ALL", POOLED)}
    return {
        f"{crime}/{country}/{name}": Figure(f"{crime}-{country}-{name}", "figures/x.svg", "What is seen", "A caption")
        for crime, country in places
        for name in names
    }
