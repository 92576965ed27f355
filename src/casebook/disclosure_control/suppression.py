"""Complementary suppression: the least important further cells to withhold so that every target is protected.

A master programme proposes patterns over all linked tables jointly; an attack on each target either proves that the
pattern protects it or gives a cut that rules the pattern out (Benders). After M. Fischetti and J. J. Salazar,
"Solving the cell suppression problem on tabular data with linear constraints", Management Science 47 (2001).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import numpy as np

from casebook.disclosure_control.cuts import Cut, Separation
from casebook.disclosure_control.deadline import Deadline
from casebook.disclosure_control.instance import CellId, Instance, Mask, Requirement, Vector, requirements
from casebook.disclosure_control.master import Master
from casebook.disclosure_control.protection import Protection
from casebook.errors import DisclosureRefused, Fault

#: Share of the time after which cuts are looked for at whole patterns only.
_RELAXED_SHARE = 0.3
#: How far from the cheapest a proposal may be while proposals are still refuted.
_FIRST_GAP = 0.01
#: Cuts at fractional patterns end when a round of them has not raised the bound by this factor.
_WORTH_TIGHTENING = 1.002
#: Mended patterns dearer than the best by more than this factor are not trimmed: it takes long and seldom pays.
_WORTH_TRIMMING = 1.1


@dataclass(frozen=True)
class Suppression:
    """A pattern that protects every target: the ids withheld, their weight, and the least weight that could do."""

    withheld: frozenset[CellId]
    objective: float
    bound: float
    proven: bool


def suppress(instance: Instance, deadline: Deadline, *, keep: Collection[CellId] = ()) -> Suppression:
    """Return a pattern of least weight that protects all targets; cells to keep stay printed whatever it costs.

    When the time runs out the best pattern so far is returned, not proven to be the best. Raises DisclosureRefused
    when no pattern protects a target, or the time was too short to find any.
    """
    fixed = instance.mask(cell.sensitive or cell.publish is not True for cell in instance.ordered)
    kept = instance.mask(cell.id in keep for cell in instance.ordered)
    if both := [cell.id for cell in instance.ordered if cell.id in keep and fixed[instance.place_of[cell.id]]]:
        raise DisclosureRefused(Fault("solver", f"cell {name}", "must be withheld and kept") for name in both)
    search = _Search(instance, fixed, ~kept, deadline)
    search.refuse_what_cannot_be_protected()
    return search.run()


class _Search:
    """The state of one search: proofs of protection, cuts, the best pattern and the bound."""

    def __init__(self, instance: Instance, fixed: Mask, open_: Mask, deadline: Deadline) -> None:
        self._instance = instance
        self._open = open_
        self._deadline = deadline
        self._needs = requirements(instance)
        self._protection = Protection(instance, fixed, deadline)
        self._separation = Separation(instance, fixed)
        self._master = Master(instance, fixed, open_)
        self._best: Mask = open_
        self._bound = 0.0
        self._fixed = fixed

    def refuse_what_cannot_be_protected(self) -> None:
        """Raise DisclosureRefused with every target that is exposed even where all open cells are withheld."""
        exposed = {need.cell for need in self._needs if not self._protection.holds(need, self._open)}
        if exposed:
            message, remedy = "cannot be protected by withholding other cells", "lower its levels or leave tables out"
            names = [self._instance.ordered[place].name for place in exposed]
            raise DisclosureRefused(Fault("solver", f"cell {name}", message, remedy=remedy) for name in names)

    def run(self) -> Suppression:
        """Return the best pattern, proposing and refuting until nothing cheaper is left or the time has run out."""
        try:
            self._learn(self._fixed)
            self._tighten(self._deadline.sooner(_RELAXED_SHARE))
            self._propose()
        except DisclosureRefused:
            # What ran out is the time; the best pattern so far protects every target all the same.
            pass
        return self._result()

    def _tighten(self, deadline: Deadline) -> None:
        """Raise the bound with cuts at fractional patterns, until none is found or they no longer raise it."""
        reached = 0.0
        while not (self._proven or deadline.passed):
            proposal = self._master.relaxed(self._deadline)
            if proposal.pattern is None:
                return
            self._bound = max(self._bound, proposal.bound)
            if self._master.add_companions(proposal.pattern):
                continue
            if self._bound < reached * _WORTH_TIGHTENING or not self._master.add(self._cuts(proposal.pattern)):
                return
            reached = self._bound

    def _cuts(self, pattern: Vector) -> Iterator[Cut]:
        for need in self._needs:
            cut = self._separation.cut(need, pattern)
            if cut is not None:
                yield cut

    def _propose(self) -> None:
        gap = _FIRST_GAP
        while not (self._proven or self._deadline.passed):
            proposal = self._master.whole(self._deadline, gap)
            self._bound = max(self._bound, proposal.bound)
            if proposal.pattern is None:
                return
            found = self._master.add_companions(proposal.pattern)
            refuted = self._learn(proposal.pattern > 0.5)
            found += self._master.add(cut for need in refuted for cut in self._refutations(need, proposal.pattern))
            if not found and not gap and proposal.optimal:
                self._bound = self._price
            gap = gap if found else 0

    def _learn(self, pattern: Mask) -> list[Requirement]:
        """Return what a pattern does not fulfil, and keep the pattern, mended and trimmed, if it is the best so far."""
        open_, prices = self._open, self._master.prices
        refuted = [need for need in self._needs if not self._protection.holds(need, pattern)]
        mended = self._protection.mended(refuted, pattern, open_=open_, prices=prices)
        if prices[mended].sum() > self._price * _WORTH_TRIMMING:
            return refuted
        trimmed = self._protection.trimmed(self._needs, mended, prices)
        if prices[trimmed].sum() < self._price:
            self._best = trimmed
        return refuted

    def _refutations(self, need: Requirement, pattern: Vector) -> list[Cut]:
        cuts = list(self._separation.cuts(need, pattern))
        # Where only whole values expose a target no linear proof exists, but some further cell must be withheld.
        return cuts or [Cut(np.where(self._open, 1 - pattern, 0), 1.0)]

    @property
    def _price(self) -> float:
        return float(self._master.prices[self._best].sum())

    @property
    def _proven(self) -> bool:
        return self._bound >= self._price

    def _result(self) -> Suppression:
        objective = self._master.objective(self._best)
        bound = objective if self._proven else min(objective, self._master.bound_on_weight(self._bound))
        withheld = frozenset(cell.id for cell, out in zip(self._instance.ordered, self._best, strict=True) if out)
        return Suppression(withheld, objective, bound, proven=self._proven)
