"""Numbers and quantifiers of a printed text that nothing explains.

A number is explained by what it quotes, by a count of the tables the text is about, or by the short list of allowed
forms below. A quantifier is explained where it makes no statement about the study: it needs a study noun beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from casebook.publication.templates import NUMERAL

#: Where a claim stood in a text, and where the mark of an assertion or of an author's statement stood.
CLAIM, ASSERTION = "\ue010", "\ue011"

#: Forms of numbers that need no claim, each with its reason.
ALLOWED: Mapping[str, str] = {
    r"\bD1\.[1-4]\b": "numbers of deliverables are names",
    r"\b[RC]-\d+\b": "numbers of references are names",
    r"\bPDF/[UA]+-\d\w?\b|\bAC1\b|\bCC BY 4\.0\b": "names of standards, coefficients and licences",
    r"(?:, |\()(?:19|20)\d\d[a-z]?(?=[\]);])": "the year of a citation",
    r"\b(?:Figures?|Tables?|Sections?|Chapters?|Annex|version) \d+(?:\.\d+)*": "numbers that the book itself gives",
    r"\b95[ \u00a0\u202f]?% (?:bootstrap |confidence )?intervals?": "the convention of intervals",
    r"\btwo coders\b": "double coding is by two, by its definition",
}
#: Words that say how many, by the condition of an assertion that bears them; "" is borne by any.
QUANTIFIERS: Mapping[str, str] = {
    "almost all": "almost all",
    "all": "all",
    "more than half": "more than half",
    "less than half": "less than half",
    "most": "most",
    "half": "",
    "some": "named",
    "none": "none",
    "majority": "more than half",
    "minority": "less than half",
    **dict.fromkeys(("nobody", "everybody", "few", "many", "several", "both", "every", "each"), ""),
}
#: Phrases in which such a word counts nothing, each with its reason.
IDIOMS: Mapping[str, str] = {
    r"\b(?:above|first of|after|at|not) all\b": "an adverb",
    r"\ball (?:that|of this|this)\b": "speaks of what was said",
    r"\bmost (?:often|of all|likely|common\w*|frequent\w*|dangerous)\b|\b(?:used?|tells?) most\b": "a superlative",
    r"\bhow many\b": "a question",
    r"\b(?:too|so) (?:few|many)\b": "a degree",
    r"\b(?:in|on) (?:some|both|every|each) (?:ways?|respects?|sides?)\b|\bsome way or other\b": "an adverb",
    r"\bboth may\b|\bbeside each other\b|\beach other\b": "no quantity of interviews",
}
_NOUN = re.compile(
    r"\b(?:offenders?|victims?|experts?|interviews?|interviewees?|participants?|respondents?|cases?|minors?)\b", re.I
)
_QUANTIFIER = re.compile(rf"\b(?:{'|'.join(sorted(QUANTIFIERS, key=len, reverse=True))})\b", re.IGNORECASE)
_SENTENCE_END = re.compile(r"(?<=[.!?:])\s+")
#: A phrase is quoted for its quantifier from this many characters on; "all offenders" would excuse too much.
_QUOTATION = 20
_CLAUSE = re.compile(r"[,;:()–]")
_ALLOWED = re.compile("|".join(ALLOWED))
_IDIOMS = re.compile("|".join(IDIOMS), re.IGNORECASE)
#: Stands for what was explained, so that what is left around it cannot run together.
_GAP = "\ue012"
_COUNT = re.compile(r"(\d+) of (\d+)(?:,? \(?(?:(?:under |over )?\d+)[ \u202f\u00a0]?%\)?)?")
_SIZE = re.compile(r"\bn = (\d+)|\b(\d+) (?=(?:experts?|offenders?|victims?|cases?|interviews?)\b)")


@dataclass(frozen=True)
class Explained:
    """What explains numbers of a text: phrases quoted with their numbers, counts as (n, base), and sizes of groups."""

    phrases: frozenset[str] = frozenset()
    counts: frozenset[tuple[int, int]] = frozenset()
    sizes: frozenset[int] = field(default_factory=frozenset)

    def numbers(self, text: str) -> list[str]:
        """Return the numbers of a text, as they are printed, that nothing explains."""
        text = _ALLOWED.sub(_GAP, text)
        text = _COUNT.sub(lambda found: _GAP if (int(found[1]), int(found[2])) in self.counts else found[0], text)
        text = _SIZE.sub(lambda found: _GAP if int(found[1] or found[2]) in self.sizes else found[0], text)
        if text.strip().isdecimal() and int(text) in self.sizes:
            return []
        if NUMERAL.search(text):
            text = self._without_phrases(text)
        return [found[0] for found in NUMERAL.finditer(text)]

    def quantifiers(self, sentence: str, holds: Iterable[str]) -> list[str]:
        """Return the quantifiers of a sentence beside a study noun that no condition of its assertions bears.

        `holds` are those conditions, "" among them for an author's statement, which is marked and bears every one.
        """
        borne, text = list(holds), _IDIOMS.sub(_GAP, sentence)
        if _QUANTIFIER.search(text):
            text = self._without_phrases(text)
        clauses = [clause for clause in _CLAUSE.split(text) if _NOUN.search(clause)]
        words = [word[0].lower() for clause in clauses for word in _QUANTIFIER.finditer(clause)]
        return [word for word in words if not _borne(word, borne)]

    def _without_phrases(self, text: str) -> str:
        lowered = straight(text)
        for phrase in self._longest_first:
            if phrase in lowered:
                lowered = re.sub(rf"(?<!\w){re.escape(phrase)}(?!\w)", _GAP, lowered)
        return lowered

    @cached_property
    def _longest_first(self) -> list[str]:
        return sorted({straight(phrase) for phrase in self.phrases}, key=lambda phrase: (-len(phrase), phrase))


def straight(text: str) -> str:
    """Return a text in small letters and with the straight quotes that its source has and Sphinx bends."""
    return text.lower().translate({0x2019: "'", 0x2018: "'", 0x201C: '"', 0x201D: '"'})


def quotable(phrases: Iterable[str]) -> frozenset[str]:
    """Return the phrases, and each of their sentences, that hold a number or a quantifier: what a text may quote."""
    plain = (" ".join(part.split()) for phrase in phrases for part in (phrase, *_SENTENCE_END.split(phrase)))
    told = (phrase.removesuffix(".") for phrase in plain if NUMERAL.search(phrase) or _telling(phrase))
    return frozenset(phrase for phrase in told if not phrase.isdecimal())


def _telling(phrase: str) -> bool:
    """Return whether a phrase is long enough to be known as a quotation by a quantifier."""
    return len(phrase) >= _QUOTATION and _QUANTIFIER.search(phrase) is not None


def _borne(word: str, holds: list[str]) -> bool:
    needed = QUANTIFIERS[word]
    return "" in holds or any(not needed or f" {needed} " in f"{condition} " for condition in holds)
