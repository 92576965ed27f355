"""Agreement between coders over the double-coded interviews, per variable and, for multiple answers, per level."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from casebook.codebook import Codebook, Variable
from casebook.restricted.coefficients import (
    Array,
    Metric,
    Units,
    cohen_kappa,
    gwet_ac1,
    krippendorff_alpha,
    once,
    percent_agreement,
    units_of,
)

REPLICATES = 1_000
_DIGITS = 4
_DEFINED_SHARE = 0.9
NO_PAIRS = "no interview has two coders' answers"
ONE_CATEGORY = "only one category occurs"


@dataclass(frozen=True)
class Estimate:
    """A coefficient with its 95 % bootstrap interval; `undefined` says why there is no value.

    The interval is absent where more than a tenth of the resamples leave the coefficient undefined.
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    undefined: str = ""


@dataclass(frozen=True)
class Agreement:
    """How far coders agree on a variable, or on one level of it.

    `interviews` and `units` count what at least two coders answered; a unit is an interview, or interview x level for
    a variable that takes several levels. `prevalence` is the share of the commonest value among the ratings, for a
    level that of the level itself. Figures have four decimals. `agreeing` units are those in which all coders gave the
    same value, `prevalent` of the `ratings` of all units are the commonest.
    """

    variable: str
    level: str
    metric: Metric
    interviews: int
    units: int
    agreement: float | None
    prevalence: float | None
    alpha: Estimate
    ac1: Estimate
    kappa: float | None
    agreeing: int
    ratings: int
    prevalent: int

    def to_json(self) -> dict[str, Any]:
        """Return the agreement as JSON values."""
        return asdict(self)


@dataclass(frozen=True, eq=False)
class Ratings:
    """What coders rated: a row per unit, a column per coder; `interview` is the position of the unit's interview."""

    values: Array
    interview: np.ndarray[Any, np.dtype[np.intp]]


def agreement_of(
    codings: pd.DataFrame, codebook: Codebook, *, seed: int, replicates: int = REPLICATES
) -> tuple[Agreement, ...]:
    """Return the agreement on every variable of the double-coded interviews, levels after their variable.

    `codings` is `RestrictedStudy.codings`. A missing answer is no rating: it neither agrees nor disagrees. Intervals
    resample interviews, all units of an interview together, from numpy's PCG64 with the seed.
    """
    double = codings[codings["interview"].isin(codings.loc[codings["kind"].eq("double"), "interview"])]
    rows = _ranked(double[double["kind"].ne("consensus")])
    return tuple(
        _agreement(variable, level, ratings, draws=_draws(ratings, seed=seed, replicates=replicates))
        for variable in codebook.variables
        for level, ratings in _ratings_of(variable, rows[rows["variable"].eq(variable.id)])
    )


def agreement_on(
    ratings: Array, metric: Metric, *, seed: int, replicates: int = REPLICATES
) -> tuple[Estimate, Estimate]:
    """Return alpha and AC1 of a table of ratings (units x coders) whose units are resampled one by one."""
    each = Ratings(ratings, np.arange(len(ratings)))
    draws = _draws(each, seed=seed, replicates=replicates)
    units = units_of(ratings)
    return _alpha(units, draws, metric), _ac1(units, draws)


def _ranked(rows: pd.DataFrame) -> pd.DataFrame:
    """The codings with the rank of their coder in the interview, the main coder first.

    Coders of one rank share a column of ratings: who they are differs from interview to interview.
    """
    coders = rows[["interview", "kind", "coder"]].drop_duplicates()
    coders = coders.assign(second=coders["kind"].ne("main")).sort_values(["interview", "second", "coder"])
    coders = coders.assign(rank=coders.groupby("interview").cumcount())
    return rows.merge(coders[["interview", "coder", "rank"]], on=["interview", "coder"])


def _ratings_of(variable: Variable, rows: pd.DataFrame) -> Iterator[tuple[str, Ratings]]:
    """The ratings of the variable, then of each level where it takes several; nothing where nobody coded it."""
    if rows.empty:
        return
    interview, rank = pd.factorize(rows["interview"], sort=True)[0], rows["rank"].to_numpy()
    places = {level: float(position) for position, level in enumerate(variable.level_ids)}
    position = rows["level"].map(places).to_numpy(dtype=float)
    values = np.full((interview.max() + 1, rank.max() + 1), np.nan)
    if not variable.multi:
        values[interview, rank] = position
        yield "", _ratings([values])
        return
    values[interview[position >= 0], rank[position >= 0]] = 0.0
    by_level = [values.copy() for _ in places]
    for chosen, place in zip(by_level, places.values(), strict=True):
        chosen[interview[position == place], rank[position == place]] = 1.0
    yield "", _ratings(by_level)
    yield from ((level, _ratings([chosen])) for level, chosen in zip(places, by_level, strict=True))


def _ratings(tables: list[Array]) -> Ratings:
    """The units of several tables of the same interviews, one after the other."""
    return Ratings(np.concatenate(tables), np.tile(np.arange(len(tables[0])), len(tables)))


def _draws(ratings: Ratings, *, seed: int, replicates: int) -> Array:
    """How often each replicate drew each unit: interviews are drawn, with all their units."""
    interviews = int(ratings.interview.max()) + 1
    generator = np.random.Generator(np.random.PCG64(seed))
    drawn = generator.multinomial(interviews, np.full(interviews, 1 / interviews), size=replicates)
    return drawn[:, ratings.interview].astype(float)


def _agreement(variable: Variable, level: str, ratings: Ratings, *, draws: Array) -> Agreement:
    metric: Metric = "ordinal" if variable.kind == "ordinal" and not variable.multi else "nominal"
    units = units_of(ratings.values)
    counts = units.counts[units.paired]
    prevalent = _prevalent(units, of_level=bool(level))
    return Agreement(
        variable=variable.id,
        level=level,
        metric=metric,
        interviews=len(np.unique(ratings.interview[units.paired])),
        units=int(units.paired.sum()),
        agreement=_rounded(percent_agreement(units, once(units))[0]),
        prevalence=_rounded(prevalent / counts.sum()) if counts.size else None,
        alpha=_alpha(units, draws, metric),
        ac1=_ac1(units, draws),
        kappa=_rounded(cohen_kappa(ratings.values)) if ratings.values.shape[1] == 2 else None,
        agreeing=int((counts.max(axis=1, initial=0) == counts.sum(axis=1)).sum()),
        ratings=int(counts.sum()),
        prevalent=int(prevalent),
    )


def _alpha(units: Units, draws: Array, metric: Metric) -> Estimate:
    return _estimate(units, krippendorff_alpha(units, once(units), metric), krippendorff_alpha(units, draws, metric))


def _ac1(units: Units, draws: Array) -> Estimate:
    return _estimate(units, gwet_ac1(units, once(units)), gwet_ac1(units, draws))


def _estimate(units: Units, value: Array, replicates: Array) -> Estimate:
    if not units.paired.any():
        return Estimate(None, undefined=NO_PAIRS)
    if np.isnan(value[0]):
        return Estimate(None, undefined=ONE_CATEGORY)
    defined = replicates[~np.isnan(replicates)]
    if len(defined) < _DEFINED_SHARE * len(replicates):
        return Estimate(_rounded(value[0]))
    low, high = np.percentile(defined, [2.5, 97.5])
    return Estimate(_rounded(value[0]), _rounded(low), _rounded(high))


def _prevalent(units: Units, *, of_level: bool) -> float:
    """How many ratings are of the commonest value, or of the level."""
    totals = units.counts[units.paired].sum(axis=0)
    return float(totals[units.values == 1].sum()) if of_level else float(totals.max(initial=0))


def _rounded(value: float) -> float | None:
    return None if np.isnan(value) else round(float(value), _DIGITS)
