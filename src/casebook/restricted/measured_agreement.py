"""The agreement between coders as it is handed to the door: over experts' interviews, and over all interviews."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

import pandas as pd

from casebook.codebook import Codebook
from casebook.restricted.agreement import Agreement, Estimate, agreement_of

Pool = Literal["experts", "everybody"]
#: The seed of the bootstrap, the project's grant number: whoever has the codings finds the same intervals.
SEED = 882828


@dataclass(frozen=True)
class Measured:
    """The agreement on a variable, or on a level of it, over one pool of double-coded interviews."""

    pool: Pool
    agreement: Agreement

    def to_json(self) -> dict[str, Any]:
        """Return the measurement as JSON values."""
        return {"pool": self.pool, "agreement": self.agreement.to_json()}

    @classmethod
    def from_json(cls, entry: Mapping[str, Any]) -> Measured:
        """Return what was written; raises LookupError, TypeError or ValueError where it was not."""
        if entry["pool"] not in get_args(Pool):
            raise ValueError(entry["pool"])
        estimates = {name: Estimate(**entry["agreement"][name]) for name in ("alpha", "ac1")}
        return cls(entry["pool"], Agreement(**{**entry["agreement"], **estimates}))


def measure(codings: pd.DataFrame, codebook: Codebook, *, seed: int = SEED) -> tuple[Measured, ...]:
    """Return the agreement on every variable, and its levels, over experts' interviews and over all.

    `codings` is `RestrictedStudy.codings`. Experts have a pool of their own, since they never share a denominator with
    offenders or victims.
    """
    pools: dict[Pool, pd.DataFrame] = {"experts": codings[codings["role"].eq("E")], "everybody": codings}
    return tuple(
        Measured(pool, agreement)
        for pool, chosen in pools.items()
        for agreement in agreement_of(chosen, codebook, seed=seed)
    )


def as_frame(measured: tuple[Measured, ...], codebook: Codebook) -> pd.DataFrame:
    """Return measurements as a frame: a row per pool, variable and level, the smallest alpha first."""
    rows = [
        {
            "pool": entry.pool,
            "variable": entry.agreement.variable,
            "label": codebook[entry.agreement.variable].label,
            "level": entry.agreement.level,
            "interviews": entry.agreement.interviews,
            "agreement": entry.agreement.agreement,
            "prevalence": entry.agreement.prevalence,
            **{
                name: getattr(coefficient, part)
                for name, coefficient, part in (
                    ("alpha", entry.agreement.alpha, "value"),
                    ("low", entry.agreement.alpha, "low"),
                    ("high", entry.agreement.alpha, "high"),
                    ("ac1", entry.agreement.ac1, "value"),
                    ("undefined", entry.agreement.alpha, "undefined"),
                )
            },
        }
        for entry in measured
    ]
    columns = list(rows[0]) if rows else ["pool", "variable", "level", "alpha"]
    return pd.DataFrame(rows, columns=columns).sort_values(["pool", "alpha", "variable", "level"], ignore_index=True)
