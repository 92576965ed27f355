"""What lies beside the pages of a web book for a reader to take away: figures as PNG and CSV, and the data annex."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from casebook.codebook import Codebook
from casebook.notebook_run import FigureRecord, read_witness
from casebook.protected_tables import read_protected_tables
from casebook.publication.book.data_annex import tables_csv
from casebook.publication.book.figure_files import figure_csv, figure_pngs
from casebook.publication.book.identity import Book

FIGURES = "figures"


def files_beside(book: Book, codebook: Codebook, *, runs: Sequence[str]) -> Mapping[str, bytes]:
    """Return the files by their names there: the data annex, and `figures/<run>-<figure>` as .png and .csv.

    Raises BookRefused for a figure of tables that the edition does not have, DisclosureRefused where it has none.
    """
    tables = read_protected_tables(book.folders.protected(book.edition, book.dissemination))
    drawings: dict[str, bytes] = {}
    data = {book.data_name: tables_csv(tables.values(), study=book.study, codebook=codebook)}
    for name, folder, figure in _figures(book, runs):
        drawings[f"{FIGURES}/{name}.png"] = (folder / figure.file).read_bytes()
        data[f"{FIGURES}/{name}.csv"] = figure_csv(figure, tables, study=book.study, codebook=codebook)
    return {**data, **figure_pngs(drawings, kept=book.folders.build / "pngs")}


def _figures(book: Book, runs: Sequence[str]) -> Iterator[tuple[str, Path, FigureRecord]]:
    """Yield the name, the folder and the record of each figure that the runs have drawn."""
    for run in runs:
        folder = book.folders.report_run(book.edition, book.dissemination, run)
        for figure in read_witness(folder, run=run).figures:
            yield f"{run}-{figure.name}", folder, figure
