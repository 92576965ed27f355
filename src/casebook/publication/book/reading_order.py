"""The documents of a book in the order in which they are read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinx.environment import BuildEnvironment


def reading_order(env: BuildEnvironment, docname: str) -> Iterator[str]:
    """Yield a document and all that its tables of contents include, each once, in order."""
    seen: set[str] = set()
    waiting = [docname]
    while waiting:
        current = waiting.pop(0)
        if current not in seen:
            seen.add(current)
            yield current
            waiting[:0] = env.toctree_includes.get(current, [])
