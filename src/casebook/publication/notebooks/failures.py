"""Failures of runs in words that may be printed: never a message or value that could hold interview text."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from casebook import errors
from casebook.errors import CasebookError, Fault
from casebook.publication.notebooks.matrix import Run

_INTERVIEW = re.compile(r"\b[A-Z]{2}-[0-9]{4}\b")
_STRING = re.compile(r"""(["']).*?(?:\1|$)""")
_LINE_LENGTH = 80
_SHOWN_PLACES = 5


@dataclass(frozen=True)
class Failure:
    """How a run failed: the cause, and the number and first line of the cell, 0 where no cell is to blame."""

    run: str
    notebook: str
    cause: str
    cell: int = 0
    line: str = ""

    @property
    def place(self) -> str:
        """The notebook, cell and line, as a reader looks for them."""
        return f"{self.notebook}, cell {self.cell}: {self.line}" if self.cell else self.notebook


def of_cell(run: Run, *, cause: str, cell: int = 0, source: str = "", message: str = "") -> Failure:
    """Return the failure of a cell; of its message only a Casebook refusal's is kept, which holds no interview text."""
    told = f"{cause}: {' '.join(message.split())}" if message and _is_refusal(cause) else cause
    return Failure(run.name, run.notebook.as_posix(), _redacted(told), cell, _first_line(source))


def of_refusal(run: Run, error: CasebookError) -> Failure:
    """Return the failure of a run that was refused after its last cell."""
    cause = "; ".join(f"{fault.message}{f', {fault.place}' if fault.place else ''}" for fault in error.faults)
    return Failure(run.name, run.notebook.as_posix(), _redacted(cause))


def faults_of(failures: Iterable[Failure], *, room: str, total: int) -> Iterator[Fault]:
    """Yield one fault per cause, with the cells it struck and the runs of each."""
    by_cause: dict[str, list[Failure]] = defaultdict(list)
    for failure in sorted(failures, key=lambda f: (f.cause, f.notebook, f.cell, f.run)):
        by_cause[failure.cause].append(failure)
    for cause, struck in by_cause.items():
        runs = len({failure.run for failure in struck})
        yield Fault(f"notebooks/{room}", f"{runs} of {total} runs", cause, value=_places(struck))


def _places(struck: Sequence[Failure]) -> str:
    names: dict[str, list[str]] = defaultdict(list)
    for failure in struck:
        names[failure.place].append(failure.run)
    told = [f"{place} ({_listed(runs)})" for place, runs in names.items()]
    return _listed(told, separator="; ")


def _listed(names: Sequence[str], *, separator: str = ", ") -> str:
    rest = len(names) - _SHOWN_PLACES
    return separator.join(names[:_SHOWN_PLACES]) + (f" and {rest} more" if rest > 0 else "")


def _is_refusal(cause: str) -> bool:
    kind = getattr(errors, cause, None)
    return isinstance(kind, type) and issubclass(kind, CasebookError)


def _first_line(source: str) -> str:
    line = next((line.strip() for line in source.splitlines() if line.strip()), "")
    # A researcher may have typed a name or words of an interview into the cell.
    return _STRING.sub(_without_sentence, _redacted(line))[:_LINE_LENGTH]


def _without_sentence(string: re.Match[str]) -> str:
    """Return a string of one word, such as a variable's name; of a longer one only that it is text."""
    return '"[text]"' if " " in string[0] else string[0]


def _redacted(text: str) -> str:
    return _INTERVIEW.sub("[interview]", text)
