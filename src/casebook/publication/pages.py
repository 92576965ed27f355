"""Which pages a book has and which figures they may show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from casebook.errors import BookRefused
from casebook.folders import Folders
from casebook.notebook_run import read_witness
from casebook.protected_tables import ProtectedTables
from casebook.publication.blocks import Figure
from casebook.publication.narrative import Page
from casebook.publication.notebooks.matrix import Run
from casebook.study import Study

CONTENTS = "_toc.yml"
SUFFIX = ".md.j2"
COUNTRIES = "countries/*"
COUNTRY_TEMPLATE = "country.md.j2"


def pages_of(folders: Folders, study: Study, tables: ProtectedTables) -> tuple[Page, ...]:
    """Return the pages of a book's table of contents that templates write, each with the crime it is about.

    A page of a crime's chapter lies under the crime's short name: "grooming", "grooming/risk".
    """
    contents = folders.root / "book" / tables.edition / CONTENTS
    try:
        tree = yaml.safe_load(contents.read_text("utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise BookRefused.one(
            f"book/{tables.edition}/{CONTENTS}", "", "the table of contents cannot be read"
        ) from error
    crimes = {crime.short.lower(): code for code, crime in study.crimes.items()}
    templates = folders.root / "templates"
    named = list(_files(tree))
    written = [name for name in named if (templates / f"{name}{SUFFIX}").is_file()]
    pages = [Page(name, f"{name}{SUFFIX}", crime=crimes.get(Path(name).parts[0], "")) for name in written]
    if COUNTRIES in named:
        pages += _country_pages(study, tables.edition)
    return tuple(pages)


def _country_pages(study: Study, edition: str) -> Iterator[Page]:
    """Yield a page for each crime and country of the study: its own results, or why there are none."""
    for crime in study.editions[edition].crimes:
        for country in study.countries:
            yield Page(f"countries/{crime}-{country}", COUNTRY_TEMPLATE, crime, country)


def _files(tree: Any) -> Iterator[str]:
    """Yield every page and pattern of pages a table of contents names."""
    if isinstance(tree, list):
        for entry in tree:
            yield from _files(entry)
    if isinstance(tree, dict):
        yield from (str(tree[key]) for key in ("root", "file", "glob") if key in tree)
        for value in tree.values():
            yield from _files(value)


def figures_of(folders: Folders, runs: Sequence[Run]) -> Mapping[str, Figure]:
    """Return the figures that report runs have drawn, by crime, country and name."""
    found: dict[str, Figure] = {}
    for run in runs:
        witness = read_witness(run.folder(folders), run=run.name)
        for figure in witness.figures:
            name = "-".join((run.name, figure.name)).replace("_", "-").lower()
            file = f"figures/{run.name}-{figure.file}"
            key = f"{witness.crime}/{witness.country}/{figure.name}"
            found[key] = Figure(name, file, figure.alt, figure.caption, figure.tables, figure.marks)
    return found
