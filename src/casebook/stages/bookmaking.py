"""Books: staging what an edition is made of, making its web book and PDF, and scanning what they print."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from casebook.cache import Step
from casebook.protected_tables import read_protected_tables
from casebook.publication.book import scan
from casebook.publication.book.extensions import EXTENSIONS, TYPST
from casebook.publication.book.html import build_book
from casebook.publication.book.identity import Book
from casebook.publication.book.media import Medium
from casebook.publication.book.staging import stage_book
from casebook.publication.claims import read_claims
from casebook.publication.evidence_files import evidence_files
from casebook.publication.pages import pages_of
from casebook.stages import narration
from casebook.stages.narration import Written
from casebook.stages.project import Project

#: What the process that runs Sphinx loads by name, and what starts it.
_LOADED = ("casebook.publication.book.sphinx_run", *EXTENSIONS, TYPST)


def step(book: Book, media: frozenset[Medium], written: Written) -> Step:
    """Return the step that makes a book in some media from its narrative, protected tables and report runs."""
    folders, edition, level = book.folders, book.edition, book.dissemination
    made = [folders.narrative(edition, level), *(run.folder(folders) for run in written.runs)]
    by_hand = ("book/*.*", f"book/{edition}", "book/_static", "book/_templates", "_config.yml")
    made_of = {"html": book.html, "pdf": book.pdf}
    return Step(
        f"book/{edition}/{level}",
        leaves=(book.source, book.items, *(made_of[medium] for medium in sorted(media))),
        reads=(
            *narration.reads(folders, written),
            *by_hand,
            *(place.relative_to(folders.root).as_posix() for place in made),
        ),
        modules=(__name__, *_LOADED),
        settings={
            "edition": edition,
            "level": level,
            "media": " ".join(sorted(media)),
            "runs": " ".join(run.name for run in written.runs),
            "audit": str(book.audit),
        },
        kept=False,
    )


def make(project: Project, book: Book, media: frozenset[Medium], *, written: Written) -> Mapping[str, Any]:
    """Stage and make a book and tell how many pages it has.

    Raises BookRefused, and StatementRefused where it prints what nothing explains.
    """
    names = [run.name for run in written.runs]
    stage_book(book, project.codebook, runs=names, evidence=_evidence(project, written))
    only = next(iter(media)) if len(media) == 1 else None
    pages = build_book(book, only=only).pages
    scan.scan_book(book, _printed_from(project, written))
    return {"pages": pages}


def _evidence(project: Project, written: Written) -> dict[str, bytes]:
    """Return the register of a book's claims, and the receipts of each page."""
    tables = read_protected_tables(project.folders.protected(written.edition, written.level))
    about = (project.folders, project.study)
    return evidence_files(*about, codebook=project.codebook, tables=tables, runs=written.runs)


def _printed_from(project: Project, written: Written) -> scan.Written:
    folders, sources = project.folders, narration.sources(project, written)
    claims = read_claims(folders.narrative(written.edition, written.level))
    return scan.Written(sources, pages_of(folders, project.study, sources.protected), written.runs, claims)
