"""However a tool writes its hierarchy, the codes form one tree."""

from __future__ import annotations

import pytest

from casebook.restricted.intake.code_tree import path_of, plain, separator_in, unfolded, with_ancestors
from casebook.restricted.intake.project import Code

TREE = {("needs",), ("needs", "housing"), ("needs", "debt")}


@pytest.mark.parametrize("separator", [".", " > ", "::", "/"])
@pytest.mark.parametrize("parent", [True, False], ids=["with the parent", "without the parent"])
def test_every_way_to_write_a_path_gives_one_tree(separator: str, parent: bool) -> None:
    names = [*(["needs"] if parent else []), f"needs{separator}housing", f"needs{separator}debt"]
    codes, _ = unfolded({name: Code((name,)) for name in names})
    assert {code.path for code in with_ancestors(codes.values())} == TREE


def test_nested_codes_are_taken_as_they_are() -> None:
    nested = {"a": Code(("needs",)), "b": Code(("needs", "a.b")), "c": Code(("needs", "a.c"))}
    assert unfolded(nested) == (nested, None)


@pytest.mark.parametrize(
    "names",
    [
        {"drugs/alcohol", "school"},
        {"e.g. peers", "e.g. family"},
        {"1.1 risk", "1.2 protection"},
        {"St. Mary", "St. John"},
        {"risk", "protection"},
    ],
    ids=["a slash once", "abbreviations", "numbers", "a full stop and a blank", "neither"],
)
def test_signs_within_names_part_no_steps(names: set[str]) -> None:
    assert separator_in(names) is None


def test_a_step_that_is_no_code_is_added_as_one_that_was_not_for_coding() -> None:
    added = [code for code in with_ancestors([Code(("a", "b", "c"))]) if not code.codable]
    assert [code.path for code in added] == [("a",), ("a", "b")]


def test_a_name_is_one_line_and_steers_no_screen() -> None:
    assert plain(" needs\n\u202e  a\x07 flat ") == "needs a flat"
    assert path_of("needs..flat", ".") == ("needs..flat",)
