"""A small project whose second country hands in interviews in the workbook."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import openpyxl
import pandas as pd
from small_study import small_codebook, sound_submission
from small_workbook import changed, filled

from casebook.restricted.submissions import Submission

#: The numbers of the small submission's interviews on grooming, and those they are handed in under.
NUMBERS = {"OG-1001": "OG-5001", "OG-1002": "OG-5002", "OG-1003": "OG-5003"}


def of_spain(numbers: Mapping[str, str] = NUMBERS) -> Submission:
    """Return the small submission's interviews on grooming as Spain's, under other numbers."""
    sound = sound_submission()
    frames = {name: _renumbered(getattr(sound.tables, name), numbers) for name in ("interview", "coverage", "coding")}
    frames["interview"] = frames["interview"].assign(country="ES", zone="S", language="es")
    return replace(sound, id="ES-W1", country="ES", tables=replace(sound.tables, **frames))


def _renumbered(rows: pd.DataFrame, numbers: Mapping[str, str]) -> pd.DataFrame:
    kept = rows[rows["interview"].isin(numbers)]
    return kept.assign(interview=kept["interview"].map(numbers))


def handed_in(
    folder: Path, *, cells: Mapping[tuple[str, str], str | None] | None = None, numbers: Mapping[str, str] = NUMBERS
) -> Path:
    """Return a filled workbook of Spain's, with some cells changed."""
    content = filled(of_spain(numbers), "OG", small_codebook())
    path = folder / "ES.xlsx"
    path.write_bytes(changed(content, cells) if cells else content)
    return path


def sheet(content: bytes, name: str) -> dict[str, str]:
    """Return the cells of a sheet that are not empty, by address."""
    rows = openpyxl.load_workbook(io.BytesIO(content))[name].iter_rows()
    return {str(cell.coordinate): str(cell.value) for row in rows for cell in row if cell.value is not None}
