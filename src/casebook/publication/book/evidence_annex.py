"""The evidence annex: every statement of a book, numbered, with what it rests on and where it was written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from casebook.publication.book.inert import inert
from casebook.publication.shown import KINDS
from casebook.publication.statements import Receipt, Statement, statements

ANNEX = "annex-evidence.md"
#: What the id of a statement's entry is made of, before the id of a claim.
ENTRY = "e-"
_INTRODUCTION = """\
---
nosearch: true
---
# Evidence for every statement

Every number, quantifier, ranking and comparison of this report, and every sentence that is printed because the tables
prove it, rests on protected tables. This annex lists them sentence by sentence, in the order of the report: what is
said, the tables and answers it rests on in the form in which they may be published, and the lines of the template that
say it. A number leads back to its statement. A dash stands for a sentence that is asserted as a whole.

A table is named after crime, group and variable, and after the country where it is not pooled; n is the number of its
interviews in which the topic was answered. Words such as “most” are defined in the chapter on method, variables and
answers in {doc}`/annex-codebook`.
"""
_HEADER = ("No.", "What is said", "What it rests on", "Lines")
_OUTSIDE_TABLES: Mapping[str, str] = {
    "size": "Sample {}",
    "reference": "Reference {}",
    "agreement": "Agreement between coders",
    "audit": "Disclosure audit",
    "comparison": "All comparisons",
    "authored": "Author's statement, which counts no data",
}


def evidence_annex(receipts: Iterable[Receipt], pages: Mapping[str, str]) -> str:
    """Return the annex as Markdown; `pages` are the book's, as Markdown, in reading order."""
    parts = [_INTRODUCTION]
    for chapter, inside in groupby(statements(_in_words(receipts), pages), key=lambda found: found.page.split("/")[0]):
        parts.append(f"## {_title(pages.get(chapter, ''), chapter)}\n")
        parts += [_of_page(page, list(found)) for page, found in groupby(inside, key=lambda f: f.page)]
    return "\n".join(parts)


def _in_words(receipts: Iterable[Receipt]) -> Iterator[Receipt]:
    """Leave out marks of figures and cells of tables, which name their answers themselves."""
    return (receipt for receipt in receipts if receipt["kind"] not in KINDS)


def _title(text: str, page: str) -> str:
    """Return the title of a page, which is Markdown already."""
    return next((line[2:].strip() for line in text.splitlines() if line.startswith("# ")), inert(page))


def _of_page(page: str, found: Sequence[Statement]) -> str:
    receipts = [receipt for statement in found for receipt in statement.receipts]
    named = [receipt["template"] for receipt in receipts]
    template = max(dict.fromkeys(named), key=named.count)
    runs = sorted({receipt["run"] for receipt in receipts} - {""})
    shown = [f"template {inert(template)}", *(f"{{doc}}`/notebooks/{run}`" for run in runs)]
    rows = [_HEADER, *(tuple(_row(statement, template)) for statement in found)]
    body = "\n".join("\n".join(f"{'* -' if i == 0 else '  -'} {cell}" for i, cell in enumerate(row)) for row in rows)
    lead = f"**{{doc}}`/{page}`** ({'; '.join(shown)})"
    return f"{lead}\n\n```{{list-table}}\n:header-rows: 1\n:widths: 6 38 47 9\n\n{body}\n```\n"


def _row(statement: Statement, template: str) -> Iterator[str]:
    yield _number(statement)
    yield inert("; ".join(statement.words)) or f"– {inert(statement.sentence)}"
    yield inert(". ".join(_rests_on(statement.receipts)))
    yield inert("; ".join(_lines(statement.receipts, template)))


def _lines(receipts: Sequence[Receipt], usual: str) -> Iterator[str]:
    """Yield the first and last line of each template, which is named where it is not the page's usual one."""
    for template in dict.fromkeys(receipt["template"] for receipt in receipts):
        lines = [receipt["line"] for receipt in receipts if receipt["template"] == template]
        between = "–".join(str(line) for line in dict.fromkeys((min(lines), max(lines))))
        yield between if template == usual else f"{template}, {between}"


def _number(statement: Statement) -> str:
    """Return the number, linked to the last element of its statement and found by the ids of all of them."""
    if not statement.elements:
        return str(statement.number)
    *others, last = statement.elements
    found_by = "".join(f"[]{{#{ENTRY}{name}}}" for name in others)
    return f"{found_by}[{{ref}}`{statement.number} <{last}>`]{{#{ENTRY}{last}}}"


def _rests_on(receipts: Sequence[Receipt]) -> Iterator[str]:
    """Yield each table once with the answers that are spoken of, then what is no table, then conditions."""
    told: dict[str, dict[str, str]] = {}
    for receipt in receipts:
        if "unit" in receipt:
            base = "n withheld" if receipt["base"] is None else f"n = {receipt['base']}"
            about = f"{receipt['table']} ({base})"
            told.setdefault(about, {}).update({cell["label"]: cell["value"] for cell in receipt["cells"]})
    for table, cells in told.items():
        yield f"{table}: {'; '.join(f'{label}, {value}' for label, value in cells.items())}" if cells else table
    without = [receipt for receipt in receipts if "unit" not in receipt and receipt["kind"] in _OUTSIDE_TABLES]
    yield from dict.fromkeys(_OUTSIDE_TABLES[receipt["kind"]].format(receipt["table"]) for receipt in without)
    yield from _conditions(receipts)


def _conditions(receipts: Sequence[Receipt]) -> Iterator[str]:
    """Yield the conditions that were proven for the sentence and of whose cells nothing was told before."""
    cells = {f"{receipt['table']}/{cell['level']}" for receipt in receipts for cell in receipt["cells"]}
    tables = {receipt["table"] for receipt in receipts if receipt["kind"] != "assertion"}
    held = dict.fromkeys(condition for receipt in receipts for condition in receipt["holds"])
    proven = [c for c in held if c.split(" ")[0] not in cells | tables]
    if proven:
        yield f"Proven: {'; '.join(proven)}"
