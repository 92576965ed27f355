"""What a run reads, seen from within its kernel, and keeping it to its own folder.

An IPython extension that every kernel of a run loads. It rests on Python's audit events, so it sees what is opened
through Python; it guards against mistakes, not against a notebook that means to get round it.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import source_from_cache
from pathlib import Path
from typing import Any

from casebook.canonical import canonical_json, checksum
from casebook.errors import NotebookFailed

#: The environment variables that name the file to leave the observation in, and the folder that the run may write in.
FILE_VARIABLE, FOLDER_VARIABLE = "CASEBOOK_OBSERVED", "CASEBOOK_RUN_FOLDER"
#: Observed where a run has started a process or talked to another machine: what those told it cannot be seen.
UNSEEN = "unseen"
ABSENT = "absent"
#: The first word of what is a module of Casebook; what else it imports is left to whoever reads the observation.
SOURCE = "source"
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_CHANGING = ("os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.link", "os.symlink", "os.truncate", "os.chmod")
_STARTING = ("os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "os.system", "subprocess.Popen")
#: These are started by Python's libraries to learn of the machine, which says nothing of the study.
_OF_THE_MACHINE = ("fc-list", "uname", "ldconfig", "gcc", "cc", "ld", "objdump")
_SYSTEM = ("/dev", "/etc", "/proc", "/run", "/sys", "/usr", "/var")


@dataclass
class Observation:
    """What a run has read so far, by ingredient, with the digest of what it read."""

    root: Path
    folder: Path
    file: Path
    #: Asked for once: Python looks for it by opening files, which would be seen, and asked for again.
    temporary: str = field(default_factory=lambda: os.path.realpath(tempfile.gettempdir()))
    reads: dict[str, str] = field(default_factory=dict)
    paused: int = 0
    _written: int = -1

    def see(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Take note of an audit event; raises NotebookFailed for one that no run may cause."""
        if self.paused:
            return
        with self.pause():
            if event == "open":
                self._opened(*arguments)
            elif event in _CHANGING:
                for path in arguments[:2]:
                    self._refuse_elsewhere(path)
            elif event == "os.chdir":
                raise NotebookFailed.one("notebook", "a folder", "a run stays in the project's folder")
            elif event in _STARTING:
                self._started(arguments)
            elif event == "socket.connect" and isinstance(arguments[1], tuple):
                self.reads[UNSEEN] = "another machine"

    @contextmanager
    def pause(self) -> Iterator[None]:
        """Let what happens within go unseen."""
        self.paused += 1
        try:
            yield
        finally:
            self.paused -= 1

    def write(self, *_result: object) -> None:
        """Leave what was observed in the file, if there is more than before."""
        if len(self.reads) != self._written:
            with self.pause():
                self.file.write_text(json.dumps(self.reads), "utf-8")
            self._written = len(self.reads)

    def _opened(self, path: Any, mode: str | None, flags: int) -> None:
        place = _place(path)
        if place is None:
            return
        if set(mode or "") & set("wax+") or flags & _WRITING:
            self._refuse_elsewhere(path)
        elif name := self._ingredient(source := _source_of(place)):
            self.reads.setdefault(name, _digest(source))

    def _ingredient(self, place: Path) -> str | None:
        """Return the ingredient that a file is, None for one that tells nothing of the study."""
        if place.is_relative_to(_PACKAGE):
            module = place.relative_to(_PACKAGE.parent).with_suffix("").as_posix().removesuffix("/__init__")
            return f"{SOURCE} {module.replace('/', '.')}" if place.suffix == ".py" else None
        if _is_below(place, (self.folder, self._kernels, *_INSTALLED)):
            return None
        if place.is_relative_to(self.root):
            return f"files {place.relative_to(self.root).as_posix()}"
        return None if _is_below(place, (*_SYSTEM, self.temporary)) else f"files {place.as_posix()}"

    def _refuse_elsewhere(self, path: Any) -> None:
        place = _place(path)
        if place is None or place.is_relative_to(self.folder) or "__pycache__" in place.parts:
            return
        inside = place.is_relative_to(self.root)
        if not _is_below(place, (self._kernels,) if inside else ("/dev", "/proc", self.temporary)):
            shown = place.relative_to(self.root).as_posix() if inside else "outside the project"
            remedy = "let the run return or show it"
            raise NotebookFailed.one("notebook", shown, "a run writes in its own folder only", remedy=remedy)

    def _started(self, arguments: tuple[Any, ...]) -> None:
        program = arguments[0] if arguments else ""
        if Path(os.fsdecode(program)).name not in _OF_THE_MACHINE:
            self.reads[UNSEEN] = "a process"

    @property
    def _kernels(self) -> Path:
        return self.root / "_build" / "jupyter"


_PACKAGE = Path(__file__).resolve().parent
_INSTALLED = tuple(os.path.realpath(prefix) for prefix in (sys.prefix, sys.base_prefix))
_observing: list[Observation] = []


def load_ipython_extension(shell: Any) -> None:
    """Observe the run of this kernel from here on, where it is one."""
    file, folder = os.environ.get(FILE_VARIABLE), os.environ.get(FOLDER_VARIABLE)
    if not (file and folder):
        return
    observation = Observation(Path.cwd(), Path(folder), Path(file))
    _observing.append(observation)
    observation.write()
    shell.events.register("post_run_cell", observation.write)
    sys.addaudithook(observation.see)


def saw(ingredient: str, look: Callable[[], Any]) -> None:
    """Say that the run has read a part of something, which `look` returns: a JSON value, None for no such part."""
    for observation in _observing:
        if ingredient not in observation.reads:
            observation.reads[ingredient] = digest_of(look())


def digest_of(value: Any) -> str:
    """Return the digest of a part, ABSENT for None."""
    return ABSENT if value is None else checksum(canonical_json(value))


@contextmanager
def by_parts() -> Iterator[None]:
    """Read files of which the run will be said to have seen only the parts that it looks at."""
    for observation in _observing:
        observation.paused += 1
    try:
        yield
    finally:
        for observation in _observing:
            observation.paused -= 1


def _place(path: Any) -> Path | None:
    """Return where a path leads; None for what is no path."""
    if isinstance(path, int):
        return None
    return Path(os.path.realpath(os.fsdecode(path)))


def _source_of(place: Path) -> Path:
    """Return the source of a compiled module, and any other file as it is."""
    return Path(source_from_cache(place)) if "__pycache__" in place.parts and place.suffix == ".pyc" else place


def _is_below(place: Path, folders: Iterable[Path | str]) -> bool:
    return any(place.is_relative_to(folder) for folder in folders)


def _digest(place: Path) -> str:
    try:
        return checksum(place.read_bytes())
    except OSError:
        return ABSENT
