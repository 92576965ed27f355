"""Warm kernels: nobody can tell them from plain ones, nothing passes between them, and none outlives its build."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from small_runs import gone, printed, run_of, until, written

from casebook.folders import Folders
from casebook.publication.notebooks import Manner, Run, execute
from casebook.publication.notebooks.forked_kernel import Launch
from casebook.publication.notebooks.kernel import PROVISIONER
from casebook.publication.notebooks.warm_kernels import WarmKernels, available

pytestmark = pytest.mark.skipif(not available(), reason="warm kernels need Linux")

#: Changes everything that a process has, and leaves a thread, a file and another process behind.
SOIL = """\
import builtins, locale, os, random, signal, subprocess, sys, threading, time, warnings
import matplotlib, numpy, pandas
builtins.soiled = left = "interview"
random.seed(1)
numpy.random.seed(1)
matplotlib.rcParams["figure.dpi"] = 7
pandas.options.display.max_rows = 3
os.environ["SOILED"] = "interview"
os.umask(0)
sys.path.insert(0, "/soiled")
sys.setrecursionlimit(4321)
warnings.simplefilter("error")
signal.signal(signal.SIGUSR1, lambda *_: None)
json_of_others = sys.modules.pop("json")
pandas.DataFrame.to_html = None
opened = open("/dev/zero")
threading.Thread(target=time.sleep, args=(60,), name="soiled").start()
sleeper = subprocess.Popen(["sleep", "60"])"""

LOOK = """\
import builtins, json, os, random, signal, sys, threading, warnings
import matplotlib, numpy, pandas, seaborn
handlers = {s.name: str(signal.getsignal(s)).partition(" at ")[0] for s in signal.valid_signals() if hasattr(s, "name")}
kind = lambda number: os.readlink(f"/proc/self/fd/{number}").partition(":")[0]
numbers = [n for n in os.listdir("/proc/self/fd") if int(n) > 2 and os.path.lexists(f"/proc/self/fd/{n}")]
seen = {
    "globals": sorted(name for name in globals() if not name.startswith("_")),
    "builtins": sorted(vars(builtins)),
    "environment": {k: v for k, v in os.environ.items() if k not in ("JPY_PARENT_PID", "CASEBOOK_OBSERVED")},
    "folder": os.getcwd(),
    "mask": os.umask(0o22),
    "path": sys.path,
    "arguments": [sys.argv[0], *sys.argv[3:]],
    "flags": str(sys.flags),
    "deepest": sys.getrecursionlimit(),
    "warnings": sorted(map(str, warnings.filters)),
    "signals": handlers,
    "matplotlib": str(dict(matplotlib.rcParams)),
    "pandas": [pandas.get_option(f"display.{name}") for name in ("max_rows", "max_columns", "width")],
    "frame": pandas.DataFrame({"a": [1]}).to_html(),
    "threads": sorted(t.name.partition("-")[0] for t in threading.enumerate() if "Poller" not in type(t).__name__),
    "files": sorted(map(kind, numbers)),
    "leader": os.getsid(0) == os.getpid(),
}
with open(os.path.join(os.environ["CASEBOOK_RUN_FOLDER"], "seen.json"), "w") as file:
    json.dump(seen, file)"""
NUMBERS = "import json, random, numpy\nprint(json.dumps([random.random(), numpy.random.random()]))"
SHOW = """\
import sys
import pandas
print("out"); print("warned", file=sys.stderr)
pandas.DataFrame({f"column {n}": range(30) for n in range(30)})"""
PLOT = """\
import seaborn
axes = seaborn.histplot([1, 2, 2, 3])"""


@pytest.fixture(scope="module")
def side_by_side(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, tuple[Folders, Run]]]:
    """The same runs, one after the other, in warm kernels and in plain ones."""
    found: dict[str, dict[str, tuple[Folders, Run]]] = {}
    for kind in ("warm", "plain"):
        folders = Folders(tmp_path_factory.mktemp(kind) / "project")
        notebooks = {
            "soil": run_of(folders, "soil", SOIL),
            "look": run_of(folders, "look", LOOK),
            "deal": run_of(folders, "deal", NUMBERS),
            "deal_again": run_of(folders, "deal_again", NUMBERS),
            "show": run_of(folders, "show", SHOW, PLOT),
        }
        execute(folders, list(notebooks.values()), manner=Manner(jobs=1, warm=kind == "warm"))
        found[kind] = {name: (folders, run) for name, run in notebooks.items()}
    return found


class TestAWarmKernel:
    def test_gives_the_same_bytes_as_a_plain_one(self, side_by_side: dict[str, Any]) -> None:
        pages = [
            (run.folder(folders) / "notebook.ipynb").read_bytes()
            for folders, run in (side_by_side[kind]["show"] for kind in ("warm", "plain"))
        ]
        assert b"image/png" in pages[0]
        assert pages[0] == pages[1]

    def test_sees_nothing_of_the_run_before_and_all_that_a_plain_one_sees(self, side_by_side: dict[str, Any]) -> None:
        warm, plain = (seen(*side_by_side[kind]["look"]) for kind in ("warm", "plain"))
        # How many sockets a plain kernel has depends on how fast it was.
        files = [found.pop("files") for found in (warm, plain)]
        assert set(files[0]) == set(files[1])
        assert len(files[0]) <= len(files[1])
        for name in plain:
            assert warm[name] == plain[name], name
        assert not {"left", "opened", "sleeper"} & set(warm["globals"])
        assert "soiled" not in json.dumps(warm)

    def test_deals_random_numbers_of_its_own(self, side_by_side: dict[str, Any]) -> None:
        first, second = (printed(*side_by_side["warm"][name]) for name in ("deal", "deal_again"))
        assert all(one != other for one, other in zip(first, second, strict=True))


@pytest.mark.slow
def test_the_projects_own_notebooks_leave_the_same_bytes_in_both_kinds(project: Path, tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, str(project / "benchmarks" / "kernels.py"), "--out", str(tmp_path / "kernels.json")]
    assert subprocess.run(command, env=environment, check=False, capture_output=True).returncode == 0
    found = json.loads((tmp_path / "kernels.json").read_text("utf-8"))
    assert found["warm"]["digest"] == found["plain"]["digest"]
    assert found["warm"]["processor_seconds_of_an_empty_run"] < found["plain"]["processor_seconds_of_an_empty_run"]


def seen(folders: Folders, run: Run) -> dict[str, Any]:
    """What the run that looks has seen, with the project's folder by one name."""
    text = (run.folder(folders) / "seen.json").read_text("utf-8").replace(str(folders.root), "PROJECT")
    found: dict[str, Any] = json.loads(text)
    return found


class TestTheRooms:
    def test_have_a_server_each_and_a_report_finds_no_interview(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("CASEBOOK_DATA", str(tmp_path / "real"))
        folders = Folders(tmp_path / "project")
        look = (
            "import gc, json, os, sys\n"
            "mine = [m for m in sys.modules if m.startswith('casebook.restricted')]\n"
            "told = any('Marie said' in text for text in gc.get_objects() if isinstance(text, list))\n"
            "print(json.dumps([os.getppid(), bool(mine), told, os.environ.get('CASEBOOK_DATA')]))"
        )
        said = "import casebook.restricted.interviews\nkept = ['Marie said']"
        analysis = run_of(folders, "analysis", said, look)
        report = run_of(folders, "report", look, room="report")
        execute(folders, [analysis], manner=Manner(jobs=1))
        execute(folders, [report], manner=Manner(jobs=1))
        (one, *restricted), (other, *public) = printed(folders, analysis), printed(folders, report)
        assert restricted == [True, True, str(tmp_path / "real")]
        assert public == [False, False, None]
        assert one != other


@pytest.fixture
def kernels(tmp_path: Path) -> Iterator[WarmKernels]:
    (tmp_path / "sockets").mkdir()
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with WarmKernels(tmp_path, environment, [], sockets=tmp_path / "sockets") as found:
        yield found


def launch(tmp_path: Path) -> Launch:
    options = ["-f", str(tmp_path / "sockets" / "kernel.json"), "--HistoryManager.enabled=False", "--transport=ipc"]
    command = [sys.executable, "-m", "ipykernel_launcher", *options]
    return Launch(command, str(tmp_path), {**os.environ, "IPYTHONDIR": str(tmp_path / "ipython")})


class TestTheServer:
    def test_tells_how_its_kernels_end(self, kernels: WarmKernels, tmp_path: Path) -> None:
        first, second = kernels.launch(launch(tmp_path)), kernels.launch(launch(tmp_path))
        assert first is not None
        assert second is not None
        first.kill()
        assert first.wait(20) == -signal.SIGKILL
        assert (first.poll(), second.poll()) == (-signal.SIGKILL, None)
        second.terminate()
        assert second.wait(20) == -signal.SIGTERM
        assert not second.lost

    def test_takes_its_kernels_along_and_is_started_again(self, kernels: WarmKernels, tmp_path: Path) -> None:
        kernel, server = kernels.launch(launch(tmp_path)), kernels.server
        assert kernel is not None
        os.kill(server, signal.SIGKILL)
        assert kernel.wait(20) == -signal.SIGKILL
        assert kernel.lost
        assert gone([kernel.pid])
        again = kernels.launch(launch(tmp_path))
        assert again is not None
        assert kernels.server != server
        assert again.poll() is None

    def test_is_started_again_when_it_is_killed_while_it_warms_up(self, kernels: WarmKernels, tmp_path: Path) -> None:
        os.kill(kernels.server, signal.SIGKILL)
        assert kernels.launch(launch(tmp_path)) is not None

    def test_ends_with_its_master_while_it_warms_up(self, tmp_path: Path) -> None:
        endless = "import pathlib, time\npathlib.Path('started').touch()\ntime.sleep(300)"
        (tmp_path / "endless.py").write_text(endless)
        (tmp_path / "sockets").mkdir()
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path])}
        with WarmKernels(tmp_path, environment, ["endless"], sockets=tmp_path / "sockets") as kernels:
            assert until((tmp_path / "started").exists, 60)
            kernels.dismiss()
            assert gone([kernels.server], seconds=2)
        assert not (tmp_path / "sockets").exists()

    def test_leaves_the_work_to_plain_kernels_where_a_module_starts_a_thread(
        self, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        busy = "import threading, time\nthreading.Thread(target=time.sleep, args=(60,), daemon=True).start()"
        (tmp_path / "busy.py").write_text(busy)
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path])}
        with WarmKernels(tmp_path, environment, ["busy"], sockets=tmp_path / "sockets") as kernels:
            assert [kernels.launch(launch(tmp_path)) for _ in range(2)] == [None, None]
        assert caplog.messages == [
            "Notebooks run in plain kernels, which takes longer: the fork server cannot warm up."
        ]

    def test_keeps_nobody_waiting_when_it_is_dismissed(self, kernels: WarmKernels, tmp_path: Path) -> None:
        kernel = kernels.launch(launch(tmp_path))
        assert kernel is not None
        kernels.dismiss()
        assert kernel.wait(20) == -signal.SIGKILL
        with pytest.raises(ConnectionError):
            kernels.launch(launch(tmp_path))

    def test_is_found_by_the_name_of_its_entry_point(self, project: Path) -> None:
        described = tomllib.loads((project / "pyproject.toml").read_text("utf-8"))["project"]
        entries = described["entry-points"]["jupyter_client.kernel_provisioners"]
        module, _, name = entries[PROVISIONER].partition(":")
        assert hasattr(__import__(module, fromlist=[name]), name)


#: A build of one run that waits, in a process of its own, with a process of the notebook's beside it.
BUILD = """\
import sys
from pathlib import Path
from small_runs import run_of
from casebook.folders import Folders
from casebook.publication.notebooks import Manner, execute
folders = Folders(Path(sys.argv[1]))
execute(folders, [run_of(folders, "wait", sys.argv[2])], manner=Manner(jobs=1))
"""
WAIT = """\
import json, os, pathlib, subprocess, time
same, own = (subprocess.Popen(["sleep", "300"], start_new_session=own) for own in (False, True))
numbers = {"server": os.getppid(), "kernel": os.getpid(), "same": same.pid, "own": own.pid}
partial = pathlib.Path(os.environ["CASEBOOK_RUN_FOLDER"], "numbers.partial")
partial.write_text(json.dumps(numbers))
partial.rename(partial.with_name("numbers"))
time.sleep(300)"""


def build_under_way(tmp_path: Path) -> tuple[subprocess.Popen[bytes], dict[str, int], Path]:
    """A build in another process, the processes of its run, and the folder of its temporary files."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "TMPDIR": str(temporary)}
    command = [sys.executable, "-c", BUILD, str(tmp_path), WAIT]
    build = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE)
    return build, written(Folders(tmp_path).analysis_run("D1.2", "wait-OG-pooled") / "numbers"), temporary


class TestABuildThatEnds:
    def test_by_force_leaves_no_process_and_no_socket(self, tmp_path: Path) -> None:
        build, numbers, temporary = build_under_way(tmp_path)
        build.kill()
        build.communicate()
        assert gone(numbers.values())
        assert list(temporary.glob("casebook-*")) == []

    def test_by_an_interrupt_ends_its_kernels_first(self, tmp_path: Path) -> None:
        build, numbers, temporary = build_under_way(tmp_path)
        build.send_signal(signal.SIGINT)
        _, told = build.communicate(timeout=30)
        assert told.rstrip().endswith(b"KeyboardInterrupt")
        assert gone(numbers.values(), seconds=1)
        assert list(temporary.iterdir()) == []
