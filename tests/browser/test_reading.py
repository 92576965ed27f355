"""What a reader does with the public site, in a real browser: from a disk and over http, and by keyboard alone."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pypdf
import pytest
from playwright.sync_api import Page
from site_reader import BOOK, SITE, Reader

from casebook.publication.book.page_checks import check_pages

CHAPTER = f"{BOOK}/grooming/risk.html"
FOCUS_IS_ON = "selector => document.activeElement.matches(selector)"
PAGES = sorted(path.relative_to(SITE).as_posix() for path in (SITE / BOOK).rglob("*.html"))


def focused(page: Page, property_: str = "textContent") -> str:
    return str(page.evaluate(f"(document.activeElement.{property_} || '').trim()"))


def tab_to(page: Page, selector: str) -> None:
    """Press the tabulator until the focus is on an element."""
    for _ in range(400):
        page.keyboard.press("Tab")
        if page.evaluate(FOCUS_IS_ON, selector):
            return
    raise AssertionError(f"the keyboard does not reach {selector}")


def follow(page: Page, link: str, address: str) -> None:
    """Go to a link by the tabulator and follow it."""
    tab_to(page, link)
    page.keyboard.press("Enter")
    page.wait_for_url(address)


def test_no_link_and_no_anchor_of_the_whole_site_leads_nowhere() -> None:
    assert check_pages(SITE) > len(PAGES)


def test_no_page_has_an_error_or_asks_another_host(reader: Reader) -> None:
    for address in ("index.html", *PAGES):
        reader.open(address).close()


def test_the_switcher_leads_to_the_same_page_of_another_edition(reader: Reader) -> None:
    page = reader.open(CHAPTER)
    page.locator(".casebook-switcher summary").click()
    page.get_by_role("link", name="D1.3, version 1.0").first.click()
    page.wait_for_url("**/D1.3/1.0/grooming/risk.html")
    assert not page.locator(".casebook-superseded").count()


def test_a_page_that_the_other_edition_lacks_leads_to_its_first_page(reader: Reader) -> None:
    page = reader.open("D1.3/1.0/annex-changes.html")
    page.locator(".casebook-switcher summary").click()
    page.locator(".casebook-switcher a", has_text="D1.2").click()
    page.wait_for_url("**/D1.2/1.0/index.html")


def test_a_superseded_edition_says_so_and_leads_on(reader: Reader) -> None:
    page = reader.open(CHAPTER)
    note = page.locator(".casebook-superseded")
    assert "has been superseded by D1.3, version 1.0" in (note.text_content() or "")
    note.get_by_role("link").click()
    page.wait_for_url("**/D1.3/1.0/grooming/risk.html")


def test_the_search_finds_pages(reader: Reader) -> None:
    page = reader.open(f"{BOOK}/search.html?q=loneliness")
    page.wait_for_selector("#search-results li a")
    assert "grooming/risk.html" in " ".join(
        str(link.get_attribute("href")) for link in page.locator("#search-results li a").all()
    )


def test_over_http_the_search_shows_excerpts_with_the_words_marked(online: Reader) -> None:
    page = online.open(f"{BOOK}/index.html")
    page.locator(".search-button-field").first.click()
    page.keyboard.type("loneliness")
    page.keyboard.press("Enter")
    page.wait_for_selector(".casebook-results mark")
    marked = page.locator(".casebook-results mark").all_text_contents()
    assert {mark.lower().strip(",.:;") for mark in marked} == {"loneliness"}
    assert "found" in (page.locator(".casebook-found").text_content() or "")


def test_words_that_no_page_has_are_said_to_be_on_none(online: Reader) -> None:
    page = online.open(f"{BOOK}/search.html?q=xylophone")
    page.wait_for_function("document.querySelector('.casebook-found').textContent !== ''")
    assert page.locator(".casebook-found").text_content() == "No pages were found."


def test_a_figure_opens_large_and_escape_leads_back(reader: Reader) -> None:
    page = reader.open(CHAPTER)
    small = page.locator("figure img").first.bounding_box()
    page.locator("figure .image-reference").first.click()
    large = page.locator("dialog.casebook-large-figure img").bounding_box()
    assert small is not None and large is not None and large["width"] > small["width"]
    assert (page.locator("dialog.casebook-large-figure p").text_content() or "").startswith("Figure 4.1")
    page.keyboard.press("Escape")
    assert not page.locator("dialog.casebook-large-figure").is_visible()


def test_a_figure_s_data_can_be_taken_away(online: Reader, tmp_path: Path) -> None:
    page = online.open(CHAPTER)
    with page.expect_download() as taken:
        page.locator("figure").first.get_by_text("Data as CSV").click()
    taken.value.save_as(tmp_path / "data.csv")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "data.csv").read_text("utf-8"))))
    assert {row["table"] for row in rows} == {"OG.V.og_v_risk"}
    assert not [row for row in rows if row["n"]]


def test_a_word_of_the_glossary_shows_its_meaning_and_leads_to_it(reader: Reader) -> None:
    page = reader.open(CHAPTER)
    word = page.locator("a.casebook-term").first
    word.focus()
    meaning = page.locator(".casebook-meaning")
    assert meaning.is_visible() and meaning.text_content() == word.get_attribute("data-meaning")
    page.keyboard.press("Escape")
    assert not meaning.is_visible()
    word.click()
    page.wait_for_url("**/annex-glossary.html#term-*")


def test_a_citation_names_the_address_over_http_and_nothing_of_the_disk(reader: Reader) -> None:
    page = reader.open(CHAPTER)
    address = page.locator(".casebook-cite__address").text_content() or ""
    assert address == (f"{reader.start}{CHAPTER}" if reader.start.startswith("http") else CHAPTER)


def test_a_page_prints_without_its_controls(online: Reader) -> None:
    page = online.open(CHAPTER)
    reading = pypdf.PdfReader(io.BytesIO(page.pdf()))
    text = " ".join(sheet.extract_text() for sheet in reading.pages)
    assert "Risk and protective factors" in text and "Synthetic data" in text
    assert "Data as CSV" not in text and "All deliverables" not in text


def test_the_keyboard_alone_leads_to_a_receipt_and_a_large_figure_and_back_to_the_landing_page(
    reader: Reader,
) -> None:
    page = reader.open("index.html")
    follow(page, f'a[href="{BOOK}/index.html"]', f"**/{BOOK}/index.html")
    follow(page, ".bd-links a[href='grooming.html']", "**/grooming.html")
    follow(page, ".bd-links a[href='grooming/risk.html']", "**/grooming/risk.html")
    for opener, shown in (("span.claim[role=button]", ".casebook-receipt"), ("a.casebook-large", "dialog[open]")):
        tab_to(page, opener)
        page.keyboard.press("Enter")
        assert page.locator(shown).is_visible() and focused(page) == "Close"
        page.keyboard.press("Escape")
        assert not page.locator(shown).count() and page.evaluate(FOCUS_IS_ON, opener)
    follow(page, ".casebook-running-head a", f"{reader.start}index.html")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_theme_can_be_chosen_and_is_kept(online: Reader, theme: str) -> None:
    page = online.open(CHAPTER)
    for _ in range(3):
        page.locator(".theme-switch-button").first.click()
        if page.evaluate("document.documentElement.dataset.mode") == theme:
            break
    page.reload()
    assert page.evaluate("document.documentElement.dataset.theme") == theme
