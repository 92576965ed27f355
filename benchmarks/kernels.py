"""Times the project's notebooks in warm kernels and in plain ones, as JSON: python benchmarks/kernels.py --help."""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from casebook.canonical import checksum
from casebook.codebook import Codebook, read_codebook
from casebook.disclosure_control.door import Door
from casebook.folders import Folders
from casebook.publication import notebooks
from casebook.publication.notebooks import Run
from casebook.restricted.analysis_run import read_agreement, read_hand_over, read_sample, sizes_by_group
from casebook.study import Study
from casebook.study_files import read_study

PROJECT = Path(__file__).parents[1]
_KEY = b"the key of a benchmark, which protects nothing"
#: A notebook that does nothing, for what a run costs above its cells; its room imports what analysis notebooks do.
_EMPTY_RUNS = 20
_NOTHING = ('crime = "OG"\ncountry = "pooled"\nedition = "D1.2"', "pass\n", "import pandas\nimport seaborn")


@dataclass
class Cost:
    """What some runs took: seconds on the clock and of all processors, those of them in the build's own process."""

    runs: int
    seconds: float = 0
    processor_seconds: float = 0
    of_it_in_the_build: float = 0

    @contextmanager
    def measured(self) -> Iterator[None]:
        """Measure what is done meanwhile."""
        start, own, all_ = time.perf_counter(), _processor(resource.RUSAGE_SELF), _processor()
        yield
        self.seconds = round(time.perf_counter() - start, 2)
        self.of_it_in_the_build = round(_processor(resource.RUSAGE_SELF) - own, 2)
        self.processor_seconds = round(_processor() - all_, 2)


@dataclass(frozen=True)
class Bench:
    """The project in a folder of its own, with kernels of one kind."""

    folders: Folders
    study: Study
    codebook: Codebook
    edition: str
    jobs: int
    warm: bool

    @property
    def level(self) -> str:
        """The first dissemination level of the study."""
        return next(iter(self.study.dissemination))

    def costs(self) -> dict[str, Any]:
        """Return what the analysis runs, the report runs and empty runs cost, and the digest of what they left."""
        countries = dict.fromkeys(self.study.crimes, tuple(self.study.countries))
        analysis = notebooks.runs(self.folders, self.study, edition=self.edition, countries=countries)
        costs = {"analysis": self.cost(analysis)}
        shown = self.protect(analysis)
        reports = notebooks.runs(
            self.folders, self.study, edition=self.edition, countries=shown, dissemination=self.level
        )
        costs["report"] = self.cost(reports)
        digest = left_by(self.folders, (*analysis, *reports))
        first, many = (self.cost(self.empty(n)) for n in (1, 1 + _EMPTY_RUNS))
        more = (many.processor_seconds - first.processor_seconds) / _EMPTY_RUNS
        found = {name: asdict(cost) for name, cost in costs.items()}
        return {**found, "processor_seconds_of_an_empty_run": round(more, 3), "digest": digest}

    def cost(self, runs: Sequence[Run]) -> Cost:
        """Execute some runs and return what they took."""
        cost = Cost(len(runs))
        with cost.measured():
            notebooks.execute(self.folders, runs, manner=notebooks.Manner(jobs=self.jobs, warm=self.warm))
        return cost

    def protect(self, analysis: Sequence[Run]) -> dict[str, tuple[str, ...]]:
        """Let the door make the protected tables of the first level, and return the countries that it shows."""
        handed = [run.folder(self.folders) for run in analysis]
        tables = [table for folder in handed for table in read_hand_over(folder)]
        measured = [row for folder in handed for row in read_agreement(folder)]
        sample = sizes_by_group(
            [row for folder in handed for row in read_sample(folder)], self.study.planned(self.edition)
        )
        protected = Door(self.study, self.codebook, self.edition, self.level, sample, _KEY).protect(tables, measured)
        protected.write(self.folders.protected(self.edition, self.level))
        return dict(protected.countries)

    def empty(self, number: int) -> list[Run]:
        """Return runs of a notebook that does nothing but import what others do."""
        notebook = Path("empty.ipynb")
        (self.folders.root / notebook).write_text(json.dumps(_notebook()), "utf-8")
        passed = {"crime": "OG", "country": "pooled", "edition": self.edition}
        return [Run(notebook, "analysis", f"empty-{n}", "Empty", passed) for n in range(number)]


def main() -> None:
    """Run the notebooks of an edition in both kinds of kernels and print what they took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--edition", default="D1.2")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--out", type=Path, help="file for the JSON; it is printed as well")
    given = parser.parse_args()
    found = {kind: costs_of(given.edition, given.jobs, warm=kind == "warm") for kind in ("plain", "warm")}
    if found["plain"]["digest"] != found["warm"]["digest"]:
        sys.exit("Warm kernels left other bytes than plain ones.")
    machine = {"cores": os.cpu_count(), "python": platform.python_version(), "system": platform.system()}
    text = json.dumps({"jobs": given.jobs, "machine": machine, **found}, indent=2, sort_keys=True) + "\n"
    if given.out:
        given.out.write_text(text, "utf-8")
    print(text, end="")


def costs_of(edition: str, jobs: int, *, warm: bool) -> dict[str, Any]:
    """Return what the notebooks of an edition cost in one kind of kernels, with nothing there before."""
    codebook = read_codebook(PROJECT / "data")
    study = read_study(PROJECT, codebook)
    with tempfile.TemporaryDirectory() as folder:
        for name in ("study.yml", "data", "notebooks"):
            (Path(folder) / name).symlink_to(PROJECT / name)
        return Bench(Folders(Path(folder)), study, codebook, edition, jobs, warm).costs()


def left_by(folders: Folders, runs: Sequence[Run]) -> str:
    """Return one checksum of every byte that runs have left."""
    files = sorted(path for run in runs for path in run.folder(folders).iterdir())
    return checksum(b"".join(checksum(path.read_bytes()).encode() for path in files))


def _processor(*whose: int) -> float:
    usages = map(resource.getrusage, whose or (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def _notebook() -> dict[str, Any]:
    blank: dict[str, Any] = {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": []}
    cells = [{**blank, "id": f"empty-{n}", "source": source} for n, source in enumerate(_NOTHING)]
    cells[0]["metadata"] = {"tags": ["parameters"]}
    return {"cells": cells, "metadata": {"language_info": {"name": "python"}}, "nbformat": 4, "nbformat_minor": 5}


if __name__ == "__main__":
    main()
