"""The web book: what its pages say, that nothing comes from elsewhere, and that a faulty book is refused whole."""

from __future__ import annotations

import posixpath
import shutil
from pathlib import Path

import pytest
import yaml
from bs4 import BeautifulSoup, Tag
from small_book import HOSTILE, RUN, small_book, write

from casebook.codebook import Codebook
from casebook.errors import BookRefused
from casebook.folders import Folders
from casebook.protected_tables import AuditStatement
from casebook.publication.book.html import BuiltBook, build_book
from casebook.publication.book.identity import Book
from casebook.study import Study

FAULTY = Path(__file__).parent / "faulty_data"
DOCUMENTS = ("index", "introduction", "grooming", "annex-glossary", "annex-codebook", "annex-notebooks")
PAGES = (*DOCUMENTS, f"notebooks/{RUN}", "figures-and-tables", "search")
PASSED = AuditStatement(targets=12, smallest_width=3, exposed=0, solver="HiGHS")
BANNER = "PU – public edition · Synthetic data · Not cleared for publication: disclosure audit outstanding"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, study: Study, codebook: Codebook) -> BuiltBook:
    book = small_book(tmp_path_factory.mktemp("built"), study, codebook=codebook)
    return build_book(book, only="html")


@pytest.fixture(scope="module")
def pages(built: BuiltBook) -> dict[str, BeautifulSoup]:
    texts = {name: (built.book.html / f"{name}.html").read_text("utf-8") for name in PAGES}
    return {name: BeautifulSoup(text, "html.parser") for name, text in texts.items()}


def _article(page: BeautifulSoup) -> Tag:
    found = page.select_one("article.bd-article")
    if found is None:
        raise AssertionError("the page has no article")
    return found


def test_every_page_is_built(built: BuiltBook) -> None:
    found = {path.relative_to(built.book.html).as_posix() for path in built.book.html.rglob("*.html")}
    assert found == {f"{name}.html" for name in PAGES}
    assert built.pages == len(PAGES)


@pytest.mark.parametrize("name", PAGES)
def test_every_page_states_level_and_warnings_at_its_top_and_foot(pages: dict[str, BeautifulSoup], name: str) -> None:
    for place in (".bd-header-announcement", ".casebook-footer p"):
        shown = pages[name].select_one(place)
        assert shown is not None and shown.get_text(strip=True) == BANNER


@pytest.mark.parametrize("name", PAGES)
def test_every_page_says_its_language_and_leads_back_to_the_landing_page(
    pages: dict[str, BeautifulSoup], name: str
) -> None:
    html = pages[name].html
    assert html is not None and html["lang"] == "en-GB"
    up = "../" * (2 + name.count("/"))
    ways = [posixpath.normpath(str(link["href"])) for link in pages[name].select(".casebook-running-head a")]
    assert f"{up}index.html" in ways


@pytest.mark.parametrize("name", PAGES)
def test_no_page_has_a_control_that_leads_elsewhere_or_does_nothing(pages: dict[str, BeautifulSoup], name: str) -> None:
    text = str(pages[name])
    for absent in ("mathjax", "thebe", "launch", "binder", "github", "_sources", "toggleFullScreen", "require.js"):
        assert absent not in text.lower().replace("sphinx-thebe", "")


def test_chapters_are_numbered_and_annexes_lettered(pages: dict[str, BeautifulSoup]) -> None:
    numbers = {name: page.select_one("h1 .section-number") for name, page in pages.items()}
    shown = {name: number.get_text(strip=True) for name, number in numbers.items() if number}
    expected = {"introduction": "1", "grooming": "2", "annex-glossary": "A", "annex-codebook": "B"}
    assert shown == {**expected, "annex-notebooks": "C", f"notebooks/{RUN}": "C.1"}


def test_figures_and_tables_are_numbered_by_chapter_and_referred_to(pages: dict[str, BeautifulSoup]) -> None:
    captions = [found.get_text(strip=True) for found in pages["grooming"].select(".caption-number")]
    assert captions == ["Figure 2.1", "Table 2.1"]
    references = [found.get_text() for found in pages["grooming"].select("article p a.reference")]
    assert references == captions


def test_text_from_data_comes_out_as_itself(pages: dict[str, BeautifulSoup]) -> None:
    assert HOSTILE in _article(pages["introduction"]).get_text()
    assert HOSTILE in _article(pages["grooming"]).get_text()
    assert any(HOSTILE in str(image["alt"]) for image in pages["grooming"].select("figure img"))
    assert not [script for page in pages.values() for script in page.select("article script")]


def test_the_first_column_of_a_table_heads_its_rows(pages: dict[str, BeautifulSoup]) -> None:
    for name in ("grooming", f"notebooks/{RUN}"):
        rows = pages[name].select("article table tbody tr")
        assert rows and all(row.select_one("th") for row in rows)


def test_the_arrows_of_the_sidebar_have_a_name(pages: dict[str, BeautifulSoup]) -> None:
    for page in pages.values():
        arrows = page.select(".bd-sidebar-primary summary")
        assert arrows and {arrow.get("aria-label") for arrow in arrows} == {"Pages below"}


def test_a_figure_offers_its_drawing_and_its_protected_data(built: BuiltBook, pages: dict[str, BeautifulSoup]) -> None:
    links = {link.get_text(): link for link in pages["grooming"].select("figure .casebook-ways a")}
    assert list(links) == ["Large", "SVG", "PNG", "Data as CSV"]
    assert all(str(link["aria-label"]).startswith(name) for name, link in links.items())
    assert str(links["PNG"]["aria-label"]).endswith("Figure 2.1 as PNG")
    data = (built.book.html / str(links["Data as CSV"]["href"])).read_text("utf-8").splitlines()
    assert [line.split(",")[-4:-1] for line in data[1:]] == [["word", "", "most"], ["withheld", "", ""]]
    assert (built.book.html / str(links["PNG"]["href"])).read_bytes().startswith(b"\x89PNG")


def test_the_lists_name_each_figure_and_table_by_number_and_lead_to_it(pages: dict[str, BeautifulSoup]) -> None:
    listed = [
        (link.get_text(" ", strip=True), link["href"])
        for link in pages["figures-and-tables"].select(".casebook-list a")
    ]
    assert listed == [
        ("2.1 Strategies named by offenders", "grooming.html#fig-strategies"),
        ("2.1 Strategies: answers by group", "grooming.html#tab-strategies"),
    ]
    data = pages["figures-and-tables"].select_one("a[download]")
    assert data is not None and data["href"] == "./D1.2-PU-data.csv"


def test_the_first_use_of_a_word_leads_to_its_meaning_and_carries_it(pages: dict[str, BeautifulSoup]) -> None:
    (link,) = pages["grooming"].select("article p a.casebook-term")
    assert (link.get_text(), link["href"]) == ("offenders", "annex-glossary.html#term-offender")
    assert "committed the crime" in str(link["data-meaning"])
    assert not pages["annex-glossary"].select("a.casebook-term")


def test_every_page_says_how_to_cite_it_by_an_address_of_this_edition(pages: dict[str, BeautifulSoup]) -> None:
    cited = pages["grooming"].select_one(".casebook-cite__text")
    assert cited is not None
    words = " ".join(cited.get_text().split())
    assert words.startswith(
        "RAYUELA consortium (2021). 2 Online grooming. In: D1.2 Report on interview results, version 1.0"
    )
    assert words.endswith("D1.2/1.0/grooming.html")


def test_the_search_has_an_index_with_excerpts(built: BuiltBook) -> None:
    assert (built.book.html / "pagefind" / "pagefind.js").is_file()
    assert len(list((built.book.html / "pagefind" / "fragment").iterdir())) == len(PAGES) - 1


def test_no_file_is_carried_that_no_page_asks_for(built: BuiltBook) -> None:
    names = {path.name for path in built.book.html.rglob("*") if path.is_file()}
    assert not [name for name in names if name.endswith(".map") or name.startswith(("fontawesome", ".buildinfo"))]
    theme = (built.book.html / "_static" / "styles" / "pydata-sphinx-theme.css").read_text("utf-8")
    assert ".fa-user" not in theme and ".bd-article" in theme


def test_tables_scroll_in_a_frame_of_their_own(pages: dict[str, BeautifulSoup]) -> None:
    tables = pages["grooming"].select("article table")
    assert tables and all(table.find_parent(class_="pst-scrollable-table-container") for table in tables)


def test_a_notebook_s_figure_has_its_alt_text_and_was_not_run_again(pages: dict[str, BeautifulSoup]) -> None:
    images = pages[f"notebooks/{RUN}"].select("article img")
    assert [image["alt"] for image in images] == ["Bars: flattery and gifts."]


FAULTS = {
    "unknown_reference": "line 3: undefined label: 'fig-never-drawn'",
    "missing_figure": "line 3: image file not readable: figures/never-drawn.svg",
    "unknown_directive": "line 3: Unknown directive type: 'dropdwon'",
    "formula": "line 3: a formula cannot be shown without a script from another host",
}


def test_the_faults_of_all_pages_are_refused_together(tmp_path: Path, study: Study, codebook: Codebook) -> None:
    book = small_book(tmp_path, study, codebook=codebook)
    for fault in FAULTS:
        shutil.copyfile(FAULTY / f"book_{fault}" / "introduction.md", book.source / f"{fault}.md")
    contents = yaml.safe_load((book.source / "_toc.yml").read_text("utf-8"))
    contents["parts"][0]["chapters"] += [{"file": fault} for fault in FAULTS]
    write(book.source / "_toc.yml", yaml.safe_dump(contents))
    with pytest.raises(BookRefused) as refusal:
        build_book(book, only="html")
    found = {fault.file.removesuffix(".md"): str(fault).partition(": ")[2] for fault in refusal.value.faults}
    assert found.keys() == FAULTS.keys()
    assert all(found[fault].startswith(message) for fault, message in FAULTS.items()), found
    assert str(tmp_path) not in str(refusal.value)


@pytest.mark.slow
def test_web_book_and_pdf_have_the_same_bytes_in_another_folder_with_other_settings(
    tmp_path: Path, study: Study, codebook: Codebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    books = []
    for folder, zone, language, seed in (("a", "UTC", "C", "1"), ("another/b", "Asia/Tokyo", "de_DE.UTF-8", "77")):
        for name, value in (("TZ", zone), ("LANG", language), ("LC_ALL", language), ("PYTHONHASHSEED", seed)):
            monkeypatch.setenv(name, value)
        book = small_book(tmp_path / folder, study, codebook=codebook)
        build_book(book)
        books.append({**_bytes_below(book.html), book.pdf_name: book.pdf.read_bytes()})
    assert books[0] == books[1]


def _bytes_below(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_nothing_of_the_machine_is_in_the_pages(built: BuiltBook) -> None:
    here = str(built.book.folders.root).encode()
    assert not [name for name, data in _bytes_below(built.book.html).items() if here in data]


@pytest.mark.slow
def test_the_consortium_s_pages_state_their_own_level(tmp_path: Path, study: Study, codebook: Codebook) -> None:
    book = small_book(tmp_path, study, codebook=codebook, dissemination="CO")
    build_book(book, only="html")
    text = (book.html / "index.html").read_text("utf-8")
    assert "CO – consortium edition" in text and "PU – public edition" not in text


def test_the_marks_disappear_with_their_reasons(tmp_path: Path, study: Study) -> None:
    real = study.model_copy(update={"project": study.project.model_copy(update={"synthetic": False})})
    folders = Folders(tmp_path)
    assert Book(folders, real, "D1.2", "PU", PASSED).marks == ()
    assert Book(folders, study, "D1.2", "PU", PASSED).marks == ("Synthetic data",)


def test_the_search_of_a_page_from_a_disk_fetches_none_of_the_pages_it_finds(built: BuiltBook) -> None:
    options = (built.book.html / "_static" / "documentation_options.js").read_text("utf-8")
    assert "SHOW_SEARCH_SUMMARY: false" in options
