"""Code-by-interview tables are read by the table that says what their columns are; a blank cell is never a no."""

from __future__ import annotations

from pathlib import Path

import pytest

from casebook.errors import DataRefused
from casebook.restricted.intake import Project, read
from casebook.restricted.intake.project import Absence, Coverage, MissingAnswer

TABLE = """ID;Coder;Sex;needs.housing;needs.debt;strategy;notes
P-01;ada;f;1;0;gifts, threats;x
P-01;zoe;f;yes;;gifts;
P-02;ada;not_asked;refused;no;;
"""
COLUMNS = """column,holds,name,separator
ID,interview,,
Coder,coder,,
Sex,attribute,gender,
needs.housing,code,,
needs.debt,code,,
strategy,answer,,","
notes,ignored,,
"""


def handed_in(folder: Path, table: str = TABLE, columns: str = COLUMNS) -> Project:
    (folder / "codes.csv").write_text(table, "utf-8")
    (folder / "columns.csv").write_text(columns, "utf-8")
    return read(folder / "codes.csv", columns=folder / "columns.csv")


def refused(folder: Path, table: str = TABLE, columns: str = COLUMNS) -> str:
    with pytest.raises(DataRefused) as refusal:
        handed_in(folder, table, columns)
    return str(refusal.value)


def test_cells_are_codings_absences_and_kinds_of_missing(tmp_path: Path) -> None:
    found = handed_in(tmp_path)
    assert found.by_code() == {
        ("needs", "housing"): 2,
        ("strategy", "gifts"): 2,
        ("strategy", "threats"): 1,
    }
    assert found.absences == (Absence("P-01", ("needs", "debt"), "A"), Absence("P-02", ("needs", "debt"), "A"))
    assert set(found.missing) == {
        MissingAnswer("P-02", ("gender",), "not_asked"),
        MissingAnswer("P-02", ("needs", "housing"), "refused", "A"),
    }
    assert [interview.attributes for interview in found.interviews] == [(("gender", "f"),), ()]


def test_coverage_is_complete_only_where_no_cell_is_blank(tmp_path: Path) -> None:
    assert handed_in(tmp_path).coverage == (
        Coverage("P-01", "A", complete=True),
        Coverage("P-01", "B", complete=False),
        Coverage("P-02", "A", complete=False),
    )


@pytest.mark.parametrize(
    ("table", "columns", "message"),
    [
        (
            TABLE.replace("0;gifts", "maybe;gifts"),
            COLUMNS,
            "row 2, column needs.debt: the cell says neither",
        ),
        (TABLE.replace("P-02", ""), COLUMNS, "row 4: the row names no interview"),
        (TABLE.replace("zoe", "ada"), COLUMNS, "row 3: an earlier row has the same interview and coder"),
        (TABLE.replace("notes", "more"), COLUMNS, "row 1: the column map does not name this column; found more"),
        (TABLE.replace("notes", "more"), COLUMNS, "the table lacks a column that the column map names; found notes"),
        (TABLE.replace(";x\n", "\n"), COLUMNS, "row 2: the row has 6 cells, the header has 7"),
        (
            TABLE,
            COLUMNS.replace("ignored", "secret"),
            "row 8, column holds: not something a column can hold",
        ),
        (TABLE, COLUMNS.replace("ID,interview", "ID,ignored"), "exactly one column must hold the interview; found 0"),
        (TABLE, COLUMNS.replace("column,holds", "a,b"), "columns.csv: row 1: not the header of a column map"),
        (TABLE, COLUMNS.replace("Sex,", "ID,"), "the column has no name or is named twice"),
        (TABLE, COLUMNS.replace("attribute", "coder"), "more than one column holds the coder"),
    ],
)
def test_a_fault_is_told_with_its_place(table: str, columns: str, message: str, tmp_path: Path) -> None:
    assert message in refused(tmp_path, table, columns)


def test_a_table_without_a_column_map_is_refused(tmp_path: Path) -> None:
    (tmp_path / "codes.csv").write_text(TABLE, "utf-8")
    with pytest.raises(DataRefused, match="nothing says what the columns of this table are"):
        read(tmp_path / "codes.csv")
