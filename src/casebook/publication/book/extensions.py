"""The Sphinx extensions of a book, by the names that Sphinx loads them by, and the page that one of them makes."""

from __future__ import annotations

#: Of every book, whichever medium it is made in.
EXTENSIONS = tuple(
    f"casebook.publication.book.{name}"
    for name in ("accessibility", "explained_terms", "figure_lists", "figure_ways", "items", "search_index")
)
#: The builder of the PDF.
TYPST = "casebook.publication.book.typst"
#: The page that lists figures and tables; an extension makes it, and no template.
FIGURE_LISTS = "figures-and-tables"
