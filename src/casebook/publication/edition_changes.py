"""What a later edition says otherwise than the earlier one, and why: sample, statements and figures."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType
from typing import Literal

from casebook.protected_tables import ProtectedTable, ProtectedTables
from casebook.publication.blocks import Figure
from casebook.publication.book.inert import inert
from casebook.publication.claims import Claim
from casebook.study import Study

What = Literal["new", "gone", "value", "wording"]
#: Why a sentence differs, as far as the records of both editions can tell.
WHY: Mapping[str, str] = MappingProxyType(
    {
        "interviews": "new interviews",
        "plan": "a table newly planned, or no longer",
        "disclosure": "disclosure control",
        "coding": "corrected coding",
        "text": "the text",
    }
)

#: Claims that print nothing of their own: what they rest on is told by the claims of their sentence.
_WITHOUT_WORDS = ("assertion", "authored")


@dataclass(frozen=True)
class EarlierEdition:
    """The edition before: its protected tables, claims and figures at the same dissemination level."""

    edition: str
    tables: ProtectedTables
    claims: tuple[Claim, ...]
    figures: Mapping[str, Figure] = field(default_factory=dict)


@dataclass(frozen=True)
class Change:
    """One sentence that is new, gone, or says another value or the same value in other words; `why` is a key of WHY."""

    what: What
    page: str
    before: str
    now: str
    why: str


@dataclass(frozen=True)
class FigureChange:
    """A figure that only one edition has, or whose tables are not the same in both: its name and both captions."""

    name: str
    before: str
    now: str


def changes(earlier: EarlierEdition, now: ProtectedTables, claims: Iterable[Claim]) -> tuple[Change, ...]:
    """Return the changes of all claims but assertions, sentence by sentence, in the order of the later edition.

    Claims are the same where page, kind, table and cells are: that is what their ids are made of.
    """
    before = {claim.id: claim for claim in earlier.claims if claim.kind not in _WITHOUT_WORDS}
    after = {claim.id: claim for claim in claims if claim.kind not in _WITHOUT_WORDS}
    why = partial(_why, earlier.tables, now)
    changed = list(_changed(before, after, why))
    told_before = {(change.page, change.before) for change in changed}
    told_now = {(change.page, change.now) for change in changed}
    new = [Change("new", c.page, "", c.sentence, why(c)) for c in _only_in(after, before, told_now)]
    gone = [Change("gone", c.page, c.sentence, "", why(c)) for c in _only_in(before, after, told_before)]
    return tuple(_once([*changed, *new, *gone]))


def _changed(before: Mapping[str, Claim], now: Mapping[str, Claim], why: Callable[[Claim], str]) -> Iterator[Change]:
    """Yield the sentences of claims that are in both editions and whose sentence is not the same."""
    for name, claim in now.items():
        old = before.get(name)
        if old is not None and old.sentence != claim.sentence:
            what: What = "wording" if old.text == claim.text else "value"
            yield Change(what, claim.page, old.sentence, claim.sentence, why(claim))


def _only_in(
    one: Mapping[str, Claim], other: Mapping[str, Claim], told: Collection[tuple[str, str]]
) -> Iterator[Claim]:
    """Yield the claims of one edition whose sentence the other does not have and no change has told."""
    said = {*told, *((claim.page, claim.sentence) for claim in other.values())}
    for name, claim in one.items():
        if name not in other and (claim.page, claim.sentence) not in said:
            yield claim


def _once(found: Iterable[Change]) -> Iterator[Change]:
    """Yield each sentence's change once: several claims of it may have changed, the first says why."""
    told: set[tuple[str, str, str, str]] = set()
    for change in found:
        sentence = (change.what, change.page, change.before, change.now)
        if sentence not in told:
            told.add(sentence)
            yield change


def _why(before: ProtectedTables, now: ProtectedTables, claim: Claim) -> str:
    """Return why a claim's sentence differs between two editions, from the table or the sample that it rests on."""
    old, new = before.get(claim.table), now.get(claim.table)
    if old is None and new is None:
        return "text" if before.sample.get(claim.table) == now.sample.get(claim.table) else "interviews"
    group = f"{(old or new).crime}.{(old or new).group}"  # type: ignore[union-attr]
    if before.sample.get(group) != now.sample.get(group):
        return "interviews"
    if old is None or new is None:
        return "plan"
    if old.cells == new.cells:
        return "text"
    return "coding" if _statuses(old) == _statuses(new) else "disclosure"


def _statuses(table: ProtectedTable) -> list[str]:
    return [cell.status for cell in table.cells]


def figure_changes(
    earlier: EarlierEdition, now: ProtectedTables, figures: Mapping[str, Figure]
) -> tuple[FigureChange, ...]:
    """Return the figures that are new, gone, or drawn from tables that are not the same, by their keys."""
    found = []
    for name in sorted({*earlier.figures, *figures}):
        old, new = earlier.figures.get(name), figures.get(name)
        same = old is not None and new is not None and _shown(old, earlier.tables) == _shown(new, now)
        if not same:
            found.append(FigureChange(name, old.caption if old else "", new.caption if new else ""))
    return tuple(found)


def _shown(figure: Figure, tables: ProtectedTables) -> list[ProtectedTable | None]:
    return [tables.get(key) for key in figure.tables]


def changes_block(found: Sequence[Change], what: What, *, earlier: str, later: str) -> str:
    """Return a list-table of the changes of one kind: where, and the sentence in either edition."""
    chosen = [change for change in found if change.what == what]
    titles = {"new": "Statements that are new", "gone": "Statements that are gone"}
    titles |= {"value": "Statements with another value", "wording": "Statements in other words"}
    columns = [(earlier, [c.before for c in chosen])] if what != "new" else []
    columns += [(later, [c.now for c in chosen])] if what != "gone" else []
    rows = [["Page", *(title for title, _ in columns), "Why"]]
    rows += [
        [_place(change.page), *(texts[i] for _, texts in columns), WHY[change.why]] for i, change in enumerate(chosen)
    ]
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


def figures_block(found: Sequence[FigureChange], *, earlier: str, later: str) -> str:
    """Return a list-table of the figures that differ, with the caption that each edition gives them."""
    rows = [[earlier, later], *([change.before or "–", change.now or "–"] for change in found)]
    return _list_table("Figures that differ", "changes-figures", rows)


def _list_table(title: str, name: str, rows: Sequence[Sequence[str]]) -> str:
    lines = [f"{'* -' if i == 0 else '  -'} {inert(cell)}" for row in rows for i, cell in enumerate(row)]
    body = "\n".join(lines)
    return f"\n```{{list-table}} {inert(title)}\n:name: tab-{name}\n:header-rows: 1\n\n{body}\n```\n"
