"""What a reader who has the true counts checks of a text: every claim against every number it speaks of."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from casebook.protected_tables import Cell, ProtectedTable
from casebook.publication.claims import Claim
from casebook.restricted.frequency_tables import FrequencyTable

_COUNT = re.compile(r"(\d+) of (\d+)")
#: The interval beside a count is no count of its own.
_INTERVAL = re.compile(r"\binterval(?: of|,)? \d+ to \d+ of \d+")
#: The floors and ceilings of the words, written down here a second time on purpose.
HOLDS: Mapping[str, Callable[[int, int], bool]] = {
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
_WORDS = sorted(HOLDS, key=len, reverse=True)
#: Words of a subgroup whose size is not published hold of any number of interviews; this one has them all.
_ANY_SIZE = 12


@dataclass(frozen=True)
class Truth:
    """What is true of a table: the counts each level or set can have, and the level that comes first, if one does."""

    base: int
    counts: Mapping[str, tuple[int, ...]]
    leading: str | None
    multi: bool


def of_counted(table: FrequencyTable) -> Truth:
    """The truth of a table before the door."""
    most = max(table.levels.values())
    first = [level for level, n in table.levels.items() if n == most]
    counts = {level: (n,) for level, n in table.counts.items()}
    return Truth(table.base, counts, first[0] if len(first) == 1 else None, table.multi)


def of_protected(table: ProtectedTable) -> Truth:
    """All that can be true of a table, for who has only what was published of it."""
    base = table.base or _ANY_SIZE
    counts = {cell.level: _possible(cell, base) for cell in table.cells}
    return Truth(base, counts, table.leading, table.multi)


def _possible(cell: Cell, base: int) -> tuple[int, ...]:
    if cell.n is not None:
        return (cell.n,)
    return tuple(n for n in range(base + 1) if cell.word is None or HOLDS[cell.word](n, base))


def untruths(claims: Iterable[Claim], truths: Mapping[str, Truth]) -> list[str]:
    """Everything claims say that the counts do not bear out."""
    return [fault for claim in claims for fault in _faults(claim, truths)]


def _faults(claim: Claim, truths: Mapping[str, Truth]) -> Iterator[str]:
    if claim.kind == "assertion":
        yield from _faults_of_assertion(claim, truths)
    elif claim.table in truths:
        yield from (f"{claim.page}: {claim.sentence}: {what}" for what in _faults_of_text(claim, truths[claim.table]))


def _faults_of_text(claim: Claim, truth: Truth) -> Iterator[str]:
    possible = [truth.counts[cell] for cell in claim.cells]
    printed = [(int(n), int(base)) for n, base in _COUNT.findall(_INTERVAL.sub("", claim.text))]
    counts = [n[0] for n in possible]
    if claim.kind == "comparison" and len(printed) == 1 and not truth.multi:
        counts = [sum(counts)]
    if printed and (sorted(printed) != sorted((n, truth.base) for n in counts) or any(len(n) > 1 for n in possible)):
        yield f"prints {printed}"
    if claim.kind == "quantity" and (word := _leading_word(claim.text)):
        yield from (f"{word} is false" for ns in possible if not _holds(word, ns, truth.base))
    if claim.kind == "list":
        yield from ("lists what nobody named" for ns in possible if 0 in ns)
    if claim.kind == "ranking" and claim.cells != (truth.leading,):
        yield "is not the most frequent"


def _holds(word: str, counts: Iterable[int], base: int) -> bool:
    return all(HOLDS[word](n, base) for n in counts)


def _leading_word(text: str) -> str | None:
    return next((word for word in _WORDS if text.lower().startswith(f"{word} ")), None)


def _faults_of_assertion(claim: Claim, truths: Mapping[str, Truth]) -> Iterator[str]:
    for condition in claim.holds:
        place, _, word = condition.partition(" ")
        key, _, cell = place.partition("/")
        truth = truths.get(key)
        if truth is None or word not in HOLDS:
            continue
        if not _holds(word, truth.counts[cell], truth.base):
            yield f"{claim.template}, line {claim.line}: asserts {condition}"
