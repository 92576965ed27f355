"""Times and weighs a staged book: web book, PDF, the site's size, and its first page in a browser, as JSON."""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from casebook.codebook import read_codebook
from casebook.folders import Folders
from casebook.publication.book.html import build_book
from casebook.publication.book.identity import Book
from casebook.publication.book.site import megabytes
from casebook.site_server import serving
from casebook.study_files import read_study

_PAINTED = """() => new Promise(done => new PerformanceObserver(list => done(list.getEntries().pop().startTime))
  .observe({type: "largest-contentful-paint", buffered: true}))"""


def main() -> None:
    """Print what making a book took, and what it weighs; the book must have been staged by a build."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--project", type=Path, default=Path(), help="a project that was built")
    parser.add_argument("--edition", default="D1.3")
    parser.add_argument("--level", default="PU")
    parser.add_argument("--out", type=Path, help="file for the JSON; it is printed as well")
    given = parser.parse_args()
    folders = Folders(given.project.resolve())
    study = read_study(folders.root, read_codebook(folders.data))
    book = Book(folders, study, given.edition, given.level)
    text = json.dumps({"machine": _machine(), **_made(book), **_seen(book)}, indent=2, sort_keys=True) + "\n"
    if given.out:
        given.out.parent.mkdir(parents=True, exist_ok=True)
        given.out.write_text(text, "utf-8")
    print(text, end="")


def _machine() -> dict[str, Any]:
    return {"cores": os.cpu_count(), "python": platform.python_version(), "load": round(os.getloadavg()[0], 1)}


def _made(book: Book) -> dict[str, Any]:
    """Make web book alone, then both media: what the PDF takes after the doctrees is the difference."""
    web, both = _timed(lambda: build_book(book, only="html")), _timed(lambda: build_book(book))
    pages = sum(1 for _ in book.html.rglob("*.html"))
    size = sum(path.stat().st_size for path in book.html.rglob("*") if path.is_file()) + book.pdf.stat().st_size
    return {
        "pages": pages,
        "web book, seconds": web["clock"],
        "web book, seconds of processors": web["processors"],
        "PDF after the doctrees, seconds of processors": round(both["processors"] - web["processors"], 1),
        "PDF": megabytes(book.pdf.stat().st_size),
        "site of the edition": megabytes(size),
    }


def _timed(make: Callable[[], object]) -> dict[str, float]:
    def used() -> float:
        spent = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        return sum(part.ru_utime + part.ru_stime for part in spent)

    clock, before = time.perf_counter(), used()
    make()
    return {"clock": round(time.perf_counter() - clock, 1), "processors": round(used() - before, 1)}


def _seen(book: Book) -> dict[str, Any]:
    """Open the first page over http: the bytes of all that it asks for, and when its largest part is painted."""
    weights: list[int] = []
    with serving(book.work, ["html"], port=0) as (address,), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page()
        page.on("response", lambda answer: weights.append(len(answer.body())))
        page.goto(f"{address}index.html")
        painted = page.evaluate(_PAINTED)
        page.wait_for_load_state("networkidle")
        browser.close()
    return {"first page": megabytes(sum(weights)), "largest contentful paint, ms": round(painted)}


if __name__ == "__main__":
    main()
