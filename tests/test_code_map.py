"""The code map: suggested by name, decided by people, kept as a table, and nothing undecided is hidden."""

from __future__ import annotations

from pathlib import Path

import pytest

from casebook.codebook import Codebook
from casebook.errors import DataRefused
from casebook.restricted.intake.code_map import CodeMap, Decision, Suggestion, code_map_of, read_code_map
from casebook.restricted.intake.project import Code

HEADER = "partner_code,variable,level,match,decided_by\n"
DECEIVES = Code(("Estratégia", "engana"))


def made(codebook: Codebook, *codes: Code, decided: dict[str, Decision] | None = None) -> CodeMap:
    return code_map_of(dict.fromkeys(codes, 3), codebook, crimes=["OG"], decided=decided or {})


def table(folder: Path, text: str) -> Path:
    path = folder / "map.csv"
    path.write_text(text, "utf-8")
    return path


@pytest.mark.parametrize(
    "path",
    [
        ("og_strategy", "deception"),
        ("Modus operandi", "og_strategy", "deception"),
        ("OG-Strategy", "Deception"),
        ("og_strategy  deception",),
    ],
)
def test_the_same_name_decides_whatever_its_case_marks_and_place_in_the_tree(
    path: tuple[str, ...], codebook: Codebook
) -> None:
    code_map = made(codebook, Code(path))
    assert code_map.level_of(Code(path).shown) == ("og_strategy", "deception")
    assert [(d.match, d.decided_by) for d in code_map.decisions.values()] == [("exact", "same name")]


def test_a_name_that_two_levels_have_decides_nothing(codebook: Codebook) -> None:
    labels = [(v.label, level.label) for v in codebook.variables for level in v.levels if v.crime in ("OG", "ALL")]
    twice = next((name for name in labels if labels.count(name) > 1), None)
    if twice is None:
        yes = Code(("yes",))
        assert made(codebook, yes).level_of("yes") is None
    else:
        assert made(codebook, Code(twice)).level_of(" > ".join(twice)) is None


def test_a_name_that_is_alike_is_suggested_and_stays_undecided(codebook: Codebook) -> None:
    code_map = made(codebook, Code(("Strategy", "deceptions used")))
    assert code_map.suggestions["Strategy > deceptions used"].variable.startswith("og_strategy")
    assert code_map.undecided == ("Strategy > deceptions used",)
    assert code_map.level_of("Strategy > deceptions used") is None


def test_a_description_helps_where_the_name_does_not(codebook: Codebook) -> None:
    label = codebook["og_strategy"].label
    with_description = Code(("X7",), description=f"{label} {codebook['og_strategy'].level('blackmail').label}")
    assert made(codebook, with_description).suggestions["X7"] == Suggestion("og_strategy", "blackmail", 99)
    assert "X7" not in made(codebook, Code(("X7",))).suggestions


def test_only_levels_of_the_crimes_told_are_suggested(codebook: Codebook) -> None:
    code_map = made(codebook, Code(("cb_platform", "chat")))
    assert all(not hint.variable.startswith(("cb_", "ht_")) for hint in code_map.suggestions.values())


def test_undecided_codes_stay_visible_the_commonest_first_and_unused_ones_need_no_decision(codebook: Codebook) -> None:
    codes = {Code(("a",)): 1, Code(("b",)): 5, Code(("parent",)): 0}
    code_map = code_map_of(codes, codebook, crimes=["OG"], decided={})
    assert code_map.undecided == ("b", "a")


def test_what_was_decided_is_used_again_and_wins_over_the_same_name(tmp_path: Path, codebook: Codebook) -> None:
    text = HEADER + "og_strategy > deception,og_strategy,coercion,narrower,coordinator\nEstratégia > engana,,,none,\n"
    decided = read_code_map(table(tmp_path, text), codebook, shown_as="map.csv")
    code_map = made(codebook, Code(("og_strategy", "deception")), DECEIVES, decided=decided)
    assert code_map.level_of("og_strategy > deception") == ("og_strategy", "coercion")
    assert code_map.level_of(DECEIVES.shown) is None
    assert code_map.undecided == ()
    assert code_map.decisions[DECEIVES.shown].decided_by == "the partner"


def test_the_table_that_is_written_can_be_edited_and_read_again(tmp_path: Path, codebook: Codebook) -> None:
    code_map = made(codebook, DECEIVES, Code(("=og_strategy", "blackmail")), Code(("og_strategy", "deception")))
    written = code_map.to_csv().decode()
    assert written.splitlines()[0] == HEADER.strip() + ",codings,suggested_variable,suggested_level,alike"
    assert "\n'=og_strategy > blackmail" in written, "no spreadsheet may take a code for a formula"
    edited = written.replace("Estratégia > engana,,,,", "Estratégia > engana,og_strategy,deception,broader,team")
    decided = read_code_map(table(tmp_path, edited), codebook, shown_as="map.csv")
    assert decided[DECEIVES.shown] == Decision(DECEIVES.shown, "og_strategy", "deception", "broader", "team")
    assert "=og_strategy > blackmail" not in decided or decided["=og_strategy > blackmail"].match == "exact"


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("a,og_x,deception,exact,me", "row 2, column variable: not a variable of the codebook; found og_x"),
        ("a,og_strategy,lies,exact,me", "row 2, column level: not a level of the variable; found lies; allowed: dece"),
        ("a,og_strategy,,exact,me", "row 2, column level: not a level of the variable; found an empty cell"),
        ("a,og_strategy,deception,same,me", "row 2, column match: not an allowed value; found same; allowed: exact,"),
        ("a,og_strategy,deception,none,me", "row 2, column match: a code without a match has a level"),
        ("a,og_strategy,deception,exact,me\na,,,none,me", "row 3, column partner_code: the code occurs in an earlier"),
        ("a,role,E,exact,me", "row 2, column variable: not a variable of the codebook; found role"),
    ],
)
def test_a_faulty_decision_is_refused_with_its_place(row: str, told: str, tmp_path: Path, codebook: Codebook) -> None:
    with pytest.raises(DataRefused) as refusal:
        read_code_map(table(tmp_path, HEADER + row + "\n"), codebook, shown_as="map.csv")
    assert f"map.csv: {told}" in str(refusal.value)
