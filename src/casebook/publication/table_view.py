"""What a template sees of a protected table: words and claims, never a bare number."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from casebook.codebook import Codebook
from casebook.errors import StatementRefused
from casebook.protected_tables import Cell, ProtectedTable
from casebook.publication import wording
from casebook.publication.claims import Kind

#: Turns a claim's kind, table key, cells, form and text into the recorded claim's text.
Record = Callable[[Kind, str, tuple[str, ...], str, str], "Said"]
#: Notes a condition that a template looked at: the words of it, and whether it is proven.
Note = Callable[[str, bool], bool]
Refuse = Callable[[str, str], StatementRefused]


class Said(str):
    """Text that is a recorded claim or finished Markdown, to be printed as it is."""


@dataclass(frozen=True)
class Scribe:
    """How a view records claims, notes conditions and refuses, with the place in the template."""

    record: Record
    note: Note
    refuse: Refuse


@dataclass(frozen=True)
class Share:
    """How many interviews of a group gave one answer, in the form that may be published."""

    table: TableView
    cell: Cell

    @property
    def known(self) -> bool:
        """Return whether anything may be said of this answer."""
        return self._note("published", self.cell.status != "withheld")

    @property
    def exact(self) -> bool:
        return self._note("published as a count", self.cell.status == "exact")

    @property
    def named(self) -> bool:
        return self._proves("named")

    @property
    def most(self) -> bool:
        return self._proves("most")

    @property
    def more_than_half(self) -> bool:
        return self._proves("more than half")

    @property
    def less_than_half(self) -> bool:
        return self._proves("less than half")

    @property
    def all(self) -> bool:
        return self._proves("all")

    @property
    def none(self) -> bool:
        return self._proves("none")

    def exceeds(self, other: Share) -> bool:
        """Return whether counts of the same interviews prove that more of them gave this answer than the other."""
        counted = self.cell.n is not None and other.cell.n is not None
        same = self.table.interviews == other.table.interviews
        proven = counted and same and (self.cell.n or 0) > (other.cell.n or 0)
        return self.table.scribe.note(f"{self.name} exceeds {other.name}", proven)

    @property
    def name(self) -> str:
        return f"{self.table.key}/{self.cell.level}"

    @property
    def phrase(self) -> str:
        """Return the answer as a noun phrase for running text."""
        return self.table.phrase(self.cell.level)

    @property
    def people(self) -> Said:
        """Say who gave the answer, with the group's own noun: "most offenders (12 of 15)"."""
        return self.of(self.table.noun)

    def of(self, noun: str) -> Said:
        """Say who gave the answer, with a noun in the plural."""
        self._must_be_known()
        text = wording.quantified(self.cell, self.table.table.base, noun)
        return self._record("quantity", text)

    @property
    def them(self) -> Said:
        """Say it of a group just named: "most of them (12 of 15)"."""
        self._must_be_known()
        return self._record("quantity", wording.quantified_of_them(self.cell, self.table.table.base))

    @property
    def count(self) -> Said:
        """Say the count alone, "12 of 15", or the word where no count is published."""
        self._must_be_known()
        named = self.cell.word == "named"
        return self._record("quantity", "at least one" if named else self.table.value_text(self.cell))

    def _record(self, kind: Kind, text: str) -> Said:
        return self.table.scribe.record(kind, self.table.key, (self.cell.level,), self.cell.status, text)

    def _must_be_known(self) -> None:
        if self.cell.status == "withheld":
            raise self.table.scribe.refuse(self.name, "the sentence rests on a withheld cell")

    def _proves(self, word: str) -> bool:
        return self._note(word, wording.proves(self.cell, self.table.table.base, word))

    def _note(self, condition: str, proven: bool) -> bool:
        return self.table.scribe.note(f"{self.name} {condition}", proven)


@dataclass(frozen=True)
class TableView:
    """A protected table as templates see it: `t.age` or `t["20-29"]` is the share of a level or planned set."""

    key: str
    table: ProtectedTable
    codebook: Codebook
    noun: str
    phrases: Mapping[str, str]
    scribe: Scribe

    def __getitem__(self, level: str) -> Share:
        try:
            return Share(self, self.table.cell(level))
        except KeyError:
            raise self.scribe.refuse(f"{self.key}/{level}", "the table has no such level or set") from None

    @property
    def interviews(self) -> tuple[str | int | None, ...]:
        """Return what tells whether two tables count the same interviews."""
        table = self.table
        return table.crime, table.group, table.country, table.among, table.base

    @property
    def open(self) -> bool:
        """Return whether anything of the table is published."""
        return self.scribe.note(f"{self.key} published", any(c.status != "withheld" for c in self.table.cells))

    @property
    def size(self) -> Said:
        """Say how many interviews the group has: "eight victims"."""
        return self._size(self.table.group_size)

    @property
    def answers(self) -> Said:
        """Say in how many interviews the topic was answered: "eight victims"."""
        return self._size(self.table.base)

    def _size(self, n: int | None) -> Said:
        if n is None:
            raise self.scribe.refuse(self.key, "the size of the group is withheld")
        return self.scribe.record("size", self.key, (), "size", f"{wording.number_word(n)} {self.noun}")

    def leads(self, level: str) -> bool:
        """Return whether the level is the most frequent one, where that may be said."""
        return self.scribe.note(f"{self.key}/{level} leads", self.table.leading == level)

    @property
    def ranked(self) -> bool:
        """Return whether the most frequent level may be said."""
        return self.scribe.note(f"{self.key} has a leading level", self.table.leading is not None)

    @property
    def leading(self) -> Said:
        """Name the most frequent answer, with its count where it is published."""
        level = self.table.leading
        if level is None:
            raise self.scribe.refuse(self.key, "no level may be called the most frequent")
        return self.scribe.record("ranking", self.key, (level,), "ranking", self._item(self.table.cell(level)))

    def named(self, *levels: str, without: Sequence[str] = (), most: int = 0) -> Said:
        """List answers that were named, with their counts where published: all of them, or those asked for.

        Exact counts come most frequent first, no more than `most` where it is given, but never one of two equals
        without the other; words come in codebook order, since an order would say more than they do.
        """
        cells = _first(self._named_cells(levels, without), most)
        if not cells:
            raise self.scribe.refuse(self.key, "none of the answers to be listed may be named")
        text = wording.join([self._item(cell) for cell in cells])
        forms = cells[0].status
        return self.scribe.record("list", self.key, tuple(c.level for c in cells), forms, text)

    def any_named(self, *levels: str, without: Sequence[str] = ()) -> bool:
        """Return whether at least one of the answers may be named."""
        return self.scribe.note(f"{self.key} any named", bool(self._named_cells(levels, without)))

    def _named_cells(self, levels: Sequence[str], without: Sequence[str]) -> list[Cell]:
        asked = {self[level].cell.level for level in levels}
        listed = [cell for cell in self.table.cells if cell.level in asked] or self._own_levels()
        cells = [c for c in listed if c.level not in without and wording.proves(c, self.table.base, "named")]
        return sorted(cells, key=lambda cell: -(cell.n or 0))

    def _own_levels(self) -> list[Cell]:
        """Return the cells of the codebook's levels, not of planned sets and not of exclusive ones."""
        ordinary = {level.id for level in self.codebook[self.table.variable].levels if not level.exclusive}
        return [cell for cell in self.table.cells if cell.level in ordinary]

    def _item(self, cell: Cell) -> str:
        phrase = self.phrase(cell.level)
        if cell.n is None or self.table.base is None:
            return phrase
        return f"{phrase} ({wording.count_in_brackets(cell.n, self.table.base)})"

    def value_text(self, cell: Cell) -> str:
        """Return a cell's value as printed: "12 of 15", "more than half" or "withheld"."""
        if cell.n is not None and self.table.base is not None:
            return wording.count_text(cell.n, self.table.base)
        return cell.word or "withheld"

    def phrase(self, level: str) -> str:
        """Return the noun phrase of a level or planned set."""
        return self.phrases.get(level) or self.codebook[self.table.variable].level(level).phrase


def _first(cells: list[Cell], most: int) -> list[Cell]:
    """Return the first cells of exact counts in descending order, ties included."""
    if not most or len(cells) <= most or any(cell.n is None for cell in cells):
        return cells
    least = cells[most - 1].n or 0
    return [cell for cell in cells if (cell.n or 0) >= least]
