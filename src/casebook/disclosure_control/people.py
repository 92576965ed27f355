"""What may be said of one variable in a group of offenders or victims, before it is held against other tables."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from casebook.disclosure_control import words
from casebook.disclosure_control.feasibility import Universe, leader
from casebook.disclosure_control.policy import Rules
from casebook.restricted.frequency_tables import FrequencyTable
from casebook.study import PlannedTable


@dataclass(frozen=True)
class PeopleTable:
    """A frequency table of offenders or victims with its plan and the rules of its readers.

    `rest` holds, for a country's table, the group and the base of those whom no country's own table counts;
    `sensitive` tells that the variable's zero and all are protected.
    """

    table: FrequencyTable
    plan: PlannedTable
    rules: Rules
    rest: tuple[int, int]
    sensitive: bool

    def reason_to_withhold(self) -> str | None:
        """Return why nothing of the table may be said, or None."""
        table, rules = self.table, self.rules
        if table.base < rules.smallest_group_of_cases:
            return "too few interviews"
        if rules.small(table.group_size - table.base):
            return "so few interviews are without an answer that the base would point at them"
        # In words the size of a subgroup is not said at all.
        if rules.exact and rules.small(table.whole_group - table.group_size):
            return "so few interviews are outside the subgroup that its size would point at them"
        return self._reason_of_rest()

    def _reason_of_rest(self) -> str | None:
        size, base = self.rest
        if 0 < base < self.rules.smallest_group_of_cases or self.rules.small(size - base):
            return "so few interviews of other countries have, or lack, an answer that the base would point at them"
        return None

    def said_words(self, named_from: int, exact_elsewhere: Collection[str], key: bytes) -> dict[str, str]:
        """Return the planned words that are true and may be said together.

        `named_from` is the smallest count that other readers may know of, `exact_elsewhere` the cells whose counts are
        given to every reader who also reads this edition: withholding is evidence, so no other gets a half-word.
        """
        true = {
            cell: word
            for cell, word in self.plan.words.items()
            if self._holds(cell, word, named_from=named_from, exact_elsewhere=cell in exact_elsewhere)
        }
        named = {cell for cell, word in true.items() if word == "named"}
        missing = [cell for cell, word in self.plan.words.items() if word == "named" and cell not in named]
        kept = words.with_decoy(named, missing, key=key, table=self.table.key)
        said = {cell: word for cell, word in true.items() if word != "named" or cell in kept}
        return words.jointly_safe(said, self._universe, self.rules)

    def _holds(self, cell: str, word: str, *, named_from: int, exact_elsewhere: bool) -> bool:
        n = self.table.counts[cell]
        if word == "named":
            return n >= named_from
        return exact_elsewhere and words.half_word_holds(word, n, self.table.base, self.rules)

    def leading_of_counts(self, shown: Mapping[str, int]) -> str | None:
        """Return the leading level of a planned ranking, where every count it rests on is printed."""
        if not self.plan.ranking or set(shown) != set(self.table.counts):
            return None
        return leader(self.table.levels)

    def leading_of_words(self, said: Mapping[str, str]) -> str | None:
        """Return the leading level of a planned ranking, where saying it beside the words exposes nobody."""
        leading = leader(self.table.levels) if self.plan.ranking else None
        safe = leading is not None and words.leading_is_safe(leading, said, self._universe, self.rules)
        return leading if safe else None

    @property
    def _universe(self) -> Universe:
        exclusive = self.table.exclusive if self.table.multi else ()
        sets = dict(self.plan.together)
        return Universe(tuple(self.table.levels), sets, self.table.multi, exclusive, self.table.base)


def rest_of(table: FrequencyTable, pooled: FrequencyTable, own: Sequence[FrequencyTable]) -> tuple[int, int]:
    """Return the group and the base of those who are in none of the countries' own tables; of a pooled table, nobody.

    `own` are the tables of all countries whose results are shown beside the pooled one.
    """
    if table is pooled:
        return 0, 0
    return (
        pooled.group_size - sum(one.group_size for one in own),
        pooled.base - sum(one.base for one in own),
    )
