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
from small_notebooks import PARAMETERS, write_notebook
from small_project import casebook, processes_of, small_project

from casebook.build_record import read_steps
from casebook.folders import Folders

SAMPLE = PARAMETERS.replace("OG", "ALL")
HOSTILE = "{{ 7 * 7 }} {ref}`x` $y$ #set text(red) [a](b)"


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


FAILING = "1 / 0"
FAILS_AT_CX = "study.close(); 1 / (dissemination != 'CX')"


def failing_project(folder: Path) -> Path:
    """A small project with a notebook that fails at once, and a report notebook that fails as well."""
    project = small_project(folder)
    write_notebook(project / "notebooks" / "analysis" / "sample.ipynb", FAILING, parameters=SAMPLE)
    return project


class TestAFailure:
    def test_ends_the_build_after_its_stage_with_all_runs_tried(self, tmp_path: Path) -> None:
        project = failing_project(tmp_path)
        built = casebook(project, "build", "--jobs", "1")
        assert built.exit_code == 13
        assert (
            "notebooks/analysis: 1 of 3 runs: ZeroDivisionError; found notebooks/analysis/sample.ipynb" in built.output
        )
        assert "  3 of 3, 1 failed" in built.output
        assert "Disclosure control ..." not in built.output
        assert states(project)["analysis/D1.2/sample-ALL-pooled"] == "failed"

    def test_ends_it_at_once_where_asked(self, tmp_path: Path) -> None:
        project = failing_project(tmp_path)
        (project / "notebooks" / "analysis" / "sample.ipynb").rename(project / "notebooks" / "analysis" / "a.ipynb")
        built = casebook(project, "build", "--jobs", "1", "--fail-fast")
        assert built.exit_code == 13
        assert "notebooks/analysis: 1 of 3 runs: ZeroDivisionError" in built.output
        assert "notebooks/analysis: 2 of 3 runs: not tried, since another run has failed" in built.output

    def test_is_tried_before_all_else_where_asked(self, tmp_path: Path) -> None:
        project = failing_project(tmp_path)
        casebook(project, "build", "--jobs", "1")
        write_notebook(project / "notebooks" / "analysis" / "grooming.ipynb", FAILING)
        built = casebook(project, "build", "--jobs", "1", "--retry-failed")
        assert built.exit_code == 13
        assert (
            "notebooks/analysis: 1 of 1 runs: ZeroDivisionError; found notebooks/analysis/sample.ipynb" in built.output
        )
        assert "grooming" not in built.output

    def test_is_put_right_and_the_rest_is_built(self, tmp_path: Path) -> None:
        project = failing_project(tmp_path)
        casebook(project, "build", "--jobs", "1")
        write_notebook(project / "notebooks" / "analysis" / "sample.ipynb", "1 / 1", parameters=SAMPLE)
        built = casebook(project, "build", "--jobs", "1", "--retry-failed")
        # It went well, and has then left no witness.
        assert "sample-ALL-pooled" in built.output
        assert states(project)["analysis/D1.2/grooming-OG-BE"] == "found"


@pytest.mark.slow
def test_what_a_failure_does_not_touch_is_done_where_asked_and_the_sites_stay(tmp_path: Path) -> None:
    project = small_project(tmp_path)
    study = project / "study.yml"
    level = "  CO: {name: confidential, reader: consortium, policy: consortium, site: consortium}\n"
    study.write_text(study.read_text("utf-8").replace(level, level + level.replace("CO", "CX")), "utf-8")
    notebook = project / "notebooks" / "report" / "grooming.ipynb"
    notebook.write_text(notebook.read_text("utf-8").replace("study.close()", FAILS_AT_CX), "utf-8")
    last = project / "_build" / "consortium" / "index.html"
    last.parent.mkdir(parents=True)
    last.write_text("the last good site", "utf-8")
    built = casebook(project, "build", "--only", "html", "--keep-going")
    assert built.exit_code == 13
    assert "notebooks/report: 1 of 2 runs: ZeroDivisionError" in built.output
    found = states(project)
    assert (found["narrative/D1.2/CO"], found["book/D1.2/CO"]) == ("done", "done")
    assert "narrative/D1.2/CX" not in found
    assert last.read_text("utf-8") == "the last good site"


def states(project: Path) -> dict[str, str]:
    """How each step of the last build went."""
    return {name: step["state"] for name, step in read_steps(Folders(project)).items()}


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
