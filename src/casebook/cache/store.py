"""The store: what steps have made, by the checksum of its bytes, and the traces that say what each was made of."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from casebook.cache.trees import Stamps
from casebook.canonical import canonical_json, checksum, write_atomically

#: How many traces of a step are kept, the latest ones.
MOST_TRACES = 8
MOST_BYTES = 1_000_000_000
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Trace:
    """A step as it was done once: the digests of its ingredients, what it left and what it told.

    `outputs` are the checksums of the files it left in `leaves`, by their path in the project.
    """

    ingredients: Mapping[str, str]
    leaves: tuple[str, ...]
    outputs: Mapping[str, str]
    facts: Mapping[str, Any]

    @property
    def name(self) -> str:
        """What tells a trace from the others of its step."""
        return checksum(canonical_json(dict(self.ingredients)))[:32]


class Lost(LookupError):
    """What was kept is not there any more, or not as it was."""


class Store:
    """A folder of objects and traces that several builds may read and write at the same time.

    Every file is whole or not there, and is named after what it holds. Where the folder cannot be written nothing is
    kept, which a line says, and everything else goes on.
    """

    def __init__(self, folder: Path, *, most_bytes: int = MOST_BYTES) -> None:
        self.folder = folder
        self._most_bytes = most_bytes
        self._grown = False
        self._told = False

    def traces(self, step: str) -> list[Trace]:
        """Return the traces of a step, the latest first; one that cannot be read counts as not there."""
        return [trace for path in self._trace_files(step) if (trace := _read_trace(path))]

    def keep(self, step: str, trace: Trace, files: Mapping[str, Path]) -> None:
        """Keep the trace of a step, and files that it left, before it."""
        try:
            for name, path in files.items():
                self._keep_object(trace.outputs[name], path.read_bytes())
            write_atomically(self._traces(step) / f"{trace.name}.json", canonical_json(asdict(trace)))
            for old in self._trace_files(step)[MOST_TRACES:]:
                old.unlink(missing_ok=True)
            self._grown = True
        except OSError as error:
            self._tell(error)

    def fetch(self, digest: str) -> bytes:
        """Return the bytes of a checksum; raises Lost where they are not there, or not those."""
        path = self._object(digest)
        try:
            data = path.read_bytes()
        except OSError as error:
            raise Lost from error
        if checksum(data) != digest:
            with suppress(OSError):
                path.unlink()
            raise Lost
        return data

    def stamps(self, step: str) -> Stamps:
        """Return the checksums and stamps that the files of a step had when it left them."""
        try:
            found: Stamps = json.loads(self._stamps(step).read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return found

    def keep_stamps(self, step: str, stamps: Stamps) -> None:
        """Keep the stamps of the files of a step."""
        try:
            write_atomically(self._stamps(step), json.dumps(stamps).encode("ascii"))
        except OSError as error:
            self._tell(error)

    def trim(self) -> None:
        """Remove what no trace holds on to, and the oldest traces while there is too much."""
        if not self._grown:
            return
        paths = sorted((self.folder / "traces").rglob("*.json"), key=_age, reverse=True)
        held: dict[str, int] = {}
        for path in paths:
            trace = _read_trace(path)
            sizes = {digest: self._size(digest) for digest in set(trace.outputs.values())} if trace else {}
            if sum((held | sizes).values()) > self._most_bytes:
                path.unlink(missing_ok=True)
            else:
                held |= sizes
        for path in (self.folder / "objects").rglob("*"):
            if path.is_file() and path.name not in held:
                path.unlink(missing_ok=True)

    def _keep_object(self, digest: str, data: bytes) -> None:
        path = self._object(digest)
        if not path.exists():
            write_atomically(path, data)

    def _tell(self, error: OSError) -> None:
        if not self._told:
            _log.warning("The cache cannot be written (%s): results are not kept for the next build.", error.strerror)
        self._told = True

    def _trace_files(self, step: str) -> list[Path]:
        return sorted(self._traces(step).glob("*.json"), key=_age, reverse=True)

    def _traces(self, step: str) -> Path:
        return self.folder / "traces" / step

    def _stamps(self, step: str) -> Path:
        return self.folder / "stamps" / f"{step}.json"

    def _object(self, digest: str) -> Path:
        return self.folder / "objects" / digest[:2] / digest

    def _size(self, digest: str) -> int:
        try:
            return self._object(digest).stat().st_size
        except OSError:
            return 0


def _age(path: Path) -> tuple[int, str]:
    try:
        return path.stat().st_mtime_ns, path.name
    except OSError:
        return 0, path.name


def _read_trace(path: Path) -> Trace | None:
    try:
        raw = json.loads(path.read_text("utf-8"))
        return Trace(raw["ingredients"], tuple(raw["leaves"]), raw["outputs"], raw["facts"])
    except (OSError, ValueError, LookupError, TypeError):
        return None
