"""Receipts in a real browser, over what `nox -s build` has left: by keyboard, from a disk, without another host."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright
from rehearsal import PROJECT, project

BOOK = PROJECT / "_build" / "site" / "D1.2" / project()[0].editions["D1.2"].version
CHROMIUM = shutil.which("chromium")
CLAIMS = "span.claim[role=button]"
CARD = ".casebook-receipt"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium on this machine"),
    pytest.mark.skipif(not BOOK.is_dir(), reason="there is no site: nox -s build"),
]


@pytest.fixture
def page() -> Iterator[Page]:
    """A page with receipts, opened from the disk; an error on it or a request that leaves the disk fails the test."""
    wrong: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        opened = browser.new_page()
        opened.on("pageerror", lambda error: wrong.append(str(error)))
        opened.on("request", lambda request: wrong.extend([request.url] if not _local(request.url) else []))
        opened.goto((BOOK / "grooming" / "risk.html").as_uri())
        opened.wait_for_selector(CLAIMS)
        yield opened
        browser.close()
    assert wrong == []


def _local(url: str) -> bool:
    return url.startswith(("file:", "data:"))


def test_every_claim_of_the_page_opens_a_receipt(page: Page) -> None:
    assert page.locator(CLAIMS).count() == page.locator("span.claim").count() > 0


def test_the_keyboard_opens_a_receipt_moves_into_it_and_comes_back(page: Page) -> None:
    claim = page.locator(CLAIMS).first
    claim.focus()
    page.keyboard.press("Enter")
    card = page.locator(CARD)
    assert claim.get_attribute("aria-expanded") == "true"
    assert (claim.text_content() or "") in (card.text_content() or "")
    assert page.evaluate("document.activeElement.textContent") == "Close"
    page.keyboard.press("Escape")
    assert card.count() == 0
    assert page.evaluate("document.activeElement.id") == claim.get_attribute("id")


def test_a_click_elsewhere_closes_it(page: Page) -> None:
    page.locator(CLAIMS).first.click()
    assert page.locator(CARD).count() == 1
    page.locator("article h2").first.click()
    assert page.locator(CARD).count() == 0


def test_the_notebook_and_the_entry_of_the_annex_that_it_names_are_there(page: Page) -> None:
    page.locator(CLAIMS).first.click()
    notebook, entry = page.locator(f"{CARD} a").evaluate_all("links => links.map(link => link.href)")
    assert Path(notebook.removeprefix("file://")).is_file()
    page.goto(entry)
    assert page.locator(f"[id='{entry.partition('#')[2]}']").count() == 1
