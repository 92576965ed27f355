"""Who is in which edition: how many interviews the same editions hold with the same answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from casebook.restricted.frequency_tables import CodedStudy


@dataclass(frozen=True, order=True)
class Cohort:
    """The number of interviews of a crime, role and country that exactly these editions hold as they are.

    An interview that was corrected is in two cohorts, once with each of its codings; `corrected` tells so. One that
    a later edition lacks though it was not corrected has been withdrawn.
    """

    crime: str
    role: str
    country: str
    editions: tuple[str, ...]
    corrected: bool
    interviews: int


def cohorts(coded: Mapping[str, CodedStudy]) -> tuple[Cohort, ...]:
    """Return the cohorts of editions, given by name in the order they appear."""
    held: dict[_Version, list[str]] = {}
    for edition, study in coded.items():
        for version in _versions(study):
            held.setdefault(version, []).append(edition)
    codings = Counter(version.interview for version in held)
    sizes = Counter((v.about, tuple(editions), codings[v.interview] > 1) for v, editions in held.items())
    return tuple(sorted(Cohort(*about, editions, corrected, n) for (about, editions, corrected), n in sizes.items()))


class _Version(NamedTuple):
    """An interview as an edition holds it: its crime, role and country, and its answers."""

    interview: str
    about: tuple[str, str, str]
    answers: frozenset[tuple[str, ...]]


def _versions(study: CodedStudy) -> Iterator[_Version]:
    rows = study.values[["interview", "variable", "level", "missing"]]
    answers: dict[str, list[tuple[str, ...]]] = {}
    for interview, *answer in rows.itertuples(index=False):
        answers.setdefault(str(interview), []).append(tuple(map(str, answer)))
    for interview, crime, role, country in study.people[["crime", "role", "country"]].itertuples():
        about = (str(crime), str(role), str(country))
        yield _Version(str(interview), about, frozenset(answers.get(str(interview), ())))
