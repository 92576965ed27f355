"""Built pages, read as a browser reads them: nothing is fetched from another host, and no link leads nowhere."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

from casebook.errors import BookRefused, Fault

# What a browser fetches by itself; a plain link (`a href`) is the reader's own step and may lead anywhere.
_FETCHED = {
    ("img", "src"),
    ("script", "src"),
    ("iframe", "src"),
    ("source", "src"),
    ("object", "data"),
    ("embed", "src"),
    ("video", "src"),
    ("audio", "src"),
    ("link", "href"),
    ("image", "href"),
    ("use", "href"),
}
_STYLE_ADDRESS = re.compile(r"""(?:url\(\s*|@import\s+)["']?(?P<address>[^"')\s;]+)""")


@dataclass
class _Reader(HTMLParser):
    """The addresses, anchors and images of one page."""

    fetched: list[str] = field(default_factory=list)
    linked: list[str] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)
    images_without_alt: list[str] = field(default_factory=list)
    language: str = ""

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.anchors |= {found[name] for name in ("id", "name") if name in found}
        self.fetched += [value for name, value in found.items() if (tag, name) in _FETCHED]
        if tag == "a" and "href" in found:
            self.linked.append(found["href"])
        if tag == "img" and "alt" not in found:
            self.images_without_alt.append(found.get("src", ""))
        if tag == "html":
            self.language = found.get("lang", "")


@dataclass(frozen=True)
class _Pages:
    """A folder of pages, each read once; `beside` names files that will be put there later."""

    folder: Path
    beside: Sequence[str]

    @cached_property
    def read(self) -> Mapping[Path, _Reader]:
        return {path: _read(path) for path in sorted(self.folder.rglob("*.html"))}

    def faults(self) -> Iterator[Fault]:
        for path, page in self.read.items():
            shown = path.relative_to(self.folder).as_posix()
            if not page.language:
                yield Fault(shown, "html", "the page does not say its language")
            yield from (Fault(shown, source, "an image without alt text") for source in page.images_without_alt)
            yield from (_elsewhere(shown, address) for address in page.fetched if _leaves(address))
            yield from self._dead_links(shown, path, page)
        for path in sorted(self.folder.rglob("*.css")):
            yield from _style_faults(path, path.relative_to(self.folder).as_posix())

    def _dead_links(self, shown: str, path: Path, page: _Reader) -> Iterator[Fault]:
        for address in sorted({*page.linked, *(a for a in page.fetched if not _leaves(a))}):
            if not self._leads_somewhere(path, address):
                yield Fault(shown, address, "a link leads nowhere")

    def _leads_somewhere(self, page: Path, address: str) -> bool:
        parts = urlsplit(address)
        if parts.scheme or parts.netloc:
            return True
        target = (page.parent / unquote(parts.path)).resolve() if parts.path else page.resolve()
        if not target.is_relative_to(self.folder.resolve()) or target.name in self.beside:
            return True
        return target.exists() and self._has_anchor(target, unquote(parts.fragment))

    def _has_anchor(self, target: Path, anchor: str) -> bool:
        page = self.read.get(self.folder / target.relative_to(self.folder.resolve()))
        return not anchor or page is None or anchor in page.anchors


def check_pages(folder: Path, *, beside: Sequence[str] = ()) -> int:
    """Return the number of pages in a folder of built pages, or raise BookRefused with every fault of theirs.

    A fault is a page without language, an image without alt text, something a browser would fetch from another host,
    or a link within the folder that leads nowhere. Links out of the folder are not followed.
    """
    pages = _Pages(folder, beside)
    faults = list(pages.faults())
    if faults:
        raise BookRefused(faults)
    return len(pages.read)


def _read(path: Path) -> _Reader:
    reader = _Reader()
    reader.feed(path.read_text("utf-8"))
    return reader


def _leaves(address: str) -> bool:
    parts = urlsplit(address)
    return bool(parts.netloc) or parts.scheme not in ("", "data")


def _elsewhere(file: str, address: str) -> Fault:
    return Fault(file, address, "the page would fetch this from another host", remedy="keep it within the book")


def _style_faults(path: Path, shown: str) -> Iterator[Fault]:
    for found in _STYLE_ADDRESS.finditer(path.read_text("utf-8")):
        if _leaves(found["address"]):
            yield _elsewhere(shown, found["address"])
