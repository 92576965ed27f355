"""What a run reads is seen from within its kernel, and it is kept to its own folder."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from small_runs import run_of

from casebook.cache import Ingredients, Steps
from casebook.errors import NotebookFailed
from casebook.folders import Folders
from casebook.publication.notebooks import Manner, Run, execute
from casebook.publication.notebooks.run_steps import name_of, step_of

READ = "print(open('data/table.csv').read())"


def steps_of(folders: Folders) -> Steps:
    return Steps(folders, Ingredients(folders.root, folders.build))


def executed(folders: Folders, *runs: Run, warm: bool = True) -> Steps:
    """Execute runs that are not found, in a build of its own."""
    steps = steps_of(folders)
    execute(folders, runs, steps=steps, manner=Manner(jobs=2, warm=warm))
    return steps


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    """A project with a table and a module of its own."""
    root = tmp_path / "project"
    (root / "data").mkdir(parents=True)
    (root / "data" / "table.csv").write_text("1", "utf-8")
    (root / "mine.py").write_text("VALUE = 1\n", "utf-8")
    return Folders(root)


class TestARun:
    @pytest.mark.parametrize("warm", [True, False], ids=["warm", "plain"])
    def test_depends_on_the_files_it_opened_and_the_modules_it_imported(self, folders: Folders, warm: bool) -> None:
        run = run_of(folders, "reads", READ, "import mine", "import pandas as pd\npd.read_csv('data/table.csv')")
        executed(folders, run, warm=warm)
        for file, text in (("data/table.csv", "2"), ("mine.py", "VALUE = 2\n")):
            (folders.root / file).write_text(text, "utf-8")
            steps = steps_of(folders)
            assert steps.found(step_of(folders, run)) is None
            assert str(steps.reasons[name_of(run)]) == f"files {file}"
            executed(folders, run, warm=warm)

    def test_depends_on_a_file_that_was_not_there(self, folders: Folders) -> None:
        look = "try:\n    open('data/other.csv')\nexcept OSError:\n    pass"
        run = run_of(folders, "looks", look)
        executed(folders, run)
        assert not executed(folders, run).reasons
        (folders.root / "data" / "other.csv").write_text("1", "utf-8")
        assert str(executed(folders, run).reasons[name_of(run)]) == "files data/other.csv"

    def test_is_not_executed_again_because_files_were_touched_or_others_changed(self, folders: Folders) -> None:
        run = run_of(folders, "reads", READ)
        executed(folders, run)
        page = run.folder(folders) / "notebook.ipynb"
        before = page.stat().st_mtime_ns
        for path in (folders.root / "data" / "table.csv", folders.root / run.notebook):
            os.utime(path, (1, 1))
        (folders.root / "data" / "unrelated.csv").write_text("1", "utf-8")
        assert not executed(folders, run).reasons
        assert page.stat().st_mtime_ns == before

    def test_is_executed_again_for_another_cell_or_parameter(self, folders: Folders) -> None:
        run = run_of(folders, "reads", READ)
        executed(folders, run)
        assert str(executed(folders, run_of(folders, "reads", READ, "2")).reasons[name_of(run)]) == (
            "files notebooks/analysis/reads.ipynb"
        )
        other = Run(run.notebook, run.room, run.name, run.title, {**run.parameters, "country": "ES"})
        assert str(executed(folders, other).reasons[name_of(run)]) == "setting country"

    def test_that_fails_is_tried_again_while_the_others_are_found(self, folders: Folders) -> None:
        good, bad = run_of(folders, "good", READ), run_of(folders, "bad", "open('data/table.csv')", "1 / 0")
        with pytest.raises(NotebookFailed):
            executed(folders, good, bad)
        assert not (bad.folder(folders) / "notebook.ipynb").exists()
        steps = steps_of(folders)
        assert steps.found(step_of(folders, good))
        assert not steps.found(step_of(folders, bad))

    @pytest.mark.parametrize(
        ("source", "told"),
        [
            ("import subprocess\nsubprocess.run(['true'])", "a process"),
            ("import os\nif not os.fork():\n    os._exit(0)\nos.wait()", "a process"),
            (
                "import socket\nwith socket.socket() as s:\n    s.settimeout(1)\n    s.connect_ex(('127.0.0.1', 9))",
                "another machine",
            ),
        ],
        ids=["subprocess", "fork", "socket"],
    )
    def test_that_asks_what_cannot_be_seen_is_executed_in_every_build_and_a_line_says_so(
        self, folders: Folders, source: str, told: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        run = run_of(folders, "asks", source)
        executed(folders, run)
        message = f"analysis/D1.2/asks-OG-pooled is executed in every build: nobody can see what {told} has told it."
        assert caplog.messages == [message]
        steps = executed(folders, run)
        assert list(steps.reasons) == [name_of(run)]
        assert steps.outside is None

    def test_leaves_what_tells_of_people_in_the_restricted_cache_alone(self, folders: Folders) -> None:
        executed(folders, run_of(folders, "secret", "print('in' + 'terview')"))
        executed(folders, run_of(folders, "open", "print('re' + 'port')", room="report"))

        def holding(text: bytes) -> set[str]:
            found = (p for p in folders.build.rglob("*") if p.is_file() and text in p.read_bytes())
            return {path.relative_to(folders.build).parts[0] for path in found}

        assert holding(b"interview\\n") == {"restricted"}
        assert holding(b"report\\n") == {"report", "cache"}


REFUSED = {
    "changes the folder": ("import os\nos.chdir('/')", "a run stays in the project's folder, a folder"),
    "writes in the project": ("open('study.yml', 'w')", "a run writes in its own folder only, study.yml"),
    "adds to a file": ("open('data/table.csv', 'a')", "a run writes in its own folder only, data/table.csv"),
    "makes a folder": ("import os\nos.mkdir('new')", "a run writes in its own folder only, new"),
    "removes a file": ("import os\nos.remove('data/table.csv')", "own folder only, data/table.csv"),
    "moves a file away": ("import os\nos.rename('mine.py', '/tmp/x')", "own folder only, mine.py"),
    "writes in another run's folder": (
        "import pathlib\npathlib.Path('_build/report').mkdir(parents=True)",
        "own folder only, _build/report",
    ),
    "writes outside of the project": ("open('/opt/x', 'w')", "own folder only, outside the project"),
}


class TestARunThatLeavesItsFolder:
    def test_is_refused_and_told_where(self, folders: Folders) -> None:
        runs = [run_of(folders, f"run{n}", source) for n, (source, _) in enumerate(REFUSED.values())]
        with pytest.raises(NotebookFailed) as caught:
            executed(folders, *runs)
        told = str(caught.value).replace(": ", ", ")
        assert "8 of 8 runs" not in told
        for number, (_, message) in enumerate(REFUSED.values()):
            place, _, where = message.rpartition(", ")
            (line,) = [line for line in told.splitlines() if f"run{number}.ipynb" in line]
            assert place.split(", ")[0] in line, line
            assert where in line, line
        assert (folders.root / "data" / "table.csv").read_text("utf-8") == "1"
        assert not (folders.root / "new").exists()

    def test_may_write_into_it_and_into_temporary_files(self, folders: Folders) -> None:
        write = "import os, tempfile\nopen(os.path.join(os.environ['CASEBOOK_RUN_FOLDER'], 'x'), 'w').close()"
        run = run_of(folders, "writes", write, "with tempfile.TemporaryFile() as f:\n    f.write(b'x')")
        executed(folders, run)
        assert json.loads((run.folder(folders) / "notebook.ipynb").read_text("utf-8"))
        assert (run.folder(folders) / "x").exists()
