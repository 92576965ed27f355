"""What a later edition says otherwise than the earlier one: sample, and statements that are new, gone or changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from casebook.protected_tables import ProtectedTables
from casebook.publication.book.inert import inert
from casebook.publication.claims import Claim
from casebook.study import Study

What = Literal["new", "gone", "value", "wording"]


@dataclass(frozen=True)
class EarlierEdition:
    """The edition before: its protected tables and its claims at the same dissemination level."""

    edition: str
    tables: ProtectedTables
    claims: tuple[Claim, ...]


@dataclass(frozen=True)
class Change:
    """One sentence that is new, gone, or says another value or the same value in other words."""

    what: What
    page: str
    before: str
    now: str


def changes(earlier: EarlierEdition, claims: Iterable[Claim]) -> tuple[Change, ...]:
    """Return the changes of all claims but assertions, sentence by sentence, in the order of the later edition.

    Claims are the same where page, kind, table and cells are: that is what their ids are made of.
    """
    before = {claim.id: claim for claim in earlier.claims if claim.kind != "assertion"}
    now = {claim.id: claim for claim in claims if claim.kind != "assertion"}
    changed = list(_changed(before, now))
    told_before = {(change.page, change.before) for change in changed}
    told_now = {(change.page, change.now) for change in changed}
    new = [Change("new", page, "", said) for page, said in _only_in(now, before) if (page, said) not in told_now]
    gone = [Change("gone", page, said, "") for page, said in _only_in(before, now) if (page, said) not in told_before]
    return tuple(dict.fromkeys([*changed, *new, *gone]))


def _changed(before: Mapping[str, Claim], now: Mapping[str, Claim]) -> Iterator[Change]:
    """Yield the sentences of claims that are in both editions and whose sentence is not the same."""
    for name, claim in now.items():
        old = before.get(name)
        if old is not None and old.sentence != claim.sentence:
            what: What = "wording" if old.text == claim.text else "value"
            yield Change(what, claim.page, old.sentence, claim.sentence)


def _only_in(one: Mapping[str, Claim], other: Mapping[str, Claim]) -> Iterator[tuple[str, str]]:
    """Yield page and sentence of the claims of one edition, where the other does not have the sentence."""
    said = {(claim.page, claim.sentence) for claim in other.values()}
    for name, claim in one.items():
        if name not in other and (claim.page, claim.sentence) not in said:
            yield claim.page, claim.sentence


def changes_block(found: Sequence[Change], what: What, *, earlier: str, later: str) -> str:
    """Return a list-table of the changes of one kind: where, and the sentence in either edition."""
    chosen = [change for change in found if change.what == what]
    titles = {"new": "Statements that are new", "gone": "Statements that are gone"}
    titles |= {"value": "Statements with another value", "wording": "Statements in other words"}
    columns = [(earlier, [c.before for c in chosen])] if what != "new" else []
    columns += [(later, [c.now for c in chosen])] if what != "gone" else []
    rows = [["Page", *(title for title, _ in columns)]]
    rows += [[_place(change.page), *(texts[i] for _, texts in columns)] for i, change in enumerate(chosen)]
    return _list_table(titles[what], f"changes-{what}", rows)


def _place(page: str) -> str:
    """Return a page's place in words: "Trafficking, modus operandi"."""
    return page.replace("/", ", ").replace("-", " ").capitalize()


def sample_block(earlier: EarlierEdition, now: ProtectedTables, study: Study) -> str:
    """Return a list-table of the number of interviews per crime and group in either edition."""
    rows = [["Crime", "Group", earlier.edition, now.edition]]
    for key in dict.fromkeys([*earlier.tables.sample, *now.sample]):
        crime, group = key.split(".")
        counts = [str(tables.sample.get(key, "–")) for tables in (earlier.tables, now)]
        rows.append([study.crimes[crime].title, study.roles[group].plural.capitalize(), *counts])
    return _list_table("Interviews by edition", "changes-sample", rows)


def _list_table(title: str, name: str, rows: Sequence[Sequence[str]]) -> str:
    lines = [f"{'* -' if i == 0 else '  -'} {inert(cell)}" for row in rows for i, cell in enumerate(row)]
    body = "\n".join(lines)
    return f"\n```{{list-table}} {inert(title)}\n:name: tab-{name}\n:header-rows: 1\n\n{body}\n```\n"
