"""The tables of a submission: their columns, and what each cell may hold, as pandera schemas over pandas."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

import pandas as pd
import pandera.pandas as pa

from casebook.errors import Fault
from casebook.restricted.untrusted import inert

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "submission": (
        "submission",
        "partner",
        "country",
        "received",
        "format",
        "origin",
        "offset_convention",
        "deviations",
        "synthetic",
        "replaces",
    ),
    "interview": (
        "interview",
        "crime",
        "role",
        "country",
        "zone",
        "wave",
        "month",
        "language",
        "mode",
        "duration_min",
        "recording",
        "consent",
        "quote_permission",
    ),
    "coder": ("coder", "kind"),
    "coverage": ("interview", "coder", "complete", "kind"),
    "code_map": ("partner_code", "variable", "level", "match", "decided_by"),
    "coding": ("interview", "coder", "variable", "level", "missing"),
    "quotation": ("quotation", "interview", "variable", "level", "text"),
}
#: The tables that a submission may leave out; an empty one is the same.
OPTIONAL = frozenset({"quotation"})
MISSING_KINDS = (
    "not_in_guide",
    "not_asked",
    "refused",
    "does_not_know",
    "does_not_apply",
    "not_mentioned",
    "not_coded",
)
CODER_KINDS = ("main", "double", "consensus")
MATCHES = ("exact", "narrower", "broader", "none")
YES_NO = ("yes", "no")
SUBMISSION_ID = r"[A-Z]{2}-[A-Za-z0-9][A-Za-z0-9._-]{0,30}"

SEPARATOR = "\x1f"

Test = Callable[[pd.DataFrame], "pd.Series[bool]"]
Allowed = str | Callable[[Mapping[str, str]], str]


@dataclass(frozen=True)
class Tables:
    """The tables of one submission, as text, rows numbered as a spreadsheet shows them."""

    shown_as: str
    submission: pd.DataFrame
    interview: pd.DataFrame
    coder: pd.DataFrame
    coverage: pd.DataFrame
    code_map: pd.DataFrame
    coding: pd.DataFrame
    quotation: pd.DataFrame

    @property
    def names(self) -> tuple[str, ...]:
        """The tables that the submission has."""
        return tuple(name for name in COLUMNS if name not in OPTIONAL or not getattr(self, name).empty)


def no_rows(table: str) -> pd.DataFrame:
    """Return a table that was left out."""
    return pd.DataFrame(columns=list(COLUMNS[table]), dtype="str")


@dataclass(frozen=True)
class CellRule:
    """What the cells of one column must be; `test` is true for the rows that are right.

    Only where `closed` (the allowed values are a list) may a message repeat the value found.
    """

    column: str
    message: str
    test: Test
    allowed: Allowed = ""
    closed: bool = False
    remedy: str = "correct the cell"


def pair(first: pd.Series[str], second: pd.Series[str]) -> pd.Series[str]:
    """Return one key for two columns of text."""
    return first + SEPARATOR + second


def faults_of_table(frame: pd.DataFrame, file: str, rules: tuple[CellRule, ...]) -> Iterator[Fault]:
    """Yield every cell that the schema made of these rules refuses."""
    schema = pa.DataFrameSchema({column: _column(column, frame, rules) for column in frame.columns}, strict=True)
    try:
        schema.validate(frame, lazy=True)
    except pa.errors.SchemaErrors as refusal:
        for error in refusal.schema_errors:
            right = getattr(error, "check_output", None)
            if error.reason_code is not pa.errors.SchemaErrorReason.DATAFRAME_CHECK or right is None:
                raise
            yield from _faults_of_rule(rules[int(error.check.name)], frame[~right], file)


def _column(column: str, frame: pd.DataFrame, rules: tuple[CellRule, ...]) -> pa.Column:
    """The column with its rules as checks, each named by the rule's position."""
    # A check of a whole table would make pandera copy every cell of every wrong row: seconds for a wrong column.
    checks = [
        pa.Check(partial(_verdict, rule, frame), name=str(position))
        for position, rule in enumerate(rules)
        if rule.column == column
    ]
    return pa.Column(str, checks)


def _verdict(rule: CellRule, frame: pd.DataFrame, _: pd.Series[str]) -> pd.Series[bool]:
    return rule.test(frame)


def _faults_of_rule(rule: CellRule, wrong: pd.DataFrame, file: str) -> Iterator[Fault]:
    columns = [str(column) for column in wrong.columns]
    rows = zip(*(wrong[column].tolist() for column in columns), strict=True)
    for number, cells in zip(wrong.index, rows, strict=True):
        row = dict(zip(columns, cells, strict=True))
        allowed = rule.allowed if isinstance(rule.allowed, str) else rule.allowed(row)
        value = inert(row[rule.column]) or "an empty cell" if rule.closed else ""
        yield Fault(file, f"row {number}, column {rule.column}", rule.message, value, allowed, rule.remedy)
