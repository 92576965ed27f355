"""What is said of a figure in words: its caption, and alt text that says what is to be seen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from casebook.protected_tables import ONE_SIDED_WORDS
from casebook.publication.panels import Content, Panel, Row
from casebook.publication.wording import capitalised, count_text, join
from casebook.study import Study

# A listener can hold about eight items; a longer figure is summed up by its ends.
_LISTED_WHOLE, _FIRST, _LAST = 8, 5, 2
_KINDS: Mapping[str, str] = MappingProxyType({"counts": "horizontal bars", "words": "ordered steps"})


def caption(content: Content) -> str:
    """Return title, who speaks with n, what the marks stand for, and that something is withheld."""
    return " ".join([_sentence(content.title), *_who(content), *_marks(content), *_withheld(content)])


def alt_text(content: Content) -> str:
    """Return the kind of figure, its title, and what each panel shows in the words of the method chapter."""
    kinds = [kind for form, kind in _KINDS.items() if any(panel.form == form for panel in content.panels)]
    said = [_said(panel, content.rows) for panel in content.panels]
    return " ".join([f"{capitalised(join(kinds))}: {_sentence(content.title)}", *said])


def _sentence(text: str) -> str:
    return text if text.endswith((".", "?", "!")) else f"{text}."


def _who(content: Content) -> Iterator[str]:
    yield f"{'; '.join(panel.heading for panel in content.panels)}."
    yield from content.silent


def _marks(content: Content) -> Iterator[str]:
    forms = {panel.form for panel in content.panels}
    if "counts" in forms:
        several = any(panel.table.multi for panel in content.panels)
        yield "Numbers of interviews; several answers possible." if several else "Numbers of interviews."
    if "words" in forms:
        yield "The words are defined in the method chapter."


def _withheld(content: Content) -> Iterator[str]:
    if content.blank:
        extent = "withheld or not tabulated" if content.untabulated else "withheld"
        yield f"Where a group has no mark, its answer is {extent}."
    if content.omits:
        yield "Further answers are withheld."


def _said(panel: Panel, rows: tuple[Row, ...]) -> str:
    shown = [row for row in rows if row.level in panel.cells]
    text = _counts(panel, shown) if panel.form == "counts" else _words(panel, shown)
    return f"{panel.heading}: {text}."


def _counts(panel: Panel, rows: list[Row]) -> str:
    items = [f"{row.running}, {count_text(panel.cells[row.level].n or 0, panel.base)}" for row in rows]
    if len(items) <= _LISTED_WHOLE:
        return "; ".join(items)
    ranked = sorted(range(len(rows)), key=lambda place: -(panel.cells[rows[place].level].n or 0))
    most, least = ranked[:_FIRST], ranked[-_LAST:]
    first, last = ("; ".join(items[place] for place in places) for places in (most, least))
    return f"most frequent: {first}; least frequent: {last}"


def _words(panel: Panel, rows: list[Row]) -> str:
    groups = []
    for word in reversed(ONE_SIDED_WORDS):
        labels = [row.running for row in rows if panel.cells[row.level].word == word]
        if labels:
            groups.append(f"{word}: {join(labels)}")
    return "; ".join(groups)


def sample_text(strata: Sequence[tuple[str, str, int]], study: Study) -> str:
    """Return the numbers of interviews by crime and group: "Grooming: 23 experts, 15 offenders and 8 victims."."""
    by_crime: dict[str, list[str]] = {}
    for crime, group, n in strata:
        role = study.roles[group]
        by_crime.setdefault(crime, []).append(f"{n} {role.singular if n == 1 else role.plural}")
    return " ".join(f"{capitalised(study.crimes[crime].short)}: {join(items)}." for crime, items in by_crime.items())


def group_label(group: str, study: Study) -> str:
    """Return a group's name, and for a group of several roles whom it holds: "Cases (offenders and victims)"."""
    plural = capitalised(study.roles[group].plural)
    if len(group) == 1:
        return plural
    members = [study.roles[role].plural for role in study.roles if len(role) == 1 and role in group]
    return f"{plural} ({join(members)})"
