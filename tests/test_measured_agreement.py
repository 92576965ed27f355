"""What is handed to the door: agreement over experts' interviews, and over all, each kept apart."""

from __future__ import annotations

import json

import pytest
from small_study import small_codebook
from test_agreement import HALF_AGREED, codings

from casebook.canonical import canonical_json
from casebook.restricted.measured_agreement import Measured, as_frame, measure


def measured() -> tuple[Measured, ...]:
    frame = codings(HALF_AGREED)
    return measure(frame.assign(role=["E" if n % 4 < 2 else "O" for n in range(len(frame))]), small_codebook())


def test_experts_have_a_pool_of_their_own() -> None:
    found = {entry.pool: entry.agreement for entry in measured()}
    assert found["everybody"].interviews == 20
    assert found["experts"].interviews == 10


def test_the_same_codings_give_the_same_intervals() -> None:
    assert measured() == measured()


def test_what_is_written_is_read() -> None:
    for entry in measured():
        assert Measured.from_json(json.loads(canonical_json(entry.to_json()))) == entry


def test_another_pool_is_refused() -> None:
    with pytest.raises(ValueError, match="victims"):
        Measured.from_json({**measured()[0].to_json(), "pool": "victims"})


def test_a_researcher_sees_the_smallest_alpha_first() -> None:
    frame = as_frame(measured(), small_codebook())
    assert list(frame["pool"]) == ["everybody", "experts"]
    assert set(frame["label"]) == {small_codebook()["og_fake_profile"].label}
    assert as_frame((), small_codebook()).empty
