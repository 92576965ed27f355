"""A figure's PNG is its drawing, letters included, and is drawn again only when the drawing has changed."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image
from small_figures import draw, table

from casebook.publication.book.figure_files import figure_pngs

SVG = draw(table("OG.E.risk", 23, {"lonely": 7, "bullied": 3})).svg


def inked(png: bytes, place: tuple[float, float, float, float]) -> bool:
    """Whether anything is drawn in a part of the image, given in shares of its width and height."""
    with Image.open(io.BytesIO(png)) as image:
        grey = image.convert("L")
        box = tuple(round(share * side) for share, side in zip(place, grey.size * 2, strict=True))
        lowest, _ = grey.crop((box[0], box[1], box[2], box[3])).getextrema()
    return isinstance(lowest, int) and lowest < 128


def test_bars_and_letters_are_drawn(tmp_path: Path) -> None:
    png = figure_pngs({"a": SVG}, kept=tmp_path)["a"]
    assert inked(png, (0, 0, 0.38, 1)) and inked(png, (0.4, 0, 0.55, 1))
    with Image.open(io.BytesIO(png)) as image:
        assert 1200 < image.width < 1300


def test_the_same_drawing_gives_the_same_bytes_and_is_kept(tmp_path: Path) -> None:
    first = figure_pngs({"a": SVG}, kept=tmp_path / "one")
    assert figure_pngs({"a": SVG}, kept=tmp_path / "two") == first
    (kept,) = (tmp_path / "one").iterdir()
    kept.write_bytes(b"as it was kept")
    assert figure_pngs({"b": SVG}, kept=tmp_path / "one") == {"b": b"as it was kept"}


def test_each_drawing_keeps_its_name(tmp_path: Path) -> None:
    other = draw(table("OG.E.risk", 23, {"lonely": 1, "bullied": 1, "school": 2})).svg
    one = figure_pngs({"other": other}, kept=tmp_path / "apart")["other"]
    assert figure_pngs({"a": SVG, "other": other}, kept=tmp_path)["other"] == one


def test_of_no_drawing_there_is_no_file(tmp_path: Path) -> None:
    assert figure_pngs({}, kept=tmp_path) == {}
