"""A real browser over the public site that `nox -s build` has left, from a disk and over http."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright
from site_reader import BUILD, CHROMIUM, SITE, Reader, reading

from casebook.site_server import serving


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All of these take long, and each says why where it cannot run."""
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.slow)
            item.add_marker(pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium on this machine"))
            item.add_marker(pytest.mark.skipif(not SITE.is_dir(), reason="there is no site: nox -s build"))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def served() -> Iterator[str]:
    with serving(BUILD, ["site"], port=0) as (address,):
        yield address


@pytest.fixture(params=["file", "http"])
def reader(request: pytest.FixtureRequest, browser: Browser, served: str) -> Iterator[Reader]:
    """A reader with the site on a disk, and one with the site over http; whatever goes wrong fails the test."""
    yield from reading(browser, served if request.param == "http" else f"{SITE.as_uri()}/")


@pytest.fixture
def online(browser: Browser, served: str) -> Iterator[Reader]:
    """A reader with the site over http."""
    yield from reading(browser, served)
