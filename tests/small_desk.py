"""A small project whose second country hands in interviews in the workbook."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pandas as pd
from small_study import small_codebook, sound_submission
from small_workbook import changed, filled

from casebook.restricted.submissions import Submission

#: The numbers of the small submission's interviews on grooming, and those they are handed in under.
NUMBERS = {"OG-1001": "OG-5001", "OG-1002": "OG-5002", "OG-1003": "OG-5003"}


def of_spain(numbers: Mapping[str, str] = NUMBERS) -> Submission:
    """Return the small submission's interviews on grooming as Spain's, under other numbers."""
    sound = sound_submission()
    interview = _renumbered(sound.tables.interview, numbers).assign(country="ES", zone="S", language="es")
    coverage, coding = (_renumbered(rows, numbers) for rows in (sound.tables.coverage, sound.tables.coding))
    tables = replace(sound.tables, interview=interview, coverage=coverage, coding=coding)
    return replace(sound, id="ES-W1", country="ES", tables=tables)


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
