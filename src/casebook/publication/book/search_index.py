"""The index of the web book's search with excerpts, made by Pagefind, and the pages that are kept out of it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from casebook.errors import BookRefused

if TYPE_CHECKING:  # Sphinx takes a second to load, and a process that only makes the index does without.
    from sphinx.application import Sphinx

FOLDER = "pagefind"
# Pagefind's own user interfaces; the search page has one of the book's.
_NOT_USED = ("pagefind-*ui*", "pagefind-highlight*", "pagefind-component*")
_LEFT_OUT = ".headerlink, .casebook-ways, .caption-number, .section-number, .casebook-item"

_UNSEARCHED = '<div data-pagefind-ignore="all">{}</div>'


def leave_out(_app: Sphinx, _page: str, _template: str, context: dict[str, Any], _doctree: object) -> None:
    """Keep a page that says `nosearch: true` out of this index, as Sphinx keeps it out of its own."""
    if (context.get("meta") or {}).get("nosearch"):
        context["body"] = _UNSEARCHED.format(context["body"])


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


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.connect("html-page-context", leave_out)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
