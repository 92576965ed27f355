"""Protected tables as Markdown tables, which web book, PDF and notebook viewers all show as tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from casebook.codebook import Codebook
from casebook.notebook_run import Mark, labels_of
from casebook.protected_tables import ProtectedTable
from casebook.publication.book.inert import inert
from casebook.publication.wording import capitalised, count_text
from casebook.study import Study

_NOTHING = "For this crime and country, this edition has no table on this."
_NO_CELL = "–"


def section_text(tables: Iterable[ProtectedTable], *, codebook: Codebook, study: Study) -> str:
    """Return the tables one below the other, those of the same variable and subgroup side by side in one."""
    together: dict[tuple[str, str | None], list[ProtectedTable]] = {}
    for table in tables:
        together.setdefault((table.variable, table.among), []).append(table)
    parts = [results_text(group, codebook=codebook, study=study) for group in together.values()]
    return "\n\n".join(parts) if parts else _NOTHING


def results_text(tables: Sequence[ProtectedTable], *, codebook: Codebook, study: Study) -> str:
    """Return one variable's tables as a heading line, a Markdown table and a line for each that is withheld.

    The table has a row per answer and a column per group of interviews; text of the codebook comes out as text.
    """
    if not tables:
        return _NOTHING
    open_ = [table for table in tables if not table.withheld]
    withheld = [table for table in tables if table.withheld]
    lines = [f"**{_heading(tables[0], codebook, study)}**"]
    lines += ["\n".join(_rows(open_, codebook, study))] if open_ else []
    lines += [f"{_noun(table, study)}: withheld ({inert(table.withheld or '')})." for table in withheld]
    return "\n\n".join(lines)


def results_marks(tables: Iterable[ProtectedTable], *, codebook: Codebook, study: Study) -> Iterator[Mark]:
    """Yield the values that are printed of tables that are not withheld: the size of each, and its cells."""
    for table in tables:
        if table.base is not None and not table.withheld:
            yield Mark(table.key, (), f"n = {table.base}")
        for level in labels_of(codebook[table.variable], study.tables[table.id]) if not table.withheld else ():
            if (value := _value(table, level)) not in (_NO_CELL, "withheld"):
                yield Mark(table.key, (level,), value)


def sample_marks(sample: Mapping[str, int]) -> Iterator[Mark]:
    """Yield the numbers of interviews, each of a crime and group."""
    yield from (Mark(key, (), str(n)) for key, n in sample.items())


def sample_text(sample: Mapping[str, int], *, study: Study) -> str:
    """Return the number of interviews per crime and group as a Markdown table; a dash where a group has none."""
    groups = [group for group in study.roles if any(key.endswith(f".{group}") for key in sample)]
    crimes = [crime for crime in study.crimes if any(key.startswith(f"{crime}.") for key in sample)]
    header = ["Crime", *(capitalised(inert(study.roles[group].plural)) for group in groups)]
    rows = [
        [inert(study.crimes[crime].title), *(str(sample.get(f"{crime}.{group}", _NO_CELL)) for group in groups)]
        for crime in crimes
    ]
    return "\n".join([_row(header), _row(["---"] * len(header)), *map(_row, rows)])


def _heading(table: ProtectedTable, codebook: Codebook, study: Study) -> str:
    label = inert(codebook[table.variable].label)
    planned = study.tables[table.id].among
    named = [codebook[variable].level(level).label for variable, levels in planned.items() for level in levels]
    return f"{label}, among interviews with: {inert(' and '.join(named))}" if named else label


def _noun(table: ProtectedTable, study: Study) -> str:
    return capitalised(inert(study.roles[table.group].plural))


def _rows(tables: Sequence[ProtectedTable], codebook: Codebook, study: Study) -> list[str]:
    labels = _labels(tables, codebook, study)
    header = ["Answer", *(_column_title(table, study) for table in tables)]
    rows = [[inert(label), *(_value(table, level) for table in tables)] for level, label in labels.items()]
    return [_row(header), _row(["---"] * len(header)), *map(_row, rows)]


def _labels(tables: Sequence[ProtectedTable], codebook: Codebook, study: Study) -> dict[str, str]:
    """Return the labels of all rows: the variable's levels, then the sets that any of the tables counts as one."""
    labels: dict[str, str] = {}
    for table in tables:
        labels |= labels_of(codebook[table.variable], study.tables[table.id])
    return labels


def _column_title(table: ProtectedTable, study: Study) -> str:
    return _noun(table, study) + ("" if table.base is None else f" (n = {table.base})")


def _value(table: ProtectedTable, level: str) -> str:
    """Return a cell's value as it may be printed; a level that the table does not count has a dash."""
    try:
        cell = table.cell(level)
    except KeyError:
        return _NO_CELL
    if cell.n is not None and table.base is not None:
        return count_text(cell.n, table.base)
    return cell.word or cell.status


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
