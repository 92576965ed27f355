"""A workbook asked for: for which country, crime and wave, and with which numbers for its interviews."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from casebook.canonical import keyed_digest, write_atomically
from casebook.codebook import Codebook
from casebook.errors import DataRefused, Fault
from casebook.restricted.analysis_run import read_all_submissions
from casebook.restricted.intake.workbook_template import Request, workbook
from casebook.restricted.study_key import study_key
from casebook.study import FILE, Study

_NUMBERS = 10_000


@dataclass(frozen=True)
class Asked:
    """What is asked for: the country, crime and wave, and for how many interviews there shall be rows."""

    country: str
    crime: str
    wave: str | None = None
    interviews: int = 12


def make_workbook(root: Path, study: Study, codebook: Codebook, *, asked: Asked, out: Path) -> Request:
    """Write a workbook with numbers for new interviews, and return what it was made for.

    The wave is the last that an edition takes unless another is asked for. Raises DataRefused for an unknown country,
    crime or wave, for a file that is there already, and where a crime's numbers run out.
    """
    wave = asked.wave or codebook["wave"].level_ids[-1]
    if faults := list(_faults(asked, wave, study, codebook, out)):
        raise DataRefused(faults)
    used = {name for entry in read_all_submissions(root, codebook) for name in entry.interviews["interview"]}
    drawn = new_interviews(asked.crime, asked.country, used=used, key=study_key(root / "data"))
    interviews = tuple(islice(drawn, asked.interviews))
    if len(interviews) < asked.interviews:
        message = f"the numbers of {asked.crime} run out"
        raise DataRefused.one("interviews", "", message, value=str(asked.interviews), allowed=str(len(interviews)))
    request = Request(asked.country, asked.crime, wave, interviews)
    write_atomically(out, workbook(request, codebook))
    return request


def new_interviews(crime: str, country: str, *, used: Collection[str], key: bytes) -> Iterator[str]:
    """Yield the numbers that no interview has, in an order that nobody can guess without the key.

    The order is the same whenever it is asked for, so that a workbook made again has the same numbers.
    """
    numbers = (f"{number:04d}" for number in range(_NUMBERS))
    shuffled = sorted(numbers, key=lambda number: keyed_digest(key, f"{country} {crime}-{number}".encode()))
    return (f"{crime}-{number}" for number in shuffled if f"{crime}-{number}" not in used)


def _faults(asked: Asked, wave: str, study: Study, codebook: Codebook, out: Path) -> Iterator[Fault]:
    known = (
        ("countries", asked.country, tuple(study.countries)),
        ("crimes", asked.crime, tuple(study.crimes)),
        ("waves", wave, codebook["wave"].level_ids),
    )
    for place, value, allowed in known:
        if value not in allowed:
            yield Fault(FILE, place, "the study has none of that name", value[:40], ", ".join(allowed))
    if out.exists():
        yield Fault(out.name, "", "the file is there already", remedy="choose another name: it may have been filled")
