"""The parts of the PDF builder that can be seen without a book."""

from __future__ import annotations

import io
import zlib
from typing import Any

import pikepdf
import pytest
from docutils import nodes
from hypothesis import given
from hypothesis import strategies as st

from casebook.errors import BookRefused
from casebook.publication.book.svg_weights import weighted
from casebook.publication.book.typst.front_matter import read_front_matter
from casebook.publication.book.typst.html_tables import shows_nothing, tables_in
from casebook.publication.book.typst.images import description, width
from casebook.publication.book.typst.literals import string, words
from casebook.publication.book.typst.structure import finished
from casebook.publication.book.typst.tables import grid

META: dict[str, Any] = {
    name: name
    for name in (
        *("number", "title", "acronym", "project", "grant", "programme", "level", "level_name"),
        *("version", "status", "date", "lead", "funding", "disclaimer"),
    )
}


class TestLiterals:
    def test_quotes_and_backslashes_are_escaped(self) -> None:
        assert string('say "#" \\ \n\t') == '"say \\"#\\" \\\\ \\n\\t"'

    def test_no_text_prints_nothing(self) -> None:
        assert words("") == ""

    @given(st.text())
    def test_a_literal_ends_only_at_its_own_quote(self, text: str) -> None:
        inner = string(text)[1:-1].replace("\\\\", "").replace('\\"', "")
        assert '"' not in inner
        assert "\n" not in inner


class TestTablesOfHtml:
    def cells(self, html: str) -> list[list[str]]:
        (table,) = tables_in(html)
        return [[e.astext() for e in row.findall(nodes.entry)] for row in table.findall(nodes.row)]

    def test_cells_keep_their_text_without_the_space_around_it(self) -> None:
        assert self.cells("<table><tr><th> a </th><td>\n&lt;b&gt; </td></tr></table>") == [["a", "<b>"]]

    def test_a_script_in_a_cell_is_not_read(self) -> None:
        assert self.cells("<table><tr><td>a<script>alert(1)</script></td></tr></table>") == [["a"]]

    def test_row_headings_are_those_outside_the_head(self) -> None:
        html = "<table><thead><tr><th>x</th><th>y</th></tr></thead><tr><th>a</th><td>1</td></tr></table>"
        (table,) = tables_in(html)
        assert grid(table).shape == ((False, False), (True, False))

    def test_spans_are_kept(self) -> None:
        html = "<table><tr><td rowspan=2>a</td><td>b</td></tr><tr><td>c</td></tr><tr><td colspan=2>d</td></tr></table>"
        (table,) = tables_in(html)
        assert [[cell.column for cell in row] for row in grid(table).body] == [[0, 1], [1], [0]]

    def test_rows_that_do_not_fill_the_columns_are_refused(self) -> None:
        (table,) = tables_in("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>")
        with pytest.raises(ValueError, match="the rows of a table do not fill its columns"):
            grid(table)

    def test_a_column_of_numbers_and_dashes_is_numeric(self) -> None:
        rows = "".join(f"<tr><td>{a}</td><td>{b}</td></tr>" for a, b in [("one", "1"), ("two", "–"), ("3", "12.5 %")])
        (table,) = tables_in(f"<table>{rows}</table>")
        assert grid(table).numeric() == {1}

    @pytest.mark.parametrize("html", ["", "<script>draw()</script>", "<style>b {}</style> <div></div>"])
    def test_what_a_browser_would_not_show(self, html: str) -> None:
        assert shows_nothing(html)

    @pytest.mark.parametrize("html", ["<b>x</b>", '<img src="x">', "<svg></svg>"])
    def test_what_a_browser_would_show(self, html: str) -> None:
        assert not shows_nothing(html)


class TestImages:
    @pytest.mark.parametrize(
        ("alt", "described"),
        [("Two bars.", "Two bars."), ("", ""), ("a/b.svg", ""), ("x.png", ""), ("See b.svg", "See b.svg")],
    )
    def test_the_name_of_a_file_describes_nothing(self, alt: str, described: str) -> None:
        assert description(nodes.image(uri="x", alt=alt)) == described

    @pytest.mark.parametrize(
        ("tag", "weight"),
        [
            (b'<text x="1">', b"400"),
            (b'<text style="font-weight: 600; fill: red">', b"600"),
            (b'<text font-weight="bold">', b"700"),
            (b'<tspan font-weight="normal">', b"400"),
        ],
    )
    def test_text_of_an_svg_names_its_weight_as_a_variation(self, tag: bytes, weight: bytes) -> None:
        assert b" font-variation-settings=\"'wght' " + weight + b'" ' in weighted(tag)

    def test_a_part_of_a_text_keeps_the_weight_of_the_whole(self) -> None:
        assert weighted(b'<tspan x="1">') == b'<tspan x="1">'

    @pytest.mark.parametrize(
        ("asked", "length"),
        [
            ("100px", "75pt"),
            ("80", "60pt"),
            ("50%", "50%"),
            ("12cm", "12cm"),
            ("", "none"),
            ("1cm, x: panic()", "none"),
        ],
    )
    def test_only_a_length_becomes_a_width(self, asked: str, length: str) -> None:
        assert width(nodes.image(uri="x", width=asked)) == length


class TestFrontMatter:
    def test_language_and_region_are_parted(self) -> None:
        encoded = read_front_matter({**META, "language": "en-GB"}).encoded().decode()
        assert '"language": "en"' in encoded
        assert '"region": "GB"' in encoded

    def test_every_fault_is_named_at_once(self) -> None:
        meta = {key: value for key, value in META.items() if key != "title"}
        with pytest.raises(BookRefused) as caught:
            read_front_matter({**meta, "version": 1.0, "history": [["0.1"]], "colour": "blue"})
        assert [(fault.place, fault.message) for fault in caught.value.faults] == [
            ("colour", "an unknown key"),
            ("history", "expected a list of rows of 4 texts"),
            ("title", "a key is missing"),
            ("version", "expected a text"),
        ]

    def test_only_printed_tables_have_a_shape(self) -> None:
        assert read_front_matter(META).shapes() == []
        front = read_front_matter({**META, "control": [["a", "b"]], "history": [["1", "2", "3", "4"]]})
        assert front.shapes() == [((True, False),), ((False,) * 4, (False,) * 4)]


#: Compressed, it ends in a carriage return: its checksum is one more than the sum of its bytes.
ENDS_IN_A_LINE_END = b"\x0c"


def tagged_table() -> bytes:
    """A PDF whose structure tree holds one table of one row and two cells, and two streams that end in a line end."""
    pdf = pikepdf.new()
    pdf.add_blank_page()
    cells = [pdf.make_indirect(pikepdf.Dictionary(S=pikepdf.Name.TD)) for _ in range(2)]
    row = pdf.make_indirect(pikepdf.Dictionary(S=pikepdf.Name.TR, K=pikepdf.Array(cells)))
    table = pdf.make_indirect(pikepdf.Dictionary(S=pikepdf.Name.Table, K=row))
    pdf.Root.StructTreeRoot = pikepdf.Dictionary(K=table)
    pdf.Root.Data = pdf.make_stream(zlib.compress(ENDS_IN_A_LINE_END), Filter=pikepdf.Name.FlateDecode)
    pdf.Root.Raw = pdf.make_stream(ENDS_IN_A_LINE_END)
    buffer = io.BytesIO()
    pdf.save(buffer, compress_streams=False, deterministic_id=True)
    return buffer.getvalue()


class TestStructure:
    def test_a_row_heading_gets_its_tag_and_scope(self) -> None:
        with pikepdf.open(io.BytesIO(finished(tagged_table(), [((True, False),)], figures=0))) as pdf:
            heading, cell = pdf.Root.StructTreeRoot.K.K.K
            assert (str(heading.S), str(heading.A[0].Scope), str(cell.S)) == ("/TH", "/Row", "/TD")

    @pytest.mark.parametrize("shapes", [[], [((True,),)], [((True, False),), ((True, False),)], [((True, False),) * 2]])
    def test_tables_that_are_not_those_of_the_book_are_refused(self, shapes: list[Any]) -> None:
        with pytest.raises(ValueError, match="the tables of the PDF are not those of the book"):
            finished(tagged_table(), shapes, figures=0)

    def test_another_number_of_figures_is_refused(self) -> None:
        with pytest.raises(ValueError, match="the figures of the PDF are not those of the book"):
            finished(tagged_table(), [((True, False),)], figures=1)

    def test_a_line_end_follows_data_that_end_in_one_and_every_object_stays_in_its_place(self) -> None:
        written = finished(tagged_table(), [((False, False),)], figures=0)
        assert written.count(b"\r\r\nendstream") == 2
        with pikepdf.open(io.BytesIO(written)) as pdf:
            assert pdf.check_pdf_syntax() == []
            assert pdf.Root.Data.read_bytes() == pdf.Root.Raw.read_bytes() == ENDS_IN_A_LINE_END
