"""Figures say in marks, alt text and caption what is published, and nothing of what is withheld."""

from __future__ import annotations

import base64
import hashlib
import io
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from fontTools.ttLib import TTFont
from small_figures import (
    EXPERTS,
    NOTHING,
    OFFENDERS,
    SPACE,
    STUDY,
    VICTIMS,
    draw,
    level,
    table,
    variable,
)

from casebook.codebook import Codebook
from casebook.errors import StatementRefused
from casebook.protected_tables import ProtectedTables
from casebook.publication.figures import Drawing, frequencies, sample

SVG = "{http://www.w3.org/2000/svg}"


def texts(drawing: Drawing) -> list[str]:
    root = ElementTree.fromstring(drawing.svg)
    return [node.text or "" for node in root.iter(f"{SVG}text")]


def text_places(drawing: Drawing) -> dict[str, tuple[float, float]]:
    root = ElementTree.fromstring(drawing.svg)
    return {node.text or "": (float(node.attrib["x"]), float(node.attrib["y"])) for node in root.iter(f"{SVG}text")}


class TestMarks:
    def test_each_mark_is_told_with_its_cell_and_its_text_and_nothing_that_is_withheld(self) -> None:
        told = [(mark.table, mark.levels, mark.text) for mark in draw(OFFENDERS).marks]
        assert told == [
            ("OG.O.risk", (), "n = 15"),
            ("OG.O.risk", ("lonely",), "12 of 15"),
            ("OG.O.risk", ("telegram",), "5 of 15"),
            ("OG.O.risk", ("school",), "0 of 15"),
        ]

    def test_a_mark_of_words_tells_the_word_and_no_count(self) -> None:
        told = {mark.levels: mark.text for mark in draw(VICTIMS).marks if mark.levels}
        assert told == {("lonely",): "named", ("bullied",): "more than half", ("school",): "named"}

    def test_the_sizes_of_the_sample_are_marks(self) -> None:
        tables = ProtectedTables("D1.2", "PU", {}, {"OG.E": 23, "CB.V": 12}, {})
        marks = sample(tables, name="sample", title="Interviews", study=STUDY).marks
        assert [(mark.table, mark.text) for mark in marks] == [("OG.E", "23"), ("CB.V", "12")]


class TestBars:
    def test_each_published_level_has_its_label_and_its_count_at_the_bar(self) -> None:
        assert texts(draw(EXPERTS)) == [
            *("Being bullied", "Loneliness", "Telegram contacts"),
            *(f"17 of 23 (74{SPACE}%)", f"3 of 23 (13{SPACE}%)", f"3 of 23 (13{SPACE}%)"),
        ]

    def test_bars_come_by_count_and_equal_counts_by_the_codebook(self) -> None:
        places = text_places(draw(EXPERTS))
        heights = [places[label][1] for label in ("Being bullied", "Loneliness", "Telegram contacts")]
        assert heights == sorted(heights)

    def test_ordered_levels_keep_the_order_of_the_codebook(self) -> None:
        assert texts(draw(table("OG.E.age", 23, {"young": 3, "old": 20})))[:2] == ["Under 15", "15 and over"]

    def test_the_lengths_of_bars_are_shares_of_the_base_whatever_is_withheld(self) -> None:
        more = table("OG.E.risk", 23, {"lonely": 3, "bullied": None, "telegram": 3, "school": None, "either": None})
        assert bar_lengths(draw(more)) == pytest.approx([bar_lengths(draw(EXPERTS))[1]] * 2)
        full, part, _ = bar_lengths(draw(EXPERTS))
        assert full / part == pytest.approx(17 / 3, rel=1e-4)

    def test_a_count_of_nobody_is_shown_as_a_count(self) -> None:
        assert "0 of 15" in texts(draw(OFFENDERS))

    def test_long_labels_are_wrapped(self) -> None:
        assert {"Problems at school and with the people", "who teach there"} <= set(texts(draw(OFFENDERS)))

    def test_a_single_set_counted_as_one_is_not_drawn_beside_all_its_members(self) -> None:
        assert not any(" or " in text for text in [*texts(draw(EXPERTS)), draw(EXPERTS).alt])

    def test_a_set_is_drawn_where_a_member_is_withheld(self) -> None:
        some = table("OG.E.risk", 23, {"lonely": 3, "bullied": None, "telegram": 3, "school": 2, "either": 17})
        assert "being bullied or Telegram contacts, 17 of 23" in draw(some).alt


def bar_lengths(drawing: Drawing) -> list[float]:
    found = re.findall(rb'<path d="M ([\d.]+) [\d.]+ \nL ([\d.]+) [\d.]+ \nL [^"]*z\s*" clip-path', drawing.svg)
    return [float(end) - float(start) for start, end in found]


class TestSteps:
    def test_words_stand_over_their_dots_and_no_number_stands_anywhere(self) -> None:
        shown = texts(draw(VICTIMS))
        assert shown[:4] == ["Loneliness", "Being bullied", "Problems at school and with the people", "who teach there"]
        assert shown[4:] == ["named", "less than half", "more than half", "most"]

    def test_a_dot_lies_in_the_column_of_its_word(self) -> None:
        places = text_places(draw(VICTIMS))
        dots = re.findall(rb'<use xlink:href="#[^"]+" x="([\d.]+)" y="([\d.]+)"', draw(VICTIMS).svg)
        columns = [round(float(x), 1) for x, _ in dots]
        expected = ("named", "more than half", "named")
        assert columns == [round(places[word][0], 1) for word in expected]

    def test_one_answer_more_or_less_published_does_not_move_the_columns(self) -> None:
        alone = table("OG.V.risk", 8, {"lonely": "named", "bullied": None})
        assert text_places(draw(alone))["most"][0] == text_places(draw(VICTIMS))["most"][0]


class TestPanels:
    def test_two_groups_stand_side_by_side_each_with_its_own_n(self) -> None:
        shown = texts(draw(EXPERTS, OFFENDERS))
        assert {"Experts, n = 23", "Offenders, n = 15", f"17 of 23 (74{SPACE}%)", "5 of 15"} <= set(shown)

    def test_a_level_the_first_panel_does_not_show_comes_last(self) -> None:
        labels = ["Being bullied", "Loneliness", "Telegram contacts", "Problems at school and with the"]
        assert [text for text in texts(draw(EXPERTS, OFFENDERS)) if text in labels] == labels

    def test_counts_and_words_may_stand_side_by_side(self) -> None:
        both = draw(VICTIMS, EXPERTS)
        assert both.alt.startswith("Horizontal bars and ordered steps: Risk factors. Victims, n = 8: more than half: ")
        assert both.tables == ("OG.V.risk", "OG.E.risk")

    def test_groups_of_two_crimes_are_named_with_their_crime(self) -> None:
        other = table("CB.E.risk", 13, {"lonely": 3, "bullied": 2})
        both = draw(EXPERTS, other)
        assert both.crime == "ALL"
        assert "Grooming: experts, n = 23; Cyberbullying: experts, n = 13." in both.caption

    def test_a_wholly_withheld_group_is_said_to_be_withheld_and_why(self) -> None:
        drawing = draw(EXPERTS, NOTHING)
        assert "Offenders: withheld, too few interviews." in drawing.caption
        assert not any("Offenders" in text for text in texts(drawing))

    def test_panels_of_words_keep_their_words_apart(self) -> None:
        words = {"lonely": "most", "bullied": "less than half"}
        shown = texts(draw(table("OG.O.risk", 15, words), table("OG.V.risk", 15, words)))
        assert shown.count("less") == shown.count("than") / 2 == 2


class TestSample:
    TABLES = ProtectedTables("D1.3", "PU", {}, {"OG.E": 23, "OG.O": 15, "CB.E": 1, "CB.OV": 10, "CB.V": 0}, {})

    def test_the_sample_shows_each_group_of_each_crime_that_has_interviews(self) -> None:
        drawing = sample(self.TABLES, name="sample", title="Interviews", study=STUDY)
        assert {"Grooming", "Cyberbullying", "23", "Cases (offenders and victims)", "10"} <= set(texts(drawing))
        assert "Victims" not in texts(drawing)
        assert drawing.alt == (
            "Horizontal bars: Interviews. Grooming: 23 experts and 15 offenders. Cyberbullying: 1 expert and 10 cases."
        )
        assert drawing.caption == "Interviews. Numbers of interviews."

    def test_a_sample_of_nobody_is_refused(self) -> None:
        empty = ProtectedTables("D1.3", "PU", {}, {"OG.E": 0}, {})
        with pytest.raises(StatementRefused, match="sample: there are no interviews: the figure carries no data"):
            sample(empty, name="sample", title="Interviews", study=STUDY)


class TestFile:
    def test_text_that_looks_like_markup_or_formula_comes_out_as_itself(self) -> None:
        hostile = "<script>$x$ & {{ y }}"
        codebook = Codebook((variable("risk", [level("lonely", hostile)]),))
        tables = [table("OG.E.risk", 23, {"lonely": 3})]
        study = STUDY.model_copy(update={"tables": {"OG.E.risk": STUDY.tables["OG.E.age"]}})
        drawing = frequencies(tables, name="risk", title="</title><script>", codebook=codebook, study=study)
        assert texts(drawing)[0] == hostile
        assert b"<script" not in drawing.svg

    def test_the_file_names_no_other_host_and_no_date(self) -> None:
        svg = draw(EXPERTS).svg.decode()
        assert set(re.findall(r"https?://[^\"]+", svg)) <= {
            "http://www.w3.org/2000/svg",
            "http://www.w3.org/1999/xlink",
        }
        assert "<metadata" not in svg

    def test_every_letter_is_in_the_font_that_travels_with_the_file(self) -> None:
        drawing = draw(EXPERTS, OFFENDERS)
        carried = re.findall(r"font-weight:(\d+);src:url\(data:font/woff2;base64,([^)]*)\)", drawing.svg.decode())
        assert [weight for weight, _ in carried] == ["400", "600"]
        fonts = [TTFont(io.BytesIO(base64.b64decode(data))) for _, data in carried]
        letters = set().union(*(set(font.getBestCmap()) for font in fonts))
        assert {ord(letter) for text in texts(drawing) for letter in text} <= letters
        assert "DejaVu" not in drawing.svg.decode()

    @pytest.mark.slow
    def test_the_same_tables_give_the_same_bytes_whatever_the_machine_is_set_to(self, tmp_path: Path) -> None:
        program = (
            "import sys; sys.path.insert(0, sys.argv[1]); import small_figures as t;"
            "import hashlib; print(hashlib.sha256(t.draw(t.VICTIMS, t.EXPERTS).svg).hexdigest())"
        )
        here = str(Path(__file__).parent)
        (tmp_path / "matplotlibrc").write_text("font.family: serif\nfont.size: 20\nsvg.fonttype: path\n")
        outputs = {
            subprocess.run(
                [sys.executable, "-c", program, here],
                cwd=tmp_path,
                env={"PYTHONHASHSEED": seed, "TZ": zone, "LANG": "C.UTF-8", "PYTHONPATH": ":".join(sys.path)},
                check=True,
                capture_output=True,
                text=True,
            ).stdout
            for seed, zone in (("1", "Asia/Tokyo"), ("2", "America/Lima"))
        }
        assert outputs == {hashlib.sha256(draw(VICTIMS, EXPERTS).svg).hexdigest() + "\n"}
