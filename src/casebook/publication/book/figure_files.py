"""What a reader can take away of each figure: its drawing as PNG, its protected data as CSV."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import typst

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


def figure_pngs(drawings: Mapping[str, bytes]) -> Mapping[str, bytes]:
    """Return each SVG drawing as PNG, under its name; the letters are those of the PDF."""
    if not drawings:
        return {}
    files = {f"{place}.svg": weighted(svg) for place, svg in enumerate(drawings.values())}
    pages = "#pagebreak()\n".join(f'#image("{name}")\n' for name in files)
    compiled = typst.compile(
        {"main.typ": (_PAGE + pages).encode("utf-8"), **files},
        font_paths=typst.Fonts(
            include_system_fonts=False,
            include_embedded_fonts=False,
            font_paths=[str(folder) for folder in font_folders()],
        ),
        format="png",
        ppi=_PIXELS_PER_INCH,
    )
    images = compiled if isinstance(compiled, list) else [compiled]
    return dict(zip(drawings, images, strict=True))


def figure_csv(figure: FigureRecord, tables: ProtectedTables, *, study: Study, codebook: Codebook) -> bytes:
    """Return the protected tables a figure is drawn from; raises BookRefused where the edition has no such table."""
    if not figure.tables:
        return sample_csv(tables.sample)
    missing: Sequence[str] = [key for key in figure.tables if key not in tables]
    if missing:
        message = "the figure shows a table that this edition does not have"
        raise BookRefused.one(figure.file, figure.name, message, value=", ".join(missing), remedy="build again")
    return tables_csv((tables[key] for key in figure.tables), study=study, codebook=codebook)
