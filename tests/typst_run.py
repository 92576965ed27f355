"""One build of a book as PDF and web pages, in a process of its own: `python typst_run.py <book> <output>`.

It leaves `kinds.json` beside the PDF: the kinds of nodes that were printed.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from jupyter_book.config import get_final_config
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace

from casebook.canonical import canonical_json, write_atomically
from casebook.publication.book.typst import builder


class Recorded(dict[str, Any]):
    """The renderers, and which of them were used."""

    def __init__(self, renderers: dict[str, Any]) -> None:
        super().__init__(renderers)
        self.used: set[str] = set()

    def get(self, key: str, default: Any = None) -> Any:
        self.used.add(key)
        return super().get(key, default)


def final_config(book: Path) -> dict[str, Any]:
    """Return what Jupyter Book makes of the book's settings, with the PDF builder among the extensions."""
    config, _ = get_final_config(
        user_yaml=book / "_config.yml", sourcedir=book, cli_config={"latex_individualpages": False}
    )
    return {**config, "extensions": [*config["extensions"], "casebook.publication.book.typst"]}


def build(book: Path, out: Path, name: str, **overrides: Any) -> None:
    """Build a book with one of Sphinx's builders."""
    with docutils_namespace():
        Sphinx(
            str(book),
            None,
            str(out / name),
            str(out / "doctrees"),
            name,
            confoverrides={**final_config(book), **overrides},
            status=None,
            warningiserror=True,
        ).build()


def main(book: Path, out: Path, *, with_html: bool) -> None:
    """Build the PDF, and the web pages where they are asked for."""
    if with_html:
        build(book, out, "html", html_theme="basic", html_theme_options={})
    builder.RENDERERS = recorded = Recorded(builder.RENDERERS)
    build(book, out, "typst")
    write_atomically(out / "kinds.json", canonical_json(sorted(recorded.used)))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), with_html="html" in sys.argv)
