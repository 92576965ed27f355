"""Remote attempts: the runs of a room executed on the workers of a cluster, and how each has failed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import CancelledError
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from casebook.cache import Steps
from casebook.canonical import checksum, write_atomically
from casebook.errors import NotebookFailed
from casebook.folders import DATA_VARIABLE, Folders
from casebook.publication.notebooks import remote, shipment
from casebook.publication.notebooks.cluster import Cluster
from casebook.publication.notebooks.failures import Failure, of_cell
from casebook.publication.notebooks.manner import Manner
from casebook.publication.notebooks.matrix import Room, Run
from casebook.publication.notebooks.run_steps import keep, name_of, step_of
from casebook.publication.notebooks.shipment import REAL_FOLDER, SOURCE_FOLDER, Shipment, execute_remotely
from casebook.publication.notebooks.tally import Counting

_WORKERS_LOST = "the workers that executed this run were lost, one after the other"
_SCHEDULER_LOST = "the scheduler of the cluster was lost before this run was done"
#: The study's key is for the door, and for nobody else.
_NEVER_SENT = ("key",)


@dataclass
class RemoteAttempts:
    """The runs of a room under way on a cluster, which repeats those whose worker is lost."""

    folders: Folders
    cluster: Cluster
    manner: Manner
    steps: Steps | None
    counting: Counting

    def all(self, runs: Sequence[Run]) -> list[Failure]:
        """Try every run and return the failures, after the first one where that is to end all."""
        import cloudpickle
        from distributed import as_completed

        client = self.cluster.client()
        cloudpickle.register_pickle_by_value(shipment)
        sent = client.scatter([asdict(self._shipment(runs))], broadcast=True, hash=False)[0]
        # Dask sends by value only what cannot be imported, such as a function without a name.
        execute = lambda sent, number: execute_remotely(sent, number)  # noqa: E731
        futures = {client.submit(execute, sent, n, pure=False): run for n, run in enumerate(runs)}
        failures: list[Failure] = []
        try:
            for future in as_completed(list(futures), loop=client.loop):
                failure = self._taken(futures[future], future)
                failures += [failure] if failure else []
                self.counting.count(done=1, failed=1 if failure else 0)
                if failure and self.manner.fail_fast:
                    break
        finally:
            client.cancel([*futures, sent])
        return failures

    def _taken(self, run: Run, future: Any) -> Failure | None:
        """Put what a run has left into its folder and keep it, or return how it failed."""
        from distributed import KilledWorker

        try:
            told: Mapping[str, Any] = future.result()
        except KilledWorker:
            return self._failed(run, of_cell(run, cause=_WORKERS_LOST))
        except CancelledError:
            return self._failed(run, of_cell(run, cause=_SCHEDULER_LOST))
        folder = run.folder(self.folders)
        shutil.rmtree(folder, ignore_errors=True)
        for name, data in told["files"].items():
            write_atomically(folder / name, data)
        if told["failure"]:
            return self._failed(run, Failure(**told["failure"]), told["seconds"])
        if self.steps:
            self._keep(self.steps, run, told)
        return None

    def _keep(self, steps: Steps, run: Run, told: Mapping[str, Any]) -> None:
        with TemporaryDirectory() as folder:
            observed = Path(folder) / "observed"
            observed.write_text(told["observed"], "utf-8")
            keep(steps, step_of(self.folders, run), observed)
        steps.note(name_of(run), "done", told["seconds"])

    def _failed(self, run: Run, failure: Failure, seconds: float = 0) -> Failure:
        if self.steps:
            self.steps.note(name_of(run), "failed", seconds)
        return failure

    def _shipment(self, runs: Sequence[Run]) -> Shipment:
        files = dict(_files(self.folders, runs[0].room, self.cluster))
        names = "".join(f"{name}\0{checksum(data)}\n" for name, data in sorted(files.items()))
        limits = self.manner.limits
        return Shipment(
            checksum(names.encode("utf-8")),
            files,
            tuple({**asdict(run), "notebook": run.notebook.as_posix()} for run in runs),
            remote.source_digest(),
            remote.packages_digest(),
            self.manner.warm,
            limits.seconds,
            limits.megabytes,
        )


def _files(folders: Folders, room: Room, cluster: Cluster) -> Iterator[tuple[str, bytes]]:
    """Yield all that the runs of a room may read: the report room gets protected tables and no interview."""
    for name, path in remote.source_files().items():
        yield f"{SOURCE_FOLDER}/casebook/{name}", path.read_bytes()
    for path in (*folders.root.glob("*.py"), folders.root / "study.yml"):
        yield from _under(path, folders.root)
    yield from _under(folders.root / "notebooks" / room, folders.root)
    for path in folders.data.iterdir():
        if path.is_file() and path.name not in _NEVER_SENT:
            yield from _under(path, folders.root)
    if room == "report":
        yield from _under(folders.build / "protected", folders.root)
    else:
        yield from _interviews(folders, cluster)


def _interviews(folders: Folders, cluster: Cluster) -> Iterator[tuple[str, bytes]]:
    real = os.environ.get(DATA_VARIABLE)
    if real is None:
        yield from _under(folders.data / "countries", folders.root)
        return
    if not cluster.may_see_people:
        message = "interviews with people are not sent where somebody could listen"
        remedy = "use a scheduler at tls://..., or --workers for those of this machine"
        raise NotebookFailed.one("casebook build", "--cluster", message, remedy=remedy)
    for name, data in _under(Path(real), Path(real)):
        if name not in _NEVER_SENT:
            yield f"{REAL_FOLDER}/{name}", data


def _under(place: Path, base: Path) -> Iterator[tuple[str, bytes]]:
    """Yield a file, or all files of a folder, by their path from a base."""
    for path in sorted([place, *place.rglob("*")]):
        if path.is_file():
            yield path.relative_to(base).as_posix(), path.read_bytes()
