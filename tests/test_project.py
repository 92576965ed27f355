"""A coding project is the same whatever tool it comes from, and shows nobody's name."""

from __future__ import annotations

from dataclasses import replace

from casebook.restricted.intake.project import (
    Code,
    Coding,
    Format,
    Interview,
    Project,
    Quotation,
    Selection,
    arranged,
    lettered,
)

PROJECT = Project(
    Format.QDPX,
    codes=(Code(("needs", "housing"), guid="1"), Code(("needs",), codable=False)),
    interviews=(Interview("PT-02"), Interview("BE-01")),
    codings=(
        Coding("PT-02", ("needs", "housing"), "A", Selection(4, 9)),
        Coding("BE-01", ("needs", "housing"), "B", Selection(1, 2)),
        Coding("BE-01", ("needs", "housing"), "A", Selection(1, 2)),
        Coding("BE-01", ("needs", "housing"), "A", Selection()),
        Coding("BE-01", ("needs",), "A"),
    ),
)


def test_coders_are_letters_in_the_order_of_their_names() -> None:
    coders = lettered(["zoe", "ada", "zoe"])
    assert {name: coder.id for name, coder in coders.items()} == {"ada": "A", "zoe": "B"}
    assert [coder.id for coder in lettered(f"{n:03}" for n in range(54)).values()][24:29] == [
        "Y",
        "Z",
        "AA",
        "AB",
        "AC",
    ]
    assert lettered(f"{n:03}" for n in range(54))["053"].id == "BB"


def test_no_name_of_a_coder_and_no_quotation_is_shown_by_chance() -> None:
    assert "ada" not in repr(lettered(["ada"])["ada"])
    assert "my own words" not in repr(Quotation("BE-01", ("needs",), "my own words"))


def test_codings_are_counted_by_code_and_by_interview() -> None:
    assert PROJECT.by_code() == {("needs", "housing"): 4, ("needs",): 1}
    assert PROJECT.by_interview() == {"BE-01": 4, "PT-02": 1}


def test_the_order_of_the_file_does_not_matter() -> None:
    backwards = replace(
        PROJECT,
        codes=PROJECT.codes[::-1],
        interviews=PROJECT.interviews[::-1],
        codings=PROJECT.codings[::-1],
    )
    assert arranged(backwards) == arranged(PROJECT)
    assert [(c.interview, c.selection, c.coder) for c in arranged(PROJECT).codings] == [
        ("BE-01", None, "A"),
        ("BE-01", Selection(), "A"),
        ("BE-01", Selection(1, 2), "A"),
        ("BE-01", Selection(1, 2), "B"),
        ("PT-02", Selection(4, 9), "A"),
    ]


def test_tools_that_give_other_identifiers_give_the_same_codes() -> None:
    assert Code(("needs",), guid="1") == Code(("needs",), guid="2")
    assert Code(("needs", "housing")).shown == "needs > housing"
