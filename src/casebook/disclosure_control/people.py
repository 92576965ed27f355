"""What may be said of one variable in a group of offenders or victims: counts for some readers, words for others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from casebook.disclosure_control import counts, words
from casebook.disclosure_control.feasibility import Universe, leader
from casebook.disclosure_control.policy import Rules
from casebook.restricted.frequency_tables import FrequencyTable
from casebook.study import PlannedTable


@dataclass(frozen=True)
class PeopleTable:
    """A frequency table of offenders or victims with its plan and the rules of all who will read it.

    `others` are the rules under which readers of this edition are also shown a finer one; `sensitive` tells that the
    variable's zero and all are protected.
    """

    table: FrequencyTable
    plan: PlannedTable
    rules: Rules
    others: tuple[Rules, ...]
    sensitive: bool

    def reason_to_withhold(self, rules: Rules) -> str | None:
        """Return why nothing of the table may be said under the rules, or None."""
        if self.table.base < rules.smallest_group_of_cases:
            return "too few interviews"
        if rules.small(self.table.group_size - self.table.base):
            return "so few interviews are without an answer that the base would point at them"
        # In words the size of a subgroup is not said at all.
        if rules.exact and rules.small(self.table.whole_group - self.table.group_size):
            return "so few interviews are outside the subgroup that its size would point at them"
        return None

    def shown_counts(self, rules: Rules, pooled: FrequencyTable) -> dict[str, int]:
        """Return the counts that may be printed under the rules, beside the pooled table where this is a country's."""
        if pooled is self.table:
            return counts.published_counts(self._candidates(self.table, rules), self._universe, rules)
        rest = pooled.base - self.table.base
        printed = replace(self, table=pooled).shown_counts(rules, pooled)
        candidates = {
            cell: n
            for cell, n in self._candidates(self.table, rules).items()
            if rest == 0 or counts.may_stand(pooled.counts[cell] - n, rest, rules, sensitive=self.sensitive)
        }
        known = {cell: (max(0, n - rest), min(self.table.base, n)) for cell, n in printed.items()}
        return counts.published_counts(candidates, self._universe, rules, known=known)

    def _candidates(self, table: FrequencyTable, rules: Rules) -> dict[str, int]:
        """Return the counts that could be printed if each stood alone."""
        return {
            cell: n
            for cell, n in table.counts.items()
            if counts.may_stand(n, table.base, rules, sensitive=self.sensitive)
        }

    def said_words(self, pooled: FrequencyTable, key: bytes) -> dict[str, str]:
        """Return the planned words that are true and may be said together."""
        true = self._true_words(pooled)
        named = {cell for cell, word in true.items() if word == "named"}
        missing = [cell for cell, word in self.plan.words.items() if word == "named" and cell not in named]
        kept = words.with_decoy(named, missing, key=key, table=self.table.key)
        said = {cell: word for cell, word in true.items() if word != "named" or cell in kept}
        return words.jointly_safe(said, self._universe, self.rules)

    def _true_words(self, pooled: FrequencyTable) -> dict[str, str]:
        elsewhere = self._shown_to_other_readers(pooled)
        named_from = min(rules.threshold for rules in (self.rules, *self.others))
        return {
            cell: word
            for cell, word in self.plan.words.items()
            if self._holds(cell, word, named_from=named_from, exact_elsewhere=cell in elsewhere)
        }

    def _holds(self, cell: str, word: str, *, named_from: int, exact_elsewhere: bool) -> bool:
        n = self.table.counts[cell]
        if word == "named":
            return n >= named_from
        return exact_elsewhere and words.half_word_holds(word, n, self.table.base, self.rules)

    def _shown_to_other_readers(self, pooled: FrequencyTable) -> set[str]:
        """Return the cells whose exact counts are given to every reader who also reads this edition."""
        shown = set(self.table.counts)
        for rules in self.others:
            withheld = self.reason_to_withhold(rules) is not None
            shown &= set() if withheld else set(self.shown_counts(rules, pooled))
        return shown

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
