"""Words of a quotation that could tell who, where or when are found; what was put in brackets is not."""

from __future__ import annotations

import pytest

from casebook.restricted.telling_words import telling_words


@pytest.mark.parametrize(
    ("text", "kind", "found"),
    [
        ("I was 14 then", "number", "14"),
        ("I was fourteen then", "number", "fourteen"),
        ("it was on 3.5.2021", "number", "3.5.2021"),
        ("twenty-one of them came", "number", "twenty-one"),
        ("a few euros, no more", "amount", "euros"),
        ("I met him in Porto", "place or language", "Porto"),
        ("we lived in lisbon", "place or language", "lisbon"),
        ("he wrote in spanish", "place or language", "spanish"),
        ("somewhere in Portugal's south", "place or language", "Portugal's"),
        ("then Anna came", "name", "Anna"),
        ("Anna came", "name", "Anna"),
        ("He came. Anna went.", "name", "Anna"),
        ("I was at Saint Mary school", "name", "Saint"),
        ("it was a Tuesday", "name", "Tuesday"),
    ],
)
def test_what_tells_who_where_or_when_is_found(text: str, kind: str, found: str) -> None:
    name, start, end = telling_words(text)[0]
    assert (name, text[start:end]) == (kind, found)


@pytest.mark.parametrize(
    "text",
    [
        "In the evenings I was alone, and there was always somebody who answered.",
        "He asked about [my mother], and I'd tell him. Then I’ve waited.",
        "At [a school in Porto] nobody asked me in [May 2021].",
        "“Why not?” he said: I did not know.",
        "one of them, the first one",
    ],
)
def test_ordinary_words_and_what_was_replaced_pass(text: str) -> None:
    assert telling_words(text) == ()


def test_everything_is_found_in_the_order_of_reading() -> None:
    found = telling_words("Anna paid 50 euros in Porto")
    assert [kind for kind, *_ in found] == ["name", "number", "amount", "place or language"]
