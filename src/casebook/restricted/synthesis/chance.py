"""Chance that a seed and a name decide alone, so that changing one variable leaves every other as it was."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from numpy.random import PCG64, Generator, SeedSequence

Value = TypeVar("Value")


def chance(seed: int, *names: str) -> Generator:
    """A generator of its own for a seed and the names of what it decides."""
    name = "\x1f".join(names).encode("utf-8")
    return Generator(PCG64(SeedSequence([seed, *name])))


def one_of(values: Sequence[Value], rng: Generator) -> Value:
    """One of the values, each as likely as the others."""
    return values[int(rng.integers(len(values)))]


def weighted(values: Sequence[tuple[str, int]], rng: Generator) -> str:
    """One of the values, each as likely as its weight says."""
    return one_of([value for value, weight in values for _ in range(weight)], rng)
