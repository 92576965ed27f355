"""Which pages templates write, and which figures they may place."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_narrative import sources, the_study

from casebook.errors import BookRefused, NotebookFailed
from casebook.folders import Folders
from casebook.notebook_run import FigureRecord, Witness
from casebook.publication.narrative import Page
from casebook.publication.notebooks.matrix import Run
from casebook.publication.pages import figures_of, pages_of

CONTENTS = """
root: index
parts:
  - caption: Findings
    chapters:
      - file: grooming
        sections:
          - file: grooming/risk
          - file: grooming/by-hand
      - file: cyberbullying/risk
  - caption: Annexes
    chapters:
      - file: annex-codebook
"""
TEMPLATES = ("index", "grooming", "grooming/risk", "cyberbullying/risk", "not-in-contents", "country")


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    for name in TEMPLATES:
        path = tmp_path / "templates" / f"{name}.md.j2"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    contents_of(tmp_path, CONTENTS)
    return Folders(tmp_path)


def contents_of(root: Path, text: str) -> None:
    path = root / "book" / "D1.2" / "_toc.yml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def pages(folders: Folders) -> tuple[Page, ...]:
    return pages_of(folders, the_study(), sources(folders.root / "templates").protected)


def test_pages_are_those_of_the_contents_that_have_a_template_with_the_crime_of_their_folder(folders: Folders) -> None:
    assert pages(folders) == (
        Page("index", "index.md.j2"),
        Page("grooming", "grooming.md.j2", crime="OG"),
        Page("grooming/risk", "grooming/risk.md.j2", crime="OG"),
        Page("cyberbullying/risk", "cyberbullying/risk.md.j2", crime="CB"),
    )


def test_country_pages_are_one_per_crime_of_the_edition_and_country(folders: Folders) -> None:
    contents_of(folders.root, "root: index\nchapters:\n  - glob: countries/*\n")
    assert pages(folders)[1:] == (Page("countries/OG-BE", "country.md.j2", crime="OG", country="BE"),)


@pytest.mark.parametrize("content", [None, "root: [", "root: 'index"])
def test_contents_that_cannot_be_read_are_refused(content: str | None, folders: Folders) -> None:
    path = folders.root / "book" / "D1.2" / "_toc.yml"
    path.unlink()
    if content is not None:
        path.write_text(content, "utf-8")
    with pytest.raises(BookRefused) as refusal:
        pages(folders)
    assert str(refusal.value.faults[0]) == "book/D1.2/_toc.yml: the table of contents cannot be read"


def run_of(country: str) -> Run:
    parameters = {"edition": "D1.2", "dissemination": "PU", "crime": "OG", "country": country}
    return Run(Path("notebooks/report/grooming.ipynb"), "report", f"grooming-OG-{country}", "Grooming", parameters)


def test_figures_are_found_by_crime_country_and_name(folders: Folders) -> None:
    figure = FigureRecord("risk_factors", "risk_factors.svg", "A bar.", "Risk, n = 23.", ("OG.E.og_v_risk",), "0" * 64)
    for country in ("pooled", "BE"):
        run = run_of(country)
        Witness(run.name, run.title, "OG", country, "D1.2", "PU", figure.tables, (figure,)).write(run.folder(folders))
    found = figures_of(folders, [run_of("pooled"), run_of("BE")])
    assert list(found) == ["OG/pooled/risk_factors", "OG/BE/risk_factors"]
    pooled = found["OG/pooled/risk_factors"]
    assert pooled.name == "grooming-og-pooled-risk-factors"  # a label: one alphabet for Sphinx and HTML
    assert pooled.file == "figures/grooming-OG-pooled-risk_factors.svg"
    assert (pooled.alt, pooled.caption) == ("A bar.", "Risk, n = 23.")
    assert len({figure.file for figure in found.values()}) == 2


def test_a_run_without_a_witness_is_refused(folders: Folders) -> None:
    with pytest.raises(NotebookFailed, match=r"grooming-OG-BE: run\.json: the run has left no witness"):
        figures_of(folders, [run_of("BE")])
