"""The fonts of a deliverable: which letters and weights there are, and that the files are always the same."""

from __future__ import annotations

from pathlib import Path

from fontTools.ttLib import TTFont

from casebook.publication.book.fonts import FAMILIES, MONO, font_folders, webfonts

# Latin Extended-A, Greek, Cyrillic, an en dash and the euro.
LETTERS = "AąĢőŠž αΩ жЯ –€"


def test_each_family_has_a_folder_of_its_own() -> None:
    assert len(font_folders()) == len(FAMILIES)


def test_a_web_font_is_variable_small_and_has_the_letters_of_european_names(tmp_path: Path) -> None:
    (font,) = webfonts(tmp_path, [(MONO, "normal")])
    read = TTFont(font.path)
    assert read.flavor == "woff2"
    assert {ord(letter) for letter in LETTERS} <= set(read.getBestCmap())
    assert [axis.axisTag for axis in read["fvar"].axes] == ["wght"]
    assert font.path.stat().st_size < 60_000
    assert font.rule.startswith(
        '@font-face { font-family: "Source Code Pro"; font-style: normal; font-weight: 400 700;'
    )


def test_a_web_font_has_the_same_bytes_each_time(tmp_path: Path) -> None:
    first, again = (webfonts(tmp_path / name, [(MONO, "normal")])[0].path for name in ("first", "again"))
    assert first.read_bytes() == again.read_bytes()
