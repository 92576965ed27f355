"""The index of the web book's search with excerpts, made by Pagefind of the built pages."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from casebook.errors import BookRefused

FOLDER = "pagefind"
# Pagefind's own user interfaces; the search page has one of the book's.
_NOT_USED = ("pagefind-*ui*", "pagefind-highlight*", "pagefind-component*")
_LEFT_OUT = ".headerlink, .casebook-ways, .caption-number, .section-number"


def index_pages(folder: Path) -> None:
    """Write the index of a folder of built pages into its `pagefind`; raises BookRefused where it cannot be made."""
    command = [sys.executable, "-m", "pagefind", "--site", str(folder), "--silent", "--keep-index-url"]
    command += ["--root-selector", "article.bd-article", "--exclude-selectors", _LEFT_OUT, "--force-language", "en"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode or not (folder / FOLDER / "pagefind.js").is_file():
        raise BookRefused.one("the book", "search", "the index cannot be made", remedy="build again")
    for pattern in _NOT_USED:
        for path in (folder / FOLDER).glob(pattern):
            path.unlink()
