"""The last pass over a PDF: row headings in its structure tree, and a third of the bytes.

Typst tags the cells of a repeated header as column headings and has no stable way yet to tag those of a row
(ISO 14289-1, 7.5: a table's headers are tagged and their scope is given), so this pass does it afterwards. The
structure tree makes up most of a PDF, and Typst writes it uncompressed.
"""

from __future__ import annotations

import io
import re
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import pikepdf

TableShape = tuple[tuple[bool, ...], ...]
# A line end of its own before each `endstream`: where data end in one themselves, a reader that looks for the keyword
# instead of counting finds a stream one byte shorter than its length (ISO 32000-1, 7.3.8.1; ISO 19005-2, 6.1.7.1).
_WRITING = ("--deterministic-id", "--object-streams=generate", "--newline-before-endstream")
_STREAM = re.compile(rb" obj\n<< (?P<dictionary>/(?:[^\n]* /)?Length (?P<length>\d+)[^\n]*>>\nstream\n)")


def finished(pdf: bytes, shapes: Sequence[TableShape], *, figures: int) -> bytes:
    """Return the PDF with TH and scope Row where a shape says so, the same bytes each time.

    Shapes are in the order of the tables; tables that differ from them in number, rows or cells, and another number of
    figures, raise ValueError: no validator notices what is printed twice, or not at all.
    """
    with pikepdf.open(io.BytesIO(pdf)) as document:
        tables = list(_elements(document.Root.StructTreeRoot, "/Table"))
        if len(list(_elements(document.Root.StructTreeRoot, "/Figure"))) != figures:
            raise ValueError("the figures of the PDF are not those of the book")
        if [_sizes(table) for table in tables] != [tuple(map(len, shape)) for shape in shapes]:
            raise ValueError("the tables of the PDF are not those of the book")
        for table, shape in zip(tables, shapes, strict=True):
            _mark(table, shape)
        return _written(document)


def _written(document: pikepdf.Pdf) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "written.pdf"
        pikepdf.Job(["qpdf", "--empty", *_WRITING, str(place)]).write_pdf(document)
        return _ended_plainly(place.read_bytes())


def _ended_plainly(pdf: bytes) -> bytes:
    """Return the PDF with CR LF after data that end in CR, which would make one line end with the LF that follows.

    The byte comes from a space of the stream's dictionary, so that every object stays where the cross-references say.
    """
    parts, done = [], 0
    for found in _STREAM.finditer(pdf):
        end = found.end() + int(found["length"])
        if pdf.startswith(b"\r\nendstream", end - 1):
            parts += [pdf[done : found.start("dictionary") - 1], pdf[found.start("dictionary") : end], b"\r"]
            done = end
    return b"".join([*parts, pdf[done:]])


def _children(element: pikepdf.Object) -> list[pikepdf.Object]:
    return [kid for kid in _listed(element.get("/K")) if isinstance(kid, pikepdf.Dictionary) and "/S" in kid]


def _elements(element: pikepdf.Object, kind: str) -> Iterator[pikepdf.Object]:
    for child in _children(element):
        if kind == child.S:
            yield child
        else:
            yield from _elements(child, kind)


def _rows(table: pikepdf.Object) -> list[pikepdf.Object]:
    found: list[pikepdf.Object] = []
    for child in _children(table):
        found += [child] if child.S == "/TR" else [row for row in _children(child) if row.S == "/TR"]
    return found


def _sizes(table: pikepdf.Object) -> tuple[int, ...]:
    return tuple(len(_children(row)) for row in _rows(table))


def _mark(table: pikepdf.Object, shape: TableShape) -> None:
    for row, headings in zip(_rows(table), shape, strict=True):
        for cell, heading in zip(_children(row), headings, strict=True):
            if heading:
                _make_heading(cell)


def _make_heading(cell: pikepdf.Object) -> None:
    cell.S = pikepdf.Name.TH
    cell.A = pikepdf.Array([*_listed(cell.get("/A")), pikepdf.Dictionary(O=pikepdf.Name.Table, Scope=pikepdf.Name.Row)])


def _listed(value: pikepdf.Object | None) -> list[pikepdf.Object]:
    if value is None:
        return []
    return list(value) if isinstance(value, pikepdf.Array) else [value]
