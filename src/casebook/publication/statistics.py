"""Statistics that say no more than the published counts they come from."""

from __future__ import annotations

from dataclasses import dataclass

from scipy.stats import binomtest

from casebook.publication.wording import NARROW_SPACE, PERCENTAGES_FROM, check_count


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


def _per_cent(share: float) -> int:
    return int(100 * share + 0.5)
