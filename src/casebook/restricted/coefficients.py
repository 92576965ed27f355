"""Coefficients of agreement between coders, over weighted units so that a bootstrap is one matrix product.

A unit is what several coders judged. `ratings` has a row per unit, a column per coder, and not-a-number where a coder
gave no value. `weights` has a row per replicate and a column per unit: how often the replicate drew the unit. Every
coefficient is an array with one value per replicate, not-a-number where it is undefined.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Metric = Literal["nominal", "ordinal", "interval", "ratio"]
Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Units:
    """How many coders gave each unit each value: `counts` units x values, `values` in ascending order."""

    values: Array
    counts: Array

    @property
    def size(self) -> Array:
        """The number of coders who gave the unit a value."""
        return np.asarray(self.counts.sum(axis=1))

    @property
    def paired(self) -> NDArray[np.bool_]:
        """Whether at least two coders gave the unit a value."""
        return np.asarray(self.size >= 2)


def units_of(ratings: Array) -> Units:
    """Return the units of a table of ratings (units x coders, not-a-number where missing)."""
    values = np.unique(ratings[~np.isnan(ratings)])
    return Units(
        values,
        np.stack([(ratings == value).sum(axis=1) for value in values], axis=1).astype(float)
        if values.size
        else np.zeros((len(ratings), 0)),
    )


def once(units: Units) -> Array:
    """Return the weights of the sample as it is: every unit once."""
    return np.ones((1, len(units.counts)))


def percent_agreement(units: Units, weights: Array) -> Array:
    """Return the share of agreeing pairs of coders, averaged over the units with at least two values."""
    paired = weights[:, units.paired]
    return _ratio((paired * _agreeing_pairs(units)).sum(axis=1), paired.sum(axis=1))


def krippendorff_alpha(units: Units, weights: Array, metric: Metric = "nominal") -> Array:
    """Return Krippendorff's alpha; undefined where fewer than two different values occur.

    Source: K. Krippendorff, Computing Krippendorff's Alpha-Reliability, University of Pennsylvania, 2011.
    """
    counts, paired = units.counts[units.paired], weights[:, units.paired]
    pairs = counts[:, :, None] * counts[:, None, :] - counts[:, :, None] * np.eye(len(units.values))
    pairs /= (counts.sum(axis=1) - 1)[:, None, None]
    observed = np.einsum("bu,uck->bck", paired, pairs)
    totals = observed.sum(axis=2)
    distance = _distance(units.values, totals, metric)
    expected = totals[:, :, None] * totals[:, None, :]
    disagreement = (observed * distance).sum(axis=(1, 2))
    by_chance = (expected * distance).sum(axis=(1, 2))
    return 1 - _ratio((totals.sum(axis=1) - 1) * disagreement, by_chance)


def gwet_ac1(units: Units, weights: Array) -> Array:
    """Return Gwet's AC1 over the values that occur; undefined where fewer than two do.

    Source: K. L. Gwet, Computing inter-rater reliability and its variance in the presence of high agreement,
    British Journal of Mathematical and Statistical Psychology 61, 2008, with missing values as in his handbook.
    """
    rated = units.size >= 1
    shares = units.counts[rated] / units.size[rated][:, None]
    drawn = weights[:, rated]
    prevalence = _ratio(np.einsum("bu,uk->bk", drawn, shares), drawn.sum(axis=1)[:, None])
    occurring = (prevalence > 0).sum(axis=1)
    chance = _ratio((prevalence * (1 - prevalence)).sum(axis=1), np.where(occurring > 1, occurring - 1.0, 0.0))
    return _ratio(percent_agreement(units, weights) - chance, 1 - chance)


def cohen_kappa(ratings: Array) -> float:
    """Return Cohen's kappa of two coders over the units both gave a value; not-a-number where it is undefined.

    Source: J. Cohen, A coefficient of agreement for nominal scales, 1960.
    """
    both = ratings[~np.isnan(ratings).any(axis=1)]
    if not len(both):
        return float("nan")
    values = np.unique(both)
    margins = np.stack([(both == value).mean(axis=0) for value in values])
    chance = float(margins.prod(axis=1).sum())
    observed = float((both[:, 0] == both[:, 1]).mean())
    return float("nan") if len(values) < 2 else (observed - chance) / (1 - chance)


def conger_kappa(ratings: Array) -> float:
    """Return Conger's kappa of any number of coders; of two who both rated every unit it is Cohen's.

    Source: A. J. Conger, Integration and generalization of kappas for multiple raters, Psychological Bulletin 88,
    1980, with missing values as in Gwet's handbook. Not-a-number where it is undefined.
    """
    units = units_of(ratings)
    coders = ratings[:, ~np.isnan(ratings).all(axis=0)]
    if len(units.values) < 2 or coders.shape[1] < 2:
        return float("nan")
    given = (~np.isnan(coders)).sum(axis=0)
    shares = np.stack([(coders == value).sum(axis=0) / given for value in units.values], axis=1)
    chance = float((shares.mean(axis=0) ** 2 - shares.var(axis=0, ddof=1) / coders.shape[1]).sum())
    return _beyond(units, chance)


def fleiss_kappa(units: Units) -> float:
    """Return Fleiss' kappa; not-a-number where fewer than two values occur.

    Source: J. L. Fleiss, Measuring nominal scale agreement among many raters, Psychological Bulletin 76, 1971, with
    missing values as in Gwet's handbook.
    """
    rated = units.size >= 1
    shares = units.counts[rated] / units.size[rated][:, None]
    return _beyond(units, float((shares.mean(axis=0) ** 2).sum()) if len(units.values) > 1 else 1.0)


def brennan_prediger(units: Units) -> float:
    """Return the coefficient of Brennan and Prediger over the values that occur; not-a-number where fewer than two do.

    Source: R. L. Brennan and D. J. Prediger, Coefficient kappa: some uses, misuses, and alternatives, 1981.
    """
    return _beyond(units, 1 / len(units.values) if len(units.values) > 1 else 1.0)


def _beyond(units: Units, chance: float) -> float:
    """How far the per cent agreement goes beyond chance; not-a-number where chance leaves no room."""
    observed = float(percent_agreement(units, once(units))[0])
    return float("nan") if chance >= 1 else (observed - chance) / (1 - chance)


def _agreeing_pairs(units: Units) -> Array:
    """The share of agreeing pairs in each unit with at least two values."""
    counts = units.counts[units.paired]
    size = counts.sum(axis=1)
    return np.asarray((counts * (counts - 1)).sum(axis=1) / (size * (size - 1)))


def _distance(values: Array, totals: Array, metric: Metric) -> Array:
    """The squared distance between two values, per replicate: replicates (or one) x values x values."""
    first, second = values[:, None], values[None, :]
    if metric == "ordinal":
        return _ordinal_distance(totals)
    if metric == "interval":
        return np.asarray((first - second)[None] ** 2)
    if metric == "ratio":
        return np.asarray(_ratio(first - second, first + second, undefined=0.0)[None] ** 2)
    return (1 - np.eye(len(values)))[None]


def _ordinal_distance(totals: Array) -> Array:
    """The ranks between two values: those from one to the other, less half of both ends."""
    upto = totals.cumsum(axis=1)
    middle = upto - totals / 2
    return np.asarray((middle[:, :, None] - middle[:, None, :]) ** 2)


def _ratio(numerator: Array, denominator: Array, *, undefined: float = float("nan")) -> Array:
    top, bottom = np.broadcast_arrays(numerator, denominator)
    quotient: Array = np.divide(top, bottom, out=np.full(top.shape, undefined), where=bottom != 0)
    return quotient
