"""The sample: who is interviewed, where and when, before anything is coded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from numpy.random import Generator

from casebook.errors import StudyRefused
from casebook.restricted.synthesis.chance import chance, one_of, weighted
from casebook.restricted.synthesis.design import Country, Design, Group, Recipe, Stratum

NUMBERS = 10_000
ADULT_BANDS = ("18-24", "25+")


@dataclass(frozen=True)
class Interview:
    """One interview and its place in the sample; `double` where a second coder codes it too."""

    id: str
    group: Group
    role: str
    wave: str
    country: Country
    double: bool

    @property
    def submission(self) -> str:
        """The submission that the interview comes with."""
        return f"{self.country.code}-W{self.wave}"


def draw_sample(design: Design, recipe: Recipe) -> tuple[Interview, ...]:
    """The interviews of a study, in the order of their identifiers.

    Where the recipe says how many countries, the first so many of the EU share each group evenly.
    Raises StudyRefused where the design has too few countries or identifiers have too few digits.
    """
    if recipe.countries is None:
        strata = _scaled(design, recipe.scale)
    else:
        strata = _spread(design, recipe.countries, recipe.scale)
    interviews: list[Interview] = []
    for crime in dict.fromkeys(stratum.group.crime for stratum in strata):
        seats = [s for s in strata if s.group.crime == crime for _ in range(s.interviews)]
        numbers = _numbers(crime, len(seats), chance(recipe.seed, "numbers", crime))
        interviews += [
            Interview(number, seat.group, seat.role, seat.wave, design.countries[seat.country], double=False)
            for number, seat in zip(numbers, seats, strict=True)
        ]
    return tuple(sorted(_with_doubles(interviews, design, recipe.seed), key=lambda interview: interview.id))


def attributes_of(interview: Interview, age_band: str, design: Design, seed: int) -> Mapping[str, str]:
    """The columns of the interview table; `age_band` is the victim's age at interview, empty where not coded."""
    rng = chance(seed, "attributes", interview.id)
    low, high = weighted(design.attributes["duration_min", interview.role], rng).split("-")
    return {
        "interview": interview.id,
        "crime": interview.group.crime,
        "role": interview.role,
        "country": interview.country.code,
        "zone": interview.country.zone,
        "wave": interview.wave,
        "month": one_of(_months(design, interview.wave), rng),
        "language": one_of(interview.country.languages, rng),
        "mode": weighted(design.attributes["mode", interview.role], rng),
        "duration_min": str(rng.integers(int(low), int(high) + 1)),
        "recording": weighted(design.attributes["recording", interview.role], rng),
        "consent": _given(design, _consent(interview, age_band), interview.role, rng),
        "quote_permission": _given(design, "quote_permission", interview.role, rng),
    }


def _given(design: Design, attribute: str, role: str, rng: Generator) -> str:
    """A value of an attribute, empty for a role that is not asked for it."""
    values = design.attributes.get((attribute, role))
    return weighted(values, rng) if values else ""


def _consent(interview: Interview, age_band: str) -> str:
    minor = interview.role == "V" and age_band not in (*ADULT_BANDS, "")
    return "consent_minor" if minor else "consent_adult"


def _months(design: Design, wave: str) -> list[str]:
    """The months of a wave, the first and the last included."""
    (year, first), (last_year, last) = (
        map(int, month.split("-")) for month in (design.waves[wave].first_month, design.waves[wave].last_month)
    )
    count = (last_year - year) * 12 + last - first + 1
    return [f"{year + (first - 1 + n) // 12}-{(first - 1 + n) % 12 + 1:02d}" for n in range(count)]


def _scaled(design: Design, scale: int) -> list[Stratum]:
    return [replace(stratum, interviews=stratum.interviews * scale) for stratum in design.strata]


def _spread(design: Design, countries: int, scale: int) -> list[Stratum]:
    """The same groups, roles and waves, shared evenly by the first countries of the EU."""
    union = [country.code for country in design.countries.values() if country.eu]
    if not 1 <= countries <= len(union):
        raise StudyRefused.one(
            "countries.csv",
            "eu",
            "not a possible number of countries",
            value=str(countries),
            allowed=f"1-{len(union)}",
        )
    totals: dict[tuple[Group, str, str], int] = {}
    for stratum in _scaled(design, scale):
        key = (stratum.group, stratum.role, stratum.wave)
        totals[key] = totals.get(key, 0) + stratum.interviews
    return [
        Stratum(*key, country, total // countries + (place < total % countries))
        for key, total in totals.items()
        for place, country in enumerate(union[:countries])
    ]


def _numbers(crime: str, count: int, rng: Generator) -> list[str]:
    """Identifiers that tell the crime and nothing else."""
    if count > NUMBERS:
        message = "more interviews of one crime than four digits can number"
        raise StudyRefused.one("sample.csv", crime, message, value=str(count), allowed=str(NUMBERS))
    return [f"{crime}-{number:04d}" for number in rng.permutation(NUMBERS)[:count]]


def _with_doubles(interviews: list[Interview], design: Design, seed: int) -> Iterator[Interview]:
    """The interviews, of each crime and role the same share coded twice, at least one."""
    for crime, role in dict.fromkeys((i.group.crime, i.role) for i in interviews):
        members = [i for i in interviews if (i.group.crime, i.role) == (crime, role)]
        doubled = max(1, int(len(members) * design.double_coded[crime] + 0.5))
        order = chance(seed, "double", crime, role).permutation(len(members))
        for place, member in zip(order, members, strict=True):
            yield replace(member, double=bool(place < doubled))
