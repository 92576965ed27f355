"""Whether the claims of a book hold together: with the protected tables, within themselves, and across its pages.

What is printed twice is held against the one cell it rests on: so chapter, summary, caption and annex cannot differ.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from casebook.errors import CasebookError, Fault
from casebook.protected_tables import POOLED, ProtectedTable, ProtectedTables
from casebook.publication import wording
from casebook.publication.blocks import Figure
from casebook.publication.claims import Claim
from casebook.study import Study

_COUNT = re.compile(r"(?P<n>\d+) of (?P<base>\d+)(?:,? \(?(?P<share>(?:under |over )?\d+)[\u202f\u00a0 ]?%)?")
_WHOLE = re.compile(r"^(?P<word>all|none of the) (?P<base>\d+) ", re.IGNORECASE)
_CAPTION_SIZE = re.compile(r"\bn = (?P<base>\d+)")
_WORDS = re.compile(rf"^({'|'.join(sorted((rung.word for rung in wording.LADDER), key=len, reverse=True))})\b", re.I)
# The interval beside a count is no count of its own.
_INTERVAL = re.compile(r"\binterval(?: of|,)? \d+ to \d+ of \d+")


def faults_of_claims(claims: Iterable[Claim], tables: ProtectedTables, study: Study) -> Iterator[Fault]:
    """Yield each claim that its cells, its word, its percentage or the sample contradict."""
    checks = _Checks(tables, study)
    for claim in claims:
        for message, value in checks.of_claim(claim):
            yield Fault(claim.template, f"line {claim.line}", message, value, remedy="build again, or report a fault")


def faults_of_figures(figures: Mapping[str, Figure], tables: ProtectedTables) -> Iterator[Fault]:
    """Yield each count in the words of a figure that none of the tables it shows has."""
    for key, figure in figures.items():
        shown = [tables[name] for name in figure.tables if name in tables]
        counts = {(cell.n, table.base) for table in shown for cell in table.cells if cell.n is not None}
        bases = {size for table in shown for size in (table.base, table.group_size)}
        for text in (figure.alt, figure.caption) if shown else ():
            printed = [(int(found["n"]), int(found["base"])) for found in _COUNT.finditer(text)]
            sizes = [int(found["base"]) for found in _CAPTION_SIZE.finditer(text)]
            wrong = [f"{n} of {base}" for n, base in printed if (n, base) not in counts]
            for value in (*wrong, *(f"n = {size}" for size in sizes if size not in bases)):
                yield Fault(
                    f"figure {key}", "", "the words of a figure give a count that its tables do not have", value
                )


def faults_of_tables(tables: ProtectedTables, study: Study) -> Iterator[Fault]:
    """Yield each protected table whose parts do not add up, or whose denominator holds experts and cases."""
    for key, table in tables.items():
        sets = study.tables[table.id].together
        for message in (*_parts(table, sets), *_denominator(table, tables, study)):
            yield Fault("protected tables", key, message)


@dataclass(frozen=True)
class _Checks:
    """What a claim is held against."""

    tables: ProtectedTables
    study: Study

    def of_claim(self, claim: Claim) -> Iterator[tuple[str, str]]:
        text = _INTERVAL.sub("", claim.text)
        printed = [(int(found["n"]), int(found["base"])) for found in _COUNT.finditer(text)]
        if claim.kind == "size":
            yield from self._of_size(claim)
        for found in _COUNT.finditer(text):
            yield from _impossible(int(found["n"]), int(found["base"]), found["share"])
        if claim.kind != "list" and (word := _WORDS.match(text)) and printed:
            yield from _word(word[1].lower(), *printed[0])
        if claim.table in self.tables and claim.kind in ("quantity", "list", "ranking"):
            yield from _beside_cells(claim, self.tables[claim.table], printed)
        if claim.table in self.tables and claim.kind == "comparison":
            base = self.tables[claim.table].base
            yield from (("a count of another number of interviews", f"{n} of {b}") for n, b in printed if b != base)

    def _of_size(self, claim: Claim) -> Iterator[tuple[str, str]]:
        table = self.tables.get(claim.table)
        known = {self.tables.sample.get(claim.table)} if table is None else {table.group_size, table.base}
        said = {wording.number_word(n) for n in known if n is not None}
        number = claim.text.split(" ")[0]
        if claim.table.count(".") and number not in said:
            yield "a group has another size than is said", claim.text


def _beside_cells(claim: Claim, table: ProtectedTable, printed: Iterable[tuple[int, int]]) -> Iterator[tuple[str, str]]:
    """Hold what a claim prints against the cells it rests on, whichever page it is on."""
    cells = [table.cell(level) for level in claim.cells]
    if any(cell.status == "withheld" for cell in cells) and claim.kind != "ranking":
        yield "a sentence rests on a withheld cell", claim.text
    counts = {(cell.n, table.base) for cell in cells}
    yield from (("not the count of its table", f"{n} of {base}") for n, base in printed if (n, base) not in counts)
    if whole := _WHOLE.match(claim.text):
        n = int(whole["base"]) if whole["word"].lower() == "all" else 0
        if (n, int(whole["base"])) not in counts:
            yield "not the count of its table", whole[0].strip()


def _impossible(n: int, base: int, share: str | None) -> Iterator[tuple[str, str]]:
    try:
        wording.check_count(n, base)
        due = wording.percentage(n, base) if share else ""
    except CasebookError as refusal:
        yield from ((fault.message, f"{n} of {base}") for fault in refusal.faults)
        return
    if share and not due.startswith(share):
        yield "no such percentage of this count", f"{n} of {base}, {share} %"


def _word(word: str, n: int, base: int) -> Iterator[tuple[str, str]]:
    if 0 <= n <= base and base and word != wording.ladder_word(n, base):
        yield "the word and the count beside it differ", f"{word}, {n} of {base}"


def _parts(table: ProtectedTable, sets: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    counts = {cell.level: cell.n for cell in table.cells if cell.n is not None}
    own = {level: n for level, n in counts.items() if level not in sets}
    if table.base is None:
        return
    if any(n > table.base for n in counts.values()) or table.base > (table.group_size or table.base):
        yield "a part is larger than its whole"
    if not table.multi and len(own) == len(table.cells) - len(sets) and sum(own.values()) != table.base:
        yield "the answers do not add up to the number of interviews"
    for name, members in sets.items():
        if name in counts and all(level in own for level in members):
            parts = [own[level] for level in members]
            fits = max(parts) <= counts[name] <= sum(parts) if table.multi else counts[name] == sum(parts)
            if not fits:
                yield f"the answers of {name} do not add up to it"


def _denominator(table: ProtectedTable, tables: ProtectedTables, study: Study) -> Iterator[str]:
    experts = {role for role in table.group if study.roles[role].exact}
    if experts and len(table.group) > 1:
        yield "experts share a denominator with cases"
    size = tables.sample.get(f"{table.crime}.{table.group}")
    if table.among is None and table.country == POOLED and table.group_size not in (None, size):
        yield "the group has another size than the sample"
