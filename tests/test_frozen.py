"""A released edition is taken as it was published, and refused where the interviews no longer say it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from test_protected_tables import TABLE, TABLES

from casebook.disclosure_control.frozen import validated
from casebook.errors import DisclosureRefused
from casebook.protected_tables import Cell, ProtectedTables
from casebook.restricted.frequency_tables import FrequencyTable

COUNTED = FrequencyTable(
    id=TABLE.id,
    variable="og_lied_about",
    crime="OG",
    group="O",
    country="pooled",
    group_size=15,
    whole_group=15,
    base=15,
    missing={},
    counts={"name": 0, "age": 12, "photo": 4},
    sets=(),
    multi=True,
    exclusive=(),
)
PUBLISHED = replace(TABLES, tables={TABLE.key: TABLE})


def counted(**changed: object) -> FrequencyTable:
    return replace(COUNTED, **changed)  # type: ignore[arg-type]


def test_what_is_still_true_is_taken_as_it_was_published() -> None:
    assert validated(PUBLISHED, [COUNTED]) is PUBLISHED


def test_a_withheld_cell_may_have_any_count() -> None:
    assert validated(PUBLISHED, [counted(counts={"name": 0, "age": 13, "photo": 9})]) is PUBLISHED


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"counts": {"name": 1, "age": 12, "photo": 4}}, "name"),
        ({"counts": {"name": 0, "age": 11, "photo": 4}}, "age"),
        ({"counts": {"name": 0, "age": 12, "photo": 13}}, "the leading level"),
        ({"base": 14, "missing": {"refused": 1}}, "base"),
        ({"group_size": 16, "whole_group": 16, "missing": {"refused": 1}}, "group"),
    ],
)
def test_what_the_interviews_no_longer_say_is_refused(change: dict[str, object], place: str) -> None:
    with pytest.raises(DisclosureRefused) as refusal:
        validated(PUBLISHED, [counted(**change)])
    assert [fault.place for fault in refusal.value.faults] == [f"{TABLE.key}, {place}"]
    assert "release a correction under a higher version" in str(refusal.value)


def test_a_refusal_tells_no_count() -> None:
    with pytest.raises(DisclosureRefused) as refusal:
        validated(PUBLISHED, [counted(counts={"name": 1, "age": 12, "photo": 4})])
    assert not any(fault.value or fault.allowed for fault in refusal.value.faults)


def test_a_table_that_is_no_longer_counted_is_refused() -> None:
    with pytest.raises(DisclosureRefused, match="the interviews no longer say what was published"):
        validated(PUBLISHED, [])


def test_a_level_that_is_gone_is_refused() -> None:
    renamed = replace(TABLE, cells=(Cell("nickname", "withheld"),))
    with pytest.raises(DisclosureRefused, match="nickname"):
        validated(ProtectedTables("D1.2", "PU", {TABLE.key: renamed}, {}, {}), [COUNTED])
