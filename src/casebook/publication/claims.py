"""Claims: everything a text says that could be false, bound to the protected cells it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Literal

from casebook.canonical import canonical_json, checksum, write_atomically
from casebook.publication.book.inert import inert
from casebook.publication.sentences import marked, sentences, without_marks

Kind = Literal["quantity", "list", "ranking", "size", "assertion", "comparison", "reference", "agreement"]


@dataclass(frozen=True)
class Claim:
    """One statement of a page: what kind, on which protected cells, in which words, and where it was written.

    `form` is the published form of its cells ("exact", "word", "ranking", "size"), `holds` for an assertion the
    conditions that were proven. `sentence` is the sentence as it is printed.
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

    @property
    def claims(self) -> Sequence[Claim]:
        return tuple(self._claims)

    def bracket(self, claim: Claim) -> str:
        """Record a claim and return its text as inert Markdown between marks that `settle` takes out again."""
        self._claims.append(claim)
        return marked(len(self._claims) - 1, inert(claim.text))

    def settle(self, page: str, text: str) -> str:
        """Give each claim of a page its sentence and return the page's text without marks.

        A claim that was made but not printed is forgotten: the text does not say it.
        """
        for numbers, sentence in sentences(text):
            for number in numbers:
                if not self._claims[number].sentence:
                    self._claims[number] = replace(self._claims[number], sentence=sentence)
        self._claims = [claim for claim in self._claims if claim.sentence]
        self._number(page)
        return without_marks(text)

    def _number(self, page: str) -> None:
        """Name claims after what they say, so that an id survives changes elsewhere on the page."""
        seen: dict[str, int] = {}
        for index, claim in enumerate(self._claims):
            if claim.page == page and not claim.id:
                name = "|".join((page, claim.kind, claim.table, *claim.cells))
                seen[name] = seen.get(name, 0) + 1
                self._claims[index] = replace(claim, id="c" + checksum(f"{name}|{seen[name]}".encode())[:10])

    def write(self, path: Path) -> None:
        """Write the claims as canonical JSON."""
        write_atomically(path, canonical_json({"claims": [asdict(claim) for claim in self._claims]}))


def by_cell(claims: Iterable[Claim]) -> Mapping[tuple[str, str], list[Claim]]:
    """Return the claims that rest on each (table key, level)."""
    found: dict[tuple[str, str], list[Claim]] = {}
    for claim in claims:
        for pair in _pairs(claim):
            found.setdefault(pair, []).append(claim)
    return found


def _pairs(claim: Claim) -> Iterable[tuple[str, str]]:
    """Return the cells of a claim; an assertion may rest on several tables, which its conditions name."""
    if claim.kind != "assertion":
        return [(claim.table, cell) for cell in claim.cells]
    named = [word.split("/", 1) for condition in claim.holds for word in condition.split() if "/" in word]
    return dict.fromkeys((table, cell) for table, cell in named)
