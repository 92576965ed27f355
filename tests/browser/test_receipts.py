"""Receipts: what a number rests on, opened at the number, by keyboard, from a disk and over http."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page
from site_reader import BOOK, Reader

CLAIMS = "span.claim[role=button]"
VALUES = "td span.shown[role=button]"
CARD = ".casebook-receipt"


@pytest.fixture
def page(reader: Reader) -> Page:
    opened = reader.open(f"{BOOK}/grooming/risk.html")
    opened.wait_for_selector(CLAIMS)
    return opened


def test_every_claim_of_the_page_opens_a_receipt(page: Page) -> None:
    assert page.locator(CLAIMS).count() == page.locator("span.claim").count() > 0


def test_the_values_of_a_table_open_receipts_of_their_own(reader: Reader) -> None:
    opened = reader.open(f"{BOOK}/grooming/modus-operandi.html")
    opened.wait_for_selector(VALUES)
    values = opened.locator(VALUES)
    values.first.focus()
    opened.keyboard.press("Enter")
    told = opened.locator(CARD).text_content() or ""
    assert (values.first.text_content() or "") in told
    assert "claims.json" in told
    assert values.count() == opened.locator("td span.shown").count()


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
    page.goto(notebook)
    assert page.locator(".cell").count() > 0
    page.goto(entry)
    assert page.locator(f"[id='{entry.partition('#')[2]}']").count() == 1
