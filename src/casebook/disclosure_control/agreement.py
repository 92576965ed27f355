"""What may be said of the agreement between coders: figures over experts' interviews, a grade over all.

Alpha, AC1 and their intervals together give back how often each value was coded, and the next edition's less this
one's gives it for the interviews in between (docs/decisions/0011-agreement.md). So no coefficient is published of
interviews with offenders or victims, and no number of interviews in which they answered.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from casebook.codebook import Codebook
from casebook.disclosure_control.policy import Rules
from casebook.errors import DisclosureRefused, Fault
from casebook.protected_tables import (
    CUSTOMARY,
    TENTATIVE,
    Coefficient,
    ExpertAgreement,
    Grade,
    ProtectedAgreement,
)
from casebook.restricted.agreement import Agreement, Estimate
from casebook.restricted.measured_agreement import Measured, Pool

#: Over fewer double-coded interviews a coefficient says too little to be shown or graded.
SMALLEST_POOL = 10
#: The disclosure class of the codebook whose variables are never released.
NEVER = "D"


def protect_agreement(
    measured: Sequence[Measured], codebook: Codebook, rules: Rules, *, planned: Mapping[str, Collection[str]]
) -> tuple[ProtectedAgreement, ...]:
    """Return what may be published, a row per variable of which anything may, in the order of the codebook.

    `planned` names, per variable, the groups that an edition reports it for; no other variable is published.
    Raises DisclosureRefused, with every fault, for a measurement that comes twice or cannot be.
    """
    if faults := list(_faults(measured, codebook)):
        raise DisclosureRefused(faults)
    pools: dict[Pool, dict[str, Agreement]] = {"experts": {}, "everybody": {}}
    for entry in measured:
        if not entry.agreement.level:
            pools[entry.pool][entry.agreement.variable] = entry.agreement
    known = {variable for pool in pools.values() for variable in pool}
    released = [v.id for v in codebook.variables if v.id in planned and v.id in known and v.disclosure != NEVER]
    found = [_protected(name, pools, rules, reported="E" in planned[name]) for name in released]
    return tuple(entry for entry in found if entry.experts or entry.grade or entry.too_few)


def _protected(
    variable: str, pools: Mapping[Pool, Mapping[str, Agreement]], rules: Rules, *, reported: bool
) -> ProtectedAgreement:
    """Figures need a variable that is reported of experts: others are about the experts themselves."""
    experts, everybody = pools["experts"].get(variable), pools["everybody"].get(variable)
    enough = max(rules.smallest_group_of_experts, SMALLEST_POOL)
    figures = _figures(experts) if reported and experts is not None and experts.interviews >= enough else None
    grade = _grade(everybody) if everybody else None
    return ProtectedAgreement(variable, figures, grade, too_few=reported and figures is None)


def _figures(found: Agreement) -> ExpertAgreement:
    return ExpertAgreement(
        interviews=found.interviews,
        units=found.units,
        agreeing=found.agreeing,
        ratings=found.ratings,
        prevalent=found.prevalent,
        alpha=_coefficient(found.alpha),
        ac1=_coefficient(found.ac1),
    )


def _coefficient(estimate: Estimate) -> Coefficient:
    value, low, high = (None if x is None else round(x, 2) for x in (estimate.value, estimate.low, estimate.high))
    return Coefficient(value, low, high, estimate.undefined)


def _grade(found: Agreement) -> Grade | None:
    """Return the grade of alpha; none where it is undefined, which would say that all gave the same answer."""
    alpha = found.alpha.value
    if alpha is None or found.interviews < SMALLEST_POOL:
        return None
    if alpha >= CUSTOMARY:
        return "customary"
    return "tentative" if alpha >= TENTATIVE else "below"


def _faults(measured: Sequence[Measured], codebook: Codebook) -> Iterator[Fault]:
    seen: set[tuple[str, str, str]] = set()
    for entry in measured:
        found = entry.agreement
        place = f"agreement of {found.variable}"
        if found.variable not in codebook:
            yield Fault("door", place, "the codebook has no such variable")
        if (key := (entry.pool, found.variable, found.level)) in seen:
            yield Fault("door", place, "handed in twice")
        seen.add(key)
        if not _can_be(found):
            yield Fault("door", place, "no such agreement can be")


def _can_be(found: Agreement) -> bool:
    counts = 0 <= found.agreeing <= found.units and 0 <= found.prevalent <= found.ratings
    coefficients = [x for x in (found.alpha.value, found.ac1.value) if x is not None]
    return counts and found.interviews <= found.units and all(x <= 1 for x in coefficients)
