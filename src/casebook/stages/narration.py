"""Narrative: the pages that templates write from the protected tables of an edition and dissemination level."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from casebook.cache import Step
from casebook.folders import Folders
from casebook.notebook_run import WITNESS_FILE
from casebook.protected_tables import read_protected_tables
from casebook.publication.claims import FILE as CLAIMS
from casebook.publication.claims import read_claims
from casebook.publication.contexts import read_contexts
from casebook.publication.edition_changes import EarlierEdition
from casebook.publication.narrative import Sources, write_narrative
from casebook.publication.notebooks.matrix import Run
from casebook.publication.pages import CONTENTS, figures_of, pages_of
from casebook.publication.references import COMPARISONS_FILE, FINDINGS_FILE, REFERENCES_FILE, read_references
from casebook.stages.project import DESCRIPTION, Project


@dataclass(frozen=True)
class Written:
    """What is written about: an edition at a dissemination level, its report runs, and the edition before."""

    edition: str
    level: str
    runs: tuple[Run, ...]
    earlier: Written | None = None

    def made(self, folders: Folders) -> list[Path]:
        """Return what the narrative is written from and other steps have made."""
        own = [folders.protected(self.edition, self.level), *(run.folder(folders) / WITNESS_FILE for run in self.runs)]
        if self.earlier is None:
            return own
        earlier = self.earlier
        return [*own, *earlier.made(folders), folders.narrative(earlier.edition, earlier.level) / CLAIMS]


def step(folders: Folders, written: Written) -> Step:
    """Return the step that writes the narrative of an edition and dissemination level."""
    edition, level = written.edition, written.level
    return Step(
        f"narrative/{edition}/{level}",
        leaves=(folders.narrative(edition, level),),
        reads=reads(folders, written),
        modules=(__name__,),
        settings={"edition": edition, "level": level, "runs": " ".join(run.name for run in written.runs)},
    )


def reads(folders: Folders, written: Written) -> tuple[str, ...]:
    """Return what the sources of a narrative are read from, as paths in the project."""
    outside = [f"data/{name}" for name in (COMPARISONS_FILE, FINDINGS_FILE, REFERENCES_FILE)]
    outside += ["data/countries/*/context.yml", "templates", f"book/{written.edition}/{CONTENTS}"]
    made = [place.relative_to(folders.root).as_posix() for place in written.made(folders)]
    return (*DESCRIPTION, *outside, *made)


def narrate(project: Project, written: Written) -> Mapping[str, Any]:
    """Write the narrative and tell how many figures it may show and how many statements it makes.

    Raises StatementRefused with the faults of all pages.
    """
    folders, made_of = project.folders, sources(project, written)
    pages = pages_of(folders, project.study, made_of.protected)
    register = write_narrative(made_of, pages, folders.narrative(written.edition, written.level))
    return {"figures": len(made_of.figures), "statements": len(register.claims)}


def sources(project: Project, written: Written) -> Sources:
    """Read what a narrative is written from."""
    folders, study, codebook = project.folders, project.study, project.codebook
    return Sources(
        study,
        codebook,
        read_protected_tables(folders.protected(written.edition, written.level)),
        figures_of(folders, written.runs),
        read_contexts(folders.data, study),
        folders.root / "templates",
        _earlier(folders, written.earlier) if written.earlier else None,
        read_references(folders.data, study, codebook),
    )


def _earlier(folders: Folders, written: Written) -> EarlierEdition:
    place = (written.edition, written.level)
    tables = read_protected_tables(folders.protected(*place))
    claims = read_claims(folders.narrative(*place))
    return EarlierEdition(written.edition, tables, claims, figures_of(folders, written.runs))
