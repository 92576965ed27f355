"""What a build is asked for: editions, dissemination levels, a medium, and how it is to be done."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from casebook.publication.book.media import MEDIA, Medium

if TYPE_CHECKING:
    from casebook.errors import Fault
    from casebook.study import Study

#: What a refusal ends: by default the build after its stage, else all that depends on it, or everything at once.
OnFailure = Literal["keep_going", "fail_fast"] | None

# Everything heavy is imported where it is needed: a build of which nothing has changed needs none of it.


@dataclass(frozen=True)
class Request:
    """What to build: editions and dissemination levels, one medium or both, and how.

    `jobs` processes at a time, or as many as the machine has room for; with `retry_failed` the runs that failed in the
    last build come before all others. `tables` is a folder of protected tables, by edition and level, from which
    everything is built without interviews. The runs are executed on the `cluster` of a Dask scheduler's address, or on
    so many Dask `workers` of this machine, where one of them is given.
    """

    editions: tuple[str, ...]
    levels: tuple[str, ...]
    only: Medium | None = None
    jobs: int | None = None
    on_failure: OnFailure = None
    retry_failed: bool = False
    tables: Path | None = None
    cluster: str | None = None
    workers: int | None = None

    @property
    def keeps_going(self) -> bool:
        """Whether all is done that a refusal does not touch, up to the sites."""
        return self.on_failure == "keep_going"

    @property
    def fails_fast(self) -> bool:
        """Whether the first run that fails ends the build."""
        return self.on_failure == "fail_fast"

    @property
    def books(self) -> list[tuple[str, str]]:
        return [(edition, level) for edition in self.editions for level in self.levels]

    @property
    def media(self) -> frozenset[Medium]:
        return frozenset([self.only] if self.only else MEDIA)


@dataclass(frozen=True)
class Asked:
    """What the command line asks for; empty names mean all of the study's."""

    editions: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    only: Medium | None = None
    jobs: int | None = None
    on_failure: OnFailure = None
    retry_failed: bool = False
    cluster: str | None = None
    workers: int | None = None

    @property
    def name(self) -> str:
        """What tells this from builds of other books; how they are built makes no difference."""
        return "-".join((*sorted(set(self.editions)), *sorted(set(self.levels)), *filter(None, [self.only]))) or "all"

    def request(self, project: Path) -> Request:
        """Return the request for known editions and levels, or refuse the others; raises StudyRefused."""
        from casebook.codebook import read_codebook
        from casebook.errors import StudyRefused
        from casebook.study_files import read_study

        study = read_study(project, read_codebook(project / "data"))
        if faults := list(self._faults(study)):
            raise StudyRefused(faults)
        # In the study's order and once each, however often and in whatever order they were asked for.
        editions = tuple(name for name in study.editions if name in self.editions or not self.editions)
        levels = tuple(name for name in study.dissemination if name in self.levels or not self.levels)
        how = {field.name: getattr(self, field.name) for field in fields(self)}
        return Request(**{**how, "editions": editions, "levels": levels})

    def _faults(self, study: Study) -> Iterator[Fault]:
        from casebook.errors import Fault
        from casebook.study import FILE

        known = (("edition", self.editions, study.editions), ("level", self.levels, study.dissemination))
        for name, values, allowed in known:
            for value in values:
                if value not in allowed:
                    yield Fault(FILE, f"--{name}", f"there is no such {name}", value, ", ".join(allowed))
