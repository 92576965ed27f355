"""The country gate: which countries' own results may stand beside the pooled ones."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from casebook.disclosure_control.policy import Rules


def passing(
    sizes: Mapping[str, int],
    rules: Rules,
    *,
    experts: bool,
    before: Collection[str] = (),
    pooled_before: Collection[str] = (),
) -> tuple[str, ...]:
    """Return the countries whose own results of one group may be published beside the pooled ones.

    `sizes` holds the number of interviews of the group per country. Each must be large enough, and what is left when
    all passing countries are subtracted from the pooled group must be nobody, or enough people over enough countries.
    Those that passed in the edition `before` come first, then larger ones; one that was pooled then has to be larger
    still, so that no country comes and goes.
    """
    chosen: list[str] = []
    for country in sorted(sizes, key=lambda name: (name not in before, -sizes[name], name)):
        least = _least(rules, experts=experts, pooled_before=country in pooled_before)
        if sizes[country] >= least and _rest_is_safe(sizes, [*chosen, country], rules):
            chosen.append(country)
    return tuple(sorted(chosen))


def _least(rules: Rules, *, experts: bool, pooled_before: bool) -> int:
    minimum = rules.country_experts if experts else rules.country_cases
    return max(minimum, rules.country_once_pooled) if pooled_before else minimum


def _rest_is_safe(sizes: Mapping[str, int], chosen: list[str], rules: Rules) -> bool:
    rest = [size for country, size in sizes.items() if country not in chosen and size > 0]
    return not rest or (sum(rest) >= rules.country_rest and len(rest) >= rules.country_rest_countries)
