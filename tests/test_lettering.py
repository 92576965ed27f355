"""Letters are measured as readers see them, and those in use travel with the file."""

from __future__ import annotations

import base64
import io
import re

import pytest
from fontTools.ttLib import TTFont

from casebook.publication.lettering import REGULAR, SEMIBOLD, carried, width, wrapped

DRAWN = (
    '<!DOCTYPE svg PUBLIC "a" "b">\n<svg width="1"><metadata>\n<x/></metadata>'
    '<text style="font-size: 9px; font-family: \'DejaVu Sans\'" x="1">A &amp; \u010d</text>'
    '<text style="font-weight: 600; font-size: 9px; font-family: \'DejaVu Sans\'; fill: #111111" x="1">B</text></svg>'
)


def letters(svg: str) -> dict[int, set[str]]:
    found = re.findall(r"font-weight:(\d+);src:url\(data:font/woff2;base64,([^)]*)\)", svg)
    fonts = {int(weight): TTFont(io.BytesIO(base64.b64decode(data))) for weight, data in found}
    return {weight: {chr(code) for code in font.getBestCmap()} for weight, font in fonts.items()}


def test_a_line_of_two_halves_is_as_wide_as_both() -> None:
    assert width("12 of 15", 10) == pytest.approx(width("12 of", 10) + width(" 15", 10))
    assert width("m", 20) == pytest.approx(2 * width("m", 10))


def test_the_heavier_weight_is_wider() -> None:
    assert width("experts", 10, SEMIBOLD) > width("experts", 10, REGULAR)


@pytest.mark.parametrize("room", [20.0, 60.0, 100.0, 400.0])
def test_no_line_is_wider_than_its_room_unless_it_is_one_word(room: float) -> None:
    text = "Difficulty with face-to-face contact"
    lines = wrapped(text, 10, room)
    assert " ".join(lines) == text
    assert all(width(line, 10) <= room or " " not in line for line in lines)


def test_lines_are_filled_before_they_are_broken() -> None:
    assert wrapped("of of of", 10, width("of of", 10)) == ("of of", "of")


def test_each_weight_carries_the_letters_it_sets_and_no_others() -> None:
    assert letters(carried(DRAWN, "title").decode()) == {REGULAR: {"A", "&", " ", "\u010d"}, SEMIBOLD: {"B"}}


def test_the_family_is_ours_and_colour_and_weight_stay() -> None:
    svg = carried(DRAWN, "title").decode()
    assert "font-weight: 600; font-size: 9px; font-family: 'Source Sans 3', sans-serif; fill: #111111" in svg
    assert "DejaVu" not in svg


def test_what_names_another_host_is_left_out_and_the_title_is_text() -> None:
    svg = carried(DRAWN, "a < b").decode()
    assert svg.startswith('<svg width="1"><title>a &lt; b</title><style>')
    assert "DOCTYPE" not in svg
    assert "metadata" not in svg
