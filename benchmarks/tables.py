"""Linked tables of made-up people, for the benchmarks of disclosure control."""

from __future__ import annotations

import itertools
import random
from collections import Counter
from collections.abc import Iterable, Sequence

from casebook.disclosure_control.instance import Instance, InstanceCell, Relation

TOTAL = "Total"


def linked_tables(
    sizes: Sequence[int], tables: Iterable[Sequence[int]], *, people: int, seed: int, threshold: int = 3
) -> Instance:
    """Return tables of people counted by some of their attributes, with all margins; small counts are sensitive.

    `sizes` holds the number of levels of each attribute, `tables` which attributes are crossed in each table.
    """
    chance = random.Random(seed)
    drawn = [tuple(_level(chance, size) for size in sizes) for _ in range(people)]
    names = sorted({name for table in tables for name in _names(sizes, table)}, key=_id)
    counts = Counter(name for person in drawn for name in _names_of(person, names))
    cells = tuple(InstanceCell(_id(name), counts[name], sensitive=0 < counts[name] < threshold) for name in names)
    relations = tuple(relation for name in names for relation in _relations(name, sizes, set(names)))
    return Instance(cells, relations, threshold=threshold)


Name = tuple[int | None, ...]  # one level per attribute, or None for its total


def _level(chance: random.Random, size: int) -> int:
    """Return a level, the first ones more often than the last, as answers are."""
    return min(int(chance.expovariate(1.6 / size)), size - 1)


def _names(sizes: Sequence[int], table: Sequence[int]) -> Iterable[Name]:
    levels = [[None, *range(size)] if place in table else [None] for place, size in enumerate(sizes)]
    return itertools.product(*levels)


def _names_of(person: Sequence[int], names: Iterable[Name]) -> Iterable[Name]:
    wanted = set(names)
    return (name for name in itertools.product(*[(None, level) for level in person]) if name in wanted)


def _id(name: Name) -> str:
    return "/".join(TOTAL if level is None else str(level) for level in name)


def _relations(name: Name, sizes: Sequence[int], names: set[Name]) -> Iterable[Relation]:
    """Return the sums over one attribute that give the named cell, where all of their parts are cells."""
    for place, level in enumerate(name):
        parts = [(*name[:place], one, *name[place + 1 :]) for one in range(sizes[place])]
        if level is None and names.issuperset(parts):
            yield Relation(_id(name), tuple(map(_id, parts)))
