"""A coding project: what a partner coded in whatever tool, in the one form that every reader returns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum

from casebook.errors import Fault

#: How the path of a code is written for people.
STEP = " > "


class Format(StrEnum):
    """The formats that are read, as `submission.csv` names them."""

    QDPX = "qdpx"
    QDC = "qdc"
    QUALCODER = "qualcoder"
    TAGUETTE = "taguette"
    SPSS = "spss"
    MATRIX = "matrix"
    WORKBOOK = "workbook"


class OffsetConvention(StrEnum):
    """What a tool counts when it says where a selection begins and ends."""

    CODE_POINTS = "code points"
    CODE_POINTS_OF_LINES = "code points, a line end as one"
    UTF16_UNITS = "UTF-16 units"
    UTF16_UNITS_OF_LINES = "UTF-16 units, a line end as one"
    HTML_BYTES = "UTF-8 bytes of the text of HTML"
    UNDECIDED = "undecided"
    NONE = "none"


@dataclass(frozen=True, order=True)
class Code:
    """A label of the partner with its path from the top of the tree; `groups` are the sets it was put into."""

    path: tuple[str, ...]
    description: str = ""
    groups: tuple[str, ...] = ()
    codable: bool = field(default=True, compare=False)
    guid: str = field(default="", compare=False)

    @property
    def shown(self) -> str:
        """The path as people write it: `needs > housing`."""
        return STEP.join(self.path)


@dataclass(frozen=True, order=True)
class Interview:
    """One conversation, named as the partner's tool names its case or its source, with the attributes it gives."""

    name: str
    attributes: tuple[tuple[str, str], ...] = ()
    groups: tuple[str, ...] = ()
    guid: str = field(default="", compare=False)


@dataclass(frozen=True, order=True)
class Coder:
    """Somebody who coded, under a letter; the name that the tool knows is never shown and never written."""

    id: str
    name: str = field(default="", repr=False, compare=False)


@dataclass(frozen=True, order=True)
class Selection:
    """The passage that a code was given to, end exclusive; both are None where no text positions are known."""

    start: int | None = None
    end: int | None = None


@dataclass(frozen=True)
class Coding:
    """One code that one coder gave to an interview: to a selection of it, or to the whole (`selection` is None).

    `coder` is empty where the file does not tell who it was.
    """

    interview: str
    code: tuple[str, ...]
    coder: str = ""
    selection: Selection | None = None


@dataclass(frozen=True, order=True)
class MissingAnswer:
    """A topic that has no answer, and why in the partner's words: never a coding, and never a no."""

    interview: str
    topic: tuple[str, ...]
    kind: str
    coder: str = ""


@dataclass(frozen=True, order=True)
class Absence:
    """A code that a coder looked for in an interview and did not find, where the file says so outright."""

    interview: str
    code: tuple[str, ...]
    coder: str = ""


@dataclass(frozen=True, order=True)
class Coverage:
    """That a coder worked on an interview, and whether on all of it; hardly any format tells."""

    interview: str
    coder: str
    complete: bool


@dataclass(frozen=True, order=True)
class Quotation:
    """A coded segment in the participant's words, with permission and from a file whose offsets are sure."""

    interview: str
    code: tuple[str, ...]
    text: str = field(repr=False)
    coder: str = ""


@dataclass(frozen=True)
class Project:
    """What a partner handed in, read: names are those of the partner's tool, and nothing is mapped yet.

    `origin` is the tool as the file claims it. Every coding refers to a code, an interview and a coder that are listed.
    Where `coders_sure` is false, who coded what must not be used as evidence of agreement. `deviations` are the places
    at which the file departs from its format or says less than it seems to: told, and no reason to refuse it.
    """

    format: Format
    origin: str = ""
    offset_convention: OffsetConvention = OffsetConvention.NONE
    coders_sure: bool = True
    codes: tuple[Code, ...] = ()
    interviews: tuple[Interview, ...] = ()
    coders: tuple[Coder, ...] = ()
    codings: tuple[Coding, ...] = ()
    missing: tuple[MissingAnswer, ...] = ()
    absences: tuple[Absence, ...] = ()
    coverage: tuple[Coverage, ...] = ()
    quotations: tuple[Quotation, ...] = ()
    deviations: tuple[Fault, ...] = ()

    def by_code(self) -> Counter[tuple[str, ...]]:
        """Return how many codings each code has; a code that was never given has none."""
        return Counter(coding.code for coding in self.codings)

    def by_interview(self) -> Counter[str]:
        """Return how many codings each interview has."""
        return Counter(coding.interview for coding in self.codings)


def arranged(project: Project) -> Project:
    """Return the project in the one order that does not depend on the tool or on the order of its file."""
    return replace(
        project,
        codes=tuple(sorted(project.codes)),
        interviews=tuple(sorted(project.interviews)),
        coders=tuple(sorted(project.coders)),
        codings=tuple(sorted(project.codings, key=_place)),
        missing=tuple(sorted(project.missing)),
        absences=tuple(sorted(project.absences)),
        coverage=tuple(sorted(project.coverage)),
        quotations=tuple(sorted(project.quotations)),
        deviations=tuple(sorted(project.deviations, key=Fault.reading_order)),
    )


def lettered(names: Iterable[str]) -> dict[str, Coder]:
    """Return a coder for each name, lettered A to Z, AA and on: short names first, then by the alphabet."""
    ordered = sorted(set(names), key=lambda name: (len(name), name))
    return {name: Coder(_letters(place), name) for place, name in enumerate(ordered)}


def _letters(place: int) -> str:
    """Return A, B, ..., Z, AA, AB and on for 0, 1, ..."""
    letters = ""
    while place >= 0:
        place, last = divmod(place, 26)
        letters, place = chr(ord("A") + last) + letters, place - 1
    return letters


def _place(coding: Coding) -> tuple[str, int, int, tuple[str, ...], str]:
    """Sort codings by where they stand: those of the whole interview first, those without positions next."""
    start, end = (-2, -2)
    if coding.selection is not None:
        start = -1 if coding.selection.start is None else coding.selection.start
        end = -1 if coding.selection.end is None else coding.selection.end
    return coding.interview, start, end, coding.code, coding.coder
