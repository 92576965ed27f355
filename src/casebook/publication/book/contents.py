"""A book's table of contents: the hand-written order of its pages, made complete and exact."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

import yaml

from casebook.errors import BookRefused, Fault

_NESTED = ("parts", "chapters", "sections")
_REMEDY = "correct the entry, or write the page"


@dataclass(frozen=True)
class Contents:
    """A table of contents in Jupyter Book's form; `file` is named in faults."""

    file: str
    tree: dict[str, Any]

    def entries(self) -> Iterator[str]:
        """The pages it names, in reading order, without their suffix."""
        yield self.tree["root"]
        yield from _files(self.tree)


def read_contents(text: str, *, file: str, pages: Mapping[str, str]) -> Contents:
    """Return the contents with every `glob` written out as the pages it matches, in the order of their titles.

    `pages` are the staged pages without suffix, with their titles. Refused: what is no table of contents, a page that
    is not there, a pattern that matches nothing, a page named twice or not at all.
    """
    contents = Contents(file, _written_out(_parsed(text, file), pages))
    faults = [*_missing(contents, pages), *_left_out(contents, pages), *_twice(contents)]
    if faults:
        raise BookRefused(faults)
    return contents


def title_of(name: str, page: bytes) -> str:
    """Return the title of a staged page, a notebook or Markdown: its first heading, without escapes."""
    text = page.decode("utf-8")
    if name.endswith(".ipynb"):
        cells = (cell for cell in json.loads(text)["cells"] if cell["cell_type"] == "markdown")
        text = "\n".join("".join(cell["source"]) for cell in cells)
    heading = next((line for line in text.splitlines() if line.startswith("# ")), "")
    return heading.removeprefix("# ").replace("\\", "").strip()


def _parsed(text: str, file: str) -> dict[str, Any]:
    try:
        tree = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise BookRefused.one(file, "", "is not YAML", remedy="mend indentation and quotes") from error
    if not isinstance(tree, dict) or not isinstance(tree.get("root"), str):
        raise BookRefused.one(file, "root", "names no first page", remedy="begin with `root: index`")
    return tree


def _written_out(node: dict[str, Any], pages: Mapping[str, str]) -> dict[str, Any]:
    return {
        key: [entry for child in value for entry in _entries(child, pages)] if key in _NESTED else value
        for key, value in node.items()
    }


def _entries(entry: dict[str, Any], pages: Mapping[str, str]) -> list[dict[str, Any]]:
    if "glob" not in entry:
        return [_written_out(entry, pages)]
    ordered = sorted(pages, key=lambda page: (pages[page].casefold(), page))
    found = [page for page in ordered if PurePosixPath(page).match(entry["glob"])]
    return [{"file": page} for page in found] or [{"file": entry["glob"]}]


def _files(node: dict[str, Any]) -> Iterator[str]:
    for key in _NESTED:
        for entry in node.get(key, ()):
            if "file" in entry:
                yield entry["file"]
            yield from _files(entry)


def _missing(contents: Contents, pages: Collection[str]) -> Iterator[Fault]:
    for entry in contents.entries():
        if entry not in pages:
            yield Fault(contents.file, entry, "there is no such page in this edition and level", remedy=_REMEDY)


def _left_out(contents: Contents, pages: Collection[str]) -> Iterator[Fault]:
    for page in set(pages).difference(contents.entries()):
        yield Fault(contents.file, page, "a page has no place in the contents", remedy="add an entry for it")


def _twice(contents: Contents) -> Iterator[Fault]:
    entries = list(contents.entries())
    for entry in {entry for entry in entries if entries.count(entry) > 1}:
        yield Fault(contents.file, entry, "a page is named twice", remedy="remove one of the entries")
