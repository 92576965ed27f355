"""A step: what of a stage is done, or found unchanged, at one go, and everything it depends on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

PYTHON, PACKAGES = "python", "packages"
FILES, SOURCE, SETTING = "files", "source", "setting"


@dataclass(frozen=True)
class Step:
    """One step by its name, such as "narrative/D1.2/PU".

    `reads` are files, folders and patterns of files relative to the project, `modules` the source that does the step
    (what that imports counts too), `settings` all else that it depends on. `leaves` are the files and folders that it
    makes and that nothing else writes into. A step is `restricted` where what it depends on or makes tells of people.
    What it makes is `kept`, to be put back when everything is again as it was, or only known again while it is there.
    """

    name: str
    leaves: tuple[Path, ...]
    reads: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()
    settings: Mapping[str, str] = field(default_factory=dict)
    restricted: bool = False
    kept: bool = True

    @property
    def declared(self) -> Iterator[str]:
        """The names of the ingredients that are known before the step is done."""
        yield from (PYTHON, PACKAGES)
        yield from (f"{FILES} {pattern}" for pattern in self.reads)
        yield from (f"{SOURCE} {module}" for module in self.modules)
        yield from (f"{SETTING} {name}" for name in self.settings)
