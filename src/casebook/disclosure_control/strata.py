"""The strata of a group: who is in which editions, and whom a country's own tables count."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from casebook.protected_tables import POOLED
from casebook.restricted.edition_people import Cohort
from casebook.restricted.frequency_tables import FrequencyTable

#: The place of all whom no country's own table counts.
OTHERS = "others"


class Stratum(NamedTuple):
    """The people of a group that exactly these editions count, in a country with tables of its own or in the others."""

    editions: tuple[str, ...]
    place: str


@dataclass(frozen=True)
class Change:
    """How many interviews of a group came to an edition since the earlier one, and how many left it.

    A corrected interview leaves as it was and comes as it is; `withdrawn` are those that left for good.
    """

    joined: int
    left: int
    withdrawn: int

    @property
    def none(self) -> bool:
        return not (self.joined or self.left)


def in_group(cohorts: Iterable[Cohort], crime: str, group: str) -> list[Cohort]:
    """Return the cohorts of a crime's group, such as OV for offenders and victims together."""
    return [cohort for cohort in cohorts if cohort.crime == crime and cohort.role in group]


def strata_of(
    cohorts: Iterable[Cohort], *, editions: Sequence[str], countries: Collection[str] = ()
) -> dict[Stratum, int]:
    """Return the number of people in each stratum of a group, as far as the editions and the countries tell them apart.

    `cohorts` are those of the group; strata without anybody are absent.
    """
    sizes: dict[Stratum, int] = {}
    for cohort in cohorts:
        held = tuple(edition for edition in editions if edition in cohort.editions)
        place = cohort.country if cohort.country in countries else OTHERS
        if held:
            sizes[Stratum(held, place)] = sizes.get(Stratum(held, place), 0) + cohort.interviews
    return dict(sorted(sizes.items()))


def covered(strata: Iterable[Stratum], *, edition: str, country: str) -> tuple[Stratum, ...]:
    """Return the strata that an edition's table counts, pooled or of a country."""
    return tuple(s for s in strata if edition in s.editions and country in (POOLED, s.place))


def change_between(cohorts: Iterable[Cohort], *, earlier: str, edition: str) -> Change:
    """Return how a group, given by its cohorts, changed from an earlier edition to a later one."""
    listed = list(cohorts)
    came = [c for c in listed if edition in c.editions and earlier not in c.editions]
    left = [c for c in listed if earlier in c.editions and edition not in c.editions]
    return Change(_people(came), _people(left), _people(c for c in left if not c.corrected))


def cohorts_of_tables(tables: Iterable[FrequencyTable], *, edition: str) -> tuple[Cohort, ...]:
    """Return the cohorts of one edition alone, as far as the sizes of its tables tell them."""
    sizes: dict[tuple[str, str], dict[str, int]] = {}
    for table in tables:
        sizes.setdefault((table.crime, table.group), {})[table.country] = table.whole_group
    return tuple(
        Cohort(crime, group, country, (edition,), corrected=False, interviews=n)
        for (crime, group), by_country in sorted(sizes.items())
        for country, n in sorted(_divided(by_country).items())
        if n
    )


def _divided(by_country: Mapping[str, int]) -> dict[str, int]:
    """Return the people by country, those of whom no country is handed in under a name of their own."""
    countries = {country: n for country, n in by_country.items() if country != POOLED}
    return {**countries, "": by_country.get(POOLED, 0) - sum(countries.values())}


def _people(cohorts: Iterable[Cohort]) -> int:
    return sum(cohort.interviews for cohort in cohorts)
