"""What each cell of a submission may hold: the codebook's levels, closed lists, forms, and links between tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import pandas as pd

from casebook.codebook import CRIMES, ROLES, Codebook
from casebook.errors import Fault
from casebook.restricted.submission_tables import (
    CODER_KINDS,
    COLUMNS,
    MATCHES,
    MISSING_KINDS,
    SEPARATOR,
    SUBMISSION_ID,
    YES_NO,
    CellRule,
    Tables,
    Test,
    faults_of_table,
    pair,
)
from casebook.restricted.untrusted import is_control

#: Longer passages tell more of a person than the answer they stand for.
LONGEST_QUOTATION = 300
#: The interview table's columns whose variable in the codebook has another name.
VARIABLE_OF_COLUMN = {"interview": "interview_id", "month": "int_month"}


def faults_of_tables(tables: Tables, codebook: Codebook) -> Iterator[Fault]:
    """Yield every cell that its table's schema refuses, table by table."""
    for name, rules in _rules(tables, codebook).items():
        yield from faults_of_table(getattr(tables, name), f"{tables.shown_as}/{name}.csv", rules)


def _rules(tables: Tables, codebook: Codebook) -> dict[str, tuple[CellRule, ...]]:
    specific = {
        "submission": _submission_rules(),
        "interview": _interview_rules(codebook),
        "coder": (
            _fits("coder", "[A-Z][A-Z0-9]{0,7}", "a short code in capitals, such as A, B or CONS"),
            _one_of("kind", CODER_KINDS),
            _unique("coder"),
        ),
        "coverage": (
            *_links(tables),
            _one_of("complete", YES_NO),
            _one_of("kind", CODER_KINDS),
            _unique("coder", "interview"),
        ),
        "code_map": _code_map_rules(codebook),
        "coding": (*_links(tables), *_coding_rules(codebook)),
        "quotation": (_links(tables)[0], *_quotation_rules(codebook)),
    }
    return {name: (*rules, *map(_clean, COLUMNS[name])) for name, rules in specific.items()}


def _submission_rules() -> tuple[CellRule, ...]:
    return (
        _fits(
            "submission",
            SUBMISSION_ID,
            "the country's two capitals, a hyphen and a short name, such as BE-W1",
        ),
        _fits("country", "[A-Z]{2}", "an ISO 3166-1 alpha-2 code in capitals"),
        CellRule("submission", "the submission's name does not begin with its country", _begins("country")),
        CellRule("received", "not a date", _is_date, "YYYY-MM-DD"),
        _fits("partner", ".+", "the partner's short name"),
        _one_of("synthetic", YES_NO),
        _fits("replaces", f"|{SUBMISSION_ID}", "empty, or the submission that this one replaces"),
        CellRule("replaces", "a submission cannot replace itself", lambda f: f["replaces"] != f["submission"]),
    )


def _interview_rules(codebook: Codebook) -> tuple[CellRule, ...]:
    attributes = (
        _attribute(column, codebook)
        for column in COLUMNS["interview"]
        if column not in ("interview", "crime", "role", "country")
    )
    return (
        _fits("interview", f"(?:{'|'.join(CRIMES)})-[0-9]{{4}}", "the crime, a hyphen and four digits"),
        _unique("interview"),
        _one_of("crime", CRIMES),
        _one_of("role", ROLES),
        CellRule("crime", "the interview's identifier names another crime", _is_prefix("interview"), closed=True),
        _fits("country", "[A-Z]{2}", "an ISO 3166-1 alpha-2 code in capitals"),
        *attributes,
    )


def _attribute(column: str, codebook: Codebook) -> CellRule:
    """The rule of a column that the codebook describes; empty where experts are not asked for it."""
    variable = codebook[VARIABLE_OF_COLUMN.get(column, column)]
    may_be_empty = column in ("consent", "quote_permission")

    def test(frame: pd.DataFrame) -> pd.Series[bool]:
        known = {value: variable.accepts(value) for value in frame[column].unique()}
        coded = frame["role"].isin(variable.roles) | ~frame["role"].isin(ROLES)
        accepted = frame[column].map(known).astype(bool) & coded
        return accepted | (frame[column].eq("") & frame["role"].eq("E")) if may_be_empty else accepted

    allowed = ", ".join(variable.level_ids) or variable.pattern
    message = f"not a value of the codebook's {variable.id}"
    return CellRule(
        column,
        message,
        test,
        allowed + ("; empty for experts" if may_be_empty else ""),
        bool(variable.levels),
    )


def _code_map_rules(codebook: Codebook) -> tuple[CellRule, ...]:
    def mapped_or_empty(frame: pd.DataFrame) -> pd.Series[bool]:
        unmapped = frame["match"].eq("none")
        return frame["level"].eq("").where(unmapped, _is_level(codebook)(frame))

    def variable_or_empty(frame: pd.DataFrame) -> pd.Series[bool]:
        unmapped = frame["match"].eq("none")
        return frame["variable"].eq("").where(unmapped, frame["variable"].isin(list(codebook)))

    levels = _levels_of(codebook)
    return (
        _fits("partner_code", ".+", "the partner's code, as its tool writes it"),
        _one_of("match", MATCHES),
        CellRule(
            "variable",
            "not a variable of the codebook",
            variable_or_empty,
            "an id; empty where match is none",
            True,
        ),
        CellRule("level", "not a level of the variable", mapped_or_empty, levels, closed=True),
        _fits("decided_by", ".+", "the role of who decided"),
    )


def _quotation_rules(codebook: Codebook) -> tuple[CellRule, ...]:
    return (
        _fits("quotation", "Q[0-9]{1,4}", "Q and a number, such as Q1"),
        _unique("quotation"),
        CellRule("level", "not a level of the variable", _is_level(codebook), _levels_of(codebook), closed=True),
        _fits("text", f".{{1,{LONGEST_QUOTATION}}}", f"one line of up to {LONGEST_QUOTATION} characters"),
    )


def _coding_rules(codebook: Codebook) -> tuple[CellRule, ...]:
    coded = [variable.id for variable in codebook.variables if variable.table == "coding"]

    def level_or_none(frame: pd.DataFrame) -> pd.Series[bool]:
        judged = frame["level"].ne("") & frame["variable"].isin(coded)
        return ~judged | _is_level(codebook)(frame)

    return (
        CellRule(
            "variable",
            "not a variable that interviews are coded for",
            lambda f: f["variable"].isin(coded),
            "an id of the codebook whose table is coding",
            True,
        ),
        CellRule("level", "not a level of the variable", level_or_none, _levels_of(codebook), closed=True),
        _one_of("missing", ("", *MISSING_KINDS)),
        CellRule("level", "the row occurs more than once", lambda f: ~f.duplicated(), remedy="keep one"),
    )


def _links(tables: Tables) -> tuple[CellRule, CellRule]:
    """The interview and the coder of a row must be those of the submission's own tables."""
    interviews, coders = tables.interview["interview"], tables.coder["coder"]
    return (
        CellRule("interview", "interview.csv has no such interview", lambda f: f["interview"].isin(interviews)),
        CellRule("coder", "coder.csv has no such coder", lambda f: f["coder"].isin(coders)),
    )


def _one_of(column: str, values: tuple[str, ...]) -> CellRule:
    allowed = ", ".join(value or "empty" for value in values)
    return CellRule(column, "not an allowed value", lambda f: f[column].isin(values), allowed, closed=True)


def _fits(column: str, pattern: str, allowed: str) -> CellRule:
    return CellRule(column, "not of the form required", lambda f: f[column].str.fullmatch(pattern), allowed)


def _unique(column: str, *others: str) -> CellRule:
    keys = [*others, column]
    message = f"{' and '.join(keys)} occur in an earlier row" if others else f"the {column} occurs in an earlier row"
    return CellRule(column, message, lambda f: ~f.duplicated(keys), remedy="keep one")


def _clean(column: str) -> CellRule:
    def test(frame: pd.DataFrame) -> pd.Series[bool]:
        known = {text: not any(map(is_control, text.replace("\n", " "))) for text in frame[column].unique()}
        return frame[column].map(known).astype(bool)

    return CellRule(column, "the cell holds control or direction characters", test, remedy="type the cell again")


def _is_level(codebook: Codebook) -> Test:
    keys = [f"{variable.id}{SEPARATOR}{level}" for variable in codebook.variables for level in variable.level_ids]
    return lambda frame: pair(frame["variable"], frame["level"]).isin(keys)


def _levels_of(codebook: Codebook) -> Callable[[Mapping[str, str]], str]:
    def levels(row: Mapping[str, str]) -> str:
        known = row["variable"] in codebook
        return ", ".join(codebook[row["variable"]].level_ids) if known else "the levels of a known variable"

    return levels


def _begins(column: str) -> Test:
    return lambda f: f["submission"].str[:2].eq(f[column])


def _is_prefix(column: str) -> Test:
    return lambda f: f[column].str.replace("-.*", "", regex=True).eq(f["crime"])


def _is_date(frame: pd.DataFrame) -> pd.Series[bool]:
    written = frame["received"].str.fullmatch(r"\d{4}-\d{2}-\d{2}")
    return written & pd.to_datetime(frame["received"], format="%Y-%m-%d", errors="coerce").notna()
