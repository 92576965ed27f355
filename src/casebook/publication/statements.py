"""Statements: the claims of a book as a reader meets them, sentence by sentence, numbered from its first page on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_ELEMENT = re.compile(r"\]\{\.(?:claim|assertion) #(c[0-9a-f]{10})\}")

Receipt = Mapping[str, Any]


@dataclass(frozen=True)
class Statement:
    """A sentence with the receipts of its claims, and the ids of their elements in the order of the page.

    A claim that stands where no element can, such as in a heading, has a receipt and no element.
    """

    number: int
    page: str
    sentence: str
    receipts: tuple[Receipt, ...]
    elements: tuple[str, ...]

    @property
    def words(self) -> tuple[str, ...]:
        """What its claims say, each once; nothing where it is asserted as a whole."""
        return tuple(dict.fromkeys(receipt["text"] for receipt in self.receipts if receipt["text"]))


def statements(receipts: Iterable[Receipt], pages: Mapping[str, str]) -> Iterator[Statement]:
    """Yield the statements of the pages, which are given as Markdown in reading order, numbered from 1."""
    by_page: dict[str, list[Receipt]] = {}
    for receipt in receipts:
        by_page.setdefault(receipt["page"], []).append(receipt)
    number = 0
    for page, text in pages.items():
        order = {name: place for place, name in enumerate(_ELEMENT.findall(text))}
        for sentence, said in _by_sentence(by_page.get(page, ()), order).items():
            number += 1
            elements = sorted((receipt["id"] for receipt in said if receipt["id"] in order), key=order.__getitem__)
            yield Statement(number, page, sentence, tuple(said), tuple(elements))


def _by_sentence(receipts: Iterable[Receipt], order: Mapping[str, int]) -> Mapping[str, list[Receipt]]:
    found: dict[str, list[Receipt]] = {}
    for receipt in sorted(receipts, key=lambda receipt: order.get(receipt["id"], -1)):
        found.setdefault(receipt["sentence"], []).append(receipt)
    return found
