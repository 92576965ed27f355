"""The staged book holds all that Sphinx reads, and only what belongs to its edition and level."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import yaml
from small_book import FIGURE, RUN, small_book, small_project, write

from casebook.codebook import Codebook
from casebook.errors import BookRefused, NotebookFailed
from casebook.publication.book.identity import Book
from casebook.publication.book.staging import stage_book
from casebook.study import Study


@pytest.fixture
def book(tmp_path: Path, study: Study) -> Book:
    return Book(small_project(tmp_path), study, "D1.2", "PU")


def test_narrative_hand_written_pages_runs_and_codebook_are_gathered(
    tmp_path: Path, study: Study, codebook: Codebook
) -> None:
    source = small_book(tmp_path, study, codebook=codebook).source
    staged = {path.relative_to(source).as_posix() for path in source.rglob("*") if path.is_file()}
    pages = {"index.md", "introduction.md", "grooming.md", "annex-glossary.md", "annex-codebook.md"}
    pages |= {"annex-notebooks.md"}
    assert pages | {FIGURE, f"notebooks/{RUN}.ipynb", "_toc.yml", "_static/casebook.css"} <= staged
    assert not any("claims" in name or "run.json" in name for name in staged)


def test_with_a_register_of_claims_the_evidence_annex_is_staged_and_needs_its_place_in_the_contents(
    book: Book, codebook: Codebook
) -> None:
    claim = {"id": "c0123456789", "page": "grooming", "kind": "size", "text": "23 experts", "sentence": "23 experts."}
    made = {"template": "grooming.md.j2", "line": 4, "holds": [], "run": "", "table": "OG.E", "cells": []}
    register = json.dumps({"claims": [{**claim, **made}]}).encode()
    with pytest.raises(BookRefused, match="annex-evidence: a page has no place in the contents"):
        stage_book(book, codebook, runs=[RUN], evidence={"claims.json": register})
    toc = book.folders.root / "book" / "D1.2" / "_toc.yml"
    write(
        toc,
        toc.read_text("utf-8").replace(
            "- file: annex-codebook", "- file: annex-codebook\n      - file: annex-evidence"
        ),
    )
    source = stage_book(book, codebook, runs=[RUN], evidence={"claims.json": register})
    assert "23 experts" in (source / "annex-evidence.md").read_text("utf-8")
    assert (source / "_beside" / "claims.json").read_bytes() == register


def test_a_pattern_in_the_contents_is_written_out(tmp_path: Path, study: Study, codebook: Codebook) -> None:
    source = small_book(tmp_path, study, codebook=codebook).source
    annexes = yaml.safe_load((source / "_toc.yml").read_text("utf-8"))["parts"][1]["chapters"]
    assert annexes[2]["sections"] == [{"file": f"notebooks/{RUN}"}]


def test_what_an_earlier_build_staged_is_gone(book: Book, codebook: Codebook) -> None:
    write(book.source / "old.md", "# An old page\n")
    assert not (stage_book(book, codebook, runs=[RUN]) / "old.md").exists()


def test_a_run_that_is_not_of_this_build_is_left_out(book: Book, codebook: Codebook) -> None:
    shutil.copytree(book.folders.report_run("D1.2", "PU", RUN), book.folders.report_run("D1.2", "PU", "grooming-OG-ES"))
    source = stage_book(book, codebook, runs=[RUN])
    assert [path.name for path in (source / "notebooks").iterdir()] == [f"{RUN}.ipynb"]


def test_a_figure_that_is_not_the_one_drawn_is_refused(book: Book, codebook: Codebook) -> None:
    write(book.folders.report_run("D1.2", "PU", RUN) / "strategies.svg", "<svg/>")
    with pytest.raises(BookRefused, match=r"strategies\.svg: the figure is not the one its run drew"):
        stage_book(book, codebook, runs=[RUN])


def test_a_run_without_notebook_is_refused(book: Book, codebook: Codebook) -> None:
    (book.folders.report_run("D1.2", "PU", RUN) / "notebook.ipynb").unlink()
    with pytest.raises(BookRefused, match=rf"_build/report/D1\.2/PU/{RUN}/notebook\.ipynb: the run left no notebook"):
        stage_book(book, codebook, runs=[RUN])


def test_a_run_without_witness_is_refused(book: Book, codebook: Codebook) -> None:
    (book.folders.report_run("D1.2", "PU", RUN) / "run.json").unlink()
    with pytest.raises(NotebookFailed, match="the run has left no witness"):
        stage_book(book, codebook, runs=[RUN])


def test_two_sources_of_one_page_are_refused(book: Book, codebook: Codebook) -> None:
    write(book.folders.root / "book" / "grooming.md", "# By hand\n")
    with pytest.raises(BookRefused, match=r"grooming\.md: two sources write the same page"):
        stage_book(book, codebook, runs=[RUN])


def test_a_deliverable_without_contents_is_refused(book: Book, codebook: Codebook) -> None:
    (book.folders.root / "book" / "D1.2" / "_toc.yml").unlink()
    with pytest.raises(BookRefused, match=r"book/D1\.2/_toc\.yml: the deliverable has no table of contents"):
        stage_book(book, codebook, runs=[RUN])


def test_nothing_of_the_other_level_is_staged(book: Book, codebook: Codebook) -> None:
    write(book.folders.narrative("D1.2", "CO") / "index.md", "# Only for the consortium\n")
    source = stage_book(book, codebook, runs=[RUN])
    assert "Only for the consortium" not in (source / "index.md").read_text("utf-8")
