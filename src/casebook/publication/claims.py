"""Claims: everything a text says that could be false, bound to the protected cells it rests on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Literal

from casebook.canonical import canonical_json, checksum, write_atomically
from casebook.publication.book.inert import inert

Kind = Literal["quantity", "list", "ranking", "size", "assertion"]

# Private-use characters bracket a claim in the rendered text until its sentence has been read off.
_OPEN, _SEPARATOR, _CLOSE = "\ue000", "\ue001", "\ue002"
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_MARKED = re.compile(f"{_OPEN}(\\d+){_SEPARATOR}")
_MARKS = re.compile(f"{_OPEN}\\d+{_SEPARATOR}|{_CLOSE}")
_SENTENCE_END = re.compile(rf"(?<=[.!?])[{_CLOSE}]*\s+(?=[{_OPEN}\d{_SEPARATOR}]*[A-Z])")


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
        return f"{_OPEN}{len(self._claims) - 1}{_SEPARATOR}{inert(claim.text)}{_CLOSE}"

    def settle(self, page: str, marked: str) -> str:
        """Give each claim of a page its sentence and return the page's text without marks."""
        for block in re.split(r"\n\s*\n", marked):
            for sentence in _sentences(block):
                self._assign(sentence)
        self._number(page)
        return without_marks(marked)

    def _assign(self, sentence: str) -> None:
        plain = _ESCAPED.sub(r"\1", without_marks(sentence))
        for index in map(int, _MARKED.findall(sentence)):
            if not self._claims[index].sentence:
                self._claims[index] = replace(self._claims[index], sentence=plain)

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


def without_marks(text: str) -> str:
    """Return a text without the marks of its claims."""
    return _MARKS.sub("", text)


def _sentences(block: str) -> Iterable[str]:
    return _SENTENCE_END.split(" ".join(block.split()))


def by_cell(claims: Iterable[Claim]) -> Mapping[tuple[str, str], list[Claim]]:
    """Return the claims that rest on each (table key, level)."""
    found: dict[tuple[str, str], list[Claim]] = {}
    for claim in claims:
        for cell in claim.cells:
            found.setdefault((claim.table, cell), []).append(claim)
    return found
