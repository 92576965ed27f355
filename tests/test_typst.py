"""The PDF of a book: what it prints, what it refuses, and that it is the same wherever it is made."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import page
import pypdf
import pytest
import yaml
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace

from casebook.errors import BookRefused
from casebook.publication.book.typst.builder import RENDERERS

TESTS = Path(__file__).parent
BOOK = TESTS / "typst_book"
PDF = "typst/D0.1.pdf"
# What is known to the builder only so that it is refused with its own message.
REFUSED = {"math", "math_block", "problematic", "system_message"}


def run(folder: Path, *flags: str, **environment: str) -> Path:
    """Build the book from a copy of its own, under the given environment, and return the output folder."""
    book = shutil.copytree(BOOK, folder / "book")
    command = [sys.executable, str(TESTS / "typst_run.py"), str(book), str(folder / "out"), *flags]
    path = os.pathsep.join([str(TESTS.parent / "src"), os.environ.get("PYTHONPATH", "")])
    subprocess.run(command, env={**os.environ, "PYTHONPATH": path, **environment}, check=True, cwd=folder)
    return folder / "out"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return run(tmp_path_factory.mktemp("here"), "html", TZ="UTC", LANG="C.UTF-8", PYTHONHASHSEED="1")


@pytest.fixture(scope="module")
def pdf(built: Path) -> pypdf.PdfReader:
    return pypdf.PdfReader(built / PDF)


@pytest.fixture(scope="module")
def pages(pdf: pypdf.PdfReader) -> list[str]:
    return [printed.extract_text() for printed in pdf.pages]


@pytest.fixture(scope="module")
def text(pages: list[str]) -> str:
    """All that is printed, line ends as blanks and soft hyphens undone."""
    return " ".join("\n".join(pages).replace("\u00ad\n", "").split())


def elements(pdf: pypdf.PdfReader, kind: str) -> list[Any]:
    """Return the elements of a kind in the structure tree, in order."""
    return [element for element in walk(root(pdf)["/StructTreeRoot"]) if element.get("/S") == kind]


def root(pdf: pypdf.PdfReader) -> Any:
    """Return the catalogue of the PDF."""
    return pdf.trailer["/Root"]


def walk(element: Any) -> Iterator[Any]:
    kids = element.get("/K", [])
    for kid in kids if isinstance(kids, list) else [kids]:
        kid = kid.get_object()
        if isinstance(kid, dict) and "/S" in kid:
            yield kid
            yield from walk(kid)


def resources(printed: Any) -> Any:
    """Return the fonts and images of a page."""
    return printed["/Resources"]


class TestStandards:
    @pytest.mark.parametrize("profile", [page.ValidationProfile.PDF_UA_1, page.ValidationProfile.PDF_A_3A])
    def test_the_pdf_is_accessible_and_archivable_without_a_finding(self, built: Path, profile: Any) -> None:
        report = page.validate_pdf_bytes((built / PDF).read_bytes(), profile=profile)
        assert report.failures == []
        assert report.is_compliant

    @pytest.mark.slow
    def test_two_folders_and_environments_give_the_same_bytes(self, built: Path, tmp_path: Path) -> None:
        other = run(tmp_path, TZ="Asia/Tokyo", LANG="C", LC_ALL="C", PYTHONHASHSEED="77")
        for name in (PDF, "typst/main.typ", "typst/meta.json"):
            assert (other / name).read_bytes() == (built / name).read_bytes()

    def test_the_data_are_attached_as_they_are(self, pdf: pypdf.PdfReader) -> None:
        assert {name: data for name, (data,) in pdf.attachments.items()} == {
            "answers.csv": (BOOK / "answers.csv").read_bytes()
        }
        (attached,) = root(pdf)["/AF"]
        told = attached.get_object()
        assert (told["/AFRelationship"], told["/Desc"]) == ("/Data", "All answers as they are published")

    def test_the_only_clock_is_the_timestamp(self, pdf: pypdf.PdfReader) -> None:
        assert pdf.metadata is not None
        assert {str(pdf.metadata[key]) for key in ("/CreationDate", "/ModDate")} == {"D:20201001000000Z"}

    def test_metadata_language_and_title_are_set(self, pdf: pypdf.PdfReader) -> None:
        assert pdf.metadata is not None
        assert pdf.metadata.title == "D0.1 Report on every node of the document tree"
        assert pdf.metadata.author == "To be completed by the consortium"
        assert str(pdf.metadata["/Keywords"]) == "typesetting, accessibility"
        assert root(pdf)["/Lang"] == "en-GB"

    def test_only_the_three_families_are_embedded(self, pdf: pypdf.PdfReader) -> None:
        names = {
            re.sub(r"^/[A-Z]{6}\+", "", font.get_object()["/BaseFont"])
            for printed in pdf.pages
            for font in resources(printed).get("/Font", {}).values()
        }
        assert {re.match(r"Source(Serif4|Sans3|CodePro)", name) is not None for name in names} == {True}
        assert len({name.partition("-")[0] for name in names}) >= 3


class TestContent:
    def test_the_book_exercises_every_kind_of_node_that_can_be_printed(self, built: Path) -> None:
        used = set(json.loads((built / "kinds.json").read_text()))
        assert set(RENDERERS) - used - REFUSED == set()

    @pytest.mark.parametrize(
        "written",
        [
            "#eval(“1+1”) $x^2$ @somebody *stars* _under_ {{ name }} {% raw %} [brackets]",
            "<script>alert(1)</script> C:\\folder “quotes” // no comment /* none */ ~ – — …",
            "What this means #strong[for] you",
            "first #eval(1)",
            'This book exists so that each kind of content is printed once. #eval("1+1") is text.',
        ],
    )
    def test_markup_in_an_authors_text_comes_out_as_its_characters(self, text: str, written: str) -> None:
        assert written in text

    def test_what_is_only_for_the_web_is_not_printed(self, text: str) -> None:
        assert "This paragraph is for the web only." not in text

    def test_an_admonition_has_its_own_title_or_that_of_its_kind(self, text: str) -> None:
        assert "Warning A warning with a list:" in text
        assert "A dropdown Its text is printed." in text

    def test_a_note_is_printed_once_and_referred_to_twice(self, text: str) -> None:
        assert text.count("The first note, with emphasis") == 1
        assert "A footnote1, the same again1, and another2." in text

    def test_sources_are_cited_and_listed(self, text: str) -> None:
        assert "First and Other [2019] show, and others [First and Other, 2019, Second, 2020]." in text
        assert "[FO19] Ann First and Bob Other. On #things. Journal of Things, 1:1–2, 2019." in text

    def test_a_statement_ends_with_its_number_which_leads_to_its_evidence_and_back(
        self, built: Path, text: str
    ) -> None:
        assert "In all, twelve experts and some victims spoke.7" in text
        printed = (built / "typst" / "main.typ").read_text("utf-8")
        assert printed.count("#statement(") == 1
        assert '#statement("annex-evidence#e-c3333333333", "7");' in printed
        assert '#link(label("words#c3333333333"))' in printed

    def test_a_classifier_follows_its_term(self, text: str) -> None:
        assert "term (classifier) Its definition." in text

    def test_outputs_of_a_notebook_are_printed_in_their_static_form(self, text: str) -> None:
        assert "Counts & words Level n of N first #eval(1) 1 of 20" in text
        assert "Words in Markdown." in text
        assert "<Figure size" not in text

    def test_a_long_line_of_source_text_goes_on_in_the_next(self, pages: list[str]) -> None:
        listing = next(printed for printed in pages if "Listing 2.1. A long line" in printed)
        assert 'a very long line that \nhas to wrap because it does not fit into the measure of the page"' in listing

    def test_source_text_is_not_broken_within_its_words(self, text: str) -> None:
        assert 'subtitle="and one more argument that is long", caption="and a last one")' in text

    def test_a_word_longer_than_the_line_is_broken(self, text: str) -> None:
        digest = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        assert digest * 2 not in text
        assert digest * 2 in text.replace(" ", "")


class TestFrontMatter:
    def test_the_cover_says_what_the_deliverable_is(self, pages: list[str]) -> None:
        for words in ("Deliverable D0.1", "PU: Public", "EXAMPLE", "Grant: 000000", "1.0 (Final)", "Horizon 2020"):
            assert words in pages[0]

    def test_the_emblem_and_every_image_are_described(self, pdf: pypdf.PdfReader) -> None:
        alts = [element.get("/Alt") for element in elements(pdf, "/Figure")]
        assert alts[0] == "Emblem of the European Union"
        assert "Two bars, the second twice as high as the first." in alts
        assert "Two bars, drawn by the notebook." in alts
        assert all(alts)

    def test_control_sheet_and_version_history_follow(self, pages: list[str]) -> None:
        assert pages[1].index("Document control sheet") < pages[1].index("Version history")
        assert "Contractual due date 30 September 2020" in pages[1]

    def test_contents_and_lists_name_parts_chapters_figures_and_tables(self, pages: list[str]) -> None:
        for words in ("Results\n1 Text that cannot act", "Annexes\n", "Figure 2.1 Two bars", "Table 2.3 A table"):
            assert words in pages[2].replace("\u2002", " ").replace("  ", " ")

    def test_the_list_of_figures_has_the_first_sentence_of_a_caption(self, pages: list[str]) -> None:
        assert "(n = 12)" in pages[2]
        assert "Read them from left to right" not in pages[2]

    def test_the_marker_stands_on_every_page(self, pages: list[str]) -> None:
        marker = "Synthetic data. Not cleared for publication: disclosure audit outstanding"
        assert [number for number, printed in enumerate(pages, 1) if marker not in printed] == []

    def test_every_page_but_the_cover_has_a_running_head_and_its_number(self, pages: list[str]) -> None:
        for number, printed in enumerate(pages[1:], 2):
            assert printed.startswith("EXAMPLE D0.1 · PU")
            assert f"Page {number} of {len(pages)}" in printed

    def test_a_running_head_names_the_chapter_of_its_page(self, pages: list[str]) -> None:
        for printed in pages[3:]:
            head, _, rest = printed.partition("\n")
            chapter = re.match(r"(?:\d+ )?(Text that cannot act|Glossary|References)\n", rest)
            assert chapter is None or head.endswith(chapter[1])


class TestNumbers:
    def test_sections_have_the_numbers_of_the_web_edition(self, built: Path) -> None:
        html = "".join(path.read_text() for path in sorted((built / "html").glob("*.html")))
        web = re.findall(r'<h\d><span class="section-number">([\d.]+)\. </span>([^<]+)<', html)
        printed = (built / "typst/main.typ").read_text()
        assert len(web) == 7
        for number, title in web:
            assert f'numbering: (..) => "{number}")[#"{title}";]' in printed

    def test_figures_and_tables_have_the_numbers_of_the_web_edition(self, built: Path, text: str) -> None:
        html = (built / "html/figures.html").read_text()
        web = re.findall(r'<span class="caption-number">([^<]+) </span><span class="caption-text">([^<]+)<', html)
        assert len(web) == 5
        for number, caption in web:
            assert f"{number}. {caption}".strip() in text

    def test_headings_follow_each_other_without_a_gap(self, pdf: pypdf.PdfReader) -> None:
        levels = [int(e["/S"][2:]) for e in walk(root(pdf)["/StructTreeRoot"]) if re.match("/H[1-6]", e["/S"])]
        assert levels[0] == 1
        assert all(after <= before + 1 for before, after in pairwise(levels))


class TestTables:
    def test_row_headings_are_tagged_with_their_scope(self, pdf: pypdf.PdfReader) -> None:
        scopes = [str(attribute.get("/Scope")) for e in elements(pdf, "/TH") for attribute in attributes(e)]
        fields, stub_rows, rows_of_html = 6, 2, 2
        assert scopes.count("/Row") == fields + stub_rows + rows_of_html
        assert scopes.count("/Column") > 0

    def test_a_wide_table_gets_a_page_on_its_side(self, pdf: pypdf.PdfReader, pages: list[str]) -> None:
        turned = [n for n, printed in enumerate(pdf.pages) if printed.mediabox.width > printed.mediabox.height]
        assert ["A table that is wide" in pages[number] for number in turned] == [True]

    def test_a_caption_stands_above_its_table_and_below_its_figure(self, pages: list[str]) -> None:
        printed = next(printed for printed in pages[3:] if "Table 2.1. Role by crime" in printed)
        assert printed.index("Table 2.1. Role by crime") < printed.index("Crime Experts Offenders")


def attributes(element: Any) -> list[Any]:
    found = element.get("/A", [])
    return [item.get_object() for item in (found if isinstance(found, list) else [found])]


FAULTS = {
    "pdf_unknown_node/page.md: line 4": "nothing is known about printing this; found option_list",
    "pdf_no_alt_text/page.md: line 3": "an image has no alternative text; do: say what is to be seen",
    "pdf_file_name_as_alt_text/page.md: line 3": "an image has no alternative text; do: say what is to be seen",
    "pdf_dead_link/page.md: line 3": "a reference leads nowhere; found pdf_dead_link/page#nowhere",
    "pdf_dead_reference/page.md: line 3": "undefined label: 'nowhere-else'",
    "pdf_formula/page.md: line 3": "formulas are not printed yet; found x^2; do: say it in words",
    "pdf_html_without_print/page.md: line 3": "HTML cannot be printed; do: give it a printed form",
    "pdf_table_with_holes/page.md: line 3": "the rows of a table do not fill its columns",
    "pdf_output_without_table_or_image/page.ipynb: cell 2": "an output has neither a table nor a static image",
    "pdf_output_without_table_or_image/page.ipynb: cell 3": "static image; found <Figure size 640x480 with 1 Axes>",
}


def settings() -> dict[str, Any]:
    config = yaml.safe_load((BOOK / "_config.yml").read_text())["sphinx"]["config"]
    extensions = ["myst_nb", "casebook.publication.book.typst"]
    return {"extensions": extensions, "nb_execution_mode": "off", "typst_meta": config["typst_meta"]}


def refusal(source: Path, out: Path, **overrides: Any) -> BookRefused:
    with docutils_namespace(), pytest.raises(BookRefused) as caught:
        confoverrides = {**settings(), **overrides}
        Sphinx(str(source), None, str(out), str(out), "typst", confoverrides=confoverrides, status=None).build()
    return caught.value


@pytest.fixture(scope="module")
def refused(tmp_path_factory: pytest.TempPathFactory) -> BookRefused:
    """A book of all faulty pages at once, refused."""
    source = tmp_path_factory.mktemp("faulty")
    names = sorted({place.partition("/")[0] for place in FAULTS})
    for name in names:
        shutil.copytree(TESTS / "faulty_data" / name, source / name)
    contents = "\n".join(f"{name}/page" for name in names)
    (source / "index.md").write_text(f"# Faulty\n\n```{{toctree}}\n{contents}\n```\n")
    return refusal(source, tmp_path_factory.mktemp("out"))


class TestRefusals:
    @pytest.mark.parametrize(("place", "message"), FAULTS.items())
    def test_a_fault_is_named_with_its_document_and_place(self, refused: BookRefused, place: str, message: str) -> None:
        assert any(str(fault).startswith(f"{place}: ") and message in str(fault) for fault in refused.faults)

    def test_all_faults_of_a_book_come_together_and_no_others(self, refused: BookRefused) -> None:
        assert {f"{fault.file}: {fault.place}" for fault in refused.faults} == set(FAULTS)

    def test_a_character_that_no_font_has_is_named_with_its_document(self, tmp_path: Path) -> None:
        (tmp_path / "index.md").write_text("# Book\n\nA letter \U00013000 of another script.\n")
        error = refusal(tmp_path, tmp_path / "out")
        assert [fault.file for fault in error.faults] == ["index.md"]
        assert "the PDF cannot be made" in str(error)

    def test_a_refused_book_leaves_no_pdf(self, tmp_path: Path) -> None:
        (tmp_path / "index.md").write_text("# Book\n\n{math}`x`\n")
        refusal(tmp_path, tmp_path / "out")
        assert list((tmp_path / "out").glob("*.pdf")) == []
