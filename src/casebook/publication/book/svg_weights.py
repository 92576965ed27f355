"""SVG images whose text comes out in the weight that it names, wherever Typst draws them."""

from __future__ import annotations

import re

_LETTERING = re.compile(rb"(<(?:text|tspan)\b)([^>]*>)")
_WEIGHT = re.compile(rb"font-weight(?::\s*|=[\"'])(\d+|bold|normal)")
REGULAR = b"400"
_NAMED_WEIGHTS = {b"bold": b"700", b"normal": REGULAR}


def weighted(svg: bytes) -> bytes:
    """Return an SVG image whose text names its weight as a variation too.

    Typst 0.15 chooses the weight of a variable font by itself, but in SVG takes the font's lightest for regular.
    """
    return _LETTERING.sub(_with_variation, svg)


def _with_variation(tag: re.Match[bytes]) -> bytes:
    weight = _WEIGHT.search(tag[0])
    if weight is None and not tag[0].startswith(b"<text"):
        return tag[0]
    value = _NAMED_WEIGHTS.get(weight[1], weight[1]) if weight else REGULAR
    return tag[1] + b" font-variation-settings=\"'wght' " + value + b'"' + tag[2]
