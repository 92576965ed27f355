"""The three font families of a deliverable, for the PDF and the web edition.

All are under the SIL Open Font License and come from the Python packages that carry them.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import fontpkg
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

from casebook.canonical import write_atomically

SERIF = "Source Serif 4"
SANS = "Source Sans 3"
MONO = "Source Code Pro"
FAMILIES = (SERIF, SANS, MONO)
# Source text has no italic on the web; a browser slants it where a theme asks for one.
WEB_FACES = ((SERIF, "normal"), (SERIF, "italic"), (SANS, "normal"), (SANS, "italic"), (MONO, "normal"))
# Latin with Extended-A, Greek, Cyrillic, and the punctuation, currency, arrows and operators of running text.
RANGES = (
    (0x0020, 0x017F),
    (0x0218, 0x021B),
    (0x02C6, 0x02DD),
    (0x0300, 0x0328),
    (0x0370, 0x03FF),
    (0x0400, 0x045F),
    (0x0490, 0x0491),
    (0x2010, 0x203A),
    (0x20AC, 0x20AC),
    (0x2190, 0x2193),
    (0x2202, 0x2265),
)
# A page uses weights from regular to bold, and one optical size: each further one would double the file.
_FIXED_AXES = {"wght": (400, 700), "opsz": 14}
FEATURES = ("kern", "mark", "mkmk", "ccmp", "locl", "liga", "calt", "tnum", "lnum")


@dataclass(frozen=True)
class WebFont:
    """A file of the web edition and the CSS rule that names it."""

    path: Path
    family: str
    style: str
    weights: tuple[int, int]

    @property
    def rule(self) -> str:
        """The `@font-face` rule, the file beside the style sheet."""
        return (
            f'@font-face {{ font-family: "{self.family}"; font-style: {self.style}; '
            f"font-weight: {self.weights[0]} {self.weights[1]}; font-display: swap; "
            f'src: url("{self.path.name}") format("woff2"); }}'
        )


def font_folders() -> tuple[Path, ...]:
    """Return the folders of the variable fonts, whose weights Typst 0.15 selects by itself."""
    return tuple(sorted({fontpkg.path(family, nearest=True).parent for family in FAMILIES}))


def webfonts(out: Path, faces: Iterable[tuple[str, str]] = WEB_FACES) -> tuple[WebFont, ...]:
    """Write the faces of the web edition as variable WOFF2 files, and return what was written.

    It takes two or three seconds of a processor for each face: keep the folder, the bytes are always the same.
    """
    return tuple(_webfont(out, family, style) for family, style in faces)


def _subset(family: str, style: str) -> TTFont:
    font = TTFont(fontpkg.path(family, style=style, nearest=True), recalcTimestamp=False, lazy=False)
    options = Options(layout_features=list(FEATURES), name_IDs=["*"], notdef_outline=True, hinting=False)
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=[code for first, last in RANGES for code in range(first, last + 1)])
    subsetter.subset(font)
    return instantiateVariableFont(font, {name: at for name, at in _FIXED_AXES.items() if name in _axes(font)})


def _axes(font: TTFont) -> set[str]:
    return {axis.axisTag for axis in font["fvar"].axes}


def _webfont(out: Path, family: str, style: str) -> WebFont:
    font = _subset(family, style)
    font.flavor = "woff2"
    weight = next(axis for axis in font["fvar"].axes if axis.axisTag == "wght")
    path = out / f"{family.replace(' ', '')}-{style}.woff2"
    _write(font, path)
    return WebFont(path, family, style, (int(weight.minValue), int(weight.maxValue)))


def _write(font: TTFont, path: Path) -> None:
    buffer = io.BytesIO()
    font.save(buffer, reorderTables=False)
    write_atomically(path, buffer.getvalue())
