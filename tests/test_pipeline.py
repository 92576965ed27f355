"""A build: where it begins, what ends it, and that the last good sites stay until it has gone through."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from pypdf import PdfReader
from small_notebooks import write_notebook
from small_project import casebook, processes_of, small_project

from casebook.errors import DataRefused, StatementRefused
from casebook.pipeline import _raise_together

HOSTILE = "{{ 7 * 7 }} {ref}`x` $y$ #set text(red) [a](b)"


def test_refusals_of_several_books_are_raised_together_and_after_anything_else() -> None:
    data, statement = DataRefused.one("a", "", "wrong"), StatementRefused.one("b", "", "wrong")
    with pytest.raises(DataRefused) as refusal:
        _raise_together([data, statement])
    assert "  - a: wrong\nStatements are refused (1 fault):\n  - b: wrong" in str(refusal.value)
    with pytest.raises(ZeroDivisionError):
        _raise_together([data, ZeroDivisionError()])
    _raise_together([])


def test_data_that_are_refused_leave_the_last_good_site_in_place(tmp_path: Path) -> None:
    project = small_project(tmp_path, "variable_of_another_role")
    last = project / "_build" / "consortium" / "index.html"
    last.parent.mkdir(parents=True)
    last.write_text("the last good site", "utf-8")
    built = casebook(project, "build")
    assert built.exit_code == 11
    assert built.output.count("the variable is not coded for this role") == 1
    assert last.read_text("utf-8") == "the last good site"


@pytest.mark.slow
def test_a_notebook_that_raises_is_told_by_its_cell_and_never_by_its_words(tmp_path: Path) -> None:
    project = small_project(tmp_path, "notebook_raises")
    last = project / "_build" / "consortium" / "index.html"
    last.parent.mkdir(parents=True)
    last.write_text("the last good site", "utf-8")
    built = casebook(project, "build")
    assert built.exit_code == 13
    assert "Notebook runs failed (1 fault):" in built.output
    assert "notebooks/analysis: 2 of 3 runs: KeyError; found notebooks/analysis/grooming.ipynb, cell 3" in built.output
    assert "horse" not in built.output
    assert last.read_text("utf-8") == "the last good site"


@pytest.mark.slow
def test_text_from_data_comes_out_inert_in_both_media(tmp_path: Path) -> None:
    project = small_project(tmp_path, "hostile_text")
    built = casebook(project, "build")
    assert built.exit_code == 0, built.output
    book = project / "_build" / "consortium" / "D1.2" / "1.0"
    for page in ("grooming.html", "annex-codebook.html", "notebooks/grooming-OG-pooled.html"):
        html = BeautifulSoup((book / page).read_text("utf-8"), "html.parser")
        assert not [script for script in html.find_all("script") if "alert(" in script.get_text()], page
        shown = [html.get_text(), *(str(image.get("alt", "")) for image in html.find_all("img"))]
        assert any(HOSTILE in " ".join(text.split()) for text in shown), page
    drawings = [path.read_text("utf-8") for path in book.rglob("*.svg")]
    assert any("alert(1)" in drawing for drawing in drawings)
    assert not any("<script" in drawing for drawing in drawings)
    text = "".join(page.extract_text() for page in PdfReader(book / "D1.2.pdf").pages)
    assert "".join(HOSTILE.split()) in "".join(text.split())


def test_an_interrupted_build_ends_with_all_its_kernels(tmp_path: Path) -> None:
    project = small_project(tmp_path)
    write_notebook(project / "notebooks" / "analysis" / "sample.ipynb", "import time\ntime.sleep(600)")
    source = "import sys; from casebook.cli import main; main(sys.argv[1:])"
    command = [sys.executable, "-c", source, "--project", str(project), "build", "--jobs", "1"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as building:
        for line in building.stdout or ():
            if line.startswith("Analysis notebooks"):
                break
        time.sleep(4)
        os.killpg(building.pid, signal.SIGINT)
        _, told = building.communicate(timeout=60)
    assert (building.returncode, told) == (130, "Interrupted. The last good sites are as they were.\n")
    assert processes_of(project) == []
