"""Ingredients: everything a step depends on, by name, and the digest that each has at present."""

from __future__ import annotations

import platform
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path

from casebook.cache.source import closure, files_of
from casebook.cache.step import FILES, PACKAGES, PYTHON, SETTING, SOURCE, Step
from casebook.canonical import checksum

#: The digest of what is not there.
ABSENT = "absent"
#: Asked for the digest of one of its ingredients by what follows the first word of its name.
Provider = Callable[[str], str]
Stamp = tuple[int, int, int, int]
_MAGIC = frozenset("*?[")


class Ingredients:
    """The digests of ingredients as a build finds them, each looked at once.

    `providers` know ingredients that are no files by the first word of their names, such as the parts of the coded
    data. What lies in the build's own folder is looked at every time, since the build itself changes it.
    """

    def __init__(self, root: Path, build: Path, providers: Mapping[str, Provider] | None = None) -> None:
        self.root = root
        self.providers = dict(providers or {})
        self._build = build
        self._seen: dict[str, str] = {}
        self._files: dict[Path, tuple[Stamp, str]] = {}

    def digest(self, name: str, step: Step) -> str:
        """Return the digest of an ingredient of a step, ABSENT where it is not there."""
        kind, _, rest = name.partition(" ")
        if kind == SETTING:
            return step.settings.get(rest, ABSENT)
        if name in self._seen:
            return self._seen[name]
        digest = self._look(kind, rest)
        if not self._is_made(kind, rest):
            self._seen[name] = digest
        return digest

    def of(self, step: Step, observed: Mapping[str, str]) -> dict[str, str]:
        """Return all ingredients of a step: declared, the source it runs, and those observed while it was done."""
        names = {*step.declared, *(f"{SOURCE} {module}" for module in closure(step.modules))}
        found = {name: self.digest(name, step) for name in names} | dict(observed)
        return dict(sorted(found.items()))

    def holds(self, ingredients: Mapping[str, str], step: Step) -> bool:
        """Return whether all ingredients are at present as given."""
        return all(self.digest(name, step) == digest for name, digest in ingredients.items())

    def differing(self, ingredients: Mapping[str, str], step: Step) -> list[str]:
        """Return the names of the ingredients that are at present not as given, in order."""
        return sorted(name for name, digest in ingredients.items() if self.digest(name, step) != digest)

    def is_settled(self, ingredients: Mapping[str, str]) -> bool:
        """Return whether no file among some ingredients was changed since it was first looked at."""
        files = (name.partition(" ") for name in ingredients if name.startswith((f"{FILES} ", f"{SOURCE} ")))
        return all(self._look(kind, rest) == ingredients[f"{kind} {rest}"] for kind, _, rest in files)

    def is_leaf(self, name: str) -> bool:
        """Return whether an ingredient comes from outside of the build: a file, source, a package."""
        kind, _, rest = name.partition(" ")
        return kind in (FILES, SOURCE, PACKAGES, PYTHON) and not self._is_made(kind, rest)

    def file_digest(self, path: Path) -> str:
        """Return the checksum of a file, ABSENT where there is none; what was not touched is read once."""
        stamp = stamp_of(path)
        if stamp is None:
            return ABSENT
        if path not in self._files or self._files[path][0] != stamp:
            self._files[path] = stamp, checksum(path.read_bytes())
        return self._files[path][1]

    def _is_made(self, kind: str, rest: str) -> bool:
        return kind not in (SOURCE, PACKAGES, PYTHON, SETTING) and (
            kind != FILES or (self.root / rest).is_relative_to(self._build)
        )

    def _look(self, kind: str, rest: str) -> str:
        if kind == FILES:
            return self._files_digest(rest)
        if kind == SOURCE:
            return self._combined((path.name, path) for path in files_of(rest))
        if kind == PACKAGES:
            return self._packages
        if kind == PYTHON:
            return f"{sys.implementation.name} {platform.python_version()} {platform.machine()}"
        return self.providers[kind](rest) if kind in self.providers else ABSENT

    def _files_digest(self, pattern: str) -> str:
        place = self.root / pattern
        if place.is_file():
            return self.file_digest(place)
        found = self.root.glob(pattern) if _MAGIC & set(pattern) else place.rglob("*")
        files = sorted(path for path in found if path.is_file() and not _is_hidden(path.relative_to(self.root.anchor)))
        base = self.root if place.is_relative_to(self.root) else place
        return self._combined((path.relative_to(base).as_posix(), path) for path in files)

    def _combined(self, files: Iterable[tuple[str, Path]]) -> str:
        lines = [f"{name}\0{self.file_digest(path)}\n" for name, path in files]
        return checksum("".join(lines).encode("utf-8")) if lines else ABSENT

    @cached_property
    def _packages(self) -> str:
        return checksum("\n".join(installed()).encode("utf-8"))


def installed() -> list[str]:
    """Return the name and version of every installed distribution, as its folder says them."""
    return sorted({folder.name for place in sys.path for folder in _distributions(place)})


def _distributions(place: str) -> Iterator[Path]:
    folder = Path(place)
    return iter(sorted(folder.glob("*.dist-info"))) if place and folder.is_dir() else iter(())


def stamp_of(path: Path) -> Stamp | None:
    """Return what changes whenever a file is written or replaced, None where there is none.

    The time of the last change (ctime) cannot be set by a program, unlike that of the last modification.
    """
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino


def _is_hidden(path: Path) -> bool:
    return "__pycache__" in path.parts or path.name.startswith(".")
