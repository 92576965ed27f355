"""What a reader can take away of each figure: its drawing as PNG, its protected data as CSV."""

from __future__ import annotations

import io
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

import typst
from PIL import Image

from casebook.canonical import checksum, write_atomically
from casebook.codebook import Codebook
from casebook.errors import BookRefused
from casebook.notebook_run import FigureRecord
from casebook.protected_tables import ProtectedTables
from casebook.publication.book.data_annex import sample_csv, tables_csv
from casebook.publication.book.fonts import font_folders
from casebook.publication.book.svg_weights import weighted
from casebook.study import Study

#: A figure is 6.3 inches wide, so that its PNG has about 1 200 pixels across.
_PIXELS_PER_INCH = 192
_PAGE = "#set page(width: auto, height: auto, margin: 6pt, fill: white)\n"
_COLOURS = 48
_MADE_BY = f"{_PAGE}{_PIXELS_PER_INCH} {_COLOURS} typst {version('typst')} pillow {version('pillow')}".encode()


def figure_pngs(drawings: Mapping[str, bytes], *, kept: Path) -> Mapping[str, bytes]:
    """Return each SVG drawing as PNG, under its name, lettered as in the PDF.

    `kept` is a folder of PNGs by what they were drawn from, so that a drawing is drawn again only when it has changed.
    """
    places = {name: kept / f"{checksum(svg + _MADE_BY)[:24]}.png" for name, svg in drawings.items()}
    missing = {place: drawings[name] for name, place in places.items() if not place.is_file()}
    for place, image in zip(missing, _drawn([*missing.values()]), strict=True):
        write_atomically(place, image)
    return {name: place.read_bytes() for name, place in places.items()}


def _drawn(svgs: list[bytes]) -> list[bytes]:
    if not svgs:
        return []
    files = {f"{place}.svg": weighted(svg) for place, svg in enumerate(svgs)}
    pages = "#pagebreak()\n".join(f'#image("{name}")\n' for name in files)
    folders = [str(folder) for folder in font_folders()]
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=folders)
    source = {"main.typ": (_PAGE + pages).encode("utf-8"), **files}
    # typst-py takes files in memory, its type information does not say so.
    compiled = typst.compile(source, font_paths=fonts, format="png", ppi=_PIXELS_PER_INCH)  # type: ignore[call-overload]
    return [_small(image) for image in (compiled if isinstance(compiled, list) else [compiled])]


def _small(png: bytes) -> bytes:
    """Return an image in so few colours that it is a third of the size; drawings have few to begin with."""
    stream = io.BytesIO()
    with Image.open(io.BytesIO(png)) as image:
        image.convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE).save(stream, "PNG", optimize=True)
    return stream.getvalue()


def figure_csv(figure: FigureRecord, tables: ProtectedTables, *, study: Study, codebook: Codebook) -> bytes:
    """Return the protected tables a figure is drawn from; raises BookRefused where the edition has no such table."""
    if not figure.tables:
        return sample_csv(tables.sample)
    missing = [key for key in figure.tables if key not in tables]
    if missing:
        message = "the figure shows a table that this edition does not have"
        raise BookRefused.one(figure.file, figure.name, message, value=", ".join(missing), remedy="build again")
    return tables_csv((tables[key] for key in figure.tables), study=study, codebook=codebook)
