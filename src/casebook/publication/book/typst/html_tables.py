"""Tables that a notebook shows as HTML, as tables of the document tree."""

from __future__ import annotations

from html.parser import HTMLParser

from docutils import nodes

_INLINE: dict[str, type[nodes.TextElement]] = {
    "b": nodes.strong,
    "strong": nodes.strong,
    "i": nodes.emphasis,
    "em": nodes.emphasis,
    "sub": nodes.subscript,
    "sup": nodes.superscript,
    "code": nodes.literal,
}
_NEW_LINE = frozenset({"br", "p", "li", "div"})
_UNPRINTED = frozenset({"style", "script"})
_MEDIA = frozenset({"img", "svg", "canvas", "video", "audio", "iframe", "object", "embed", "input", "button"})


def tables_in(html: str) -> list[nodes.table]:
    """Return the tables of a piece of HTML: captions, spans, row headings and simple emphasis are kept."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return [table for table in map(_finished, reader.tables) if table is not None]


def shows_nothing(html: str) -> bool:
    """Return whether a browser would show nothing of a piece of HTML, such as a script of the theme."""
    sight = _Sight()
    sight.feed(html)
    sight.close()
    return not sight.seen


class _Sight(HTMLParser):
    """Looks for text and media."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.seen = False
        self._silent = 0

    def handle_starttag(self, tag: str, _attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in _UNPRINTED
        self.seen |= tag in _MEDIA

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in _UNPRINTED

    def handle_data(self, data: str) -> None:
        self.seen |= bool(data.strip()) and not self._silent


class _Reader(HTMLParser):
    """Reads tables into document nodes; the text outside of them is not read."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[nodes.table] = []
        self._text: list[nodes.Element] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in _UNPRINTED
        if tag == "table":
            self.tables.append(nodes.table())
        elif tag in ("thead", "tbody", "tfoot") and self.tables:
            self.tables[-1] += nodes.thead() if tag == "thead" else nodes.tbody()
        elif tag == "tr" and self.tables:
            self._part().append(nodes.row())
        elif tag in ("td", "th", "caption") and self.tables:
            self._open(tag, {name: value or "" for name, value in attrs})
        elif self._text:
            self._inline(tag)

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in _UNPRINTED
        if tag in ("td", "th", "caption"):
            self._text = []
        elif tag == "thead" and self.tables:
            self.tables[-1] += nodes.tbody()
        elif tag in _INLINE and len(self._text) > 1:
            self._text.pop()

    def handle_data(self, data: str) -> None:
        if self._text and not self._silent:
            self._text[-1] += nodes.Text(data)

    def _part(self) -> nodes.Element:
        parts = [child for child in self.tables[-1].children if isinstance(child, (nodes.thead, nodes.tbody))]
        if not parts:
            parts = [nodes.tbody()]
            self.tables[-1] += parts[0]
        return parts[-1]

    def _open(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "caption":
            title = nodes.title()
            self.tables[-1].insert(0, title)
            self._text = [title]
            return
        part = self._part()
        rows = list(part.findall(nodes.row)) or [nodes.row()]
        if rows[0].parent is None:
            part += rows[0]
        paragraph = nodes.paragraph()
        entry = _entry(attributes, paragraph, heading=tag == "th" and isinstance(part, nodes.tbody))
        rows[-1].append(entry)
        self._text = [paragraph]

    def _inline(self, tag: str) -> None:
        if tag in _INLINE:
            self._text[-1] += (inner := _INLINE[tag]())
            self._text.append(inner)
        elif tag in _NEW_LINE and isinstance(self._text[0].parent, nodes.entry):
            self._text[0].parent += (following := nodes.paragraph())
            self._text = [following]


def _entry(attributes: dict[str, str], paragraph: nodes.paragraph, *, heading: bool) -> nodes.entry:
    entry = nodes.entry("", paragraph, heading=heading)
    for name, attribute in (("colspan", "morecols"), ("rowspan", "morerows")):
        if attributes.get(name, "1").isdecimal() and int(attributes.get(name, "1")) > 1:
            entry[attribute] = int(attributes[name]) - 1
    return entry


def _finished(table: nodes.table) -> nodes.table | None:
    rows = list(table.findall(nodes.row))
    if not rows:
        return None
    for paragraph in list(table.findall(nodes.paragraph)):
        _trim(paragraph)
    parts = [child for child in table.children if not isinstance(child, nodes.title)]
    group = nodes.tgroup(cols=max(map(_width, rows)))
    group += [nodes.colspec(colwidth=1) for _ in range(group["cols"])]
    for part in parts:
        table.remove(part)
        group += part
    table += group
    return table


def _width(row: nodes.row) -> int:
    return sum(1 + int(entry.get("morecols", 0)) for entry in row.findall(nodes.entry))


def _trim(paragraph: nodes.paragraph) -> None:
    """Take away the white space with which HTML surrounds a cell's text, and paragraphs that held nothing else."""
    if not paragraph.astext().strip() and len(paragraph.parent.children) > 1:
        paragraph.parent.remove(paragraph)
        return
    for position, strip in ((0, str.lstrip), (-1, str.rstrip)):
        if paragraph.children and isinstance(paragraph[position], nodes.Text):
            paragraph[position] = nodes.Text(strip(paragraph[position].astext()))
