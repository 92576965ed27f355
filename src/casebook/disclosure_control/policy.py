"""The disclosure policy of study.yml as typed rules."""

from __future__ import annotations

from dataclasses import dataclass, replace

from casebook import study


@dataclass(frozen=True)
class Rules:
    """The parameters of one policy; sizes and counts are numbers of interviews."""

    exact: bool
    smallest_group_of_cases: int
    smallest_group_of_experts: int
    threshold: int
    smallest_width: int
    protected_zero_and_all: frozenset[str]
    half_words_from: int
    most_from: int
    country_experts: int
    country_cases: int
    country_rest: int
    country_rest_countries: int
    reads_also: tuple[str, ...]
    country_once_pooled: int
    newcomers: int

    def small(self, count: int) -> bool:
        """Return whether a count of people is one that nobody may learn."""
        return 1 <= count < self.threshold

    def proves_small(self, lower: int, upper: int) -> bool:
        """Return whether it is certain of a count between bounds that it is one that nobody may learn."""
        return lower >= 1 and upper < self.threshold

    @property
    def of_insiders(self) -> Rules:
        """The rules for what one of the people works out of the others.

        Who is one of a count that may just be printed knows of one person less, and one count less is open.
        """
        return replace(self, threshold=self.threshold - 1, smallest_width=self.smallest_width - 1)

    def exposes(self, lower: int, upper: int, base: int) -> bool:
        """Return whether knowing lower <= count <= upper of a base tells too much of the count or its complement."""
        narrow = upper - lower < self.smallest_width
        return narrow or self.proves_small(lower, upper) or self.proves_small(base - upper, base - lower)


def rules_of(policy: study.Policy) -> Rules:
    """Return the typed rules of a policy of study.yml."""
    return Rules(
        exact=policy.cases_form == "exact",
        protected_zero_and_all=frozenset(policy.protected_zero_and_all.value),
        reads_also=policy.reads_also.value,
        **{field: getattr(policy, field).value for field in _SIZES},
    )


_SIZES = (
    "smallest_group_of_cases",
    "smallest_group_of_experts",
    "threshold",
    "smallest_width",
    "half_words_from",
    "most_from",
    "country_experts",
    "country_cases",
    "country_rest",
    "country_rest_countries",
    "country_once_pooled",
    "newcomers",
)
