"""Sites: the books of each reader with a landing page, put together aside and exchanged for the last good ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from casebook.cache import Step
from casebook.publication.book.html import BuiltBook
from casebook.publication.book.site import publish_sites
from casebook.stages.project import DESCRIPTION, Project


def step(project: Project, books: Sequence[BuiltBook]) -> Step:
    """Return the step that puts books into the sites they belong to."""
    folders = project.folders
    made = [place for built in books for place in (built.book.html, built.book.pdf)]
    names = sorted({built.book.level.site for built in books})
    contents = [f"{b.book.edition} {b.book.dissemination} {b.book.cleared} {b.pages} {sorted(b.media)}" for b in books]
    return Step(
        "sites",
        leaves=tuple(folders.site(name) for name in names),
        reads=(
            *DESCRIPTION,
            "templates/site",
            "book/_static",
            *(place.relative_to(folders.root).as_posix() for place in made),
        ),
        modules=(__name__,),
        settings={"books": "; ".join(contents)},
        # Editions that were not asked for are taken over from the sites that are there.
        kept=False,
    )


def publish(project: Project, books: Sequence[BuiltBook]) -> Mapping[str, Any]:
    """Put the books into their sites and tell which sites there are, as paths in the project."""
    sites = publish_sites(project.folders, project.study, books=books)
    return {"sites": [site.relative_to(project.folders.root).as_posix() for site in sites]}
