"""`casebook preview`: what a saved file touches is rebuilt, and nothing else."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest
from small_project import processes_of, small_project

from casebook import preview
from casebook.preview import Watch, watched_files


def test_a_saved_added_or_removed_file_is_seen_once(tmp_path: Path) -> None:
    project = small_project(tmp_path)
    watch = Watch(project)
    assert watch.look() == set()
    (project / "templates" / "index.md.j2").write_text("# New\n", "utf-8")
    (project / "book" / "added.md").write_text("# Added\n", "utf-8")
    (project / "data" / "countries" / "ES" / "context.yml").unlink()
    assert watch.look() == {"templates/index.md.j2", "book/added.md", "data/countries/ES/context.yml"}
    assert watch.look() == set()


def test_what_is_built_and_what_editors_leave_beside_is_not_watched(tmp_path: Path) -> None:
    project = small_project(tmp_path)
    before = watched_files(project)
    for name in ("_build/site/index.html", "templates/.index.md.j2.swp", "data/.ipynb_checkpoints/x", "README.md"):
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text("x", "utf-8")
    assert watched_files(project) == before


def test_real_submissions_are_watched_where_they_lie(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project, real = small_project(tmp_path), tmp_path / "real" / "BE" / "BE-W1"
    real.mkdir(parents=True)
    monkeypatch.setenv("CASEBOOK_DATA", str(tmp_path / "real"))
    watch = Watch(project)
    (real / "coding.csv").write_text("x", "utf-8")
    assert len(watch.look()) == 1


def test_what_a_refused_build_left_undone_is_made_up_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = small_project(tmp_path)
    watch = Watch(project)
    monkeypatch.setattr(preview, "_SECONDS_BETWEEN_LOOKS", 0)
    (project / "templates" / "index.md.j2").write_text("# New\n", "utf-8")
    watch.wait()
    assert watch.look() == set()


@pytest.mark.slow
def test_a_saved_template_is_seen_in_the_served_site_a_refused_one_is_not_and_an_interrupt_ends_it_all(
    tmp_path: Path,
) -> None:
    project = small_project(tmp_path)
    source = "import sys; from casebook.cli import main; main(sys.argv[1:])"
    words = ["--project", str(project), "preview", "--only", "html", "--port", "0"]
    command = [sys.executable, "-c", source, *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as served:
        address = _told(served, "Serving ")[-1].split()[1]
        page = project / "templates" / "index.md.j2"
        assert "Changed title" not in _read(address)
        page.write_text(page.read_text("utf-8").replace("# {{ edition.title }}", "# Changed title"), "utf-8")
        assert not [line for line in _told(served, "Serving ") if " of " in line and line.startswith("  ")]
        assert "Changed title" in _read(address)
        page.write_text("# Of 12 interviews\n", "utf-8")
        _told(served, "Statements are refused (1 fault):")
        _told(served, "Watching ")
        assert "Changed title" in _read(address)
        with urlopen(f"{address.partition('/site')[0]}/_preview", timeout=10) as response:
            assert "Statements are refused (1 fault):" in json.load(response)["refusal"]
        served.send_signal(signal.SIGINT)
        assert served.wait(60) == 130
    assert processes_of(project) == []


def _told(served: subprocess.Popen[str], beginning: str) -> list[str]:
    """The lines that the preview prints up to one that begins so."""
    lines: list[str] = []
    for line in served.stdout or ():
        lines.append(line)
        if line.startswith(beginning):
            return lines
    raise AssertionError(f"the preview has ended without {beginning!r}")


def _read(address: str) -> str:
    with urlopen(f"{address}D1.2/1.0/index.html", timeout=10) as response:
        text: str = response.read().decode("utf-8")
        return text
