"""Times Casebook beside its alternatives on the same notebooks and data, as JSON and a plot.

python benchmarks/side_by_side.py --help
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from peers.sample_notebooks import bake_hash, make_project, right_sum, write_settings, write_table

from casebook.canonical import checksum

PEERS = Path(__file__).parent / "peers"
SCENARIOS = ("cold", "again", "changed")
_CHANGED, _BY = "03", 1000


@dataclass(frozen=True)
class Bench:
    """The environment of the alternatives, and how many processes each may use."""

    python: Path
    jobs: int

    def run(self, root: Path, *command: str) -> None:
        """Run a command of the alternatives' environment in a project; raises CalledProcessError."""
        self._run(root, [str(self.python.parent / command[0]), *command[1:]])

    def script(self, root: Path, name: str, *words: str) -> None:
        """Run one of the scripts beside this one in the alternatives' environment."""
        self._run(root, [str(self.python), str(PEERS / name), *words])

    def ours(self, root: Path) -> None:
        """Run Casebook in the environment of this process."""
        self._run(root, [sys.executable, str(PEERS / "ours.py"), str(root), str(self.jobs)])

    def book(self, root: Path) -> None:
        """Make the book of executed notebooks."""
        self.run(root, "jupyter-book", "build", ".", "--quiet")

    def _run(self, root: Path, command: list[str]) -> None:
        path = os.pathsep.join([str(self.python.parent), os.environ["PATH"]])
        environment = {**os.environ, "PATH": path, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        quiet = subprocess.DEVNULL
        subprocess.run(command, cwd=root, env=environment, stdout=quiet, stderr=quiet, check=True)


def plain(bench: Bench, root: Path, processes: int) -> None:
    """Execute all notebooks by Papermill, whatever has changed, then make the book."""
    bench.script(root, "loop.py", str(root), str(processes))
    bench.book(root)


def cached(bench: Bench, root: Path) -> None:
    """Let Jupyter Book execute what its cache does not hold, the digest of each table baked into its notebook."""
    write_settings(root, "cache")
    for table in sorted((root / "tables").glob("*.csv")):
        bake_hash(root, table.stem, checksum(table.read_bytes()))
    bench.book(root)


def snakemake(bench: Bench, root: Path) -> None:
    """Let Snakemake execute what is older than its notebook or table."""
    if not (root / "Snakefile").exists():
        shutil.copyfile(PEERS / "Snakefile", root / "Snakefile")
        for notebook in (root / "notebooks").iterdir():
            notebook.unlink()
    bench.run(root, "snakemake", "--cores", str(bench.jobs), "--quiet", "all", "--", "book")


def ours(bench: Bench, root: Path) -> None:
    """Let Casebook execute what has changed, then make the book."""
    bench.ours(root)
    bench.book(root)


def floor(bench: Bench, root: Path) -> None:
    """Execute the cells of all notebooks, which leaves nothing to make a book of."""
    bench.script(root, "floor.py", str(root), str(bench.jobs))


ALTERNATIVES: Mapping[str, Callable[[Bench, Path], None]] = {
    "papermill, one after the other": partial(plain, processes=1),
    "papermill in two processes": partial(plain, processes=2),
    "Jupyter Book with jupyter-cache": cached,
    "Snakemake and papermill": snakemake,
    "Casebook": ours,
    "floor: cells in forks": floor,
    "Casebook, notebooks only": lambda bench, root: bench.ours(root),
    "papermill, notebooks only": lambda bench, root: bench.script(root, "loop.py", str(root), "1"),
    "papermill in two, notebooks only": lambda bench, root: bench.script(root, "loop.py", str(root), "2"),
}


def seconds_of(bench: Bench, alternative: Callable[[Bench, Path], None], number: int) -> dict[str, float | bool]:
    """Return the seconds of a build from nothing, of another, of one after a changed row, and whether that is right."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "project"
        make_project(root, number)
        shutil.copytree(root / "notebooks", root / "sources")
        found: dict[str, float | bool] = {}
        for scenario in SCENARIOS:
            if scenario == "changed":
                write_table(root, _CHANGED, _BY)
            start = time.perf_counter()
            alternative(bench, root)
            found[scenario] = round(time.perf_counter() - start, 2)
        shown = root / "_build" / "html" / "notebooks" / f"{_CHANGED}.html"
        page = shown if shown.is_file() else root / "notebooks" / f"{_CHANGED}.ipynb"
        found["right"] = right_sum(_BY) in page.read_text("utf-8")
    return found


def environment(place: Path) -> Path:
    """Make the environment of the alternatives, and return its Python."""
    subprocess.run(["uv", "venv", "--quiet", "--allow-existing", "--python", sys.executable, str(place)], check=True)
    python = place / "bin" / "python"
    install = ["uv", "pip", "install", "--quiet", "--compile-bytecode", "--python", str(python)]
    subprocess.run([*install, "-r", str(PEERS / "requirements.txt")], check=True)
    return python


def versions(python: Path) -> list[str]:
    """Return the packages of an environment with their versions."""
    listed = subprocess.run(
        ["uv", "pip", "freeze", "--python", str(python)], check=True, capture_output=True, text=True
    )
    return listed.stdout.split()


def draw(found: Mapping[str, Mapping[str, float]], place: Path) -> None:
    """Draw the seconds of every alternative, a bar per scenario."""
    import matplotlib as mpl

    mpl.use("svg")
    import matplotlib.pyplot as plt

    mpl.rcParams["svg.hashsalt"] = "casebook"
    figure, axes = plt.subplots(figsize=(9, 0.7 * len(found) + 1), layout="constrained")
    for step, scenario in enumerate(SCENARIOS):
        heights = [row + (1 - step) * 0.27 for row in range(len(found))]
        bars = axes.barh(heights, [seconds[scenario] for seconds in found.values()], 0.25, label=scenario)
        axes.bar_label(bars, fmt="%.1f", padding=2, fontsize=8)
    axes.set_yticks(range(len(found)), list(found))
    axes.invert_yaxis()
    axes.set_xlabel("seconds")
    axes.legend()
    figure.savefig(place, metadata={"Date": None})


def main() -> None:
    """Time all alternatives in turn, several times over, and leave the medians as JSON and as a plot."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--notebooks", type=int, default=24)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", action="append", choices=ALTERNATIVES, help="only this one (repeatable)")
    parser.add_argument("--out", type=Path, default=Path("_build/benchmarks"), help="folder for JSON and plot")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    bench = Bench(environment(given.out.absolute() / "peers"), given.jobs)
    chosen = {name: ALTERNATIVES[name] for name in given.only or ALTERNATIVES}
    rounds = [{name: seconds_of(bench, chosen[name], given.notebooks) for name in chosen} for _ in range(given.repeat)]
    medians = {
        name: {scenario: statistics.median(found[name][scenario] for found in rounds) for scenario in SCENARIOS}
        for name in chosen
    }
    machine = {"cores": os.cpu_count(), "python": platform.python_version(), "system": platform.system()}
    told = {"machine": machine, "medians": medians, "rounds": rounds, "versions": versions(bench.python)}
    (given.out / "side_by_side.json").write_text(json.dumps(told, indent=2) + "\n", "utf-8")
    draw(medians, given.out / "side_by_side.svg")
    print(json.dumps(medians, indent=2))


if __name__ == "__main__":
    main()
