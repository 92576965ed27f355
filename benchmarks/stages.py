"""Times the stages of a cold build and its peak memory, as JSON: python benchmarks/stages.py --help."""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from casebook.folders import Folders

PROJECT = Path(__file__).parents[1]
#: What a build reads; everything else of the project stays where it is.
INPUTS = ("study.yml", "_config.yml", "book", "data", "notebooks", "templates")
_BETWEEN_SAMPLES = 0.25


def main() -> None:
    """Build a copy of the project in an empty folder and print what it took."""
    parser = argparse.ArgumentParser(description=__doc__, epilog="Every other option goes to `casebook build`.")
    parser.add_argument("--out", type=Path, help="file for the JSON; it is printed as well")
    parser.add_argument("--runs", type=int, default=1, help="how many cold builds (1)")
    given, options = parser.parse_known_args()
    found = {"machine": machine(), "options": options, "builds": [cold_build(options) for _ in range(given.runs)]}
    text = json.dumps(found, indent=2, sort_keys=True) + "\n"
    if given.out:
        given.out.write_text(text, "utf-8")
    print(text, end="")


def cold_build(options: list[str]) -> dict[str, Any]:
    """Return the seconds of a build from nothing, of each stage and in all, and the most memory it took at once."""
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder) / "project"
        copy_inputs(project)
        command = [sys.executable, "-m", "casebook.cli", "--project", str(project), "build", *options]
        start = time.perf_counter()
        with subprocess.Popen(command, cwd=PROJECT, env=environment(), stdout=sys.stderr) as build:
            peak = highest(build)
        seconds = round(time.perf_counter() - start, 1)
        if build.returncode:
            sys.exit(build.returncode)
        stages = json.loads(Folders(project).last_build.read_text("utf-8"))["stages"]
    return {"peak_mib": peak, "seconds": seconds, "seconds_per_stage": stages}


def copy_inputs(project: Path) -> None:
    """Copy what a build reads into an empty folder, where nothing of an earlier build lies."""
    project.mkdir()
    for name in INPUTS:
        copy = shutil.copytree if (PROJECT / name).is_dir() else shutil.copyfile
        copy(PROJECT / name, project / name)


def environment() -> dict[str, str]:
    """Return the environment of a build that imports Casebook from this very folder."""
    paths = filter(None, (str(PROJECT / "src"), os.environ.get("PYTHONPATH")))
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}


def highest(build: subprocess.Popen[bytes]) -> float | None:
    """Return the most memory in MiB that a build and its children held at once, None where the system does not say."""
    peak = 0
    while build.poll() is None:
        peak = max(peak, sum(map(held, [build.pid, *descendants(build.pid)])))
        time.sleep(_BETWEEN_SAMPLES)
    return round(peak / 1024, 1) or None


def descendants(process: int) -> Iterator[int]:
    """Yield the children of a process, theirs, and so on."""
    for listed in Path(f"/proc/{process}/task").glob("*/children"):
        try:
            children = [int(child) for child in listed.read_text("ascii").split()]
        except OSError:
            continue
        for child in children:
            yield child
            yield from descendants(child)


def held(process: int) -> int:
    """Return the memory of a process in KiB, in proportion where it is shared with others (PSS of proc(5))."""
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text("ascii").splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def machine() -> dict[str, Any]:
    """Return what the figures depend on, and nothing that names the machine or its user."""
    return {
        "cores": os.cpu_count(),
        "memory_gib": memory(),
        "processor": processor(),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
    }


def memory() -> float | None:
    """Return the machine's memory in GiB, where the system says."""
    try:
        return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1)
    except (AttributeError, ValueError, OSError):
        return None


def processor() -> str:
    """Return the processor's model, where the system says."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")


if __name__ == "__main__":
    main()
