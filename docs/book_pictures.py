"""Make the pictures of docs/limits-of-the-book.md from the public site as it was last built."""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from casebook.canonical import write_atomically

PROJECT = Path(__file__).parents[1]
SITE, PICTURES = PROJECT / "_build" / "site", Path(__file__).parent / "pictures"
BOOK = SITE / "D1.3" / "1.0"
#: Name, page, what is selected on it before the picture is taken.
PAGES = (
    ("landing", SITE / "index.html", ""),
    ("chapter", BOOK / "grooming" / "risk.html", "span.claim[role=button]"),
    ("country", BOOK / "countries" / "HT-BE.html", ""),
)
#: The first page of the PDF that has these words is shown; the lists at its front have numbers without a full stop.
PRINTED = {"cover": "Deliverable D1.3", "contents": "Contents", "figure": "Figure 4.2.", "table": "Table 4.1."}
_COLOURS = 128


def main() -> int:
    """Make all pictures anew; says so and ends where Chromium, poppler or the site are not there."""
    missing = [name for name in ("chromium", "pdftoppm", "pdftotext") if shutil.which(name) is None]
    missing += [] if BOOK.is_dir() else ["the site: nox -s build"]
    if missing:
        print(f"Not there: {', '.join(missing)}.")
        return 1
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for name, page, selected in PAGES:
            _keep(f"book-{name}", _shot(browser, page, selected))
        browser.close()
    for name, words in PRINTED.items():
        _keep(f"pdf-{name}", _printed(BOOK / "D1.3.pdf", words))
    return 0


def _shot(browser: Browser, page: Path, selected: str) -> bytes:
    window = browser.new_page(viewport={"width": 1180, "height": 820})
    window.goto(page.as_uri())
    if selected:
        window.locator(selected).nth(1).click()
    shot = window.screenshot()
    window.close()
    return shot


def _printed(pdf: Path, words: str) -> bytes:
    texts = subprocess.run(["pdftotext", str(pdf), "-"], check=True, capture_output=True, text=True).stdout.split("\f")
    number = next(place for place, text in enumerate(texts, start=1) if words in text)
    with tempfile.TemporaryDirectory() as folder:
        command = ["pdftoppm", "-r", "70", "-f", str(number), "-singlefile", "-png", str(pdf), f"{folder}/page"]
        subprocess.run(command, check=True, capture_output=True)
        return Path(folder, "page.png").read_bytes()


def _keep(name: str, png: bytes) -> None:
    stream = io.BytesIO()
    with Image.open(io.BytesIO(png)) as image:
        image.convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE).save(stream, "PNG", optimize=True)
    write_atomically(PICTURES / f"{name}.png", stream.getvalue())


if __name__ == "__main__":
    sys.exit(main())
