"""The data annex: protected tables as CSV, in the form in which they may be published and no finer."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence

from casebook.codebook import Codebook
from casebook.notebook_run import labels_of
from casebook.protected_tables import ProtectedTable
from casebook.study import Study

COLUMNS = (
    "table",
    "crime",
    "country",
    "group",
    "variable",
    "label",
    "among",
    "level",
    "answer",
    "status",
    "n",
    "word",
    "base",
)
_SAMPLE_COLUMNS = ("crime", "group", "n")


def tables_csv(tables: Iterable[ProtectedTable], *, study: Study, codebook: Codebook) -> bytes:
    """Return protected tables as UTF-8 CSV, a row for each cell in the order of the codebook.

    A cell has `n` where its status is "exact", `word` where it is "word", neither where it is "withheld".
    """
    rows = (row for table in tables for row in _rows(table, study, codebook))
    return _written(COLUMNS, rows)


def sample_csv(sample: Mapping[str, int]) -> bytes:
    """Return the number of interviews per crime and group, which every reader knows, as UTF-8 CSV."""
    return _written(_SAMPLE_COLUMNS, ([*key.split("."), n] for key, n in sample.items()))


def _rows(table: ProtectedTable, study: Study, codebook: Codebook) -> Iterator[Sequence[object]]:
    variable = codebook[table.variable]
    about = (table.key, table.crime, table.country, table.group, table.variable, variable.label, table.among)
    for level, label in labels_of(variable, study.tables[table.id]).items():
        for cell in table.cells:
            if cell.level == level:
                yield *about, level, label, cell.status, cell.n, cell.word, table.base


def _written(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")  # RFC 4180
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue().encode("utf-8")
