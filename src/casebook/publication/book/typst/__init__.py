"""A Sphinx builder named `typst`: from the document tree of a book to one PDF/UA-1 and PDF/A-3a file."""

from __future__ import annotations

from typing import Any

from sphinx.application import Sphinx
from sphinx.config import Config

from casebook.publication.book.typst.builder import TypstBuilder

# PDF/A-3 is PDF/A-2 with files of any kind attached, such as tables.
PDF_STANDARDS = ("ua-1", "a-3a")
# In this order: vectors before pixels, and what is printed as itself before the fallback.
PRINTED_OUTPUTS = ("image/svg+xml", "image/png", "image/jpeg", "text/markdown", "text/html", "text/plain")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the builder and its settings."""
    app.add_builder(TypstBuilder)
    app.add_config_value("typst_meta", {}, "env", dict)
    app.add_config_value("typst_attached", {}, "env", dict)
    app.add_config_value("typst_font_paths", [], "env", list)
    app.add_config_value("typst_pdf_standards", list(PDF_STANDARDS), "env", list)
    app.add_config_value("typst_timestamp", 0, "env", int)
    app.add_config_value("typst_pdf_name", "", "env", str)
    app.connect("config-inited", prefer_printed_outputs, priority=100)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}


def prefer_printed_outputs(_app: Sphinx, config: Config) -> None:
    """Let notebooks show their outputs in a form that can be printed, unless the book says otherwise."""
    overrides = list(getattr(config, "nb_mime_priority_overrides", None) or [])
    if not any(override[0] == TypstBuilder.name for override in overrides):
        ours = [(TypstBuilder.name, mime, 10 * place) for place, mime in enumerate(PRINTED_OUTPUTS, 1)]
        config.nb_mime_priority_overrides = overrides + ours
