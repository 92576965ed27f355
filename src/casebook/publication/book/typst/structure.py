"""The last pass over a PDF: row headings in its structure tree, and streams that end where they say.

Typst tags the cells of a repeated header as column headings and has no stable way yet to tag those of a row
(ISO 14289-1, 7.5: a table's headers are tagged and their scope is given), so this pass does it afterwards.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence

import pikepdf

TableShape = tuple[tuple[bool, ...], ...]


def finished(pdf: bytes, shapes: Sequence[TableShape]) -> bytes:
    """Return the PDF with TH and scope Row where a shape says so, the same bytes each time.

    Shapes are in the order of the tables; tables that differ from them in number, rows or cells raise ValueError.
    """
    with pikepdf.open(io.BytesIO(pdf)) as document:
        tables = list(_tables(document.Root.StructTreeRoot))
        if [_sizes(table) for table in tables] != [tuple(map(len, shape)) for shape in shapes]:
            raise ValueError("the tables of the PDF are not those of the book")
        for table, shape in zip(tables, shapes, strict=True):
            _mark(table, shape)
        _end_streams_plainly(document)
        written = io.BytesIO()
        document.save(
            written,
            deterministic_id=True,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
            compress_streams=False,
        )
    return written.getvalue()


def _children(element: pikepdf.Object) -> list[pikepdf.Object]:
    return [kid for kid in _listed(element.get("/K")) if isinstance(kid, pikepdf.Dictionary) and "/S" in kid]


def _tables(element: pikepdf.Object) -> Iterator[pikepdf.Object]:
    for child in _children(element):
        if child.S == "/Table":
            yield child
        else:
            yield from _tables(child)


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


def _end_streams_plainly(document: pikepdf.Pdf) -> None:
    """Write data that happen to end in a line end in hexadecimal digits.

    Such an end runs into the line end before `endstream` (ISO 32000-1, 7.3.8.1), and a reader that looks for the
    keyword instead of counting finds a stream one byte shorter than its length (ISO 19005-2, 6.1.7.1).
    """
    for stream in document.objects:
        if isinstance(stream, pikepdf.Stream) and stream.read_raw_bytes()[-1:] in (b"\r", b"\n"):
            filters = _listed(stream.get("/Filter"))
            parameters = [None, *_listed(stream.get("/DecodeParms"))] if "/DecodeParms" in stream else None
            stream.write(
                stream.read_raw_bytes().hex().encode("ascii") + b">",
                filter=pikepdf.Array([pikepdf.Name.ASCIIHexDecode, *filters]),
                decode_parms=pikepdf.Array(parameters) if parameters else None,
            )


def _listed(value: pikepdf.Object | None) -> list[pikepdf.Object]:
    if value is None:
        return []
    return list(value) if isinstance(value, pikepdf.Array) else [value]
