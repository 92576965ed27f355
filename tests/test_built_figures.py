"""Every figure that a build has left: its alt text says what its protected cells are, and its marks can be seen."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest
from rehearsal import PROJECT, project

from casebook.notebook_run import FigureRecord, labels_of, read_witness
from casebook.protected_tables import ONE_SIDED_WORDS, ProtectedTable, ProtectedTables, read_protected_tables
from casebook.publication.sheets import PALE

REPORT = PROJECT / "_build" / "report"
PROTECTED = PROJECT / "_build" / "protected"
#: WCAG 2.1: 1.4.3 for text, 1.4.11 for marks.
TEXT, MARK = 4.5, 3.0
WHITE = "#ffffff"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not REPORT.is_dir(), reason="there are no report runs: nox -s build"),
]


@cache
def figures() -> tuple[tuple[Path, FigureRecord, ProtectedTables], ...]:
    """Each figure of every edition and level with its drawing and the tables of its edition."""
    found = []
    for folder in sorted(path.parent for path in REPORT.glob("*/*/*/run.json")):
        edition, level = folder.relative_to(REPORT).parts[:2]
        tables = read_protected_tables(PROTECTED / edition / level)
        found += [(folder / f.file, f, tables) for f in read_witness(folder, run=folder.name).figures]
    return tuple(found)


def drawn() -> Iterator[tuple[FigureRecord, list[ProtectedTable]]]:
    """Figures of frequencies, whose alt texts list their cells."""
    for _, figure, tables in figures():
        if figure.tables and not figure.alt.startswith(("Dots", "Intervals")) and set(figure.tables) <= set(tables):
            yield figure, [tables[key] for key in figure.tables]


def named(table: ProtectedTable, level: str) -> str:
    study, codebook = project()
    label = labels_of(codebook[table.variable], study.tables[table.id])[level]
    return label.casefold()


def counts_said(alt: str) -> list[tuple[str, int, int]]:
    """What an alt text gives in figures: label, count, base."""
    pattern = re.compile(r"(?:^|: |; )([^;:]+), (\d+) of (\d+)")
    return [(label.casefold(), int(n), int(base)) for label, n, base in pattern.findall(alt)]


def test_every_count_in_an_alt_text_is_that_of_its_protected_cell() -> None:
    said = 0
    for figure, tables in drawn():
        cells = {(named(t, c.level), c.n, t.base) for t in tables for c in t.cells if c.n is not None}
        found = counts_said(figure.alt)
        said += len(found)
        assert [claim for claim in found if claim not in cells] == [], figure.alt
    assert said > 100


def words_said(alt: str, who: str) -> dict[str, str]:
    """What an alt text lists under each word in the panel of a group."""
    panel = re.search(rf"\b{who}[^:.;]*: ([^.]+)\.", alt, re.IGNORECASE)
    parts = (part.partition(": ") for part in (panel[1].split("; ") if panel else ()))
    return {word: labels.casefold() for word, _, labels in parts if word in ONE_SIDED_WORDS}


def words_of(label: str, said: Mapping[str, str]) -> set[str]:
    """The words under which a label is one of the items listed."""
    item = re.compile(rf"(?:^|, | and ){re.escape(label)}(?:$|, | and )")
    return {word for word, labels in said.items() if item.search(labels)}


def test_every_word_in_an_alt_text_is_that_of_its_protected_cell() -> None:
    checked = 0
    for figure, tables in drawn():
        for table in tables:
            said = words_said(figure.alt, project()[0].roles[table.group].plural)
            for cell in table.cells:
                found = words_of(named(table, cell.level), said)
                assert found <= {cell.word}, (figure.alt, cell)
                checked += len(found)
    assert checked > 50


def test_no_figure_of_words_gives_a_count() -> None:
    for figure, tables in drawn():
        if all(cell.status != "exact" for table in tables for cell in table.cells):
            assert counts_said(figure.alt) == [], figure.alt


def luminance(colour: str) -> float:
    channels = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, by the definition of WCAG 2.1."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_letters_and_marks_stand_out_from_the_paper() -> None:
    faint: set[tuple[str, str]] = set()
    for path, _, _ in figures():
        svg = path.read_text("utf-8")
        text = set(re.findall(r'<text style="[^"]*fill: (#[0-9a-f]{6})', svg))
        marks = set(re.findall(r"(?:fill|stroke): (#[0-9a-f]{6})", svg)) - text
        faint |= {("text", colour) for colour in text if contrast(colour, WHITE) < TEXT}
        # Pale lines only guide the eye along a row; white is the paper.
        faint |= {("mark", colour) for colour in marks - {PALE, WHITE} if contrast(colour, WHITE) < MARK}
    assert faint == set()
