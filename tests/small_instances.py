"""Tiny tables, and every table that a reader could take for the true one, by enumeration."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt
from hypothesis import strategies as st

from casebook.disclosure_control.deadline import Deadline
from casebook.disclosure_control.instance import CellId, Instance, InstanceCell, Relation

TOTAL = "total"
Name = tuple[str, ...]
Tables = npt.NDArray[np.int64]


def in_time() -> Deadline:
    """More time than any of these instances takes."""
    return Deadline.after(600)


def margins(shape: Sequence[int]) -> list[Name]:
    """The names of all cells of a table with its margins, the inner ones among them."""
    return list(itertools.product(*[(*map(str, range(size)), TOTAL) for size in shape]))


def few(_: Name, count: int) -> bool:
    return 0 < count < 3


def table(
    counts: Sequence[int],
    shape: Sequence[int],
    *,
    unplanned: Callable[[Name], bool] = lambda _: False,
    sensitive: Callable[[Name, int], bool] = few,
    threshold: int | None = 3,
) -> Instance:
    """The instance of a table, inner counts first index first; unplanned cells are published nowhere."""
    values = {name: value_of(name, counts, shape) for name in margins(shape)}
    cells = tuple(
        InstanceCell("/".join(name), n, sensitive=sensitive(name, n), publish=not unplanned(name))
        for name, n in values.items()
    )
    return Instance(cells, tuple(sums(shape)), threshold=threshold)


def value_of(name: Name, counts: Sequence[int], shape: Sequence[int]) -> int:
    inner = itertools.product(*map(range, shape))
    return sum(n for n, place in zip(counts, inner, strict=True) if covers(name, place))


def covers(name: Name, place: Sequence[int]) -> bool:
    return all(level in (TOTAL, str(one)) for level, one in zip(name, place, strict=True))


def sums(shape: Sequence[int]) -> Iterator[Relation]:
    for name, axis in itertools.product(margins(shape), range(len(shape))):
        if name[axis] == TOTAL:
            parts = [(*name[:axis], str(level), *name[axis + 1 :]) for level in range(shape[axis])]
            yield Relation("/".join(name), tuple("/".join(part) for part in parts))


def every_table(people: int, shape: Sequence[int]) -> Mapping[CellId, Tables]:
    """The values of each cell in every table of so many people."""
    size = int(np.prod(shape))
    bars = itertools.combinations(range(people + size - 1), size - 1)
    inner = [np.diff([-1, *bar, people + size - 1]) - 1 for bar in bars]
    places = list(itertools.product(*map(range, shape)))
    columns = {name: [covers(name, place) for place in places] for name in margins(shape)}
    return {"/".join(name): np.array(inner) @ np.array(column).astype(int) for name, column in columns.items()}


def intervals_by_enumeration(
    instance: Instance, withheld: set[CellId], tables: Mapping[CellId, Tables]
) -> dict[CellId, tuple[int, int]]:
    """The smallest and largest value of each withheld cell over all tables that show the same printed cells."""
    same = np.ones(len(next(iter(tables.values()))), dtype=bool)
    for cell in instance.cells:
        if cell.id not in withheld:
            same &= tables[cell.id] == cell.value
    return {cell: (int(tables[cell][same].min()), int(tables[cell][same].max())) for cell in withheld}


@st.composite
def small_tables(
    draw: st.DrawFn, shapes: Sequence[Sequence[int]], least: int = 1, most: int = 6
) -> tuple[tuple[int, ...], Sequence[int]]:
    """The inner counts and the shape of a table of so many people."""
    shape = draw(st.sampled_from(shapes))
    size, people = int(np.prod(shape)), draw(st.integers(least, most))
    levels = draw(st.lists(st.integers(0, size - 1), min_size=people, max_size=people))
    return tuple(levels.count(level) for level in range(size)), shape
