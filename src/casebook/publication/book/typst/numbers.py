"""The numbers that Sphinx gave to sections, figures and tables: those of the web edition."""

from __future__ import annotations

from collections.abc import Iterable

from docutils import nodes
from sphinx.config import Config
from sphinx.environment import BuildEnvironment


class Numbers:
    """Reads the numbers of one book."""

    def __init__(self, env: BuildEnvironment, config: Config) -> None:
        self._env = env
        self._formats = config.numfig_format if config.numfig else {}

    def section(self, docname: str, node: nodes.section) -> str | None:
        """Return the number of a section, such as 2.1."""
        numbers = self._env.toc_secnumbers.get(docname, {})
        anchor = "" if isinstance(node.parent, nodes.document) else f"#{node['ids'][0]}"
        return _joined(numbers.get(anchor))

    def figure(self, docname: str, kind: str, identifiers: Iterable[str]) -> str | None:
        """Return the whole name of a figure, table or listing, such as Figure 2.1."""
        numbers = self._env.toc_fignumbers.get(docname, {}).get(kind, {})
        number = next((_joined(numbers[i]) for i in identifiers if i in numbers), None)
        return self._formats[kind] % number if number and kind in self._formats else None


def _joined(number: Iterable[object] | None) -> str | None:
    return ".".join(map(str, number)) if number else None
