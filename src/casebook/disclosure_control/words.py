"""Words in place of counts, for offenders and victims where no count may be published.

A word is one-sided: it leaves open how far beyond its bound the count lies. All words about one variable in one group
are checked together, because two harmless words can give a count away.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from casebook.canonical import keyed_digest
from casebook.disclosure_control.counting import Interval
from casebook.disclosure_control.feasibility import Universe, intervals
from casebook.disclosure_control.policy import Rules


def bounds_of(word: str, base: int) -> Interval:
    """Return the smallest and largest count a one-sided word stands for."""
    return {
        "named": (1, base),
        "less than half": (0, (base - 1) // 2),
        "more than half": (base // 2 + 1, base),
        "most": (-(-3 * base // 4), base),
    }[word]


def shares_of(word: str) -> tuple[int, int, int]:
    """Return factors of a count and of its base, and the least that their products add up to where the word is true."""
    return {"named": (1, 0, 1), "less than half": (-2, 1, 1), "more than half": (2, -1, 1), "most": (4, -3, 0)}[word]


def half_word_holds(word: str, count: int, base: int, rules: Rules) -> bool:
    """Return whether a word that halves the range is true of a count, and its base large enough to leave it open."""
    low, high = bounds_of(word, base)
    large_enough = base >= (rules.most_from if word == "most" else rules.half_words_from)
    return large_enough and low <= count <= high


def jointly_safe(words: Mapping[str, str], universe: Universe, rules: Rules) -> dict[str, str]:
    """Return the words that may stand together, giving up the last planned first until no cell is exposed."""
    kept = dict(words)
    while kept and _exposed(kept, universe, rules):
        del kept[list(kept)[-1]]
    return kept


def leading_is_safe(leading: str, words: Mapping[str, str], universe: Universe, rules: Rules) -> bool:
    """Return whether naming the most frequent level beside the words exposes no cell."""
    found = intervals(universe, _known(words, universe), leading)
    return not any(rules.exposes(*found[cell], universe.base) for cell in universe.cells)


def with_decoy(named: Iterable[str], missing: Sequence[str], *, key: bytes, table: str) -> set[str]:
    """Return the planned names less one, chosen with a secret key, where others are missing because they are small.

    Otherwise a planned name that is not printed would say "two at most" of its level. With the decoy every missing
    name may be the one that was left out though it is frequent.
    """
    kept = set(named)
    if kept and missing:
        kept.discard(min(sorted(kept), key=lambda level: keyed_digest(key, f"{table}/{level}".encode())))
    return kept


def _exposed(words: Mapping[str, str], universe: Universe, rules: Rules) -> bool:
    found = intervals(universe, _known(words, universe))
    return any(rules.exposes(*found[cell], universe.base) for cell in universe.cells)


def _known(words: Mapping[str, str], universe: Universe) -> dict[str, Interval]:
    return {cell: bounds_of(word, universe.base) for cell, word in words.items()}
