"""Tables of unknown origin are read as text, or refused with the place of every fault of form."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_study import faults_of

from casebook.errors import DataRefused
from casebook.restricted import untrusted
from casebook.restricted.csv_tables import read_table

COLUMNS = ("coder", "kind")


def read(content: bytes, folder: Path) -> list[tuple[int, tuple[str, ...]]]:
    path = folder / "coder.csv"
    path.write_bytes(content)
    frame = read_table(path, COLUMNS, shown_as="coder.csv")
    return [(int(row[0]), tuple(row[1:])) for row in frame.itertuples(name=None)]


def test_text_stays_text_and_rows_keep_the_number_a_spreadsheet_shows(tmp_path: Path) -> None:
    assert read(b"coder,kind\nNA,007\n\nnull,\n", tmp_path) == [(2, ("NA", "007")), (4, ("null", ""))]


def test_a_byte_order_mark_windows_line_ends_and_another_order_of_columns_are_understood(tmp_path: Path) -> None:
    assert read("\ufeffkind,coder\r\nmain,A\r\n".encode(), tmp_path) == [(2, ("A", "main"))]


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ("nul", "coding.csv: the file holds NUL bytes; do: save it as comma-separated UTF-8 text"),
        ("latin1", "submission.csv: line 2: the file is not UTF-8; do: save it as comma-separated UTF-8 text"),
        (
            "unclosed_quote",
            "coder.csv: line 2: the file is not comma-separated text; do: save it as comma-separated UTF-8 text",
        ),
        ("duplicate_header", "coder.csv: row 1: the column occurs more than once; found kind; do: keep one"),
        (
            "unknown_column",
            "coder.csv: row 1: unknown column; found mood; allowed: coder, kind; do: remove or rename it",
        ),
        ("missing_column", "coverage.csv: row 1: the column kind is missing; do: add it"),
        ("ragged_row", "coding.csv: row 39: the row has 7 cells, the header has 5; do: quote cells that hold commas"),
    ],
)
def test_a_fault_of_form_is_told_with_its_place(fault: str, expected: str, tmp_path: Path) -> None:
    assert expected in faults_of(fault, tmp_path)


def test_an_empty_file_lacks_every_column(tmp_path: Path) -> None:
    with pytest.raises(DataRefused, match=r"(?s)the column coder is missing.*the column kind is missing"):
        read(b"", tmp_path)


def test_a_cell_longer_than_a_spreadsheet_holds_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataRefused, match="row 2: a cell is longer than 32,767 characters"):
        read(b"coder,kind\nA," + b"x" * 32_768 + b"\n", tmp_path)


def test_a_file_that_is_too_large_is_not_read_to_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(untrusted, "LARGEST_FILE", 2**20)
    with pytest.raises(DataRefused, match="the file is too large; allowed: at most 1 MiB"):
        read(b"coder,kind\n" * 2**17, tmp_path)


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere.csv").write_bytes(b"coder,kind\nA,main\n")
    (tmp_path / "coder.csv").symlink_to(tmp_path / "elsewhere.csv")
    with pytest.raises(DataRefused, match=r"coder\.csv: the file is missing or is not a regular file"):
        read_table(tmp_path / "coder.csv", COLUMNS, shown_as="coder.csv")
