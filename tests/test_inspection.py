"""Looking into the cache: what changed is named, and what is kept is compared with what a run leaves now."""

from __future__ import annotations

from pathlib import Path

import pytest
from built_project import CODING, BuiltProject
from small_notebooks import PARAMETERS, write_notebook
from small_project import casebook, small_project

from casebook.inspection.verification import verify
from casebook.pipeline import steps_of

NEVER = "would be done, since it was never done before"


class TestWhy:
    def test_tells_of_every_run_of_a_name(self, tmp_path: Path) -> None:
        asked = casebook(small_project(tmp_path), "why", "grooming-OG-BE")
        assert asked.output == f"analysis/D1.2/grooming-OG-BE: {NEVER}\n"

    def test_refuses_a_name_that_no_step_has(self, tmp_path: Path) -> None:
        asked = casebook(small_project(tmp_path), "why", "grooming-OG-ES")
        assert asked.exit_code == 10
        assert "casebook why: a build has no such step; found grooming-OG-ES; allowed: " in asked.output
        assert "analysis/D1.2/grooming-OG-pooled" in asked.output

    def test_leaves_the_project_as_it_is(self, tmp_path: Path) -> None:
        project = small_project(tmp_path)
        casebook(project, "why", "grooming-OG-BE")
        assert sorted(path.name for path in (project / "_build").iterdir()) == ["restricted"]


@pytest.mark.slow
class TestWhyABuiltStepWouldBeDone:
    def test_is_that_nothing_is_wrong(self, built: BuiltProject) -> None:
        told = built.run("why", "report/D1.2/CO/grooming-OG-pooled").splitlines()
        assert told[0] == "report/D1.2/CO/grooming-OG-pooled: is up to date"
        assert told[1].startswith("  last build: done in ")
        assert told[1].endswith(" s; reason: it was never done before")

    def test_names_the_ingredient(self, built: BuiltProject) -> None:
        built.replace(CODING, "OG-1001,A,og_strategy,deception,", "OG-1001,A,og_strategy,corruption,")
        told = built.run("why", "analysis/D1.2/grooming-OG-BE").splitlines()
        assert told[0] == "analysis/D1.2/grooming-OG-BE: would be done; changed: coded D1.2 interviews OG BE"

    def test_names_the_steps_that_come_first(self, built: BuiltProject) -> None:
        built.replace("notebooks/analysis/sample.ipynb", "study.close()", "study.close() ")
        told = built.run("why", "report/D1.2/CO/grooming-OG-pooled").splitlines()
        changed = "would be done; changed: files notebooks/analysis/sample.ipynb"
        assert told[:2] == [
            "report/D1.2/CO/grooming-OG-pooled: is up to date",
            f"  first analysis/D1.2/sample-ALL-pooled: {changed}",
        ]


@pytest.mark.slow
class TestVerify:
    def test_tells_that_every_byte_is_the_same_and_leaves_nothing(self, built: BuiltProject) -> None:
        told = verify(built.root, steps_of(built.folders), sample=9, seed=1)
        assert told == "4 of 4 cached runs were executed again in plain kernels (--seed 1): every byte is the same."
        assert not (built.folders.restricted / "verified").exists()

    def test_refuses_a_run_that_leaves_other_bytes_each_time(self, built: BuiltProject) -> None:
        opened = "from casebook.restricted.analysis_run import open_run"
        study = "study = open_run(crime=crime, country=country, edition=edition)"
        cells = ("import uuid\nprint(uuid.uuid4())", opened, study, "study.close()")
        notebook = built.root / "notebooks" / "analysis" / "sample.ipynb"
        write_notebook(notebook, *cells, parameters=PARAMETERS.replace("OG", "ALL"))
        built.build()
        told = built.run("cache", "verify", "--sample", "9", code=13)
        assert "notebooks/analysis/sample.ipynb: analysis/D1.2/sample-ALL-pooled: the cache holds other bytes" in told
        assert "found notebook.ipynb" in told
        assert told.count("\n  - ") == 1
