"""The lettering of figures: Source Sans 3, measured for the layout and carried inside the SVG as a font of its own.

The text stays text, so that it can be searched, read aloud and set by Typst; a web page shows the file as an image,
which may fetch nothing, so the letters that it uses travel with it.
"""

from __future__ import annotations

import base64
import functools
import html
import io
import re
from collections.abc import Iterator

import fontpkg
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

FAMILY = "Source Sans 3"
REGULAR, SEMIBOLD = 400, 600

# Layout tables cost four times all the rest to subset, and kerning of a few short labels is not seen.
_LEFT_OUT = ("GSUB", "GPOS", "GDEF", "BASE", "STAT", "gasp")
_TEXT = re.compile(r'<text style="(?P<style>[^"]*)"[^>]*>(?P<text>[^<]*)</text>')
_FAMILIES = re.compile(r'(<text style="[^"]*?font-family: )[^;"]*')
_WEIGHT = re.compile(r"font-weight: (\d+)")
_METADATA = re.compile(r"\s*<metadata>.*?</metadata>", re.DOTALL)
_DOCTYPE = re.compile(r"<!DOCTYPE[^>]*>\s*")
_ROOT = re.compile(r"<svg [^>]*>")


def width(text: str, size: float, weight: int = REGULAR) -> float:
    """Return the width of a line in the unit of its size, points."""
    return sum(_advance(character, weight) for character in text) * size


def wrapped(text: str, size: float, room: float) -> tuple[str, ...]:
    """Return the lines of a text set in that width; a single word that is wider has a line of its own."""
    lines: list[str] = []
    for word in text.split():
        if lines and width(f"{lines[-1]} {word}", size) <= room:
            lines[-1] = f"{lines[-1]} {word}"
        else:
            lines.append(word)
    return tuple(lines)


def carried(svg: str, title: str) -> bytes:
    """Return matplotlib's SVG with our family, the letters it uses, a title, and nothing that names another host."""
    svg = _DOCTYPE.sub("", _METADATA.sub("", svg))
    svg = _FAMILIES.sub(rf"\g<1>'{FAMILY}', sans-serif", svg)
    head = f"<title>{html.escape(title)}</title><style>{''.join(_faces(svg))}</style>"
    return _ROOT.sub(lambda root: root[0] + head, svg, count=1).encode("utf-8")


def _faces(svg: str) -> Iterator[str]:
    used: dict[int, str] = {}
    for found in _TEXT.finditer(svg):
        weight = _WEIGHT.search(found["style"])
        number = int(weight[1]) if weight else REGULAR
        used[number] = used.get(number, "") + html.unescape(found["text"])
    for weight_used, text in sorted(used.items()):
        data = base64.b64encode(_subset("".join(sorted(set(text))), weight_used)).decode("ascii")
        yield (
            f"@font-face{{font-family:'{FAMILY}';font-weight:{weight_used};"
            f"src:url(data:font/woff2;base64,{data}) format('woff2')}}"
        )


@functools.lru_cache(maxsize=64)
def _subset(characters: str, weight: int) -> bytes:
    """Return a static WOFF2 of these characters; the source is a variable font whose default is ExtraLight."""
    font = TTFont(fontpkg.path(FAMILY), recalcTimestamp=False, lazy=True)
    for table in _LEFT_OUT:
        if table in font:
            del font[table]
    options = Options(layout_features=[], hinting=False, glyph_names=False, name_IDs=[], notdef_outline=True)
    subsetter = Subsetter(options)
    subsetter.populate(text=characters)
    subsetter.subset(font)
    static = instantiateVariableFont(font, {"wght": weight})
    static.flavor = "woff2"
    stream = io.BytesIO()
    static.save(stream)
    return stream.getvalue()


@functools.lru_cache(maxsize=4096)
def _advance(character: str, weight: int) -> float:
    """Return how far a character moves the pen, in ems."""
    font = _source()
    name = font.getBestCmap().get(ord(character), ".notdef")
    advance: float = font.getGlyphSet(location={"wght": weight})[name].width
    return advance / float(font["head"].unitsPerEm)


@functools.cache
def _source() -> TTFont:
    return TTFont(fontpkg.path(FAMILY), lazy=True)
