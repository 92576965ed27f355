"""The Sphinx extensions of a book, by the names that Sphinx loads them by."""

from __future__ import annotations

#: Of every book, whichever medium it is made in.
EXTENSIONS = tuple(
    f"casebook.publication.book.{name}"
    for name in ("accessibility", "explained_terms", "figure_lists", "figure_ways", "search_index")
)
#: The builder of the PDF.
TYPST = "casebook.publication.book.typst"
