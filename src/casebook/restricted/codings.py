"""The codings of a submission, joined to their interviews, and the variables each interview must be coded for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pandas as pd

from casebook.codebook import Codebook
from casebook.errors import Fault
from casebook.restricted.submission_tables import Tables, pair
from casebook.restricted.untrusted import inert

#: The interviews reported as one group of offenders and victims: the unit is the case told, not the teller.
TOGETHER_CRIME, TOGETHER_WAVE = "HT", "2"
TOGETHER_ROLES = frozenset({"O", "V"})
#: The columns of closed lists, whose values a message may repeat.
_CLOSED = ("variable", "level", "missing")


@dataclass(frozen=True)
class Codings:
    """The codings of a submission, each row with its interview's crime, role and wave, and keys to join by.

    `coder_key` is one coder's work on one interview, `cell` one variable of it.
    """

    tables: Tables
    codebook: Codebook
    rows: pd.DataFrame

    def fault(self, number: object, column: str, message: str, *, allowed: str = "", remedy: str = "") -> Fault:
        """Return a fault of a row of coding.csv that repeats the row's variable or level."""
        value = inert(str(self.rows.at[number, column])) if column in _CLOSED else ""
        return self._fault(number, column, message, value, allowed=allowed, remedy=remedy)

    def faults(self, wrong: pd.Series[bool], column: str, message: str, *, remedy: str = "") -> Iterator[Fault]:
        """Yield the same fault for every row that is wrong."""
        told = column in _CLOSED
        values = self.rows.loc[wrong, column].tolist() if told else [""] * int(wrong.sum())
        for number, value in zip(self.rows.index[wrong], values, strict=True):
            yield self._fault(number, column, message, inert(value), remedy=remedy)

    def _fault(
        self, number: object, column: str, message: str, value: str, *, allowed: str = "", remedy: str = ""
    ) -> Fault:
        place = f"row {number}, column {column}"
        return Fault(f"{self.tables.shown_as}/coding.csv", place, message, value, allowed, remedy)

    def chosen(self, variable: str, *levels: str) -> pd.DataFrame:
        """Return the rows in which a variable has a level, or one of the levels named."""
        rows = self.rows[self.rows["variable"].eq(variable) & self.rows["level"].ne("")]
        return rows[rows["level"].isin(levels)] if levels else rows


Rule = Callable[[Codings], Iterator[Fault]]


def codings_of(tables: Tables, codebook: Codebook) -> Codings:
    """Return the codings of a submission; the crime of a row whose interview is unknown is missing."""
    interviews = tables.interview.drop_duplicates("interview").set_index("interview")
    rows = tables.coding.copy()
    for column in ("crime", "role", "wave"):
        rows[column] = rows["interview"].map(interviews[column]).astype("str")
    rows["coder_key"] = pair(rows["interview"], rows["coder"])
    rows["cell"] = pair(rows["coder_key"], rows["variable"])
    return Codings(tables, codebook, rows)


def told_together(interviews: pd.DataFrame) -> pd.Series[bool]:
    """Tell which interviews (by crime, role and wave) belong to the group in which offenders and victims are one."""
    roles = interviews["role"].isin(sorted(TOGETHER_ROLES))
    return roles & interviews["crime"].eq(TOGETHER_CRIME) & interviews["wave"].astype(str).eq(TOGETHER_WAVE)


def expected_variables(codebook: Codebook, crime: str, role: str, *, wave: str) -> tuple[str, ...]:
    """Return the ids of the variables for which an interview of this crime, role and wave must be coded."""
    together = crime == TOGETHER_CRIME and wave == TOGETHER_WAVE and role in TOGETHER_ROLES
    return tuple(v.id for v in codebook.for_(crime, role) if not together or v.roles >= TOGETHER_ROLES)
