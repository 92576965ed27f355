"""Selections brought into code points by the convention that their file bears out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from casebook.errors import Fault
from casebook.restricted.intake.offsets import Claim, Text, agrees, decide, spans_of
from casebook.restricted.intake.project import OffsetConvention
from casebook.restricted.intake.refi_qda.sources import FoundCoding

_UNSURE = frozenset({OffsetConvention.NONE, OffsetConvention.UNDECIDED})


@dataclass(frozen=True)
class Placed:
    """The codings of a file; where the convention is sure, their positions are code points, a line end as one."""

    convention: OffsetConvention
    codings: tuple[FoundCoding, ...]
    texts: Mapping[str, Text]
    named_after_words: bool

    def words(self, coding: FoundCoding) -> str | None:
        """Return the passage a coding was given to, or None where anything speaks against its being that."""
        if self.convention in _UNSURE or coding.text not in self.texts or coding.start is None:
            return None
        words = self.texts[coding.text].characters[coding.start : coding.end]
        return words if words and (not self.named_after_words or agrees(words, coding.name)) else None


def place(codings: Sequence[FoundCoding], texts: Mapping[str, Text], told: str = "") -> Placed:
    """Return the codings with their positions in code points, as given where the convention is not sure.

    What the file tells of its convention is believed where it has no text at all, and so nothing that could be quoted.
    """
    claims = [_claim(coding) for coding in codings]
    convention = decide((claim for claim in claims if claim is not None), texts)
    if convention is OffsetConvention.UNDECIDED and not texts and told in list(OffsetConvention):
        return Placed(OffsetConvention(told), tuple(codings), texts, named_after_words=False)
    if convention in _UNSURE:
        return Placed(convention, tuple(codings), texts, named_after_words=False)
    by_text: dict[str, list[int]] = defaultdict(list)
    for number, claim in enumerate(claims):
        if claim is not None:
            by_text[claim.text].append(number)
    moved = list(codings)
    named = False
    for name, numbers in by_text.items():
        chosen = [claim for number in numbers if (claim := claims[number]) is not None]
        spans = spans_of(chosen, texts[name], convention) if name in texts else [None] * len(numbers)
        for number, span in zip(numbers, spans, strict=True):
            start, end = span or (None, None)
            moved[number] = replace(codings[number], start=start, end=end)
            named |= bool(span and agrees(texts[name].characters[slice(*span)], codings[number].name))
    return Placed(convention, tuple(moved), texts, named)


def faults_of_positions(codings: Sequence[FoundCoding], texts: Mapping[str, Text], shown_as: str) -> Iterator[Fault]:
    """Yield the selections that lie beyond their text, whatever the tool counts."""
    for coding in codings:
        if coding.text in texts and coding.end is not None and coding.end > texts[coding.text].longest():
            found, allowed = f"{coding.start}-{coding.end}", f"at most {texts[coding.text].longest():,}"
            message = "the selection lies beyond the end of its text"
            yield Fault(shown_as, coding.place, message, found, allowed, "export again")


def deviations_of_positions(found: Sequence[FoundCoding], placed: Placed, shown_as: str) -> Iterator[Fault]:
    """Yield what the positions of a file leave open."""
    selections = [coding for coding in found if coding.text]
    unread = sum(1 for coding in selections if coding.text not in placed.texts)
    if unread:
        yield Fault(
            shown_as, "Sources", "selections whose text is not in the file", f"{unread:,} of {len(selections):,}"
        )
    if placed.convention is OffsetConvention.UNDECIDED:
        message = "what the tool counts in its positions does not follow from the file: nothing is quoted"
        yield Fault(shown_as, "Sources", message, f"{len(selections):,} selections")
    elif placed.convention is not OffsetConvention.NONE:
        within = sum(1 for c in placed.codings if c.text in placed.texts and c.start is None)
        if within:
            message = "selections that begin or end within a character have no position"
            yield Fault(shown_as, "Sources", message, f"{within:,} of {len(selections):,}")


def _claim(coding: FoundCoding) -> Claim | None:
    if coding.start is None or coding.end is None:
        return None
    return Claim(coding.text, coding.start, coding.end, coding.name)
