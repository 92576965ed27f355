"""What a screen reader needs of a page beyond what the theme gives; the rest is held by tests/browser."""

from __future__ import annotations

from typing import Any, cast

from sphinx.application import Sphinx

from casebook.publication.book.accessibility import rename_roles

APP = cast("Sphinx", None)


def test_works_cited_are_items_of_their_list() -> None:
    context: dict[str, Any] = {"body": '<div role="list"><div class="citation" role="doc-biblioentry">Work</div></div>'}
    rename_roles(APP, "references", "page.html", context, None)
    assert context["body"] == '<div role="list"><div class="citation" role="listitem">Work</div></div>'


def test_a_page_without_text_stays_as_it_is() -> None:
    context: dict[str, Any] = {"title": "Search"}
    rename_roles(APP, "search", "search.html", context, None)
    assert context == {"title": "Search"}
