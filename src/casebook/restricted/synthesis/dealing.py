"""Dealing: which interview gives which answer, so that margins come out and the answers of one fit together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter

import numpy as np
from numpy.random import Generator
from scipy.optimize import linear_sum_assignment

from casebook.codebook import Codebook
from casebook.restricted.synthesis.chance import chance
from casebook.restricted.synthesis.design import MISSING, Design, Group, Leaning
from casebook.restricted.synthesis.margins import Margin

# A preference outweighs all chance, which is below one; what must or may never be outweighs all preferences.
WEIGHTS: Mapping[str, float] = {"must": -1000, "never": 1000, "prefers": -1, "avoids": 1}


@dataclass(frozen=True)
class Answer:
    """What an interview answers to one variable: its levels, or the one kind of missing."""

    levels: tuple[str, ...] = ()
    missing: str = ""


Answers = dict[str, Answer]


def holds(leaning: Leaning, answers: Mapping[str, Answer]) -> bool:
    """Whether the other answer is given that a leaning depends on."""
    other = answers.get(leaning.on_variable)
    given = [level in other.levels for level in leaning.on_levels] if other else [False]
    return all(given) if leaning.every else any(given)


def deal(
    group: Group, margins: Mapping[str, Margin], design: Design, interviews: Sequence[str], *, seed: int
) -> Mapping[str, Answers]:
    """The answers of each interview of a group, dealt variable by variable, those that others lean on first."""
    dealt: dict[str, Answers] = {interview: {} for interview in interviews}
    for variable in _order(margins, design.leanings):
        leanings = [leaning for leaning in design.leanings if leaning.variable == variable]
        rng = chance(seed, "deal", str(group), variable)
        _Hand(margins[variable], leanings, dealt, rng).play()
    return dealt


def _order(margins: Mapping[str, Margin], leanings: Iterable[Leaning]) -> list[str]:
    sorter: TopologicalSorter[str] = TopologicalSorter({variable: [] for variable in margins})
    for leaning in leanings:
        if leaning.variable in margins and leaning.on_variable in margins.keys() - {leaning.variable}:
            sorter.add(leaning.variable, leaning.on_variable)
    return list(sorter.static_order())


@dataclass(frozen=True)
class _Hand:
    """One variable about to be dealt to the interviews of a group."""

    margin: Margin
    leanings: Sequence[Leaning]
    dealt: dict[str, Answers]
    rng: Generator

    def play(self) -> None:
        if self.margin.variable.multi:
            self._several()
        else:
            self._one_each()

    @property
    def _name(self) -> str:
        return self.margin.variable.id

    def _weight(self, level: str, interview: str) -> float:
        """How strongly an interview's other answers speak against giving it a level, negative where for it."""
        return sum(
            WEIGHTS[leaning.how]
            for leaning in self.leanings
            if leaning.level == level and holds(leaning, self.dealt[interview])
        )

    def _one_each(self) -> None:
        slots = [(level, "") for level, count in self.margin.counts.items() for _ in range(count)]
        slots += [("", kind) for kind, count in self.margin.missing.items() for _ in range(count)]
        for interview, (level, kind) in self._assign(slots).items():
            self.dealt[interview][self._name] = Answer((level,) if level else (), kind)

    def _several(self) -> None:
        exclusive = [(level, "") for level in self.margin.counts if level in self.margin.exclusive]
        slots = [slot for slot in exclusive for _ in range(self.margin.counts[slot[0]])]
        slots += [("", kind) for kind, count in self.margin.missing.items() for _ in range(count)]
        slots += [("", "")] * (len(self.dealt) - len(slots))
        open_to: list[str] = []
        for interview, (level, kind) in self._assign(slots).items():
            self.dealt[interview][self._name] = Answer((level,) if level else (), kind)
            if not level and not kind:
                open_to.append(interview)
        self._deal_levels(open_to)

    def _assign(self, slots: Sequence[tuple[str, str]]) -> dict[str, tuple[str, str]]:
        """A slot for each interview, cheapest for all together: chance, and what their other answers say."""
        interviews = list(self.dealt)
        costs = self.rng.random((len(interviews), len(slots)))
        kinds = list(dict.fromkeys(slots))
        column = [kinds.index(slot) for slot in slots]
        weights = np.array([[self._slot_weight(kind, i) for kind in kinds] for i in interviews])
        rows, columns = linear_sum_assignment(costs + weights[:, column])
        return {interviews[row]: slots[place] for row, place in zip(rows, columns, strict=True)}

    def _slot_weight(self, slot: tuple[str, str], interview: str) -> float:
        level, kind = slot
        if not level and not kind:
            return min((self._weight(name, interview) for name in self.margin.open), default=0)
        return self._weight(MISSING if kind else level, interview)

    def _deal_levels(self, interviews: Sequence[str]) -> None:
        """Deal each level among the interviews it may go to, then see that nobody stays without an answer."""
        levels, size = self.margin.together or (frozenset(), 0)
        inside = [interviews[place] for place in sorted(self.rng.permutation(len(interviews))[:size])]
        for level in self.margin.open:
            allowed = inside if level in levels else interviews
            keys = {i: self._weight(level, i) + self.rng.random() for i in allowed}
            for interview in sorted(allowed, key=keys.__getitem__)[: self.margin.counts[level]]:
                self._give(interview, level)
        self._cover(inside, inside, levels)
        rest = [interview for interview in interviews if interview not in inside]
        self._cover(rest, interviews, frozenset(self.margin.open) - levels)

    def _cover(self, needy: Sequence[str], donors: Sequence[str], levels: frozenset[str]) -> None:
        """Give each interview one of the levels, taken where another of them, or no need of any, remains."""
        for interview in needy:
            if levels.isdisjoint(self._levels(interview)):
                offers = [
                    (
                        self._weight(level, interview) - self._weight(level, donor) + self.rng.random(),
                        donor,
                        level,
                    )
                    for donor in donors
                    for level in self._levels(donor)
                    if level in levels and (donor not in needy or len(levels & {*self._levels(donor)}) > 1)
                ]
                _, donor, level = min(offers)
                self._take(donor, level)
                self._give(interview, level)

    def _levels(self, interview: str) -> tuple[str, ...]:
        return self.dealt[interview][self._name].levels

    def _give(self, interview: str, level: str) -> None:
        chosen = {*self._levels(interview), level}
        self._set(interview, chosen)

    def _take(self, interview: str, level: str) -> None:
        self._set(interview, {*self._levels(interview)} - {level})

    def _set(self, interview: str, chosen: set[str]) -> None:
        ordered = tuple(level for level in self.margin.variable.level_ids if level in chosen)
        self.dealt[interview][self._name] = Answer(ordered)


def broken(answers: Mapping[str, Answer], leanings: Iterable[Leaning], codebook: Codebook) -> bool:
    """Whether an interview's answers break what must or may never stand beside another answer."""
    for leaning in leanings:
        answer = answers.get(leaning.variable)
        if answer is None or leaning.how not in ("must", "never") or not holds(leaning, answers):
            continue
        given = bool(answer.missing) if leaning.level == MISSING else leaning.level in answer.levels
        if given == (leaning.how == "never"):
            return True
    return any(
        len(answer.levels) > 1 and {level.id for level in codebook[variable].exclusive} & {*answer.levels}
        for variable, answer in answers.items()
    )
