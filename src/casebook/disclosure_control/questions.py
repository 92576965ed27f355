"""What a reader can work out of single cells: of all people, of a country's, of newcomers, and as one of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from casebook.disclosure_control.audit_result import Target
from casebook.disclosure_control.counting import Interval, System, solve_together
from casebook.disclosure_control.exposure import contradiction
from casebook.disclosure_control.feasibility import BASE
from casebook.disclosure_control.known_group import NOT, KnownGroup, KnownPart
from casebook.disclosure_control.lattice import Margin
from casebook.disclosure_control.linked_tables import Name, Strata, names_of
from casebook.disclosure_control.policy import Rules
from casebook.disclosure_control.strata import Stratum

SMALL = "a small number of people is certain"
FEW_OTHERS = "a small number of people without it is certain"
NARROW = "the number is known too closely"
UNANSWERED = "a small number of people without an answer is certain"


@dataclass(frozen=True)
class Questions:
    """All questions about the single cells of a part, and what a reader under some rules can work out.

    `sensitive` names the tables of which zero and all are protected. Raises DisclosureRefused where what is seen
    contradicts itself.
    """

    group: KnownGroup
    part: KnownPart
    system: System[Name]
    rules: Rules
    sensitive: frozenset[str]
    _insiders: dict[Name, System[Name]] = field(default_factory=dict)

    def targets(self) -> Iterator[Target]:
        """Yield every cell, of each set of people, with what an outsider and each insider can work out."""
        self._solve_ahead()
        for people, label in self.group.people.items():
            for table in self.part.tables.topics:
                if self._interval(self.system, people, table, BASE)[1] > 0:
                    yield from (replace(target, people=label) for target in self._of_table(people, table))

    def margins(self, people: Strata, table: str, *, insider: Stratum | None = None) -> list[Margin]:
        """Return the cells of a table of some people for a lattice, as an outsider or one of a stratum knows them."""
        cells = self.part.tables.topics[table].cells
        if insider is None:
            return [self._margin(self.system, people, table, cell) for cell in cells]
        return [
            self._without_oneself(self._margin(system, people, table, cell), people.index(insider), own)
            for cell in cells
            for own, system in self._own_answers(insider, table, cell)
        ]

    def _of_table(self, people: Strata, table: str) -> Iterator[Target]:
        yield self._base(people, table)
        for cell in self.part.tables.topics[table].cells:
            target = self._target(self.system, people, table, cell)
            reason = self._reason(target, people)
            yield replace(target, reason=reason)
            may_be_exact = target.width == 0 and not reason
            for stratum in people:
                for own, system in self._own_answers(stratum, table, cell):
                    others = _others(self._target(system, people, table, cell), is_in=own == cell)
                    exempt = may_be_exact and others.width == 0
                    yield (
                        others
                        if exempt
                        else replace(others, reason=exposed(others, self.rules.of_insiders, self._size(people) - 1))
                    )

    def _base(self, people: Strata, table: str) -> Target:
        """Return what can be worked out of those who answered; of a subgroup, their number is itself a count."""
        base = self._interval(self.system, people, table, BASE)
        rest = self._interval(self.system, people, table, NOT + BASE)
        target = Target(self.group.name, (table,), (BASE,), "", *base, self._size(people), rest)
        if self.group.plans[table].among:
            return replace(target, reason=self._reason(target, people))
        return replace(target, reason=UNANSWERED if self.rules.proves_small(*rest) else "")

    def _target(self, system: System[Name], people: Strata, table: str, cell: str) -> Target:
        found, base = (self._interval(system, people, table, name) for name in (cell, BASE))
        if base[0] == base[1]:
            rest = (base[0] - found[1], base[0] - found[0])
        else:
            rest = self._interval(system, people, table, NOT + cell)
        return Target(self.group.name, (table,), (cell,), "", *found, base[1], rest)

    def _reason(self, target: Target, people: Strata) -> str:
        """Return why an interval tells too much, or nothing; an exact count may, where it may stand."""
        table, cell = target.table[0], target.cell[0]
        printed = self.part.seen.cells.get((people, table, cell)) == (target.lower, target.upper)
        exact = self.rules.exact and target.width == 0
        if exact and (printed or people not in self.group.own[table]) and not self._tells_of_each(target):
            return exposed(target, replace(self.rules, smallest_width=0), self._size(people))
        return exposed(target, self.rules, self._size(people))

    def _size(self, people: Strata) -> int:
        return sum(self.group.strata[stratum] for stratum in people)

    def _tells_of_each(self, target: Target) -> bool:
        """Return whether it is certain that nobody or everybody has a sensitive attribute."""
        return target.table[0] in self.sensitive and (target.upper == 0 or target.rest[1] == 0)

    def _own_answers(self, stratum: Stratum, table: str, cell: str) -> Iterator[tuple[str, System[Name]]]:
        """Yield the answers that one of a stratum may have given and that bear on a cell, and what this one knows.

        Only of a variable with one answer each does an answer tell more of a cell than to be in it or not.
        """
        topic = self.part.tables.topics[table]
        answers: Sequence[str] = [cell, NOT + cell] if topic.multi or cell in topic.sets else topic.levels
        for own in answers:
            name = (stratum, table, own)
            if self._interval(self.system, (stratum,), table, own)[1] > 0:
                if name not in self._insiders:
                    self._insiders[name] = self.system.given({name: (1, self.group.strata[stratum])})
                yield own, self._insiders[name]

    def _margin(self, system: System[Name], people: Strata, table: str, cell: str) -> Margin:
        names = names_of(people, table, cell)
        ends = system.ends(names)
        if ends is None:
            raise contradiction(table)
        met = system.met(names) if len(people) > 1 else frozenset()
        return Margin(table, cell, self.group.parts.index(self.part), *ends, met)

    def _without_oneself(self, margin: Margin, place: int, own: str) -> Margin:
        def others(counts: tuple[int, ...]) -> tuple[int, ...]:
            return tuple(n - int(own == margin.cell and place == number) for number, n in enumerate(counts))

        met = frozenset(map(others, margin.met))
        return replace(margin, fewest=others(margin.fewest), most=others(margin.most), met=met, own=own)

    def _interval(self, system: System[Name], people: Strata, table: str, cell: str) -> Interval:
        found = system.interval(names_of(people, table, cell))
        if found is None:
            raise contradiction(table)
        return found

    def _solve_ahead(self) -> None:
        """Find at once most of what is asked one by one; whoever may be an insider is known from the first answers."""
        topics = self.part.tables.topics
        places = [(people, table) for people in self.group.people for table in topics]
        singles = [((stratum,), table) for stratum in self.group.strata for table in topics]
        cells = [
            (people, table, cell) for people, table in (*places, *singles) for cell in (BASE, *topics[table].cells)
        ]
        solve_together((self.system, names_of(*cell)) for cell in cells)
        solve_together((self.system, names_of(people, table, NOT + cell)) for people, table, cell in cells)
        solve_together(
            (system, names_of(people, table, name))
            for people, table in places
            for cell in topics[table].cells
            for stratum in people
            for _, system in self._own_answers(stratum, table, cell)
            for name in (BASE, cell)
        )


def _others(found: Target, *, is_in: bool) -> Target:
    """Return what an insider knows of the others, by what this one knows of all."""
    own, other = int(is_in), int(not is_in)
    rest = (max(0, found.rest[0] - other), max(0, found.rest[1] - other))
    lower, upper = max(0, found.lower - own), max(0, found.upper - own)
    return replace(found, lower=lower, upper=upper, rest=rest, base=found.base - 1, insider=True)


def exposed(target: Target, rules: Rules, people: int) -> str:
    """Return why an interval tells too much of a count of some people or of the others, or nothing.

    That a count is from none to all of them, however few they are, is known before anything is published.
    """
    if rules.proves_small(target.lower, target.upper):
        return SMALL
    if rules.proves_small(*target.rest):
        return FEW_OTHERS
    narrow = min(target.width, target.rest[1] - target.rest[0]) < rules.smallest_width
    return NARROW if narrow and (target.lower, target.upper) != (0, people) else ""
