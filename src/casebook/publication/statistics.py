"""Statistics that say no more than the published counts they come from."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy.stats import binomtest

from casebook.publication.wording import NARROW_SPACE, PERCENTAGES_FROM, check_count

# The two-sided 95 % point of the normal distribution.
_Z = 1.959963984540054


@dataclass(frozen=True)
class Interval:
    """A 95 % confidence interval of a share, in whole per cent."""

    low: int
    high: int

    def __str__(self) -> str:
        return f"{self.low}\N{EN DASH}{self.high}{NARROW_SPACE}%"


def wilson(n: int, base: int) -> Interval | None:
    """Return the Wilson score interval of n of base, or None where a share of that base is not published.

    Under a base of 20 the count is published without a percentage: bounds in per cent would be finer than what
    they belong to. Raises StatementRefused where n cannot be a count of that base. Source: E. B. Wilson (1927),
    Probable inference, the law of succession, and statistical inference, JASA 22, 209-212.
    """
    check_count(n, base)
    if base < PERCENTAGES_FROM:
        return None
    bounds = binomtest(n, base).proportion_ci(confidence_level=0.95, method="wilson")
    return Interval(_per_cent(bounds.low), _per_cent(bounds.high))


def wilson_shares(share: float, base: int) -> tuple[float, float]:
    """Return the bounds of Wilson's 95 % interval for a share of a base, as shares; for verdicts and marks, not text.

    The share may be one that is reported in whole per cent, which no whole count need give. Source as for `wilson`.
    """
    spread = _Z**2 / base
    middle = (share + spread / 2) / (1 + spread)
    half = _Z * math.sqrt(share * (1 - share) / base + spread / (4 * base)) / (1 + spread)
    return max(0.0, middle - half), min(1.0, middle + half)


def interval_text(n: int, base: int) -> str:
    """Return Wilson's interval in the form of the count it belongs to: "54–87 %", or "5 to 13 of 15" below 20.

    Counts are rounded outwards, so that the interval is no finer than "n of N".
    """
    interval = wilson(n, base)
    if interval is not None:
        return str(interval)
    low, high = wilson_shares(n / base, base)
    return f"{math.floor(low * base)} to {math.ceil(high * base)} of {base}"


def _per_cent(share: float) -> int:
    return int(100 * share + 0.5)
