"""The family of refusals: what was wrong, where, and what the reader can do about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, order=True)
class Fault:
    """One thing a reader can put right.

    `file` is relative to the project or the data folder; `place` is a row, column, key or line within it.
    Neither may hold interview text, a person's name or a path of somebody's machine.
    """

    file: str
    place: str
    message: str
    value: str = ""
    allowed: str = ""
    remedy: str = ""

    def __str__(self) -> str:
        head = f"{self.file}: {self.place}: " if self.place else f"{self.file}: "
        tail = "".join(
            f"; {name} {text}"
            for name, text in (("found", self.value), ("allowed:", self.allowed), ("do:", self.remedy))
            if text
        )
        return f"{head}{self.message}{tail}"


class CasebookError(Exception):
    """A refusal with every fault found, and the exit code of its class."""

    exit_code: ClassVar[int] = 1
    title: ClassVar[str] = "Casebook refuses to go on"

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(set(faults)))
        super().__init__("\n".join([f"{self.title} ({self._count()}):", *(f"  - {f}" for f in self.faults)]))

    def __reduce__(self) -> tuple[type[CasebookError], tuple[tuple[Fault, ...]]]:
        """Travel between processes as the faults, not as the message made of them."""
        return type(self), (self.faults,)

    def _count(self) -> str:
        return "1 fault" if len(self.faults) == 1 else f"{len(self.faults)} faults"

    @classmethod
    def one(cls, file: str, place: str, message: str, **details: str) -> CasebookError:
        """The refusal of a single fault."""
        return cls([Fault(file, place, message, **details)])


class StudyRefused(CasebookError):
    """study.yml or the codebook cannot be used."""

    exit_code = 10
    title = "The study's description is refused"


class DataRefused(CasebookError):
    """A submission breaks the codebook, a rule of consistency or the form of its tables."""

    exit_code = 11
    title = "The coded data are refused"


class DisclosureRefused(CasebookError):
    """The door hands nothing out."""

    exit_code = 12
    title = "Disclosure control refuses"


class NotebookFailed(CasebookError):
    """One or more runs failed; all were tried."""

    exit_code = 13
    title = "Notebook runs failed"


class StatementRefused(CasebookError):
    """A statement is false, unknown, typed by hand or rests on a withheld cell."""

    exit_code = 14
    title = "Statements are refused"


class BookRefused(CasebookError):
    """The web book or the PDF cannot be made as it should be."""

    exit_code = 15
    title = "The book is refused"
