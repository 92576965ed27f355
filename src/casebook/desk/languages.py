"""The languages of the report: gettext catalogues, read as the text files they are, and Babel for numbers and lists."""

from __future__ import annotations

import datetime
import gettext
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from babel import Locale
from babel.dates import format_date
from babel.lists import format_list
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent

from casebook.errors import Fault, StudyRefused

#: The language of the source, which needs no catalogue.
ENGLISH = "en"
#: What Babel calls the language where its name alone would be that of another country.
_LOCALES = {ENGLISH: "en_GB"}
FOLDER = Path(__file__).parent / "locale"
CATALOGUE = "report.po"


@dataclass(frozen=True)
class Language:
    """One language a report can be written in.

    `forms` are the messages of its catalogue that have blanks such as `{levels}`, with what recognises them filled.
    """

    code: str
    catalogue: gettext.NullTranslations
    forms: tuple[tuple[str, re.Pattern[str]], ...] = ()

    @property
    def locale(self) -> str:
        """How Babel names the language."""
        return _LOCALES.get(self.code, self.code)

    def text(self, message: str) -> str:
        """Return a message in this language, or as it stands in the source where the catalogue lacks it."""
        if not message:
            return ""
        known = self.catalogue.gettext(message)
        return known if known != message else self._filled(message)

    def _filled(self, message: str) -> str:
        """Return a message that was put together from a form of the catalogue, such as "merge it with {levels}"."""
        for form, pattern in self.forms:
            if found := pattern.fullmatch(message):
                return self.catalogue.gettext(form).format(**found.groupdict())
        return message

    def plural(self, one: str, many: str, number: int) -> str:
        """Return the form for a number, with the number as the language writes it in place of `{n}`."""
        return self.catalogue.ngettext(one, many, number).format(n=self.number(number))

    def number(self, value: float, pattern: str | None = None) -> str:
        """Return a number as the language writes it."""
        return format_decimal(value, format=pattern, locale=self.locale)

    def percent(self, share: float) -> str:
        """Return a share as whole per cent."""
        return format_percent(share, locale=self.locale)

    def several(self, items: Iterable[str]) -> str:
        """Return items as a list in running text."""
        return format_list(list(items), locale=self.locale)

    def date(self, day: datetime.date) -> str:
        """Return a day in words."""
        return format_date(day, format="long", locale=self.locale)

    def fault(self, fault: Fault) -> Fault:
        """Return a fault with the words that the catalogue knows in this language."""
        words = (self.text(word) for word in (fault.message, fault.value, fault.allowed, fault.remedy))
        return Fault(fault.file, self.place(fault.place), *words)

    def place(self, place: str) -> str:
        """Return a place with its words in this language; the names of sheets and columns stay."""
        words = place.split(" ")
        return " ".join(self.text(word) if word in _OF_PLACES else word for word in words)

    def country(self, code: str) -> str:
        """Return the name of a country, or nothing where the language's is not known."""
        return str(Locale.parse(self.locale).territories.get(code, ""))

    @property
    def direction(self) -> str:
        """How the language is written: ltr or rtl."""
        return str(Locale.parse(self.locale).text_direction)


def _forms(catalogue: Catalog) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """The messages that have blanks, the longest first, which says most."""
    known = (message.id for message in catalogue)
    forms = sorted((form for form in known if isinstance(form, str) and _BLANK.search(form)), key=len, reverse=True)
    return tuple((form, re.compile(_recognised(form), re.DOTALL)) for form in forms)


def _recognised(form: str) -> str:
    parts = _BLANK.split(form)
    return "".join(f"(?P<{part}>.+?)" if place % 2 else re.escape(part) for place, part in enumerate(parts))


_BLANK = re.compile(r"\{(\w+)\}")
_OF_PLACES = frozenset({"sheet", "row", "column", "interview", "coder", "variable", "level", "codes"})


def languages() -> tuple[str, ...]:
    """Return the codes of all languages there is a catalogue for, English first."""
    return (ENGLISH, *sorted(path.parent.name for path in FOLDER.glob(f"*/{CATALOGUE}")))


@cache
def language(code: str) -> Language:
    """Return a language; raises StudyRefused where there is no catalogue for it."""
    if code not in languages():
        remedy = f"copy a folder of {FOLDER.name}/ and translate its {CATALOGUE}"
        message = "there is no catalogue of this language"
        raise StudyRefused.one(
            "--language", "", message, value=code[:20], allowed=", ".join(languages()), remedy=remedy
        )
    if code == ENGLISH:
        return Language(code, gettext.NullTranslations())
    with (FOLDER / code / CATALOGUE).open("rb") as stream:
        catalogue = read_po(stream, locale=code)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Language(code, gettext.GNUTranslations(compiled), _forms(catalogue))
