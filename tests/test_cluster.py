"""A cluster: the same runs leave the same bytes on other processes, whichever of them is lost."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from small_runs import printed, run_of

from casebook.cache import Ingredients, Steps
from casebook.errors import NotebookFailed
from casebook.folders import DATA_VARIABLE, Folders
from casebook.publication.notebooks import Manner, Run, Tally, execute, warm_kernels
from casebook.publication.notebooks.cluster import Cluster
from casebook.publication.notebooks.remote_attempts import _files
from casebook.publication.notebooks.run_steps import step_of

pytest.importorskip("distributed")
pytestmark = pytest.mark.skipif(not warm_kernels.available(), reason="processes are found as Linux tells of them")

READ = "print(len(open('data/table.csv').read()))"
#: A machine that has the packages, and nothing of Casebook.
START = """\
import sys
sys.path = [place for place in sys.path if not place.endswith("/src")]
from distributed.cli.{0} import main
main()
"""
SLOW = "import time, pathlib\ntime.sleep(4)"


@dataclass
class Machines:
    """A scheduler and workers, each a process of its own, on loopback."""

    place: Path
    address: str
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-c", START.format(*words), *words[1:]]
        quiet = subprocess.DEVNULL
        self.processes.append(subprocess.Popen(command, cwd=self.place, stdout=quiet, stderr=quiet))
        return self.processes[-1]

    def worker(self) -> subprocess.Popen[bytes]:
        """Start a worker without a nanny, which would start it anew."""
        options = ("--no-nanny", "--nthreads", "1", "--no-dashboard", "--local-directory", str(self.place))
        return self.start("dask_worker", self.address, *options)


@contextmanager
def machines(place: Path, workers: int) -> Iterator[Machines]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    found = Machines(place, f"tcp://127.0.0.1:{port}")
    try:
        found.start("dask_scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard")
        for _ in range(workers):
            found.worker()
        yield found
    finally:
        for process in found.processes:
            process.kill()
            process.wait()


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    """Two workers of one machine, somewhere else than the project."""
    (tmp_path / "elsewhere").mkdir()
    with machines(tmp_path / "elsewhere", 2) as found, ExitStack() as stack:
        made = Cluster(Folders(tmp_path / "project"), address=found.address)
        stack.callback(made.close)
        made.client().wait_for_workers(2, timeout=60)
        made.machines = found  # type: ignore[attr-defined]
        yield made


def machines_of(cluster: Cluster) -> Machines:
    found: Machines = cluster.machines  # type: ignore[attr-defined]
    return found


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    """A project with a table that its notebooks read."""
    root = tmp_path / "project"
    (root / "data").mkdir(parents=True)
    (root / "data" / "table.csv").write_text("1234", "utf-8")
    (root / "study.yml").write_text("", "utf-8")
    return Folders(root)


def steps_of(folders: Folders) -> Steps:
    return Steps(folders, Ingredients(folders.root, folders.build))


def left_by(folders: Folders, runs: list[Run]) -> list[bytes]:
    return [(run.folder(folders) / "notebook.ipynb").read_bytes() for run in runs]


@pytest.mark.slow
def test_runs_leave_the_same_bytes_as_here_and_are_found_again(folders: Folders, cluster: Cluster) -> None:
    runs = [run_of(folders, name, READ, "import pandas\nprint(pandas.Series([1.5]))") for name in ("one", "other")]
    execute(folders, runs, manner=Manner(jobs=1))
    here = left_by(folders, runs)
    steps, tallies = steps_of(folders), list[Tally]()
    execute(folders, runs, manner=Manner(cluster=cluster), steps=steps, report=tallies.append)
    assert left_by(folders, runs) == here
    assert tallies[-1] == Tally(total=2, done=2)
    assert all(steps_of(folders).found(step_of(folders, run)) for run in runs)
    (folders.data / "table.csv").write_text("12345", "utf-8")
    assert not steps_of(folders).found(step_of(folders, runs[0]))


@pytest.mark.slow
def test_a_failure_is_told_as_it_is_here(folders: Folders, cluster: Cluster) -> None:
    good, bad = run_of(folders, "good", READ), run_of(folders, "bad", "1 / 0")
    with pytest.raises(NotebookFailed) as caught:
        execute(folders, [good, bad], manner=Manner(cluster=cluster))
    with pytest.raises(NotebookFailed) as here:
        execute(folders, [good, bad], manner=Manner(jobs=1))
    assert str(caught.value) == str(here.value)


@pytest.mark.slow
def test_a_run_whose_worker_is_killed_is_repeated_by_another(folders: Folders, cluster: Cluster) -> None:
    runs = [run_of(folders, f"slow{number}", SLOW, READ) for number in range(4)]
    worker = machines_of(cluster).processes[-1]

    def strike(tally: Tally) -> None:
        if tally.done == 1:
            worker.kill()

    execute(folders, runs, manner=Manner(cluster=cluster), report=strike)
    assert [printed(folders, run) for run in runs] == [4] * 4


@pytest.mark.slow
def test_a_lost_scheduler_is_told_and_what_was_done_is_kept(folders: Folders, cluster: Cluster) -> None:
    runs = [run_of(folders, f"slow{number}", SLOW, READ) for number in range(4)]

    def strike(tally: Tally) -> None:
        if tally.done == 1:
            machines_of(cluster).processes[0].kill()

    with pytest.raises(NotebookFailed) as caught:
        execute(folders, runs, manner=Manner(cluster=cluster), steps=steps_of(folders), report=strike)
    assert "the scheduler of the cluster was lost before this run was done" in str(caught.value)
    steps = steps_of(folders)
    execute(folders, runs, manner=Manner(jobs=2), steps=steps)
    assert [printed(folders, run) for run in runs] == [4] * 4
    assert [done.state for done in steps.log.values()].count("found") >= 1


@pytest.mark.slow
def test_workers_of_this_machine_need_no_address_and_leave_nothing(folders: Folders) -> None:
    cluster = Cluster(folders, workers=1)
    run = run_of(folders, "good", READ)
    try:
        execute(folders, [run], manner=Manner(cluster=cluster))
    finally:
        cluster.close()
    assert printed(folders, run) == 4
    assert not (folders.restricted / "cluster").exists()


def test_where_no_scheduler_answers_the_build_is_refused(folders: Folders, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("casebook.publication.notebooks.cluster._SECONDS_TO_CONNECT", 0.5)
    with pytest.raises(NotebookFailed, match=r"no scheduler answers at this address; found tcp://127\.0\.0\.1:9"):
        Cluster(folders, address="tcp://127.0.0.1:9").client()


class TestWhatIsSent:
    def test_to_the_report_room_holds_no_interview_and_no_key(self, folders: Folders) -> None:
        for name in ("data/key", "data/countries/BE/BE-W1/coding.csv", "_build/protected/D1.2/PU/tables.json"):
            (folders.root / name).parent.mkdir(parents=True, exist_ok=True)
            (folders.root / name).write_text("x", "utf-8")
        sent = {room: set(dict(_files(folders, room, Cluster(folders, workers=1)))) for room in ("analysis", "report")}
        own = {room: {name for name in names if not name.startswith("src/")} for room, names in sent.items()}
        assert own["report"] == {"study.yml", "data/table.csv", "_build/protected/D1.2/PU/tables.json"}
        assert own["analysis"] == {"study.yml", "data/table.csv", "data/countries/BE/BE-W1/coding.csv"}
        assert "src/casebook/cli.py" in sent["report"]

    def test_of_interviews_with_people_goes_where_nobody_can_listen(
        self, folders: Folders, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        real = tmp_path / "real"
        (real / "BE").mkdir(parents=True)
        for name in ("key", "BE/coding.csv"):
            (real / name).write_text("x", "utf-8")
        monkeypatch.setenv(DATA_VARIABLE, str(real))
        with pytest.raises(NotebookFailed, match="interviews with people are not sent where somebody could listen"):
            dict(_files(folders, "analysis", Cluster(folders, address="tcp://10.0.0.1:8786")))
        for cluster in (Cluster(folders, address="tls://10.0.0.1:8786"), Cluster(folders, workers=1)):
            sent = dict(_files(folders, "analysis", cluster))
            assert [name for name in sent if name.startswith("real")] == ["real/BE/coding.csv"]
