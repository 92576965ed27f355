"""A Sphinx extension: what a screen reader needs and the theme does not give, and no formula that needs a script."""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging

_LOGGER = logging.getLogger(__name__)
# docutils gives each work cited a role that ARIA 1.2 has withdrawn, within an element whose role is "list".
_WITHDRAWN, _ROLE = 'role="doc-biblioentry"', 'role="listitem"'
_TOGGLE = '<summary><span class="toctree-toggle"'
_NAMED_TOGGLE = '<summary aria-label="Pages below"><span class="toctree-toggle"'


def head_rows(_: Sphinx, doctree: nodes.document) -> None:
    """Make the first column of every table with a header row its row headers (WCAG 2.1, technique H51)."""
    for group in doctree.findall(nodes.tgroup):
        columns = list(group.findall(nodes.colspec))
        has_header = next(iter(group.findall(nodes.thead)), None) is not None
        if has_header and len(columns) > 1 and not any(column.get("stub") for column in columns):
            columns[0]["stub"] = 1


def refuse_formulas(_: Sphinx, doctree: nodes.document) -> None:
    """Warn of each formula: browsers need MathJax for it, which the book does not carry."""
    for formula in doctree.findall(lambda node: isinstance(node, nodes.math | nodes.math_block)):
        # Inline nodes have no line of their own.
        place = formula if formula.line else formula.parent
        _LOGGER.warning("a formula cannot be shown without a script from another host", location=place)


def name_toggles(_app: Sphinx, _page: str, _template: str, context: dict[str, Any], _doctree: object) -> None:
    """Give the arrows of the sidebar, which the theme draws without words, a name (WCAG 2.1, criterion 4.1.2)."""
    contents = context.get("generate_toctree_html")
    if contents is not None:
        context["generate_toctree_html"] = lambda *a, **k: str(contents(*a, **k)).replace(_TOGGLE, _NAMED_TOGGLE)


def rename_roles(_app: Sphinx, _page: str, _template: str, context: dict[str, Any], _doctree: object) -> None:
    """Give works cited the role of items of a list."""
    if "body" in context:
        context["body"] = context["body"].replace(_WITHDRAWN, _ROLE)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.connect("doctree-read", head_rows)
    app.connect("doctree-read", refuse_formulas)
    # After pydata-sphinx-theme, which makes the contents at the default priority of 500.
    app.connect("html-page-context", name_toggles, priority=900)
    app.connect("html-page-context", rename_roles)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
