"""`casebook explore`: a copy of an analysis notebook, for one crime and country, that nobody's work is lost in."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from small_project import casebook, small_project

from casebook import explore
from casebook.errors import CasebookError, StudyRefused
from casebook.explore import Copy, command, environment, open_jupyterlab, prepare_copies
from casebook.folders import Folders


def copy_of(project: Path, *, crime: str = "OG", country: str = "BE") -> Copy:
    (copy,) = prepare_copies(project, crime=crime, country=country)
    return copy


def test_the_copy_has_the_parameters_asked_for_and_all_other_cells_unchanged(tmp_path: Path) -> None:
    project = small_project(tmp_path)
    copy = copy_of(project)
    assert copy.notebook == project / "_build" / "restricted" / "explore" / "D1.2-grooming-OG-BE.ipynb"
    original = json.loads((project / "notebooks" / "analysis" / "grooming.ipynb").read_text("utf-8"))
    copied = json.loads(copy.notebook.read_text("utf-8"))
    assert copied["cells"][0]["source"].splitlines() == ['crime = "OG"', 'country = "BE"', 'edition = "D1.2"']
    assert copied["cells"][1:] == original["cells"][1:]


def test_all_crimes_together_are_explored_in_the_notebooks_that_are_for_all(tmp_path: Path) -> None:
    assert (
        copy_of(small_project(tmp_path), crime="ALL", country="pooled").notebook.name == "D1.2-sample-ALL-pooled.ipynb"
    )


def test_a_copy_that_was_worked_on_is_never_overwritten(tmp_path: Path) -> None:
    project = small_project(tmp_path)
    copy = copy_of(project).notebook
    copy.write_text(copy.read_text("utf-8").replace("study.close()", "study.interviews()"), "utf-8")
    mine = copy.read_bytes()
    again = copy_of(project)
    assert (again.kept, again.notebook.read_bytes()) == (True, mine)
    assert again.told(project) == (
        "_build/restricted/explore/D1.2-grooming-OG-BE.ipynb: kept as you left it; rename it for a new copy"
    )


def test_a_notebook_somebody_put_there_is_never_overwritten(tmp_path: Path) -> None:
    project = small_project(tmp_path)
    copy = copy_of(project).notebook
    (copy.parent / "made.json").unlink()
    assert copy_of(project).kept


def test_an_untouched_copy_follows_the_original(tmp_path: Path) -> None:
    project = small_project(tmp_path)
    copy_of(project)
    original = project / "notebooks" / "analysis" / "grooming.ipynb"
    original.write_text(original.read_text("utf-8").replace("study.close()", "study.sample()"), "utf-8")
    again = copy_of(project)
    assert not again.kept
    assert "study.sample()" in again.notebook.read_text("utf-8")


def test_unknown_crimes_countries_and_editions_are_refused_together(tmp_path: Path) -> None:
    result = casebook(small_project(tmp_path), "explore", "XX", "YY", "--edition", "D9.9")
    assert result.exit_code == 10
    assert result.output.splitlines()[1:] == [
        "  - study.yml: country: there is no such country; found YY; allowed: pooled, BE, ES",
        "  - study.yml: crime: there is no such crime; found XX; allowed: OG, ALL",
        "  - study.yml: edition: there is no such edition; found D9.9; allowed: D1.2",
    ]


def test_a_country_without_interviews_is_refused_with_those_that_have_some(tmp_path: Path) -> None:
    with pytest.raises(StudyRefused) as refusal:
        copy_of(small_project(tmp_path), country="ES")
    expected = "explore: COUNTRY: D1.2 has no interviews of OG in this country; found ES; allowed: pooled, BE"
    assert str(refusal.value.faults[0]) == expected


def test_jupyterlab_can_be_reached_from_this_machine_only_and_asks_no_other(tmp_path: Path) -> None:
    project = small_project(tmp_path)
    words = command(project, [copy_of(project)])
    assert {"--ServerApp.ip=127.0.0.1", "--ServerApp.allow_remote_access=False"} <= set(words)
    assert "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate" in words
    assert words[-1] == "_build/restricted/explore/D1.2-grooming-OG-BE.ipynb"


def test_the_kernel_of_a_copy_works_in_the_folder_of_the_project(tmp_path: Path) -> None:
    project = small_project(tmp_path)
    copy = json.loads(copy_of(project).notebook.read_text("utf-8"))
    given = environment(Folders(project))
    share = Path(given["JUPYTER_PATH"].split(os.pathsep)[0])
    spec = json.loads((share / "kernels" / copy["metadata"]["kernelspec"]["name"] / "kernel.json").read_text("utf-8"))
    enter = next(word for word in spec["argv"] if word.startswith("--IPKernelApp.exec_lines=")).partition("=")[2]
    source = f"{enter}; print(os.getcwd())"
    done = subprocess.run([sys.executable, "-c", source], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == str(project)


def test_without_jupyterlab_the_session_that_has_it_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(explore, "find_spec", lambda _name: None)
    with pytest.raises(CasebookError) as refusal:
        open_jupyterlab(tmp_path, [])
    expected = "explore: JupyterLab is not installed in this environment; do: run: nox -s explore"
    assert str(refusal.value.faults[0]) == expected


def test_the_command_hands_options_to_jupyterlab_and_ends_as_it_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = "import sys; raise SystemExit(len(sys.argv))"
    monkeypatch.setattr(explore, "command", lambda _project, _copies: [sys.executable, "-c", source])
    monkeypatch.setattr(explore, "find_spec", lambda name: name)
    result = casebook(small_project(tmp_path), "explore", "OG", "pooled", "--", "--no-browser", "--port=0")
    assert (result.exit_code, result.output) == (3, "_build/restricted/explore/D1.2-grooming-OG-pooled.ipynb: copied\n")
