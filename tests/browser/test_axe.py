"""Every kind of page, light and dark, on a desk and on a phone: no violation of WCAG 2.1 A and AA or of 2.2 AA by axe.

What axe cannot see is held by other tests: contrast within figures and alt texts by `tests/test_built_figures.py`.
"""

from __future__ import annotations

from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from site_reader import BOOK

PAGES = {
    "landing page": "index.html",
    "first page": f"{BOOK}/index.html",
    "chapter": f"{BOOK}/grooming.html",
    "section with figures": f"{BOOK}/grooming/risk.html",
    "method": f"{BOOK}/method.html",
    "comparison": f"{BOOK}/comparison.html",
    "countries": f"{BOOK}/countries.html",
    "country with results": f"{BOOK}/countries/HT-BE.html",
    "country without": f"{BOOK}/countries/OG-LV.html",
    "glossary": f"{BOOK}/annex-glossary.html",
    "codebook": f"{BOOK}/annex-codebook.html",
    "evidence": f"{BOOK}/annex-evidence.html",
    "notebook": f"{BOOK}/notebooks/grooming-OG-pooled.html",
    "references": f"{BOOK}/references.html",
    "lists": f"{BOOK}/figures-and-tables.html",
    "changes": "D1.3/1.0/annex-changes.html",
    "search": f"{BOOK}/search.html?q=loneliness",
}
WINDOWS = {"desk": (1280, 900), "phone": (390, 844)}
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "rules": {"target-size": {"enabled": True}},
    "resultTypes": ["violations"],
}


def violations(page: Page, theme: Literal["light", "dark"]) -> list[str]:
    page.emulate_media(color_scheme=theme)
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{theme}: {rule['id']}: {node['html'][:160]}" for rule in found for node in rule["nodes"]]


@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_no_violation_in_light_or_dark(browser: Browser, served: str, name: str, window: str) -> None:
    width, height = WINDOWS[window]
    page = browser.new_page(viewport={"width": width, "height": height})
    page.goto(served + PAGES[name])
    page.wait_for_load_state("networkidle")
    found = [*violations(page, "light"), *violations(page, "dark")]
    page.close()
    assert found == []


@pytest.mark.parametrize("name", PAGES)
def test_no_page_is_wider_than_a_phone(browser: Browser, served: str, name: str) -> None:
    page = browser.new_page(viewport={"width": 320, "height": 700})
    page.goto(served + PAGES[name])
    overhang = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    page.close()
    assert overhang <= 0
