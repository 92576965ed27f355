"""No naked numbers: whatever a built book prints, in text, caption, alt text, figure or PDF, something explains it."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from casebook.codebook import EVERY_CRIME
from casebook.errors import Fault, StatementRefused
from casebook.protected_tables import POOLED, ProtectedTable
from casebook.publication.agreement_view import agreement_text
from casebook.publication.blocks import Figure
from casebook.publication.book.codebook_annex import ANNEX
from casebook.publication.book.evidence_annex import ANNEX as EVIDENCE
from casebook.publication.book.extensions import FIGURE_LISTS
from casebook.publication.book.glossary import ANNEX as GLOSSARY
from casebook.publication.book.identity import Book
from casebook.publication.book.printed import Passage, literals, passages
from casebook.publication.claims import Claim
from casebook.publication.comparison import compare
from casebook.publication.comparison_tables import comparison_text
from casebook.publication.naked import Explained, quotable, straight
from casebook.publication.narrative import Page, Sources
from casebook.publication.notebooks import Run
from casebook.publication.wording import LADDER_DEFINITIONS, ONE_SIDED_DEFINITIONS

#: Pages that list the codebook, the meanings of words, captions, and the register itself, entry by entry.
_LISTS = frozenset((FIGURE_LISTS, *(Path(annex).stem for annex in (ANNEX, GLOSSARY, EVIDENCE))))
#: The page that sets sentences of two editions side by side.
CHANGES = "annex-changes"
# A number is known by this many characters before or after it; shorter, it would be known by chance.
_AROUND = 16
_ALT = re.compile(r'\balt="([^"]*)"')
_REMEDY = "print a claim, quote a source of the study, or mark an author's statement"


@dataclass(frozen=True)
class Written:
    """What a book was made of: its sources, its pages and report runs, and its claims with those it quotes."""

    sources: Sources
    pages: tuple[Page, ...]
    runs: tuple[Run, ...]
    claims: tuple[Claim, ...]

    @cached_property
    def by_id(self) -> Mapping[str, Claim]:
        return {claim.id: claim for claim in self.claims}

    @cached_property
    def by_file(self) -> Mapping[str, Figure]:
        """The figures by the name of their file."""
        return {Path(figure.file).name: figure for figure in self.sources.figures.values()}

    @cached_property
    def sentences(self) -> frozenset[str]:
        """The sentences of this edition and the one before, which the annex of changes sets side by side."""
        earlier = self.sources.earlier
        claims = (*self.claims, *(earlier.claims if earlier else ()))
        figures = [*self.sources.figures.values(), *(earlier.figures.values() if earlier else ())]
        said = (*(claim.sentence for claim in claims), *(figure.caption for figure in figures))
        return frozenset(" ".join(straight(sentence).split()) for sentence in said)

    def repeats(self, sentence: str) -> bool:
        """Return whether a sentence is one that the annex of changes repeats."""
        return any(straight(sentence) in said for said in self.sentences)

    @cached_property
    def shown(self) -> frozenset[str]:
        """What report notebooks show of agreement and comparisons, cell by cell."""
        sources = self.sources
        compared = compare(sources.references, sources.protected, sources.study)
        tables = (
            agreement_text(sources.protected.agreement, sources.codebook, sources.study),
            comparison_text(compared, sources.study, sources.codebook),
        )
        return frozenset(
            " ".join(cell.replace("\\", "").split()) for table in tables for cell in re.split(r"[|\n]", table)
        )

    @cached_property
    def quotable(self) -> frozenset[str]:
        """What pages quote with its numbers: codebook, study.yml, contexts, references and definitions."""
        return quotable(_texts(self.sources))


def scan_book(book: Book, written: Written) -> None:
    """Refuse a built book with every number and quantifier that nothing explains, in web book and PDF.

    Raises StatementRefused; a fault names page, sentence, template and line.
    """
    found = list(passages(book.html)) if book.html.is_dir() else []
    faults = [fault for passage in found for fault in _faults(passage, written)]
    typst = book.pdf.with_name("main.typ")
    if found and typst.is_file():
        faults += _faults_of_print(literals(typst.read_text("utf-8")), book.html)
    if faults:
        raise StatementRefused(faults)


def _faults(passage: Passage, written: Written) -> Iterator[Fault]:
    if passage.page in _LISTS:
        return
    if passage.page.startswith("notebooks/") and passage.text in written.shown:
        return
    explained = _explained(passage, written)
    for sentence, marks in passage.sentences():
        naked = explained.numbers(sentence)
        holds = [condition for mark in marks for condition in _conditions(written.by_id.get(mark))]
        if passage.place == "text" and not passage.page.startswith("notebooks/"):
            naked += explained.quantifiers(sentence, holds)
        if naked and passage.page == CHANGES and written.repeats(sentence):
            continue
        for word in naked:
            where = _where(passage, word, written)
            message = f"{passage.place}: nothing explains this in: {sentence}"
            yield Fault(f"{passage.page}.html", where, message, word, remedy=_REMEDY)


def _conditions(claim: Claim | None) -> tuple[str, ...]:
    if claim is None:
        return ()
    return ("",) if claim.kind == "authored" else claim.holds


def _explained(passage: Passage, written: Written) -> Explained:
    tables = list(_tables(passage, written))
    counts = {(cell.n, table.base) for table in tables for cell in table.cells}
    sizes = {size for table in tables for size in (table.base, table.group_size)}
    sample = written.sources.protected.sample.values()
    earlier = written.sources.earlier.tables.sample.values() if written.sources.earlier else ()
    labels = {level.label for table in tables for level in written.sources.codebook[table.variable].levels}
    # A level may be called by a number alone, such as the age of 17; elsewhere that number explains nothing.
    numbers = {label for label in labels if label.isdecimal()}
    sizes |= {int(number) for number in numbers}
    return Explained(
        written.quotable | numbers,
        frozenset((n, base) for n, base in counts if n is not None and base is not None),
        frozenset(size for size in (*sizes, *sample, *earlier) if size is not None),
    )


def _tables(passage: Passage, written: Written) -> Iterable[ProtectedTable]:
    """Return the tables that a passage is about: those its figure shows, or those of its page's crime and country."""
    protected = written.sources.protected
    if figure := written.by_file.get(passage.figure):
        return [protected[key] for key in figure.tables if key in protected]
    crime, country = _about(passage.page, written)
    places = {POOLED, country}
    return [t for t in protected.values() if t.country in places and crime in ("", EVERY_CRIME, t.crime)]


def _about(page: str, written: Written) -> tuple[str, str]:
    for run in written.runs:
        if page == f"notebooks/{run.name}":
            return run.parameters["crime"], run.parameters["country"]
    return next(((known.crime, known.country) for known in written.pages if known.name == page), ("", POOLED))


def _where(passage: Passage, word: str, written: Written) -> str:
    """Return the template and line that a passage was written from, as far as it can be told."""
    claim = written.by_id.get(passage.near)
    page = next((known for known in written.pages if known.name == passage.page), None)
    if page is None:
        return "no template"
    path = written.sources.templates / page.template
    lines = straight(path.read_text("utf-8")).splitlines() if path.is_file() else []
    before = straight(passage.text).partition(word.lower())[0].split()[-2:]
    wanted = " ".join([*before, word.lower()])
    line = next((n for n, text in enumerate(lines, 1) if wanted in text), claim.line if claim else 0)
    return f"{page.template}, line {line}"


def _faults_of_print(printed: str, folder: Path) -> Iterator[Fault]:
    """Yield the numbers of the PDF that the web book, which was scanned, does not print in the same words."""
    web = _squeezed("".join(_printed_of(path.read_text("utf-8")) for path in sorted(folder.rglob("*.html"))))
    # Letters before a digit make it part of a name, such as AC1.
    for found in re.finditer(r"(?<![A-Za-z\d])\d+", printed):
        start, end = found.span()
        before = _squeezed(printed[max(0, start - _AROUND) : end])
        after = _squeezed(printed[start : end + _AROUND])
        if before not in web and after not in web:
            yield Fault("the PDF", "", f"the web book has no such number: {before}", found[0], remedy=_REMEDY)


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _printed_of(page: str) -> str:
    """Return all text of a page, with its alternative texts."""
    return html.unescape(re.sub(r"<[^>]*>", "", _ALT.sub(r">\1<", page)))


def _texts(sources: Sources) -> Iterator[str]:
    yield from _strings(sources.study.model_dump())
    for context in sources.contexts.values():
        yield from _strings(context.model_dump())
    for variable in sources.codebook.values():
        yield from (variable.label, variable.definition)
        for level in variable.levels:
            yield from (level.label, level.phrase)
    for reference in sources.references.values.values():
        yield from (reference.value, reference.base, reference.definition)
    for planned in sources.references.planned:
        yield from (planned.label, planned.statement, planned.reason)
    yield from (*LADDER_DEFINITIONS.values(), *ONE_SIDED_DEFINITIONS.values())
    for comparison in compare(sources.references, sources.protected, sources.study):
        yield comparison.because


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _strings(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _strings(part)
