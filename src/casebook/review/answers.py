"""What became of each comment: the authors' answer, and how the text has changed since the reviewer saw it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from casebook.publication.book.items import Item
from casebook.publication.tracked_changes import Piece, paragraphs
from casebook.review.comments import Comment

Fate = Literal["as it was", "changed", "no longer there"]
#: How alike two texts of a page must be for one to count as what became of the other.
ALIKE = 0.5


@dataclass(frozen=True)
class Answer:
    """A comment with what became of its text, and the text piece by piece: kept, gone and new words."""

    comment: Comment
    fate: Fate
    pieces: tuple[Piece, ...]


def answers(comments: Iterable[Comment], items: Sequence[Item]) -> list[Answer]:
    """Return the answer to each comment, in the order of the book; texts that are gone come last."""
    order = {item.number: place for place, item in enumerate(items)}
    found = [(_answer(comment, items, order), comment) for comment in comments]
    last = len(order)
    return [answer for (place, answer), _ in sorted(found, key=lambda pair: (pair[0][0], last))]


def _answer(comment: Comment, items: Sequence[Item], order: dict[str, int]) -> tuple[int, Answer]:
    if comment.number in order:
        return order[comment.number], Answer(comment, "as it was", (Piece("equal", comment.text),))
    near = [item for item in items if (item.title, item.kind) == (comment.place, comment.kind)]
    like = difflib.get_close_matches(comment.text, [item.text for item in near], n=1, cutoff=ALIKE)
    if not like:
        return len(order), Answer(comment, "no longer there", (Piece("delete", comment.text),))
    became = next(item for item in near if item.text == like[0])
    (pieces,) = paragraphs([comment.text], [became.text])
    return order[became.number], Answer(comment, "changed", pieces)
