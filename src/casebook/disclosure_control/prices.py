"""Prices by which one best solution can be told from others as good: weights, and ties that depend on names alone."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np

from casebook.disclosure_control.instance import InstanceCell, Vector

#: Weights are looked at with this many decimals.
_DECIMALS = 6


def unit_of(weights: Vector) -> float:
    """Return the largest power of ten, up to one, of which all weights are multiples."""
    for decimals in range(_DECIMALS):
        if np.allclose(weights, np.round(weights, decimals), rtol=0, atol=10.0**-_DECIMALS / 10):
            return float(10.0**-decimals)
    return float(10.0**-_DECIMALS)


def ties_of(cells: Sequence[InstanceCell], unit: float) -> Vector:
    """Return a small price for each cell, by its name; all of them together are less than a unit.

    So they choose among solutions of the same weight and never against the weight.
    """
    return np.array([_fraction(cell.name) for cell in cells]) * unit / (2 * len(cells))


def tidy(amount: float) -> float:
    """Return a sum without the noise of adding it up."""
    return round(float(amount), _DECIMALS)


def _fraction(name: str) -> float:
    """Return a number from 0 to 1 that depends on the name alone."""
    return int.from_bytes(hashlib.sha256(name.encode("utf-8")).digest()[:6], "big") / 2**48
