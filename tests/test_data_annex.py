"""The data annex holds protected cells in their published form, and nothing finer."""

from __future__ import annotations

import csv
import io

import pytest
from small_figures import CODEBOOK, STUDY

from casebook.errors import BookRefused
from casebook.notebook_run import FigureRecord
from casebook.protected_tables import Cell, ProtectedTable, ProtectedTables
from casebook.publication.book.data_annex import COLUMNS, sample_csv, tables_csv
from casebook.publication.book.figure_files import figure_csv


def table(*cells: Cell, group: str = "E", base: int | None = 23) -> ProtectedTable:
    about = ("risk", "OG", group, "pooled", "2")
    return ProtectedTable(f"OG.{group}.risk", *about, group_size=23, base=base, multi=True, cells=cells)


def rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8"), newline="")))


def written(*tables: ProtectedTable) -> list[dict[str, str]]:
    return rows(tables_csv(tables, study=STUDY, codebook=CODEBOOK))


@pytest.mark.parametrize(
    ("cell", "status", "n", "word"),
    [
        (Cell("lonely", "exact", n=7), "exact", "7", ""),
        (Cell("lonely", "exact", n=0), "exact", "0", ""),
        (Cell("lonely", "word", word="most"), "word", "", "most"),
        (Cell("lonely", "withheld"), "withheld", "", ""),
    ],
)
def test_a_cell_is_written_in_its_published_form(cell: Cell, status: str, n: str, word: str) -> None:
    (row,) = written(table(cell))
    assert (row["status"], row["n"], row["word"], row["answer"]) == (status, n, word, "Loneliness")


def test_a_base_that_is_withheld_is_not_written() -> None:
    (row,) = written(table(Cell("lonely", "withheld"), base=None))
    assert row["base"] == ""


def test_rows_follow_the_codebook_so_that_their_order_tells_no_count() -> None:
    cells = (Cell("either", "word", word="most"), Cell("school", "word", word="named"), Cell("lonely", "withheld"))
    assert [row["level"] for row in written(table(*cells, group="V"))] == ["lonely", "school", "either"]


def test_columns_are_what_the_list_of_figures_explains() -> None:
    assert tuple(written(table(Cell("lonely", "withheld")))[0]) == COLUMNS


def test_the_sample_is_written_by_crime_and_group() -> None:
    assert rows(sample_csv({"OG.E": 23})) == [{"crime": "OG", "group": "E", "n": "23"}]


def test_a_figure_of_a_table_that_the_edition_lacks_is_refused() -> None:
    figure = FigureRecord("risk", "risk.svg", "alt", "caption", ("OG.E.risk",), "0")
    tables = ProtectedTables("D1.2", "PU", {}, {}, {})
    with pytest.raises(BookRefused, match=r"risk\.svg: risk: the figure shows a table that this edition does not have"):
        figure_csv(figure, tables, study=STUDY, codebook=CODEBOOK)
