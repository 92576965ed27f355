"""Rows of answers, one for each interview and coder, made into codings: a blank cell is not coded, and never a no."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from casebook.errors import DataRefused, Fault
from casebook.restricted.intake.code_tree import plain, with_ancestors
from casebook.restricted.intake.column_map import Column, Holds
from casebook.restricted.intake.project import (
    Absence,
    Code,
    Coding,
    Coverage,
    Format,
    Interview,
    MissingAnswer,
    Project,
    arranged,
    lettered,
)
from casebook.restricted.untrusted import inert

_PRESENT = frozenset({"1", "yes", "true", "x", "y", "sí", "si", "ja", "oui", "sim"})
_ABSENT = frozenset({"0", "no", "false", "n", "nein", "non", "não", "nee"})
_NOT_CODED = "not_coded"
#: The kinds of missing answer that the tables of a submission know; partners may write them outright.
MISSING_WORDS = frozenset(
    {
        "not_in_guide",
        "not_asked",
        "refused",
        "does_not_know",
        "does_not_apply",
        "not_applicable",
        "not_mentioned",
        _NOT_CODED,
        "unknown",
    }
)


@dataclass(frozen=True)
class Answered:
    """One row: its place, its cells by column, and why those are missing that their tool marks as missing."""

    place: str
    cells: dict[str, str]
    missing: dict[str, str] = field(default_factory=dict)


def project_of_answers(
    rows: Iterable[Answered], columns: Iterable[Column], *, shown_as: str, kind: Format, origin: str = ""
) -> Project:
    """Return the project of a table; raises DataRefused with every cell of a code that says neither yes nor no."""
    listed, given = tuple(columns), tuple(rows)
    by_holds = {holds: [column for column in listed if column.holds is holds] for holds in Holds}
    interview = by_holds[Holds.INTERVIEW][0].column
    coder = by_holds[Holds.CODER][0].column if by_holds[Holds.CODER] else ""
    faults = list(_faults(given, by_holds, interview, coder, shown_as=shown_as))
    if faults:
        raise DataRefused(faults)
    coders = lettered(row.cells[coder] for row in given if coder and row.cells[coder])
    parts = _Parts()
    for row in given:
        name = plain(row.cells[interview])
        letter = coders[row.cells[coder]].id if coder and row.cells[coder] else ""
        _add_attributes(parts, row, by_holds[Holds.ATTRIBUTE], name)
        _add_codings(parts, row, [*by_holds[Holds.CODE], *by_holds[Holds.ANSWER]], name, letter=letter)
    codes = {Code(column.path, codable=column.holds is Holds.CODE) for column in listed if _is_coded(column)}
    codes |= {Code(coding.code) for coding in parts.codings}
    return arranged(
        Project(
            kind,
            origin,
            codes=with_ancestors(sorted(codes)),
            interviews=tuple(Interview(n, tuple(sorted(a.items()))) for n, a in parts.attributes.items()),
            coders=tuple(coders.values()),
            codings=tuple(parts.codings),
            missing=tuple(set(parts.missing)),
            absences=tuple(parts.absences),
            coverage=tuple(parts.coverage),
        )
    )


@dataclass
class _Parts:
    """What is found row by row."""

    attributes: dict[str, dict[str, str]] = field(default_factory=dict)
    codings: list[Coding] = field(default_factory=list)
    missing: list[MissingAnswer] = field(default_factory=list)
    absences: list[Absence] = field(default_factory=list)
    coverage: list[Coverage] = field(default_factory=list)


def _is_coded(column: Column) -> bool:
    return column.holds in (Holds.CODE, Holds.ANSWER)


def _why_missing(row: Answered, column: Column) -> str:
    cell = row.cells[column.column].casefold().replace(" ", "_")
    return row.missing.get(column.column) or (cell if cell in MISSING_WORDS else "")


def _add_attributes(parts: _Parts, row: Answered, columns: list[Column], name: str) -> None:
    own = parts.attributes.setdefault(name, {})
    for column in columns:
        why = _why_missing(row, column)
        if why:
            parts.missing.append(MissingAnswer(name, column.path, why))
        elif row.cells[column.column]:
            own[column.path[-1]] = plain(row.cells[column.column])


def _add_codings(parts: _Parts, row: Answered, columns: list[Column], name: str, *, letter: str) -> None:
    filled = 0
    for column in columns:
        cell, why = row.cells[column.column], _why_missing(row, column)
        filled += bool(cell or why) and why.casefold().replace(" ", "_") != _NOT_CODED
        if why:
            parts.missing.append(MissingAnswer(name, column.path, why, letter))
        elif column.holds is Holds.ANSWER:
            steps = cell.split(column.separator) if column.separator else [cell]
            answers = dict.fromkeys(plain(step) for step in steps if plain(step))
            parts.codings += [Coding(name, (*column.path, answer), letter) for answer in answers]
        elif cell.casefold() in _PRESENT:
            parts.codings.append(Coding(name, column.path, letter))
        elif cell.casefold() in _ABSENT:
            parts.absences.append(Absence(name, column.path, letter))
    parts.coverage.append(Coverage(name, letter, filled == len(columns)))


def _faults(
    rows: tuple[Answered, ...],
    by_holds: dict[Holds, list[Column]],
    interview: str,
    coder: str,
    *,
    shown_as: str,
) -> Iterator[Fault]:
    seen: set[tuple[str, str]] = set()
    for row in rows:
        key = (plain(row.cells[interview]), row.cells[coder] if coder else "")
        if not key[0]:
            yield Fault(shown_as, row.place, "the row names no interview", remedy="name it or remove the row")
        elif key in seen:
            remedy = "keep one row, or add a column that names the coder"
            yield Fault(shown_as, row.place, "an earlier row has the same interview and coder", remedy=remedy)
        seen.add(key)
        for column in by_holds[Holds.CODE]:
            cell = row.cells[column.column]
            if cell and not _why_missing(row, column) and cell.casefold() not in _PRESENT | _ABSENT:
                place = f"{row.place}, column {inert(column.column)}"
                allowed = "yes, no, 1, 0, empty for not coded, or a kind of missing answer"
                yield Fault(shown_as, place, "the cell says neither yes nor no", inert(cell), allowed, "correct it")
