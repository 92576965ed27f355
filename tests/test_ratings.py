"""The agreement in a table of ratings, as `casebook agreement` prints it, against published examples."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from casebook.cli import main
from casebook.errors import DataRefused
from casebook.restricted.coefficients import Metric
from casebook.restricted.ratings import agreement_in

# Krippendorff, Computing Krippendorff's Alpha-Reliability (2011), section C: four observers, twelve units.
CANONICAL = """\
coder,1,2,3,4,5,6,7,8,9,10,11,12
A,1,2,3,3,2,1,4,1,2,,,
B,1,2,3,3,2,2,4,1,2,5,,3
C,,3,3,3,2,3,4,2,2,5,1,
D,1,2,3,3,2,4,4,1,2,5,1,
"""
# The same in Gwet's Handbook of Inter-Rater Reliability (2014), page 120, where C and not B rated the last unit.
OF_THE_HANDBOOK = CANONICAL.replace(",5,,3", ",5,,").replace("2,2,5,1,", "2,2,5,1,3")
# Pregnancies classified by two abstractors, in the same handbook: rows the one, columns the other.
ABSTRACTORS = ((13, 0, 0), (0, 20, 7), (0, 4, 56))


def table(folder: Path, text: str) -> Path:
    path = folder / "ratings.csv"
    path.write_text(text, "utf-8")
    return path


def abstractors() -> str:
    pairs = [(a, b) for a, row in enumerate(ABSTRACTORS) for b, times in enumerate(row) for _ in range(times)]
    header = ",".join(["coder", *(str(unit) for unit in range(len(pairs)))])
    coders = (",".join([name, *(f"kind {pair[side]}" for pair in pairs)]) for side, name in enumerate(("one", "other")))
    return "\n".join([header, *coders])


def run(path: Path, *options: str) -> Result:
    return CliRunner().invoke(main, ["agreement", str(path), *options])


@pytest.mark.parametrize(
    ("level", "published"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849), ("ratio", 0.797)]
)
def test_alpha_is_the_published_one_at_each_level(level: str, published: float, tmp_path: Path) -> None:
    printed = json.loads(run(table(tmp_path, CANONICAL), "--level", level, "--json").stdout)
    assert round(printed["krippendorff_alpha"], 3) == published
    assert (printed["n"], printed["pairable"], printed["coders"], printed["level"]) == (12, 11, 4, level)


@pytest.mark.parametrize(
    ("coefficient", "published"),
    [
        ("percent_agreement", 0.8182),
        ("krippendorff_alpha", 0.7434),
        ("gwet_ac1", 0.7754),
        ("conger_kappa", 0.7628),
        ("fleiss_kappa", 0.7612),
        ("brennan_prediger", 0.7727),
    ],
)
def test_four_raters_agree_as_in_gwets_handbook(coefficient: str, published: float, tmp_path: Path) -> None:
    assert agreement_in(table(tmp_path, OF_THE_HANDBOOK), "nominal").coefficients[coefficient] == published


def test_two_coders_have_cohens_kappa_and_without_missing_values_congers_is_the_same(tmp_path: Path) -> None:
    found = agreement_in(table(tmp_path, abstractors()), "nominal").coefficients
    assert (found["cohen_kappa"], found["conger_kappa"]) == (0.7964, 0.7964)
    # Scott's pi is the kappa of Fleiss for two coders.
    assert found["fleiss_kappa"] == 0.7962


def test_more_than_two_coders_have_no_cohens_kappa(tmp_path: Path) -> None:
    assert "cohen_kappa" not in agreement_in(table(tmp_path, CANONICAL), "nominal").coefficients


def test_intervals_come_from_the_seed_and_hold_their_value(tmp_path: Path) -> None:
    found = [agreement_in(table(tmp_path, CANONICAL), "nominal", seed=seed) for seed in (1, 1, 2)]
    assert found[0].intervals == found[1].intervals != found[2].intervals
    low, high = found[0].intervals["krippendorff_alpha"]
    assert low < 0.743 < high
    assert found[0].to_json()["bootstrap"] == {"seed": 1, "replicates": 1000, "level": 0.95}


@pytest.mark.parametrize(
    ("body", "reason"),
    [("A,1,1\nB,1,1\n", "only one category occurs"), ("A,1,\nB,,2\n", "no unit has two coders' values")],
)
def test_undefined_is_said_with_its_reason_and_is_never_one(body: str, reason: str, tmp_path: Path) -> None:
    printed = json.loads(run(table(tmp_path, f"coder,u1,u2\n{body}"), "--json").stdout)
    for name in ("krippendorff_alpha", "gwet_ac1", "cohen_kappa", "conger_kappa", "fleiss_kappa", "brennan_prediger"):
        assert (printed[name], printed["undefined"][name]) == ("undefined", reason)
    assert printed["intervals"] == {}


def test_without_json_it_is_told_in_lines(tmp_path: Path) -> None:
    lines = run(table(tmp_path, "coder,u1,u2\nA,1,1\nB,1,1\n")).stdout.splitlines()
    assert lines[:3] == [
        "2 coders, 2 units, 2 of them with two values at least; nominal",
        "percent agreement: 1.000",
        "krippendorff alpha: undefined: only one category occurs",
    ]


@pytest.mark.parametrize(
    ("text", "level", "told"),
    [
        ("coder,u1\nA,1\n", "nominal", "ratings.csv: agreement needs two coders at least; found 1"),
        ("coder\nA\nB\n", "nominal", "ratings.csv: row 1: the table has no unit"),
        ("coder,u,u\nA,1,2\nB,1,2\n", "nominal", "ratings.csv: row 1: two units have the same name; found u"),
        ("coder,u\nA,1\nA,2\n", "nominal", "ratings.csv: row 3: the first column must name each coder once"),
        ("coder,u\nA,1,2\nB,1\n", "nominal", "ratings.csv: row 2: the row has 3 cells, the header has 2"),
        ("coder,u\nA,yes\nB,1\n", "interval", "row 2, column u: not a value of level interval; found yes"),
        ("coder,u\nA,-1\nB,1\n", "ratio", "found -1; allowed: a number of zero or more"),
        ("coder,u\nA,nan\nB,inf\n", "ordinal", "row 3, column u: not a value of level ordinal; found inf"),
        ("", "nominal", "ratings.csv: row 1: the table has no unit"),
    ],
)
def test_a_table_that_cannot_be_read_is_refused(text: str, level: Metric, told: str, tmp_path: Path) -> None:
    with pytest.raises(DataRefused) as refusal:
        agreement_in(table(tmp_path, text), level)
    assert told in str(refusal.value)


def test_every_fault_is_told_at_once_and_the_exit_code_is_that_of_data(tmp_path: Path) -> None:
    result = run(table(tmp_path, "coder,u\nA,x\nA,y\n"), "--level", "ratio")
    assert result.exit_code == 11
    assert "(3 faults)" in result.stderr
