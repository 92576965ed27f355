"""The paper of the figures: one style for web book and PDF, rows with labels, and text set where it is asked for."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import matplotlib as mpl
from cycler import cycler
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from casebook.publication.lettering import REGULAR, carried, width, wrapped

INK, PALE = "#1f2328", "#cfd4da"
#: One hue per group; their lightness differs too, so that they stay apart in grey and for colour-blind readers.
HUES: Mapping[str, str] = MappingProxyType({"E": "#1d3557", "O": "#a3460f", "V": "#4f9a8f", "OV": "#8a6fb0"})

#: All lengths are points. The width is that of the text column of the PDF, so that letters keep their size there.
WIDTH = 453.6
TEXT, SMALL = 9.5, 9.0
LINE = 11.5
MARGIN = 3.0
_ROW_GAP = 6.0
# Half the height of a capital over the size: the baseline lies that far below the middle of a line.
_MIDDLE = 0.33

_STYLE: Mapping[str, Any] = MappingProxyType(
    {
        "svg.fonttype": "none",
        "svg.hashsalt": "casebook",
        # Laid out with the font that matplotlib carries, which no machine's fonts can change; `carried` sets ours.
        "font.family": ["DejaVu Sans"],
        "font.size": TEXT,
        "text.parse_math": False,
        "text.color": INK,
        "axes.edgecolor": INK,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.prop_cycle": cycler(color=[HUES["E"], HUES["O"], HUES["V"]]),
        "figure.facecolor": "white",
        "savefig.facecolor": "white",
        "figure.dpi": 72,
    }
)


@contextlib.contextmanager
def style() -> Iterator[None]:
    """Draw in the one style of the reports, whatever the settings of the machine are."""
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(dict(_STYLE))
        yield


@dataclass(frozen=True)
class Sheet:
    """A figure's paper: a head, then rows of equal height, each with the lines of its label.

    Places are points from the left edge and from the top.
    """

    labels: tuple[tuple[str, ...], ...]
    head: float
    figure: Figure = field(default_factory=Figure)

    def __post_init__(self) -> None:
        self.figure.set_size_inches(WIDTH / 72, self.height / 72)

    @property
    def pitch(self) -> float:
        """The height of a row, which the longest label decides."""
        return LINE * max(len(lines) for lines in self.labels) + _ROW_GAP

    @property
    def height(self) -> float:
        return self.head + self.pitch * len(self.labels) + MARGIN

    def middle(self, row: int) -> float:
        """How far below the top the middle of a row lies."""
        return self.head + self.pitch * (row + 0.5)

    def write(self, lines: Sequence[str], place: tuple[float, float], *, align: str = "left", **font: float) -> None:
        """Set lines of text around a middle; `font` gives size and weight.

        Each line is a text of its own: only then does matplotlib leave the anchoring to the reader's font.
        """
        size, weight = font.get("size", TEXT), font.get("weight", REGULAR)
        x, middle = place
        for number, line in enumerate(lines):
            y = middle + (number - (len(lines) - 1) / 2) * LINE + _MIDDLE * size
            at = (x / WIDTH, 1 - y / self.height)
            self.figure.text(*at, line, ha=align, va="baseline", fontsize=size, fontweight=weight)

    def write_labels(self, right: float) -> None:
        """Set the labels of all rows, each ending at the same place."""
        for row, lines in enumerate(self.labels):
            self.write(lines, (right, self.middle(row)), align="right")

    def axes(self, left: float, right: float) -> Axes:
        """Return axes over all rows: row 0 on top, a row to the unit, nothing drawn around them."""
        share = self.pitch * len(self.labels) / self.height
        axes = self.figure.add_axes((left / WIDTH, MARGIN / self.height, (right - left) / WIDTH, share))
        axes.axis("off")
        return axes

    def svg(self, title: str) -> bytes:
        """Return the sheet as SVG, the same bytes for the same content."""
        stream = io.StringIO()
        self.figure.savefig(stream, format="svg", metadata={"Date": None})
        return carried(stream.getvalue(), title)


def rows_of_labels(labels: Sequence[str], room: float) -> tuple[tuple[str, ...], ...]:
    """Return the labels as lines that fit the room."""
    return tuple(wrapped(label, TEXT, room) for label in labels)


def widest(texts: Sequence[str]) -> float:
    """Return the room that the widest of these lines takes."""
    return max((width(text, TEXT) for text in texts), default=0.0)
