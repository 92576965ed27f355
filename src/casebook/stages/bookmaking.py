"""Books: staging what an edition is made of, and making the web book and the PDF of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from casebook.cache import Step
from casebook.protected_tables import read_protected_tables
from casebook.publication.book.extensions import EXTENSIONS, TYPST
from casebook.publication.book.html import build_book
from casebook.publication.book.identity import Book
from casebook.publication.book.media import Medium
from casebook.publication.book.staging import stage_book
from casebook.publication.evidence_files import evidence_files
from casebook.publication.notebooks.matrix import Run
from casebook.stages.project import DESCRIPTION, Project

#: What the process that runs Sphinx loads by name, and what starts it.
_LOADED = ("casebook.publication.book.sphinx_run", *EXTENSIONS, TYPST)


def step(book: Book, media: frozenset[Medium], *, runs: Sequence[Run]) -> Step:
    """Return the step that makes a book in some media from its narrative, protected tables and report runs."""
    folders, edition, level = book.folders, book.edition, book.dissemination
    made = [folders.narrative(edition, level), folders.protected(edition, level)]
    made += [run.folder(folders) for run in runs]
    by_hand = ("book/*.*", f"book/{edition}", "book/_static", "book/_templates", "_config.yml", "templates")
    made_of = {"html": book.html, "pdf": book.pdf}
    return Step(
        f"book/{edition}/{level}",
        leaves=(book.source, *(made_of[medium] for medium in sorted(media))),
        reads=(*DESCRIPTION, *by_hand, *(place.relative_to(folders.root).as_posix() for place in made)),
        modules=(__name__, *_LOADED),
        settings={
            "edition": edition,
            "level": level,
            "media": " ".join(sorted(media)),
            "runs": " ".join(run.name for run in runs),
            "cleared": str(book.cleared),
        },
        kept=False,
    )


def make(project: Project, book: Book, media: frozenset[Medium], *, runs: Sequence[Run]) -> Mapping[str, Any]:
    """Stage and make a book and tell how many pages it has; raises BookRefused."""
    names = [run.name for run in runs]
    stage_book(book, project.codebook, runs=names, evidence=_evidence(project, book, runs))
    only = next(iter(media)) if len(media) == 1 else None
    return {"pages": build_book(book, only=only).pages}


def _evidence(project: Project, book: Book, runs: Sequence[Run]) -> dict[str, bytes]:
    """Return the register of a book's claims, and the receipts of each page."""
    tables = read_protected_tables(project.folders.protected(book.edition, book.dissemination))
    return evidence_files(project.folders, project.study, codebook=project.codebook, tables=tables, runs=runs)
