"""The agreement of coders in a table of ratings: one row per coder, one column per unit."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from casebook.errors import DataRefused, Fault
from casebook.restricted.agreement import ONE_CATEGORY, REPLICATES, Estimate, agreement_on
from casebook.restricted.coefficients import (
    Array,
    Metric,
    brennan_prediger,
    cohen_kappa,
    conger_kappa,
    fleiss_kappa,
    once,
    percent_agreement,
    units_of,
)
from casebook.restricted.csv_tables import records_of
from casebook.restricted.measured_agreement import SEED
from casebook.restricted.untrusted import inert

UNDEFINED = "undefined"
NO_PAIRS = "no unit has two coders' values"
ALPHA, AC1 = "krippendorff_alpha", "gwet_ac1"
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?")
_DIGITS = 4


@dataclass(frozen=True)
class AgreementOfRatings:
    """How far the coders of a table agree.

    `n` counts the units, `pairable` those with two values at least. A coefficient is a number of four decimals or the
    word undefined, with its reason in `undefined`; `intervals` are 95 % bootstrap intervals over units, absent where
    more than a tenth of the resamples leave the coefficient undefined.
    """

    level: Metric
    n: int
    pairable: int
    coders: int
    coefficients: Mapping[str, float | str]
    intervals: Mapping[str, tuple[float, float]]
    undefined: Mapping[str, str]
    seed: int
    replicates: int

    def to_json(self) -> dict[str, Any]:
        """Return the agreement as JSON values, each coefficient under its own name."""
        return {
            **{name: getattr(self, name) for name in ("level", "n", "pairable", "coders")},
            **self.coefficients,
            "intervals": {name: list(bounds) for name, bounds in self.intervals.items()},
            "undefined": dict(self.undefined),
            "bootstrap": {"seed": self.seed, "replicates": self.replicates, "level": 0.95},
        }

    def told(self) -> Iterator[str]:
        """Yield the agreement as lines for people."""
        yield f"{self.coders} coders, {self.n} units, {self.pairable} of them with two values at least; {self.level}"
        for name, value in self.coefficients.items():
            bounds = self.intervals.get(name)
            interval = f" ({bounds[0]:.3f} to {bounds[1]:.3f})" if bounds else ""
            reason = f": {self.undefined[name]}" if name in self.undefined else ""
            shown = value if isinstance(value, str) else f"{value:.3f}"
            yield f"{name.replace('_', ' ')}: {shown}{interval}{reason}"


def agreement_in(path: Path, metric: Metric, *, seed: int = SEED, replicates: int = REPLICATES) -> AgreementOfRatings:
    """Return the agreement in a CSV file whose first column names the coder and each other column a unit.

    An empty cell is a missing value. Alpha is of the level asked for, every other coefficient nominal. Raises
    DataRefused with every fault of the table.
    """
    ratings = _ratings(path, metric)
    return _measured(ratings, metric, seed=seed, replicates=replicates)


def _measured(ratings: Array, metric: Metric, *, seed: int, replicates: int) -> AgreementOfRatings:
    units = units_of(ratings)
    estimates = dict(zip((ALPHA, AC1), agreement_on(ratings, metric, seed=seed, replicates=replicates), strict=True))
    coders = ratings.shape[1]
    found = {
        "percent_agreement": float(percent_agreement(units, once(units))[0]),
        **{name: _value(estimate) for name, estimate in estimates.items()},
        **({"cohen_kappa": cohen_kappa(ratings)} if coders == 2 else {}),
        "conger_kappa": conger_kappa(ratings),
        "fleiss_kappa": fleiss_kappa(units),
        "brennan_prediger": brennan_prediger(units),
    }
    reason = ONE_CATEGORY if units.paired.any() else NO_PAIRS
    return AgreementOfRatings(
        level=metric,
        n=len(ratings),
        pairable=int(units.paired.sum()),
        coders=coders,
        coefficients={name: UNDEFINED if math.isnan(x) else round(x, _DIGITS) for name, x in found.items()},
        intervals={name: (e.low, e.high) for name, e in estimates.items() if e.low is not None and e.high is not None},
        undefined={name: reason for name, x in found.items() if math.isnan(x)},
        seed=seed,
        replicates=replicates,
    )


def _value(estimate: Estimate) -> float:
    return float("nan") if estimate.value is None else estimate.value


def _ratings(path: Path, metric: Metric) -> Array:
    """The table as units x coders; nominal values are numbered in the order of their text."""
    rows = records_of(path, shown_as=path.name)
    header, body = rows.pop(1, []), rows
    if faults := [*_faults_of_form(header, body, path.name), *_faults_of_values(header, body, path.name, metric)]:
        raise DataRefused(faults)
    cells = [[cell.strip() for cell in row[1:]] for row in body.values()]
    if metric == "nominal":
        number = {text: float(place) for place, text in enumerate(sorted({c for row in cells for c in row if c}))}
        return np.array([[number.get(cell, math.nan) for cell in row] for row in cells]).T
    return np.array([[float(cell) if cell else math.nan for cell in row] for row in cells]).T


def _faults_of_form(header: Sequence[str], body: Mapping[int, Sequence[str]], file: str) -> Iterator[Fault]:
    if len(header) < 2:
        yield Fault(file, "row 1", "the table has no unit", remedy="give it a header: coder, then a name for each unit")
    for unit, times in Counter(header[1:]).items():
        if times > 1:
            yield Fault(file, "row 1", "two units have the same name", inert(unit), remedy="give each its own")
    if len(body) < 2:
        yield Fault(file, "", "agreement needs two coders at least", str(len(body)), remedy="add a row per coder")
    seen: set[str] = set()
    for number, row in body.items():
        if len(row) != len(header):
            message = f"the row has {len(row)} cells, the header has {len(header)}"
            yield Fault(file, f"row {number}", message, remedy="leave the cell of a missing value empty")
        if not row[0].strip() or row[0] in seen:
            message = "the first column must name each coder once"
            yield Fault(file, f"row {number}", message, remedy="give every coder a row of their own")
        seen.add(row[0])


def _faults_of_values(
    header: Sequence[str], body: Mapping[int, Sequence[str]], file: str, metric: Metric
) -> Iterator[Fault]:
    if metric == "nominal":
        return
    allowed = "a number of zero or more" if metric == "ratio" else "a number"
    for number, row in body.items():
        for unit, cell in zip(header[1:], row[1:], strict=False):
            text = cell.strip()
            if text and (not _NUMBER.fullmatch(text) or (metric == "ratio" and float(text) < 0)):
                place = f"row {number}, column {inert(unit)}"
                remedy = "leave it empty where it is missing; use --level nominal for words"
                yield Fault(file, place, f"not a value of level {metric}", inert(text), allowed, remedy)
