"""Figures of protected tables: bars for counts, ordered steps for words, alt text and caption with each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import seaborn as sns
from matplotlib.axes import Axes

from casebook.codebook import EVERY_CRIME, Codebook
from casebook.errors import StatementRefused
from casebook.notebook_run import Mark
from casebook.protected_tables import ONE_SIDED_WORDS, POOLED, ProtectedTable, ProtectedTables
from casebook.publication import captions, sheets
from casebook.publication.lettering import SEMIBOLD, width, wrapped
from casebook.publication.panels import Content, Panel, content_of
from casebook.publication.sheets import HUES, INK, LINE, MARGIN, PALE, SMALL, TEXT, WIDTH, Sheet, style
from casebook.publication.wording import capitalised, count_text
from casebook.study import Study

__all__ = ["Drawing", "frequencies", "sample", "style"]

_LABEL_ROOM = {1: 176.0, 2: 132.0, 3: 112.0}
_GUTTER, _BETWEEN, _AFTER_BAR, _APART = 7.0, 14.0, 4.0, 2.0
_BAR_HEIGHT = 0.58
_DOT = 44.0
# Four words beside each other need more room than bars do.
_SHARE = {"counts": 1.0, "words": 1.3}

Span = tuple[float, float]


@dataclass(frozen=True)
class Drawing:
    """A figure with all that is said of it.

    `tables` are the keys of the protected tables it is drawn from, `marks` the values that its marks stand for.
    """

    name: str
    svg: bytes
    alt: str
    caption: str
    tables: tuple[str, ...]
    crime: str
    country: str
    marks: tuple[Mark, ...] = ()


def frequencies(
    tables: Sequence[ProtectedTable], *, name: str, title: str, codebook: Codebook, study: Study
) -> Drawing:
    """Draw one variable in one to three groups of interviews, side by side, each with its own n.

    Raises StatementRefused where every cell is withheld, and for tables that do not belong into one figure.
    """
    content = content_of(tables, title=title, name=name, codebook=codebook, study=study)
    crimes = {table.crime for table in tables}
    with style():
        svg = _frequency_sheet(content).svg(title)
    return Drawing(
        name=name,
        svg=svg,
        alt=captions.alt_text(content),
        caption=captions.caption(content),
        tables=content.keys,
        crime=crimes.pop() if len(crimes) == 1 else EVERY_CRIME,
        country=tables[0].country,
        marks=tuple(_marks(content)),
    )


def _marks(content: Content) -> Iterator[Mark]:
    for panel in content.panels:
        if panel.table.base is not None:
            yield Mark(panel.table.key, (), f"n = {panel.table.base}")
        for row in content.rows:
            if cell := panel.cells.get(row.level):
                text = cell.word or count_text(cell.n or 0, panel.base)
                yield Mark(panel.table.key, (row.level,), text)


def _frequency_sheet(content: Content) -> Sheet:
    room = _LABEL_ROOM[len(content.panels)]
    spans = _spans(content.panels, room + _GUTTER)
    placed = list(zip(content.panels, spans, strict=True))
    headings = [_heading(panel, span) if len(placed) > 1 else () for panel, span in placed]
    under = LINE * max(len(lines) for lines in headings) + (MARGIN if any(headings) else 0)
    words = LINE * max(len(lines) for panel, span in placed for lines in _word_lines(panel, span))
    sheet = Sheet(sheets.rows_of_labels([row.label for row in content.rows], room), MARGIN + under + words)
    sheet.write_labels(room)
    for (panel, span), lines in zip(placed, headings, strict=True):
        sheet.write(lines, (span[0], MARGIN + LINE * len(lines) / 2), weight=SEMIBOLD)
        draw = _bars if panel.form == "counts" else _steps
        draw(sheet, panel, content, span)
    return sheet


def _heading(panel: Panel, span: Span) -> tuple[str, ...]:
    return wrapped(panel.heading, TEXT, span[1] - span[0])


def _spans(panels: Sequence[Panel], left: float) -> list[Span]:
    """Where each panel begins and ends, from the labels to the right edge."""
    shares = [_SHARE[panel.form] for panel in panels]
    unit = (WIDTH - left - _BETWEEN * (len(panels) - 1)) / sum(shares)
    spans = []
    for share in shares:
        spans.append((left, left + share * unit))
        left += share * unit + _BETWEEN
    return spans


def _bars(sheet: Sheet, panel: Panel, content: Content, span: Span) -> None:
    """Bars on an axis from nobody to everybody of the base: its length rests on the base and on no cell."""
    texts = {level: count_text(cell.n or 0, panel.base) for level, cell in panel.cells.items()}
    longest = [count_text(n, panel.base) for n in (panel.base, panel.base - 1)]
    right = span[1] - sheets.widest(longest) - _AFTER_BAR - MARGIN
    levels = [row.level for row in content.rows]
    shown = [level for level in levels if level in panel.cells]
    counts = [panel.cells[level].n or 0 for level in shown]
    axes = sheet.axes(span[0], right)
    _draw_bars(axes, counts, shown, levels, HUES[panel.table.group])
    _frame(axes, (0, panel.base), len(levels))
    for level, n in zip(shown, counts, strict=True):
        end = span[0] + (right - span[0]) * n / panel.base
        sheet.write([texts[level]], (end + _AFTER_BAR, sheet.middle(levels.index(level))))


def _draw_bars(axes: Axes, counts: list[int], shown: list[str], order: list[str], hue: str) -> None:
    sns.barplot(
        x=counts,
        y=shown,
        order=order,
        orient="h",
        color=hue,
        saturation=1,
        width=_BAR_HEIGHT,
        errorbar=None,
        ax=axes,
    )
    axes.axvline(0, color=INK, linewidth=0.8)


def _frame(axes: Axes, across: tuple[float, float], rows: int) -> None:
    axes.set_xlim(*across)
    axes.set_ylim(rows - 0.5, -0.5)


def _steps(sheet: Sheet, panel: Panel, content: Content, span: Span) -> None:
    """A dot in the column of its word on each row that has one."""
    step = _step(span)
    for number, lines in enumerate(_word_lines(panel, span)):
        place = (span[0] + step * (number + 0.5), sheet.head - MARGIN - LINE * len(lines) / 2)
        sheet.write(lines, place, align="center", size=SMALL)
    axes = sheet.axes(*span)
    rows = [number for number, row in enumerate(content.rows) if row.level in panel.cells]
    words = [panel.cells[content.rows[row].level].word or "" for row in rows]
    axes.hlines(rows, 0, len(ONE_SIDED_WORDS) - 1, color=PALE, linewidth=0.8, zorder=0)
    sns.scatterplot(
        x=[ONE_SIDED_WORDS.index(word) for word in words],
        y=rows,
        s=_DOT,
        color=HUES[panel.table.group],
        linewidth=0,
        ax=axes,
    )
    _frame(axes, (-0.5, len(ONE_SIDED_WORDS) - 0.5), len(content.rows))


def _step(span: Span) -> float:
    return (span[1] - span[0]) / len(ONE_SIDED_WORDS)


def _word_lines(panel: Panel, span: Span) -> list[list[str]]:
    """The lines of the words over a panel of steps, all broken alike: not, before the last word, or at each space."""
    if panel.form == "counts":
        return [[]]
    ways = ([word.rsplit(" ", breaks) for word in ONE_SIDED_WORDS] for breaks in (0, 1))
    fitting = (way for way in ways if all(width(x, SMALL) + _APART <= _step(span) for lines in way for x in lines))
    return next(fitting, [word.split(" ") for word in ONE_SIDED_WORDS])


@dataclass(frozen=True)
class _Stratum:
    """The interviews of one crime and group."""

    crime: str
    group: str
    n: int


def sample(tables: ProtectedTables, *, name: str, title: str, study: Study) -> Drawing:
    """Draw the number of interviews of each crime and group; raises StatementRefused where there are none."""
    strata = [
        _Stratum(crime, group, tables.sample[f"{crime}.{group}"])
        for crime in study.crimes
        for group in study.roles
        if tables.sample.get(f"{crime}.{group}", 0) > 0
    ]
    if not strata:
        raise StatementRefused.one("figures", name, "there are no interviews: the figure carries no data")
    with style():
        svg = _sample_sheet(strata, study).svg(title)
    said = captions.sample_text([(s.crime, s.group, s.n) for s in strata], study)
    caption = f"{title}. Numbers of interviews."
    marks = tuple(Mark(f"{s.crime}.{s.group}", (), str(s.n)) for s in strata)
    return Drawing(name, svg, f"Horizontal bars: {title}. {said}", caption, (), EVERY_CRIME, POOLED, marks)


def _sample_sheet(strata: Sequence[_Stratum], study: Study) -> Sheet:
    crime_room, room = 76.0, 226.0
    labels = sheets.rows_of_labels([captions.group_label(s.group, study) for s in strata], room - crime_room)
    sheet = Sheet(labels, MARGIN)
    sheet.write_labels(room)
    left, right = room + _GUTTER, WIDTH - sheets.widest([str(s.n) for s in strata]) - _AFTER_BAR - MARGIN
    most = max(s.n for s in strata)
    axes = sheet.axes(left, right)
    keys = [f"{s.crime}.{s.group}" for s in strata]
    _draw_bars(axes, [s.n for s in strata], keys, keys, HUES["E"])
    for bar, stratum in zip(axes.patches, strata, strict=True):
        bar.set_facecolor(HUES[stratum.group])
    _frame(axes, (0, most), len(strata))
    for row, stratum in enumerate(strata):
        end = left + (right - left) * stratum.n / most
        sheet.write([str(stratum.n)], (end + _AFTER_BAR, sheet.middle(row)))
        if row == 0 or strata[row - 1].crime != stratum.crime:
            place = (0.0, sheet.middle(row))
            sheet.write([capitalised(study.crimes[stratum.crime].short)], place, weight=SEMIBOLD)
    return sheet
