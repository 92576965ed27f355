"""Executing runs: what a notebook does to its kernel or to the fork server strikes no other run, and is told."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from small_runs import printed, run_of

from casebook.errors import NotebookFailed
from casebook.folders import Folders
from casebook.publication.notebooks import Manner, Run, Tally, execute, warm_kernels
from casebook.publication.notebooks.watch import Limits, Watch

linux = pytest.mark.skipif(not warm_kernels.available(), reason="warm kernels need Linux")

MISBEHAVING = {
    "endless": "while True:\n    pass",
    "flood": "for _ in range(20_000):\n    print('x' * 1_000)",
    "leaves": "exit()\n",
    "leaves_at_once": "import os\nos._exit(0)",
    "kills_itself": "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)",
}
GOOD = "print(1)"


@dataclass(frozen=True)
class Tried:
    """What a failed execution told, and the runs it reported as done."""

    told: str
    last: Tally
    good: object


def tried(tmp_path: Path, *, warm: bool) -> Tried:
    """Execute notebooks that misbehave beside a good one, within narrow limits."""
    folders, tallies = Folders(tmp_path), list[Tally]()
    runs = [run_of(folders, name, source, GOOD) for name, source in MISBEHAVING.items()]
    good = run_of(folders, "good", GOOD)
    manner = Manner(jobs=2, limits=Limits(seconds=4, megabytes=1), warm=warm)
    with pytest.raises(NotebookFailed) as caught:
        execute(folders, [*runs, good], manner=manner, report=tallies.append)
    return Tried(str(caught.value), tallies[-1], printed(folders, good))


@pytest.fixture(scope="module", params=[pytest.param(True, id="warm", marks=linux), pytest.param(False, id="plain")])
def misbehaved(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Tried:
    return tried(tmp_path_factory.mktemp("project"), warm=request.param)


class TestANotebookThatMisbehaves:
    def test_is_stopped_when_it_takes_too_long(self, misbehaved: Tried) -> None:
        told = (
            "the run was stopped: it took longer than 4 s; found notebooks/analysis/endless.ipynb, cell 2: while True:"
        )
        assert told in misbehaved.told

    def test_is_stopped_when_it_puts_out_too_much(self, misbehaved: Tried) -> None:
        told = "the run was stopped: it put out more than 1 MB; found notebooks/analysis/flood.ipynb, cell 2"
        assert told in misbehaved.told

    def test_is_stopped_when_it_calls_exit(self, misbehaved: Tried) -> None:
        told = "the run was stopped: a cell called exit; found notebooks/analysis/leaves.ipynb, cell 2: exit()"
        assert told in misbehaved.told

    @pytest.mark.parametrize("name", ["leaves_at_once", "kills_itself"])
    def test_is_named_when_its_kernel_ends(self, misbehaved: Tried, name: str) -> None:
        (line,) = [line for line in misbehaved.told.splitlines() if "the kernel ended before the notebook did" in line]
        assert "2 of 6 runs" in line
        assert f"notebooks/analysis/{name}.ipynb, cell " in line

    def test_keeps_no_other_run_from_being_done(self, misbehaved: Tried) -> None:
        runs = len(MISBEHAVING) + 1
        assert misbehaved.last == Tally(total=runs, done=runs, failed=runs - 1)
        assert misbehaved.good == 1


#: Ends its parent, the fork server, as often as it finds a file to take away.
STRIKE = """\
import os, pathlib, signal, time
strokes = sorted(pathlib.Path("..").glob("stroke*"))
if strokes:
    strokes[0].unlink()
    os.kill(os.getppid(), signal.SIGKILL)
    time.sleep(60)"""


def struck(tmp_path: Path, strokes: int) -> tuple[Folders, list[Run]]:
    """Two runs beside each other, of which one ends the server this many times."""
    for number in range(strokes):
        (tmp_path / f"stroke{number}").touch()
    folders = Folders(tmp_path / "project")
    waiting = "import time\ntime.sleep(1)"
    return folders, [run_of(folders, "strikes", STRIKE, GOOD), run_of(folders, "waits", waiting, GOOD)]


@linux
class TestAForkServerThatDies:
    def test_is_started_again_and_the_runs_are_repeated(self, tmp_path: Path) -> None:
        folders, runs = struck(tmp_path, strokes=1)
        execute(folders, runs, manner=Manner(jobs=2))
        assert [printed(folders, run) for run in runs] == [1, 1]

    def test_fails_the_run_that_ends_it_twice_and_no_other(self, tmp_path: Path) -> None:
        folders, runs = struck(tmp_path, strokes=2)
        with pytest.raises(NotebookFailed) as caught:
            execute(folders, runs, manner=Manner(jobs=2))
        assert "1 of 2 runs: the fork server ended over this run, and again when the run was repeated" in str(
            caught.value
        )
        assert "strikes.ipynb" in str(caught.value)
        assert printed(folders, runs[1]) == 1


class TestTheFirstFailure:
    @pytest.mark.parametrize("warm", [pytest.param(True, marks=linux), False], ids=["warm", "plain"])
    def test_ends_all_other_runs_where_asked(self, tmp_path: Path, warm: bool) -> None:
        folders = Folders(tmp_path)
        waiting = [run_of(folders, f"waits{number}", "import time\ntime.sleep(60)") for number in range(3)]
        manner = Manner(jobs=2, warm=warm, fail_fast=True)
        with pytest.raises(NotebookFailed) as caught:
            execute(folders, [run_of(folders, "fails", "1 / 0"), *waiting], manner=manner)
        told = [str(fault) for fault in caught.value.faults]
        assert told == [
            "notebooks/analysis: 1 of 4 runs: ZeroDivisionError; "
            "found notebooks/analysis/fails.ipynb, cell 2: 1 / 0 (fails-OG-pooled)",
            "notebooks/analysis: 3 of 4 runs: not tried, since another run has failed",
        ]


class TestWhereThereAreNoWarmKernels:
    def test_plain_ones_do_and_a_line_says_so(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        monkeypatch.setattr(warm_kernels, "available", lambda: False)
        folders = Folders(tmp_path)
        run = run_of(folders, "good", GOOD)
        execute(folders, [run], manner=Manner(jobs=1))
        assert printed(folders, run) == 1
        assert caplog.messages == ["Notebooks run in plain kernels, which takes longer: warm ones need Linux."]


class TestManyExecutionsInOneProcess:
    @linux
    def test_leave_no_file_or_folder_open(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
        folders = Folders(tmp_path / "project")
        runs = [run_of(folders, name, GOOD) for name in ("one", "other")]
        execute(folders, runs, manner=Manner(jobs=2))
        before = open_files()
        execute(folders, runs, manner=Manner(jobs=2))
        assert open_files() <= before
        assert [path.name for path in tmp_path.iterdir()] == ["project"]


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


class TestAWatch:
    def test_counts_all_that_was_put_out_and_keeps_its_first_reason(self) -> None:
        watch = Watch(Limits(megabytes=0.0001))
        watch.wrote({"text": "x" * 40})
        before = watch.stopped
        watch.wrote({"text": "x" * 60})
        watch.stop("interrupted")
        assert (before, watch.stopped) == ("", "the run was stopped: it put out more than 0.0001 MB")

    def test_stops_nothing_that_is_done_in_time(self) -> None:
        watch = Watch(Limits(seconds=0.05))
        with watch.timed():
            pass
        time.sleep(0.1)
        assert not watch.stopped
