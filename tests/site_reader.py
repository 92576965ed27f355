"""Someone who reads the public site that a build has left in a real browser, and all that goes wrong meanwhile."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page

BUILD = Path(__file__).parents[1] / "_build"
SITE = BUILD / "site"
CHROMIUM = shutil.which("chromium")
BOOK = "D1.2/1.0"


@dataclass
class Reader:
    """Someone who reads the site: where it begins, a window, and all that went wrong meanwhile."""

    start: str
    context: BrowserContext
    wrong: list[str]

    def open(self, address: str) -> Page:
        """Open a page of the site by its address within it, and wait until all that it asks for has come."""
        page = self.context.new_page()
        page.on("pageerror", lambda error: self.wrong.append(f"{address}: {error}"))
        page.on("console", lambda said: self.wrong.extend([f"{address}: {said.text}"] if said.type == "error" else []))
        page.on("request", lambda asked: self.wrong.extend([asked.url] if not self._own(asked.url) else []))
        page.goto(self.start + address)
        return page

    def _own(self, url: str) -> bool:
        return url.startswith((self.start, "data:", "blob:"))


def reading(browser: Browser, start: str) -> Iterator[Reader]:
    """Yield a reader of the site that begins there; whatever went wrong fails the test that asked for it."""
    context = browser.new_context(accept_downloads=True)
    found = Reader(start, context, [])
    yield found
    context.close()
    assert not found.wrong, found.wrong
