"""Evidence: for each claim of an edition, what it says, on which protected cells it rests, and where both were made."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from casebook.canonical import canonical_json, checksum
from casebook.codebook import Codebook
from casebook.notebook_run import labels_of
from casebook.protected_tables import Cell, ProtectedTable, ProtectedTables
from casebook.publication import wording
from casebook.publication.claims import Claim
from casebook.publication.notebooks import Run
from casebook.study import Study

FILE = "claims.json"
#: Where the receipts of a page lie in a web book, as scripts: a page opened from a disk may load those and no JSON.
RECEIPTS = "_receipts"

# Longest first, so that "almost all" is not read as "all".
_AT_LEAST_ONE = "at least one"
_WORDS = sorted([_AT_LEAST_ONE, *wording.DEFINITIONS], key=len, reverse=True)
_FIRST_WORD = re.compile(rf"(?:{'|'.join(_WORDS)})\b", re.IGNORECASE)


@dataclass(frozen=True)
class Evidence:
    """What the claims of an edition and level rest on.

    `runs` are the report runs that read each table, by its key; `sources` the checksums of templates and of executed
    notebooks.
    """

    study: Study
    codebook: Codebook
    tables: ProtectedTables
    runs: Mapping[str, str]
    sources: Mapping[str, str] = field(default_factory=dict)

    def register(self, claims: Iterable[Claim]) -> bytes:
        """Return the register that is published with a book: `claims.json`, as `claims.schema.json` describes it.

        It is sealed with a checksum of all else that it holds.
        """
        entry = self.study.editions[self.tables.edition]
        register = {
            "deliverable": self.tables.edition,
            "version": entry.version,
            "level": self.tables.dissemination,
            "sources": dict(self.sources),
            "claims": [self.receipt(claim) for claim in claims],
        }
        return canonical_json({**register, "sha256": seal(register)})

    def scripts(self, claims: Iterable[Claim]) -> dict[str, bytes]:
        """Return the receipts of each page that has claims with words, as a script, by its name in the web book."""
        pages: dict[str, dict[str, Any]] = {}
        for claim in claims:
            if claim.text:
                pages.setdefault(claim.page, {})[claim.id] = self.receipt(claim)
        return {
            f"{RECEIPTS}/{page}.js": b"window.CASEBOOK_RECEIPTS = " + canonical_json(receipts).rstrip() + b";\n"
            for page, receipts in pages.items()
        }

    def receipt(self, claim: Claim) -> dict[str, Any]:
        """Return everything that may be told of a claim; of its cells what is published of them and no more."""
        table = self.tables.get(claim.table)
        told = {
            "id": claim.id,
            "page": claim.page,
            "kind": claim.kind,
            "form": claim.form,
            "text": claim.text,
            "sentence": claim.sentence,
            "definition": _definition(claim),
            "holds": list(claim.holds),
            "template": claim.template,
            "line": claim.line,
            "table": claim.table,
            "run": self.runs.get(claim.table, ""),
        }
        return told | (self._of_table(table, claim.cells) if table else {"cells": []})

    def _of_table(self, table: ProtectedTable, levels: Iterable[str]) -> dict[str, Any]:
        labels = labels_of(self.codebook[table.variable], self.study.tables[table.id])
        return {
            "variable": self.codebook[table.variable].label,
            "unit": f"interviews with {self.study.roles[table.group].plural}",
            "base": table.base,
            "cells": [_of_cell(table.cell(level), labels[level], table.base) for level in levels],
            "table_sha256": self._checksums[table.key],
        }

    @cached_property
    def _checksums(self) -> Mapping[str, str]:
        return self.tables.checksums()


def seal(register: Mapping[str, Any]) -> str:
    """Return the checksum of a register, whether or not it is sealed already."""
    return checksum(canonical_json({name: value for name, value in register.items() if name != "sha256"}))


def _of_cell(cell: Cell, label: str, base: int | None) -> dict[str, Any]:
    value = wording.count_text(cell.n, base) if cell.n is not None and base is not None else cell.word or "withheld"
    told = {"level": cell.level, "label": label, "status": cell.status, "value": value}
    return told | ({"n": cell.n} if cell.n is not None else {}) | ({"word": cell.word} if cell.word else {})


def _definition(claim: Claim) -> str:
    """Return what the quantifier means that a claim begins with, in the claim's form; nothing where it has none.

    A list of answers of which no counts are published says of each that it was named.
    """
    found = _FIRST_WORD.match(claim.text)
    shown = "named" if claim.form == "word" and claim.kind == "list" else found[0].lower() if found else ""
    meanings = wording.LADDER_DEFINITIONS if claim.form == "exact" else wording.ONE_SIDED_DEFINITIONS
    word = "named" if shown == _AT_LEAST_ONE else shown
    return f"{shown}: {meanings[word]}" if word in meanings else ""


def runs_of_tables(witnesses: Iterable[tuple[Run, tuple[str, ...]]]) -> dict[str, str]:
    """Return for each protected table the report run that shows it: that of its crime and country before any other."""
    found: dict[str, str] = {}
    for run, keys in sorted(witnesses, key=lambda pair: (pair[0].parameters["crime"] == "ALL", pair[0].name)):
        for key in keys:
            found.setdefault(key, run.name)
    return found


def told(receipt: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines in which a receipt is printed."""
    yield f"{receipt['id']}: {receipt['text'] or receipt['sentence']}"
    if receipt["text"]:
        yield f"  sentence    {receipt['sentence']}"
    for cell in receipt["cells"]:
        yield f"  value       {cell['label']}: {cell['value']}"
    if receipt.get("unit"):
        yield f"  base        {receipt['base'] if receipt['base'] is not None else 'withheld'} {receipt['unit']}"
    for name in ("definition", "holds", "variable", "table", "table_sha256", "run"):
        if value := receipt.get(name):
            yield f"  {name.removeprefix('table_'):<12}{'; '.join(value) if isinstance(value, list) else value}"
    yield f"  written     {receipt['template']}, line {receipt['line']}; page {receipt['page']}"
