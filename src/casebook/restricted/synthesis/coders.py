"""Coders: what the main coder, the second coder and their consensus say about an interview."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from numpy.random import Generator

from casebook.codebook import Codebook, Variable
from casebook.restricted.submission_tables import MISSING_KINDS
from casebook.restricted.synthesis.chance import chance, one_of
from casebook.restricted.synthesis.dealing import Answer, Answers, broken
from casebook.restricted.synthesis.design import Leaning
from casebook.restricted.synthesis.sample import Interview

MAIN, DOUBLE, CONSENSUS = "A", "B", "CONS"
KINDS = {MAIN: "main", DOUBLE: "double", CONSENSUS: "consensus"}
# The share of cells in which two coders differ, how often the consensus then corrects the main coder, and how
# often a difference is a level that one of them did not see.
DIFFER = 0.08
CORRECTED = 0.4
UNSEEN = 0.5


def coded_by(
    interview: Interview, agreed: Answers, codebook: Codebook, *, leanings: Sequence[Leaning], seed: int
) -> Mapping[str, Answers]:
    """Each coder's answers; what was agreed is the consensus, or the main coder's where nobody else coded."""
    if not interview.double:
        return {MAIN: agreed}
    rng = chance(seed, "coders", interview.id)
    coded = {MAIN: dict(agreed), DOUBLE: dict(agreed), CONSENSUS: agreed}
    for variable, answer in agreed.items():
        differs, corrected = rng.random(2)
        if differs < DIFFER:
            answers = coded[MAIN if corrected < CORRECTED else DOUBLE]
            other = {**answers, variable: _another(answer, codebook[variable], rng)}
            if not broken(other, leanings, codebook):
                answers.update(other)
    return coded


def _another(answer: Answer, variable: Variable, rng: Generator) -> Answer:
    """A reading of the same passage that another coder might come to."""
    if answer.missing:
        return Answer(missing=one_of([kind for kind in MISSING_KINDS if kind != answer.missing], rng))
    levels = variable.level_ids
    if variable.kind == "ordinal":
        place = levels.index(answer.levels[0])
        return Answer((one_of(levels[max(place - 1, 0) : place] + levels[place + 1 : place + 2], rng),))
    if not variable.multi:
        return Answer((one_of([level for level in levels if level not in answer.levels], rng),))
    return Answer(_more_or_fewer(answer.levels, variable, rng))


def _more_or_fewer(levels: tuple[str, ...], variable: Variable, rng: Generator) -> tuple[str, ...]:
    """The levels without one of them, or with one more; an exclusive level gives way to another."""
    exclusive = {level.id for level in variable.exclusive}
    kept = [level for level in levels if level not in exclusive]
    if len(kept) > 1 and rng.random() < UNSEEN:
        gone = one_of(kept, rng)
        return tuple(level for level in kept if level != gone)
    addable = [level for level in variable.level_ids if level not in (*kept, *exclusive)]
    chosen = {*kept, *([one_of(addable, rng)] if addable else [])}
    return tuple(level for level in variable.level_ids if level in chosen)
