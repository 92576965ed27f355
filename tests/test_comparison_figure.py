"""The figure of the comparison: what is drawn for counts, words and opinions, and the words for it."""

from __future__ import annotations

import re

import pytest
from small_comparisons import compared, planned, study

from casebook.errors import StatementRefused
from casebook.publication.comparison import Comparison
from casebook.publication.comparison_figure import comparison
from casebook.publication.figures import Drawing

COUNT = compared(planned("share", label="Lonely offenders"), {"lonely": 12})
WORD = compared(planned("direction", group="V", label="Lonely victims"), {"lonely": "less than half"}, base=8)
OPINION = compared(planned("direction", group="E", label="Lonely cases"), {"lonely": 17}, base=23)
WITHHELD = compared(planned("direction", label="Silent offenders"), {})
RANKING = compared(planned("ranking", label="First of all"), {"lonely": 12, "bullied": 0, "telegram": 0, "school": 0})


def draw(*comparisons: Comparison) -> Drawing:
    return comparison(comparisons, name="comparison", title="Beside the literature", study=study())


def texts(drawing: Drawing) -> list[str]:
    return re.findall(r"<text [^>]*>([^<]*)</text>", drawing.svg.decode("utf-8"))


def test_rows_are_labelled_with_group_reference_and_verdict_under_their_crime() -> None:
    assert texts(draw(COUNT, WORD, OPINION)) == [
        *("none", "half", "all", "Grooming"),
        *("Lonely offenders (offenders, R-1)", "cannot tell"),
        *("Lonely victims (victims, R-1)", "contradicts"),
        *("Lonely cases (experts, R-1)", "agrees"),
    ]


def test_what_has_no_place_on_the_scale_is_not_drawn() -> None:
    drawn = texts(draw(COUNT, WITHHELD, RANKING))
    assert "Silent offenders (offenders, R-1)" not in drawn
    assert "First of all (offenders, R-1)" not in drawn


def test_the_number_of_experts_has_no_place_on_the_scale() -> None:
    def opinion(n: int) -> Comparison:
        return compared(planned("direction", group="E"), {"lonely": n}, base=23)

    assert draw(opinion(13)).svg == draw(opinion(22)).svg
    assert draw(opinion(13)).svg != draw(opinion(3)).svg


def test_a_word_is_drawn_as_all_that_it_leaves_open() -> None:
    def of_words(base: int) -> bytes:
        return draw(compared(planned("direction", group="V"), {"lonely": "more than half"}, base=base)).svg

    assert of_words(8) == of_words(8)
    assert of_words(8) != draw(compared(planned("direction", group="V"), {"lonely": 6}, base=8)).svg


def test_the_alt_text_lists_the_comparisons_by_verdict() -> None:
    assert draw(COUNT, WORD, OPINION).alt == (
        "Dots, lines and diamonds on a scale from none to all: Beside the literature. "
        "Agrees: Lonely cases (experts, R-1). Contradicts: Lonely victims (victims, R-1). "
        "Cannot tell: Lonely offenders (offenders, R-1)."
    )


def test_the_caption_says_what_the_marks_stand_for() -> None:
    caption = draw(COUNT).caption
    assert caption.startswith("Beside the literature. Grey: the side of half on which the reference lies.")
    assert all(mark in caption for mark in ("Diamond", "Dot", "Thick line", "Ring"))


def test_the_drawing_names_its_tables() -> None:
    drawing = draw(COUNT, COUNT, WORD)
    assert (drawing.tables, drawing.crime, drawing.country) == (("OG.O.risk", "OG.V.risk"), "ALL", "pooled")


def test_a_figure_without_data_is_refused() -> None:
    with pytest.raises(StatementRefused, match="comparison: nothing can be compared: the figure carries no data"):
        draw(WITHHELD, RANKING)
