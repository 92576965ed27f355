"""Invented quotations: words for those interviews that permit them, of answers that they were coded with."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence

from casebook.restricted.quotations import APPROVAL, OFFICES, PERMITTED
from casebook.restricted.synthesis.chance import chance
from casebook.restricted.synthesis.dealing import Answers
from casebook.restricted.synthesis.design import Words
from casebook.restricted.synthesis.sample import Interview

Row = Mapping[str, str]
#: As many as the policy prints of one person, so that nothing is invented in vain.
MOST = 2
#: Every so many quotations wait for their second office.
WAITING = 4


def invented(
    sample: Sequence[tuple[Interview, Row, Answers]], bank: Sequence[Words], *, seed: int
) -> Mapping[str, tuple[Words, ...]]:
    """Return the words of each interview, none of them twice; who permits none says nothing.

    `sample` has each interview with its attributes and the answers that were agreed upon.
    """
    free = list(bank)
    given: dict[str, tuple[Words, ...]] = {}
    for interview, attributes, answers in sample:
        fitting = [words for words in free if _fits(words, interview, answers)]
        if attributes["quote_permission"] != PERMITTED or not fitting:
            continue
        order = chance(seed, "quotations", interview.id).permutation(len(fitting))
        given[interview.id] = tuple(fitting[place] for place in sorted(order[:MOST]))
        free = [words for words in free if words not in given[interview.id]]
    return given


def approvals(names: Sequence[str]) -> bytes:
    """Return the approved list for quotations named `submission/quotation`: two offices each, one for some."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(APPROVAL)
    writer.writerows(row for place, name in enumerate(names, start=1) for row in _approvals(name, place))
    return text.getvalue().encode("utf-8")


def _approvals(name: str, place: int) -> Iterator[tuple[str, ...]]:
    for office in OFFICES[: 2 if place % WAITING else 1]:
        yield *name.split("/"), office


def _fits(words: Words, interview: Interview, answers: Answers) -> bool:
    told = answers.get(words.variable)
    about = (interview.group.crime, interview.role) == (words.crime, words.role)
    return about and told is not None and words.level in told.levels
