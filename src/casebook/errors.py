"""The family of refusals: what was wrong, where, and what the reader can do about it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

#: A refusal counts all of its faults and lists this many; nobody reads more.
MOST_LISTED = 1_000
_NUMBER = re.compile("[0-9]+")


@dataclass(frozen=True)
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
        # A line is a fault: text from data must not be able to look like another one.
        return " ".join(f"{head}{self.message}{tail}".splitlines())

    def reading_order(self) -> str:
        """Return a text that sorts faults as a reader looks for them: "row 2" before "row 10"."""
        parts = (self.file, self.place, self.message, self.value, self.allowed, self.remedy)
        return _NUMBER.sub(_by_size, "\0".join(parts))


def _by_size(number: re.Match[str]) -> str:
    """Put the length of a number before its digits, since int() refuses very long ones; leading zeros come last."""
    digits = number[0].lstrip("0")
    return f"{len(digits):06}{digits} {number[0]}"


class CasebookError(Exception):
    """A refusal with every fault found, and the exit code of its class."""

    exit_code: ClassVar[int] = 1
    title: ClassVar[str] = "Casebook refuses to go on"

    def __init__(self, faults: Iterable[Fault], beside: Iterable[CasebookError] = ()) -> None:
        self.faults = tuple(sorted(set(faults), key=Fault.reading_order))
        self.beside = tuple(beside)
        own = [f"{self.title} ({self._count()}):", *(f"  - {fault}" for fault in self.faults[:MOST_LISTED])]
        super().__init__("\n".join([*own, *map(str, self.beside)]))

    def __reduce__(self) -> tuple[type[CasebookError], tuple[tuple[Fault, ...], tuple[CasebookError, ...]]]:
        """Travel between processes as the faults, not as the message made of them."""
        return type(self), (self.faults, self.beside)

    def _count(self) -> str:
        if len(self.faults) == 1:
            return "1 fault"
        listed = f"; the first {MOST_LISTED:,} are listed" if len(self.faults) > MOST_LISTED else ""
        return f"{len(self.faults):,} faults{listed}"

    @classmethod
    def one(cls, file: str, place: str, message: str, **details: str) -> CasebookError:
        """The refusal of a single fault."""
        return cls([Fault(file, place, message, **details)])


def together(refusals: Iterable[CasebookError]) -> CasebookError:
    """Return one refusal of several: of the first one's class, with the faults of each class under its own title."""
    by_class: dict[type[CasebookError], list[Fault]] = {}
    for refusal in refusals:
        for part in (refusal, *refusal.beside):
            by_class.setdefault(type(part), []).extend(part.faults)
    first, *others = by_class
    return first(by_class[first], beside=[other(by_class[other]) for other in others])


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


class ReleaseRefused(CasebookError):
    """An edition cannot be released, or an archive is not what was released."""

    exit_code = 16
    title = "The release is refused"


class ReviewRefused(CasebookError):
    """A filled sheet or the kept comments cannot be read, or the book under review was not built."""

    exit_code = 17
    title = "The review is refused"
