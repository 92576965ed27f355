"""The disclosure policy of study.yml as typed rules."""

from __future__ import annotations

from dataclasses import dataclass

from casebook import study
from casebook.errors import Fault, StudyRefused


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

    def small(self, count: int) -> bool:
        """Return whether a count of people is one that nobody may learn."""
        return 1 <= count < self.threshold

    def exposes(self, lower: int, upper: int, base: int) -> bool:
        """Return whether knowing lower <= count <= upper of a base tells too much of the count or its complement."""
        proves_small = lower >= 1 and upper < self.threshold
        proves_few_others = base - upper >= 1 and base - lower < self.threshold
        return proves_small or proves_few_others or upper - lower < self.smallest_width


def rules_of(name: str, policy: study.Policy) -> Rules:
    """Return the typed rules of a named policy, or refuse it with every parameter that cannot be used."""
    numbers = {field: getattr(policy, field).value for field in _NUMBERS}
    faults = [
        Fault(
            study.FILE,
            f"policies.{name}.{field}.value",
            "not a whole number of interviews",
            value=str(value)[:40],
        )
        for field, value in numbers.items()
        if not isinstance(value, int) or isinstance(value, bool) or value < 1
    ]
    if faults:
        raise StudyRefused(faults)
    return Rules(
        exact=policy.cases_form == "exact",
        protected_zero_and_all=frozenset(policy.protected_zero_and_all.value),
        reads_also=tuple(policy.reads_also.value),
        **numbers,
    )


_NUMBERS = (
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
)
