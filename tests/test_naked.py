"""Which numbers and quantifiers of a text are explained, and which are found naked."""

from __future__ import annotations

import pytest

from casebook.publication.naked import ALLOWED, CLAIM, IDIOMS, QUANTIFIERS, Explained, quotable

TABLES = Explained(
    quotable(["aged 13–14", "Nine in ten cases began online. It was so."]),
    frozenset({(12, 15), (15, 23)}),
    frozenset({15, 23}),
)


@pytest.mark.parametrize(
    "text",
    [
        f"The offenders, {CLAIM}, were men.",
        "12 of 15 and 15 of 23 (65 %)",
        "Experts, n = 23.",
        "23 experts",
        "15",
        "They were Aged 13–14.",
        "As reported, nine in ten cases began online.",
        "D1.2 and D1.4, R-01 (Santisteban, 2017), Figure 4.1, Gwet’s AC1 with 95 % bootstrap intervals",
        "One of them said so.",
    ],
)
def test_what_is_counted_quoted_or_a_name_is_explained(text: str) -> None:
    assert TABLES.numbers(text) == []


@pytest.mark.parametrize(
    ("text", "naked"),
    [
        ("12 of 16", ["12", "16"]),
        ("Experts, n = 22.", ["22"]),
        ("22", ["22"]),
        ("12", ["12"]),
        ("Forty offenders and a dozen victims", ["forty", "dozen"]),
        ("About 20 per cent of cases", ["20", "per cent"]),
        ("In 2017 they were aged 13–15.", ["2017", "13", "15"]),
        ("aged 13–145", ["13", "145"]),
    ],
)
def test_any_other_number_is_naked(text: str, naked: list[str]) -> None:
    assert [word.lower() for word in TABLES.numbers(text)] == naked


@pytest.mark.parametrize(
    ("sentence", "holds", "naked"),
    [
        ("Most offenders were men.", [], ["most"]),
        ("Most offenders were men.", ["OG.O.o_gender/male most"], []),
        ("Most offenders were men.", ["OG.O.o_gender/male more than half"], ["most"]),
        ("Most offenders were men.", [""], []),
        ("Not every offender knew.", ["CB.O.cb_aware/not_aware named"], []),
        ("Not every offender knew.", [], ["every"]),
        ("The experts were all interviewed in Belgium.", ["HT.E all held in BE"], []),
        ("Most services are free, and offenders know it.", [], []),
        (f"{CLAIM} named a service that most use.", [], []),
        ("What offenders used most was this.", [], []),
        ("Above all, offenders waited.", [], []),
        ("Nine in ten cases began online", [], []),
    ],
)
def test_a_quantifier_beside_a_study_noun_is_borne_by_an_assertion_or_naked(
    sentence: str, holds: list[str], naked: list[str]
) -> None:
    assert TABLES.quantifiers(sentence, holds) == naked


def test_a_quotation_explains_its_own_quantifier_and_a_short_phrase_none() -> None:
    quoted = Explained(quotable(["All offenders", "Nearly all of the victims had run away before"]))
    assert quoted.quantifiers("Nearly all of the victims had run away before.", []) == []
    assert quoted.quantifiers("All offenders were men.", []) == ["all"]


def test_quotations_are_known_by_their_words_whatever_their_quotes_and_blanks() -> None:
    quoted = Explained(quotable(["the child's\n  10th year"]))
    assert quoted.numbers("In the child’s 10th year") == []


def test_every_exception_has_a_reason() -> None:
    assert all([*ALLOWED.values(), *IDIOMS.values()])
    assert len(ALLOWED) < 10
    assert {"all", "most", "half", "none"} <= set(QUANTIFIERS)
