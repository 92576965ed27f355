"""Which quotations may be printed: approved ones, of people of whom the answer they stand for is published as well."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace

from casebook.canonical import keyed_digest
from casebook.protected_tables import Cell, ProtectedQuotation, ProtectedTables
from casebook.restricted.quotations import Quotation
from casebook.study import Study

#: The words that say that somebody gave the answer, as a quotation does.
_SAYING_SOMEBODY = ("named", "more than half", "most")


@dataclass(frozen=True)
class Decided:
    """Whether a quotation may be printed, and why not; restricted, since it names the interview."""

    quotation: Quotation
    reason: str = ""


def decisions(tables: ProtectedTables, quotations: Iterable[Quotation], study: Study) -> tuple[Decided, ...]:
    """Return for each quotation whether it may be printed beside protected tables.

    A quotation tells that somebody gave an answer. It may be printed where that is said anyway: an exact count, or a
    word that means one at least.
    """
    return tuple(_decided(tables, quotations, study))


def with_quotations(tables: ProtectedTables, decided: Iterable[Decided], *, key: bytes) -> ProtectedTables:
    """Return protected tables with the quotations that may be printed, under names that lead to no interview."""
    printed = [_protected(entry.quotation, key) for entry in decided if not entry.reason]
    return replace(tables, quotations=tuple(sorted(printed, key=lambda entry: entry.id)))


def log_of(decided: Sequence[Decided]) -> dict[str, object]:
    """Return the log as JSON values, without the words."""
    rows = [{**asdict(entry.quotation), "printed": not entry.reason, "reason": entry.reason} for entry in decided]
    return {"quotations": [{name: value for name, value in row.items() if name != "text"} for row in rows]}


def _decided(tables: ProtectedTables, quotations: Iterable[Quotation], study: Study) -> Iterator[Decided]:
    printed: Counter[str] = Counter()
    approvals = study.quotations.approvals[study.dissemination[tables.dissemination].policy].value
    for quotation in quotations:
        reason = _reason(quotation, tables, approvals)
        if not reason and printed[quotation.interview] >= study.quotations.most_per_person.value:
            reason = "the person is quoted as often as anybody may be"
        printed[quotation.interview] += not reason
        yield Decided(quotation, reason)


def _reason(quotation: Quotation, tables: ProtectedTables, approvals: int) -> str:
    table = tables.get(f"{quotation.crime}.{quotation.group}.{quotation.variable}")
    if quotation.approvals < approvals:
        return "too few offices have approved it"
    if table is None:
        return "no table of the answer is planned for this edition"
    return "" if _says_somebody(table.cell(quotation.level)) else "the answer it stands for is not published"


def _says_somebody(cell: Cell) -> bool:
    return bool(cell.n) or cell.word in _SAYING_SOMEBODY


def _protected(quotation: Quotation, key: bytes) -> ProtectedQuotation:
    shown = {field: getattr(quotation, field) for field in ("crime", "group", "variable", "level", "text", "synthetic")}
    return ProtectedQuotation(id=id_of(quotation.name, quotation.text, key), **shown)


def id_of(name: str, text: str, key: bytes) -> str:
    """Return what a quotation is called in print, which leads to no interview without the key."""
    return f"q{keyed_digest(key, f'{name}/{text}'.encode())[:10]}"
