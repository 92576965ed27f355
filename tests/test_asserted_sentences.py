"""Every asserted sentence falls with its condition: a true wording takes its place, or the build refuses."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from jinja2 import nodes
from mutations import without
from rehearsal import PROJECT, Rehearsal
from small_narrative import PAGE, sources, write
from truth import of_protected, untruths

from casebook.errors import StatementRefused
from casebook.protected_tables import ProtectedTables
from casebook.publication.claims import Claim, Register
from casebook.publication.narrative import Page, Sources, write_page
from casebook.publication.templates import environment


class Author:
    """Writes single pages again, from tables that were changed."""

    def __init__(self, sources: Sources, pages: Iterable[Page], claims: Sequence[Claim]) -> None:
        self.sources, self.claims = sources, claims
        self.pages = {page.name: page for page in pages}
        self.env = environment(sources.templates)

    @property
    def sentences(self) -> list[Claim]:
        return [claim for claim in self.claims if claim.kind == "assertion"]

    def write(self, page: Page, tables: ProtectedTables) -> tuple[Claim, ...] | None:
        """The claims of a page, None where it is refused."""
        register = Register()
        try:
            write_page(self.env, replace(self.sources, protected=tables), page, register)
        except StatementRefused:
            return None
        return tuple(register.claims)

    def faults(self, sentence: Claim) -> Iterator[str]:
        """What goes wrong when each condition of a sentence is taken away in turn."""
        for condition in sentence.holds:
            yield from (f"{sentence.sentence} [{condition}]: {fault}" for fault in self._faults(sentence, condition))

    def _faults(self, sentence: Claim, condition: str) -> Iterator[str]:
        page, before = self.pages[sentence.page], self._standing(self.claims, sentence)
        tables, fallen = without(self.sources.protected, condition), {condition}
        while (claims := self.write(page, tables)) is not None:
            yield from untruths(claims, {key: of_protected(table) for key, table in tables.items()})
            after = self._standing(claims, sentence)
            if after.total() < before.total():
                return
            rest = [held for holds in after - before for held in holds if held not in fallen]
            if not rest:
                yield "the sentence stands although nothing of its condition is left"
                return
            # Another condition of an "or" still bears the sentence.
            fallen.add(rest[0])
            tables = without(tables, rest[0])

    def _standing(self, claims: Sequence[Claim], sentence: Claim) -> Counter[tuple[str, ...]]:
        """How often the wording is printed on its page, by what it rests on; a loop prints it more than once."""
        place = (sentence.page, sentence.template, sentence.line)
        return Counter(c.holds for c in claims if c.kind == "assertion" and (c.page, c.template, c.line) == place)


# A minute over both levels; the narratives of both editions are written first.
@pytest.mark.slow
@pytest.mark.parametrize("level", ["PU", "CO"])
def test_another_wording_takes_the_place_of_a_sentence_whose_condition_fails(
    level: str, rehearsals: dict[tuple[str, str], Rehearsal]
) -> None:
    """What both editions say of the same cells is tried once."""
    tried: set[tuple[object, ...]] = set()
    faults: list[str] = []
    for edition in ("D1.3", "D1.2"):
        book = rehearsals[edition, level]
        author = Author(book.sources, book.written, book.claims)
        for sentence in author.sentences:
            about = (sentence.page, sentence.line, sentence.holds, sentence.sentence)
            if about not in tried:
                tried.add(about)
                faults += author.faults(sentence)
    assert len(tried) > 300
    assert faults == []


@pytest.mark.parametrize(
    "condition", ["t.loneliness.most and t.bullying.named", "t.loneliness.most or t.bullying.named"]
)
def test_a_sentence_that_stands_on_something_else_than_it_says_is_found(condition: str, tmp_path: Path) -> None:
    text = '{% set t = table("og_v_risk", "E") %}{% assert ' + condition + " %}So it is.{% otherwise %}{% endassert %}"
    _, register = write(tmp_path, text)
    author = Author(sources(tmp_path), [PAGE], register.claims)
    (sentence,) = author.sentences
    assert list(author.faults(sentence)) == []
    (fault,) = author.faults(replace(sentence, holds=("OG.E.og_v_risk/disability named",)))
    assert fault.endswith("the sentence stands although nothing of its condition is left")


@pytest.mark.parametrize("path", sorted((PROJECT / "templates").rglob("*.md.j2")), ids=lambda path: path.stem)
def test_no_two_wordings_of_a_sentence_are_the_same(path: Path) -> None:
    tree = environment(PROJECT / "templates").parse(path.read_text("utf-8"))
    for chain in map(wordings, tree.find_all(nodes.If)):
        assert not [one for one, other in itertools.combinations(chain, 2) if one == other]


def wordings(branch: nodes.If) -> list[list[nodes.Node]]:
    """The wordings of an assertion whose first condition this is, without the calls that note the conditions."""
    if not is_assertion(branch):
        return []
    other = branch.else_[0] if branch.else_ else None
    rest = wordings(other) if isinstance(other, nodes.If) else [branch.else_]
    return [branch.body[1:], *rest]


def is_assertion(branch: nodes.If) -> bool:
    calls = (call.node for call in branch.test.find_all(nodes.Call))
    return any(isinstance(name, nodes.Name) and name.name in ("__begin", "__go_on") for name in calls)
