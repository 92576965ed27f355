"""Counts of offenders and victims: what is withheld for its own sake, and what has to go with it in all tables jointly.

Primary: small counts, small complements, and zero or all of a sensitive attribute, in a printed table or in what two
tables leave between them. Secondary: the least further cells until nobody can work those out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from casebook.disclosure_control.deadline import Deadline
from casebook.disclosure_control.exposure import Part, Printed, Sheet, exposed_by, may_stand
from casebook.disclosure_control.feasibility import BASE
from casebook.disclosure_control.instance import CellId, Instance, InstanceCell
from casebook.disclosure_control.linked_tables import Strata
from casebook.disclosure_control.policy import Rules
from casebook.disclosure_control.relations import relations_of_rows
from casebook.disclosure_control.suppression import suppress

#: How much more a pooled count is worth than a country's.
_POOLED_WORTH = 10


def printed_counts(part: Part, rules: Rules, deadline: Deadline) -> dict[str, dict[str, int]]:
    """Return for each sheet, by key, the counts that may be printed together; all other cells are withheld.

    A sheet that cannot be protected otherwise loses all of its counts. Raises DisclosureRefused when the time runs out.
    """
    standing = {sheet.key: _standing(sheet, rules) for sheet in part.sheets}
    if not exposed_by(part, part.sheets, standing, rules, deadline):
        return standing
    return _searched(part, rules, deadline)


def _standing(sheet: Sheet, rules: Rules) -> dict[str, int]:
    """Return the counts that could be printed if each stood alone."""
    return {cell: n for cell, n in sheet.counts.items() if may_stand(n, sheet.base, rules, sensitive=sheet.sensitive)}


def _searched(part: Part, rules: Rules, deadline: Deadline) -> dict[str, dict[str, int]]:
    """Return the counts of a pattern that withholds further cells, as few and small ones as can be."""
    sheets, forced = {sheet.key: sheet for sheet in part.sheets}, set[Printed]()
    found = _suppressed(part, part.sheets, rules, forced, deadline)
    while exposed := exposed_by(part, [*sheets.values()], found, rules, deadline):
        if exposed <= forced:
            # Withholding the cell itself is not enough, and no other cell is known to be.
            lost = {key for key, _ in exposed}
            sheets = {key: sheet for key, sheet in sheets.items() if key not in lost}
        forced |= exposed
        found = _suppressed(part, [*sheets.values()], rules, forced, deadline)
    return {sheet.key: found.get(sheet.key, {}) for sheet in part.sheets}


def _suppressed(
    part: Part, sheets: Sequence[Sheet], rules: Rules, forced: set[Printed], deadline: Deadline
) -> dict[str, dict[str, int]]:
    cells = {cell.name: cell for cell in _cells(part, sheets, rules, forced)}
    withheld = _solved(part, sheets, cells, deadline)
    return {
        sheet.key: {c: n for c, n in sheet.counts.items() if _name(sheet.strata, sheet.table, c) not in withheld}
        for sheet in sheets
    }


def _solved(
    part: Part, sheets: Sequence[Sheet], cells: Mapping[str, InstanceCell], deadline: Deadline
) -> frozenset[CellId]:
    values = {name: cell.value for name, cell in cells.items()}
    sums = [_sum(sheet, cell) for sheet in sheets if len(sheet.strata) > 1 for cell in (BASE, *sheet.counts)]
    rows = (({_name((s,), t, c): x for (s, t, c), x in row.items()}, high) for row, _, high in part.tables.relations())
    further, relations = relations_of_rows([*sums, *rows], values)
    instance = Instance((*cells.values(), *further), relations)
    bases = [_name(sheet.strata, sheet.table, BASE) for sheet in sheets]
    return suppress(instance, deadline, keep=bases).withheld


def _sum(sheet: Sheet, cell: str) -> tuple[dict[str, int], float]:
    """Return that a printed cell is the sum over its strata."""
    parts = {_name((stratum,), sheet.table, cell): 1 for stratum in sheet.strata}
    return {**parts, _name(sheet.strata, sheet.table, cell): -1}, 0


def _cells(part: Part, sheets: Sequence[Sheet], rules: Rules, forced: set[Printed]) -> Iterator[InstanceCell]:
    """Yield the cells of all sheets, and those of the strata that no sheet shows by themselves."""
    shown = set[str]()
    for sheet in sheets:
        for cell, n in {BASE: sheet.base, **sheet.counts}.items():
            made = _cell(_name(sheet.strata, sheet.table, cell), n, sheet.base, rules, sensitive=sheet.sensitive)
            made = made if cell != BASE else InstanceCell(made.name, n)
            shown.add(made.name)
            yield _weighed(made, sheet, cell, withhold=(sheet.key, cell) in forced, rules=rules)
    sensitive = {sheet.table: sheet.sensitive for sheet in sheets}
    for (stratum, table), counts in part.truth.items():
        for cell in counts:
            if (name := _name((stratum,), table, cell)) not in shown:
                yield _unprinted(name, cell, counts, rules, sensitive=sensitive.get(table, False))


def _unprinted(name: str, cell: str, counts: Mapping[str, int], rules: Rules, *, sensitive: bool) -> InstanceCell:
    if cell == BASE or not counts[BASE]:
        return InstanceCell(name, counts[cell], weight=0, publish=False)
    made = _cell(name, counts[cell], counts[BASE], rules, sensitive=sensitive)
    return replace(made, weight=0, publish=False)


def _cell(name: str, n: int, base: int, rules: Rules, *, sensitive: bool) -> InstanceCell:
    """Return a count with the levels that protect it and its complement, where it may not stand."""
    if may_stand(n, base, rules, sensitive=sensitive):
        return InstanceCell(name, n)
    upper = rules.threshold - n if rules.small(n) else 0
    lower = rules.threshold - (base - n) if rules.small(base - n) else 0
    width = rules.smallest_width
    return InstanceCell(name, n, sensitive=True, upper_level=upper, lower_level=lower, sliding_level=width)


def _weighed(made: InstanceCell, sheet: Sheet, cell: str, *, withhold: bool, rules: Rules) -> InstanceCell:
    """Return a cell with its worth; one that is withheld for others' sake must not be pinned either."""
    worth = (1 + made.value) * sheet.worth.get(cell, 1) * (_POOLED_WORTH if len(sheet.strata) > 1 else 1)
    weighed = replace(made, weight=worth)
    if withhold and not made.sensitive:
        return replace(weighed, publish="suppressed", sliding_level=rules.smallest_width)
    return weighed


def _name(strata: Strata, table: str, cell: str) -> str:
    return f"{table}@{'+'.join(stratum.place for stratum in strata)}: {cell}"
