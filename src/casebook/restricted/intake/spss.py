"""SPSS files: values under their labels, user-missing values under the kind that their label names."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from casebook.errors import DataRefused
from casebook.restricted.intake.answers import Answered, project_of_answers
from casebook.restricted.intake.column_map import Column, Holds, read_column_map
from casebook.restricted.intake.formats import Request
from casebook.restricted.intake.project import Format, Project
from casebook.restricted.untrusted import inert

MOST_ROWS, MOST_COLUMNS = 100_000, 2_000


def read_spss(request: Request) -> Project:
    """Return the project of an SPSS file; raises DataRefused.

    Without a column map the first variable names the interview, variables with labelled values are answers, and all
    others are attributes.
    """
    import pyreadstat

    try:
        _, sizes = pyreadstat.read_sav(str(request.path), metadataonly=True)
        if (sizes.number_rows or 0) > MOST_ROWS or (sizes.number_columns or 0) > MOST_COLUMNS:
            allowed = f"{MOST_ROWS:,} rows, {MOST_COLUMNS:,} variables"
            raise DataRefused.one(request.shown_as, "", "the file is too large", allowed=allowed)
        values, described = pyreadstat.read_sav(
            str(request.path), user_missing=True, output_format="dict", disable_datetime_conversion=False
        )
    except pyreadstat.ReadstatError as error:
        raise DataRefused.one(request.shown_as, "", "the file is damaged", remedy="save it again from SPSS") from error
    columns = _columns(request, described)
    rows = [
        _answered(number, {name: column[number] for name, column in values.items()}, described)
        for number in range(described.number_rows or 0)
    ]
    return project_of_answers(rows, columns, shown_as=request.shown_as, kind=Format.SPSS, origin="SPSS")


def _columns(request: Request, described: Any) -> tuple[Column, ...]:
    names = list(described.column_names)
    if request.columns is not None:
        columns = read_column_map(request.columns, shown_as=inert("_".join(request.columns.name.split())))
        unknown = [column.column for column in columns if column.column not in names]
        if unknown:
            message = "the column map names a variable that the file does not have"
            raise DataRefused.one(request.shown_as, "", message, value=inert(unknown[0]), remedy="correct it")
        return columns
    if not names:
        raise DataRefused.one(request.shown_as, "", "the file has no variables", remedy="save it again from SPSS")
    labelled = described.variable_value_labels
    return tuple(
        Column(
            name,
            Holds.INTERVIEW if name == names[0] else Holds.ANSWER if labelled.get(name) else Holds.ATTRIBUTE,
            (name,),
        )
        for name in names
    )


def _answered(number: int, row: Mapping[str, Any], described: Any) -> Answered:
    cells, missing = {}, {}
    for name, value in row.items():
        cells[name] = _text(described.variable_value_labels.get(name, {}).get(value, value))
        if _is_user_missing(value, described.missing_ranges.get(name, ())):
            missing[name] = cells[name]
    return Answered(f"case {number + 1}", cells, missing)


def _is_user_missing(value: Any, ranges: Any) -> bool:
    """Tell whether a value lies in one of the ranges that the partner marked as missing."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return False
    return any(
        isinstance(value, str) == isinstance(bounds["lo"], str) and bounds["lo"] <= value <= bounds["hi"]
        for bounds in ranges
    )


def _text(value: Any) -> str:
    """Return a value as text: whole numbers without decimals, system-missing as nothing."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
