"""Faults of the machine: whatever strikes a build, the next one leaves the bytes of one that nothing has struck."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from built_project import BuiltProject
from small_project import processes_of

from casebook.publication.notebooks import warm_kernels

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not warm_kernels.available(), reason="processes are found as Linux tells of them"),
]

#: Changes the notebooks of both rooms, so that everything has to be done again.
CHANGED = ("study.close()", "study.close()  # Changed.")
NOTEBOOKS = ("notebooks/analysis/sample.ipynb", "notebooks/analysis/grooming.ipynb", "notebooks/report/grooming.ipynb")
#: Python reads this where it starts: no file can be written any more once so many were, in any process.
FULL_DISK = """\
import errno, itertools, os, pathlib
_written = itertools.count()
_write = pathlib.Path.write_bytes
def write_bytes(self, data):
    if next(_written) >= int(os.environ["WRITES"]):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    return _write(self, data)
pathlib.Path.write_bytes = write_bytes
"""


@pytest.fixture(scope="module")
def undisturbed(built_once: BuiltProject, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, bytes]:
    """The sites of the changed project, built from nothing."""
    project = built_once.copied(tmp_path_factory.mktemp("undisturbed"))
    change(project)
    shutil.rmtree(project.folders.build)
    project.build()
    return project.site()


@pytest.fixture
def changed(built_once: BuiltProject, tmp_path: Path) -> BuiltProject:
    """A copy of the built project, changed since."""
    project = built_once.copied(tmp_path)
    change(project)
    return project


def change(project: BuiltProject) -> None:
    for notebook in NOTEBOOKS:
        project.replace(notebook, *CHANGED)


def reached(build: subprocess.Popen[str], stage: str) -> None:
    """Wait until a build has begun a stage."""
    for line in build.stdout or ():
        if line.startswith(stage):
            return
    raise AssertionError(f"the build has ended before {stage}")


def servers(project: BuiltProject) -> list[int]:
    return working(project, b"casebook.publication.notebooks.fork_server")


def kernels(project: BuiltProject) -> list[int]:
    """The kernels of a project: what its fork servers have forked."""
    return [child for server in servers(project) for child in children_of(server)]


def sphinx(project: BuiltProject) -> list[int]:
    return working(project, b"casebook.publication.book.sphinx_run")


def working(project: BuiltProject, name: bytes) -> list[int]:
    """The processes that a build has started by this name, without those they have forked."""
    # All of them find the source beside the project.
    found = {int(path.name) for path in Path("/proc").glob("[0-9]*") if is_in(path, project.root.parent, name)}
    return sorted(found - {child for process in found for child in children_of(process)})


def is_in(process: Path, root: Path, name: bytes) -> bool:
    try:
        return name in (process / "cmdline").read_bytes() and str(root) in os.fsdecode(
            (process / "environ").read_bytes() + (process / "cmdline").read_bytes()
        )
    except OSError:
        return False


def children_of(process: int) -> Iterator[int]:
    for listed in Path(f"/proc/{process}/task").glob("*/children"):
        yield from map(int, listed.read_text("ascii").split())


def struck(project: BuiltProject, victims: Callable[[BuiltProject], list[int]], stage: str) -> int:
    """Build, kill a process of a kind with -9 once there is one in a stage, and return how the build ended."""
    build = project.start("build", "--only", "html")
    reached(build, stage)
    for _ in range(600):
        if found := victims(project):
            os.kill(found[0], signal.SIGKILL)
            break
        time.sleep(0.02)
    told = build.communicate(timeout=600)[0]
    assert "Casebook has a fault of its own" not in told, told
    return build.returncode


class TestAfterKillingTheBuild:
    @pytest.mark.parametrize("stage", ["Analysis notebooks", "Report notebooks", "Books", "Sites"])
    def test_no_process_is_left_and_the_next_one_leaves_the_same(
        self, changed: BuiltProject, undisturbed: Mapping[str, bytes], stage: str
    ) -> None:
        build = changed.start("build", "--only", "html")
        reached(build, stage)
        time.sleep(random.Random(stage).uniform(0, 1.5))
        build.kill()
        build.communicate()
        assert processes_of(changed.root) == []
        changed.build()
        assert changed.site() == undisturbed


class TestAfterKilling:
    def test_a_fork_server_the_same_build_leaves_the_same(
        self, changed: BuiltProject, undisturbed: Mapping[str, bytes]
    ) -> None:
        assert struck(changed, servers, "Report notebooks") == 0
        assert changed.site() == undisturbed

    @pytest.mark.parametrize(
        ("victims", "stage", "code"),
        [(kernels, "Report notebooks", 13), (sphinx, "Books", 15)],
        ids=["a kernel", "the process that runs Sphinx"],
    )
    def test_a_process_of_the_build_it_is_refused_and_the_next_one_leaves_the_same(
        self,
        changed: BuiltProject,
        undisturbed: Mapping[str, bytes],
        victims: Callable[[BuiltProject], list[int]],
        stage: str,
        code: int,
    ) -> None:
        before = changed.site()
        assert struck(changed, victims, stage) == code
        assert changed.site() == before
        changed.build()
        assert changed.site() == undisturbed


class TestAFullDisk:
    @pytest.mark.parametrize("writes", [0, 3, 12, 60])
    def test_is_told_and_the_next_build_leaves_the_same(
        self, changed: BuiltProject, undisturbed: Mapping[str, bytes], tmp_path: Path, writes: int
    ) -> None:
        (tmp_path / "full").mkdir()
        (tmp_path / "full" / "sitecustomize.py").write_text(FULL_DISK, "utf-8")
        path = os.pathsep.join([str(tmp_path / "full"), str(changed.source)])
        build = changed.start("build", "--only", "html", PYTHONPATH=path, WRITES=str(writes))
        told = build.communicate(timeout=600)[0]
        assert build.returncode != 0, told
        assert "Casebook has a fault of its own" not in told
        changed.build()
        assert changed.site() == undisturbed


def test_a_cache_that_cannot_be_written_is_told_and_hinders_nothing(
    changed: BuiltProject, undisturbed: Mapping[str, bytes]
) -> None:
    for cache in (changed.folders.build / "cache", changed.folders.restricted / "cache"):
        shutil.rmtree(cache)
        # A folder without permission would not hinder whoever may do everything.
        cache.touch()
    told = changed.build()
    assert told.count("The cache cannot be written (Not a directory)") == 2
    assert changed.site() == undisturbed


def test_a_clock_that_was_set_back_hides_no_change(changed: BuiltProject, undisturbed: Mapping[str, bytes]) -> None:
    future = time.time() + 1_000_000
    for path in [*changed.root.rglob("*"), *changed.source.rglob("*")]:
        os.utime(path, (future, future), follow_symlinks=False)
    changed.build()
    assert changed.site() == undisturbed
    for notebook in NOTEBOOKS:
        changed.replace(notebook, *reversed(CHANGED))
    changed.build()
    assert changed.site() != undisturbed
