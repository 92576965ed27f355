"""The one style of the figures: readable in grey, and nobody else's settings."""

from __future__ import annotations

import matplotlib as mpl
from small_figures import EXPERTS, draw

from casebook.publication import sheets


def test_hues_stand_out_from_white_and_from_each_other_in_grey() -> None:
    grey = [luminance(sheets.HUES[group]) for group in "EOV"]
    assert min(contrast(1.0, value) for value in grey) >= 3  # WCAG 2.1, 1.4.11
    assert min(contrast(grey[1], grey[0]), contrast(grey[2], grey[1])) >= 1.5


def test_drawing_leaves_the_settings_of_others_alone() -> None:
    before = dict(mpl.rcParams)
    draw(EXPERTS)
    assert dict(mpl.rcParams) == before


def luminance(hue: str) -> float:
    """Relative luminance as WCAG 2.1 defines it."""
    channels = [int(hue[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(weight * channel for weight, channel in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(lighter: float, darker: float) -> float:
    return (lighter + 0.05) / (darker + 0.05)
