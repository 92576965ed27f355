"""What a reader who has the true counts checks of a text: every claim against every number it speaks of."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from rehearsal import Rehearsal

from casebook.publication.claims import Claim
from casebook.restricted.frequency_tables import FrequencyTable

_COUNT = re.compile(r"(\d+) of (\d+)")
#: The interval beside a count is no count of its own.
_INTERVAL = re.compile(r"; interval .*")
#: The floors and ceilings of the words, written down here a second time on purpose.
_HOLDS: Mapping[str, Callable[[int, int], bool]] = {
    "named": lambda n, _base: n >= 1,
    "some": lambda n, base: n >= 1 and 4 * n < base,
    "less than half": lambda n, base: 2 * n < base,
    "half": lambda n, base: 2 * n == base,
    "more than half": lambda n, base: 2 * n > base,
    "most": lambda n, base: 4 * n >= 3 * base,
    "almost all": lambda n, base: 10 * n >= 9 * base,
    "all": lambda n, base: n == base,
    "none": lambda n, _base: n == 0,
    "at least one": lambda n, _base: n >= 1,
}
_WORDS = sorted(_HOLDS, key=len, reverse=True)


def untruths(rehearsal: Rehearsal) -> list[str]:
    """Everything a text says that the true counts do not bear out."""
    return [fault for claim in rehearsal.claims for fault in _faults(claim, rehearsal)]


def _faults(claim: Claim, rehearsal: Rehearsal) -> Iterator[str]:
    if claim.kind == "assertion":
        yield from _faults_of_assertion(claim, rehearsal)
    elif claim.table in rehearsal.counted:
        table = rehearsal.counted[claim.table]
        yield from (f"{claim.page}: {claim.sentence}: {what}" for what in _faults_of_text(claim, table))


def _faults_of_text(claim: Claim, table: FrequencyTable) -> Iterator[str]:
    counts = [table.counts[cell] for cell in claim.cells]
    printed = [(int(n), int(base)) for n, base in _COUNT.findall(_INTERVAL.sub("", claim.text))]
    if claim.kind == "comparison" and len(printed) == 1 and not table.multi:
        counts = [sum(counts)]
    if printed and sorted(printed) != sorted((n, table.base) for n in counts):
        yield f"prints {printed}"
    if claim.kind == "quantity" and (word := _leading_word(claim.text)):
        yield from (f"{word} is false" for n in counts if not _HOLDS[word](n, table.base))
    if claim.kind == "list":
        yield from ("lists what nobody named" for n in counts if n == 0)
    if claim.kind == "ranking":
        others = [n for level, n in table.levels.items() if level not in claim.cells]
        yield from ("is not the most frequent" for n in counts if n <= max(others))


def _leading_word(text: str) -> str | None:
    return next((word for word in _WORDS if text.lower().startswith(f"{word} ")), None)


def _faults_of_assertion(claim: Claim, rehearsal: Rehearsal) -> Iterator[str]:
    for condition in claim.holds:
        place, _, word = condition.partition(" ")
        key, _, cell = place.partition("/")
        table = rehearsal.counted.get(key)
        if table is None or word not in _HOLDS:
            continue
        if not _HOLDS[word](table.counts[cell], table.base):
            yield f"{claim.template}, line {claim.line}: asserts {condition}"
