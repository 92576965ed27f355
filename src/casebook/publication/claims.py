"""Claims: everything a text says that could be false, bound to the protected cells it rests on."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Literal

from casebook.canonical import canonical_json, checksum, write_atomically
from casebook.errors import StatementRefused
from casebook.publication.book.inert import inert
from casebook.publication.sentences import marked, replaced, sentences

FILE = "claims.json"
Kind = Literal[
    "quantity",
    "list",
    "ranking",
    "size",
    "assertion",
    "comparison",
    "reference",
    "agreement",
    "audit",
    "mark",
    "cell",
    "authored",
    "quotation",
]


@dataclass(frozen=True)
class Claim:
    """One statement of a page: what kind, on which protected cells, in which words, and where it was written.

    `form` is the published form of its cells ("exact", "word", "ranking", "size", "reason"), `holds` for an assertion
    the conditions that were proven. `sentence` is the sentence as it is printed.
    """

    page: str
    kind: Kind
    table: str
    cells: tuple[str, ...]
    form: str
    text: str
    template: str
    line: int
    holds: tuple[str, ...] = ()
    sentence: str = ""
    id: str = ""


@dataclass
class Register:
    """The claims of an edition and dissemination level, in the order in which they were made."""

    _claims: list[Claim] = field(default_factory=list)
    _settled: int = 0
    _meanings: dict[str, str] = field(default_factory=dict)
    _shown: dict[str, Claim] = field(default_factory=dict)

    @property
    def claims(self) -> Sequence[Claim]:
        return tuple(self._claims)

    @property
    def shown(self) -> Sequence[Claim]:
        """What figures and tables show, mark by mark and cell by cell."""
        return tuple(self._shown.values())

    def show(self, claims: Iterable[Claim], name: str) -> Mapping[tuple[str, tuple[str, ...]], str]:
        """Record what a figure or table of this name shows, and return the ids by table and cells.

        Its caption is the claims' sentence.
        """
        identified = [self._identified(claim, name) for claim in claims]
        self._shown.update({claim.id: claim for claim in identified})
        return {(claim.table, claim.cells): claim.id for claim in identified}

    def bracket(self, claim: Claim) -> str:
        """Record a claim and return its text as inert Markdown between marks that `settle` makes an element of."""
        self._claims.append(claim)
        return marked(len(self._claims) - 1, inert(claim.text))

    def settle(self, text: str) -> str:
        """Give each claim of a page its sentence and its id, and return the text with an element for each claim.

        A claim's words stand in a `claim` element; an assertion, which has no words of its own, is an empty element at
        the end of its sentence. The first element has the claim's id, a repeated one the id as a class. A claim that
        was made but not printed is forgotten: the text does not say it. Raises StatementRefused where two claims would
        have one id.
        """
        ends = self._read_off(text)
        self._number()
        first: set[int] = set()
        for end in sorted(ends, reverse=True):
            text = text[:end] + "".join(self._element(number, "", first) for number in ends[end]) + text[end:]
        text = replaced(text, lambda number, words: words and self._element(number, words, first))
        self._claims[self._settled :] = [claim for claim in self._claims[self._settled :] if claim.sentence]
        self._settled = len(self._claims)
        return text

    def _read_off(self, text: str) -> Mapping[int, list[int]]:
        """Give claims their sentences, and return those without words by the place where their sentence ends."""
        ends: dict[int, list[int]] = {}
        for sentence in sentences(text):
            for number in sentence.claims:
                claim = self._claims[number]
                if claim.sentence:
                    continue
                self._claims[number] = replace(claim, sentence=sentence.words)
                if not claim.text and sentence.running:
                    ends.setdefault(sentence.end, []).append(number)
        return ends

    def _number(self) -> None:
        """Name claims after what they say, so that an id survives changes elsewhere on the page."""
        seen: dict[str, int] = {}
        for index, claim in enumerate(self._claims[self._settled :], self._settled):
            if claim.sentence:
                name = "|".join((claim.page, claim.kind, claim.table, *claim.cells))
                seen[name] = seen.get(name, 0) + 1
                self._claims[index] = self._identified(claim, str(seen[name]))

    def _identified(self, claim: Claim, which: str) -> Claim:
        """Return a claim with its id; `which` tells it from others with the same cells."""
        meaning = "|".join((claim.page, claim.kind, claim.table, *claim.cells, which))
        name = "c" + checksum(meaning.encode())[:10]
        if self._meanings.setdefault(name, meaning) != meaning:
            message = "two claims have one id"
            remedy = "say one of them with other cells, or on another page"
            raise StatementRefused.one(claim.template, f"line {claim.line}", message, value=name, remedy=remedy)
        return replace(claim, id=name)

    def _element(self, number: int, words: str, first: set[int]) -> str:
        """Return a claim as an inline element of MyST, which HTML, PDF and MyST 2 all keep."""
        name = self._claims[number].id
        mark = "." if number in first else "#"
        first.add(number)
        return f"[{words}]{{.{'claim' if words else 'assertion'} {mark}{name}}}" if name else words

    def write(self, path: Path) -> None:
        """Write the claims as canonical JSON."""
        kinds = {"claims": self._claims, "shown": self._shown.values()}
        write_atomically(path, canonical_json({kind: [asdict(claim) for claim in of] for kind, of in kinds.items()}))


def read_claims(folder: Path, kind: Literal["claims", "shown"] = "claims") -> tuple[Claim, ...]:
    """Return the claims that the narrative in a folder makes in words, or those that its figures and tables show.

    Raises StatementRefused where they cannot be read.
    """
    try:
        entries = json.loads((folder / FILE).read_text("utf-8"))[kind]
        return tuple(
            Claim(**{**entry, **{name: tuple(entry[name]) for name in ("cells", "holds")}}) for entry in entries
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StatementRefused.one(FILE, "", "the claims cannot be read", remedy="build this edition first") from error
