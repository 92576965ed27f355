"""The comparison with reference values as a figure: a row per comparison, interviews and reference on one scale."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import seaborn as sns
from matplotlib.axes import Axes

from casebook.codebook import EVERY_CRIME
from casebook.errors import StatementRefused
from casebook.notebook_run import Mark
from casebook.protected_tables import POOLED
from casebook.publication import sheets
from casebook.publication.bounds import Bounds
from casebook.publication.comparison import VERDICTS, Comparison
from casebook.publication.comparison_words import verdict_text
from casebook.publication.figures import Drawing
from casebook.publication.lettering import SEMIBOLD
from casebook.publication.sheets import HUES, INK, LINE, MARGIN, PALE, SMALL, WIDTH, Sheet, style
from casebook.publication.statistics import wilson_shares
from casebook.publication.wording import capitalised, count_text, join
from casebook.study import Study

_LABEL_ROOM, _GUTTER, _VERDICT_ROOM = 222.0, 8.0, 78.0
_DOT, _DIAMOND, _BAND = 30.0, 34.0, 0.62
#: Rules that set a share, or a side of half, beside another; an order of answers has no place on the scale.
_ON_SCALE = ("direction", "mean", "share", "each", "same_interviews")
_LEGEND = (
    "Grey: the side of half on which the reference lies. Diamond: its share, where one is reported. Dot: share of the "
    "interviews, with its interval. Thick line: what is published leaves open. Ring: the side of half on which the "
    "opinion of experts lies, whose number is not compared."
)


def comparison(comparisons: Iterable[Comparison], *, name: str, title: str, study: Study) -> Drawing:
    """Draw the comparisons that lie on a scale from none to all, by crime; raises StatementRefused where none does."""
    shown = [c for c in comparisons if c.planned.rule in _ON_SCALE and _placed(c)]
    if not shown:
        raise StatementRefused.one("figures", name, "nothing can be compared: the figure carries no data")
    with style():
        svg = _sheet(shown, study).svg(title)
    keys = dict.fromkeys(c.table.key for c in shown if c.table is not None)
    caption = f"{title}. {_LEGEND}"
    marks = tuple(_marks(shown))
    return Drawing(name, svg, _alt_text(shown, title, study), caption, tuple(keys), EVERY_CRIME, POOLED, marks)


def _marks(shown: Iterable[Comparison]) -> Iterator[Mark]:
    """Yield what the figure tells of each comparison: where the interviews lie, and how that compares."""
    for comparison in shown:
        told = "; ".join(_told(bounds, opinion=comparison.planned.opinion) for bounds in _placed(comparison))
        yield Mark(comparison.planned.table, comparison.cells, f"{told}; {verdict_text(comparison)}")


def _told(bounds: Bounds, *, opinion: bool) -> str:
    if bounds.exact and not opinion:
        return count_text(bounds.low, bounds.base)
    return "above half" if bounds.above_half else "below half"


def _placed(comparison: Comparison) -> tuple[Bounds, ...]:
    """What the interviews tell that has a place on the scale: a count, or one side of half."""
    bounds = comparison.each if comparison.planned.rule == "each" else (comparison.bounds,)
    opinion = comparison.planned.opinion
    told = [b for b in bounds if b is not None]
    return tuple(b for b in told if b.above_half or b.below_half or (b.exact and not opinion))


def _sheet(shown: Sequence[Comparison], study: Study) -> Sheet:
    rows = list(_rows(shown))
    labels = [_heading(row, study) if isinstance(row, str) else _label(row, study) for row in rows]
    sheet = Sheet(sheets.rows_of_labels(labels, _LABEL_ROOM), MARGIN + LINE)
    left, right = _LABEL_ROOM + _GUTTER, WIDTH - _VERDICT_ROOM
    for share, word in ((0.0, "none"), (0.5, "half"), (1.0, "all")):
        sheet.write([word], (left + share * (right - left), MARGIN + LINE / 2), align="center", size=SMALL)
    axes = sheet.axes(left, right)
    axes.axvline(0.5, color=INK, linewidth=0.8, zorder=1)
    for number, row in enumerate(rows):
        if isinstance(row, str):
            sheet.write(sheet.labels[number], (0.0, sheet.middle(number)), weight=SEMIBOLD)
        else:
            sheet.write(sheet.labels[number], (_LABEL_ROOM, sheet.middle(number)), align="right")
            sheet.write([row.verdict], (right + _GUTTER, sheet.middle(number)), size=SMALL)
            _draw(axes, row, number)
    axes.set_xlim(0, 1)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    return sheet


def _rows(shown: Iterable[Comparison]) -> Iterator[str | Comparison]:
    """The comparisons, with the crime before the first of each."""
    crime = ""
    for comparison in shown:
        if comparison.planned.crime != crime:
            crime = comparison.planned.crime
            yield crime
        yield comparison


def _heading(crime: str, study: Study) -> str:
    return study.crimes[crime].title


def _label(comparison: Comparison, study: Study) -> str:
    planned = comparison.planned
    return f"{planned.label} ({study.roles[planned.group].plural}, {planned.reference.id})"


def _draw(axes: Axes, comparison: Comparison, row: int) -> None:
    planned = comparison.planned
    if planned.share is None:
        start = 0.5 if planned.direction == "more_than_half" else 0.0
        axes.barh([row], [0.5], left=[start], height=_BAND, color=PALE, linewidth=0, zorder=0)
    hue = HUES[planned.group]
    for bounds in _placed(comparison):
        low, high = bounds.low / bounds.base, bounds.high / bounds.base
        if planned.opinion:
            _dot(axes, (0.75 if bounds.above_half else 0.25, row), hue, filled=False)
        elif bounds.exact:
            axes.hlines([row], *wilson_shares(low, bounds.base), color=hue, linewidth=1.2, zorder=2)
            _dot(axes, (low, row), hue, filled=True)
        else:
            axes.hlines([row], low, high, color=hue, linewidth=3, zorder=2)
    if planned.share is not None:
        _diamond(axes, (planned.share / 100, row))


def _diamond(axes: Axes, place: tuple[float, int]) -> None:
    axes.scatter(
        [place[0]],
        [place[1]],
        s=_DIAMOND,
        marker="D",
        facecolor="white",
        edgecolor=INK,
        linewidth=1.1,
        zorder=4,
        clip_on=False,
    )


def _dot(axes: Axes, place: tuple[float, int], hue: str, *, filled: bool) -> None:
    sns.scatterplot(
        x=[place[0]],
        y=[place[1]],
        s=_DOT,
        color=hue if filled else "white",
        edgecolor=hue,
        linewidth=1.3,
        zorder=3,
        clip_on=False,
        legend=False,
        ax=axes,
    )


def _alt_text(shown: Sequence[Comparison], title: str, study: Study) -> str:
    said = []
    for verdict in VERDICTS:
        labels = [_label(c, study) for c in shown if c.verdict == verdict]
        if labels:
            said.append(f"{capitalised(verdict)}: {join(labels)}.")
    return " ".join([f"Dots, lines and diamonds on a scale from none to all: {title}.", *said])
