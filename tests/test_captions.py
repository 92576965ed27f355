"""Alt text and caption: what is to be seen, in the words of the method chapter, and that something is withheld."""

from __future__ import annotations

import pytest
from small_figures import EXPERTS, OFFENDERS, SPACE, VICTIMS, draw, table

from casebook.protected_tables import ProtectedTable


def test_the_alt_text_of_bars_says_every_count_of_a_short_figure() -> None:
    assert draw(EXPERTS).alt == (
        f"Horizontal bars: Risk factors. Experts, n = 23: being bullied, 17 of 23 (74{SPACE}%); "
        f"loneliness, 3 of 23 (13{SPACE}%); Telegram contacts, 3 of 23 (13{SPACE}%)."
    )


def test_the_alt_text_of_a_long_figure_says_both_ends() -> None:
    counts = {f"l{n}": n for n in range(10)}
    alt = draw(table("OG.O.long", 15, counts)).alt
    assert "most frequent: answer 9, 9 of 15; answer 8, 8 of 15; answer 7, 7 of 15; answer 6, 6 of 15; " in alt
    assert alt.endswith("least frequent: answer 1, 1 of 15; answer 0, 0 of 15.")


def test_the_alt_text_of_steps_says_the_strongest_words_first() -> None:
    assert draw(VICTIMS).alt == (
        "Ordered steps: Risk factors. Victims, n = 8: more than half: being bullied; "
        "named: loneliness and problems at school and with the people who teach there."
    )


@pytest.mark.parametrize(
    ("tables", "expected"),
    [
        (
            (EXPERTS,),
            "Experts, n = 23. Numbers of interviews; several answers possible. Further answers are withheld.",
        ),
        ((VICTIMS,), "Victims, n = 8. The words are defined in the method chapter. Further answers are withheld."),
        ((table("OG.E.age", 23, {"young": 3, "old": 20}),), "Experts, n = 23. Numbers of interviews."),
        (
            (table("OG.E.age", 11, {"young": 1, "old": 10}, country="BE"),),
            "Experts in Belgium, n = 11. Numbers of interviews.",
        ),
        (
            (table("OG.O.age", None, {"young": "most", "old": None}, among="lies and threats"),),
            "Offenders with lies and threats. The words are defined in the method chapter. "
            "Further answers are withheld.",
        ),
        (
            (EXPERTS, OFFENDERS),
            "Experts, n = 23; Offenders, n = 15. Numbers of interviews; several answers possible. "
            "Where a group has no mark, its answer is withheld. Further answers are withheld.",
        ),
        (
            (table("OG.E.risk", 23, {"lonely": 2, "either": 5}), table("OG.O.risk", 15, {"lonely": 5})),
            "Experts, n = 23; Offenders, n = 15. Numbers of interviews; several answers possible. "
            "Where a group has no mark, its answer is withheld or not tabulated.",
        ),
    ],
)
def test_the_caption_says_who_with_n_and_what_is_withheld(tables: tuple[ProtectedTable, ...], expected: str) -> None:
    assert draw(*tables).caption == f"Risk factors. {expected}"


def test_no_word_and_no_mark_tells_of_a_withheld_level() -> None:
    published = draw(EXPERTS)
    said = published.svg.decode() + published.alt + published.caption
    assert "school" not in said.lower()


def test_the_country_and_crime_of_the_tables_are_those_of_the_figure() -> None:
    drawing = draw(table("OG.E.age", 11, {"young": 1, "old": 10}, country="BE"))
    assert (drawing.crime, drawing.country, drawing.tables) == ("OG", "BE", ("OG.E.age@BE",))
