"""Text from elsewhere is shown so that it steers nothing and quotes nobody."""

from __future__ import annotations

import pytest

from casebook.restricted.untrusted import inert


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("images", "images"),
        ("a\u202eb\x1b[31m", "a\ufffdb\ufffd[31m"),
        ("x" * 41, "x" * 39 + "…"),
        ("he said it was only a game", "a text of 26 characters"),
    ],
)
def test_a_value_is_shown_short_and_inert_and_a_sentence_not_at_all(value: str, shown: str) -> None:
    assert inert(value) == shown
