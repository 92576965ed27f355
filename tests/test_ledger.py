"""The ledger: a row per published statistic, in a chain that tells of every change, kept as it was entered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from small_narrative import EXPERTS, OFFENDERS, VICTIMS, the_codebook, the_study
from test_protected_tables import TABLES

from casebook.disclosure_control.ledger import FOLDER, Ledger, entered
from casebook.disclosure_control.ledger_files import read_ledger, write_ledger
from casebook.disclosure_control.ledger_import import Published, disclosed, imported, read_published
from casebook.errors import DisclosureRefused
from casebook.protected_tables import Coefficient, ExpertAgreement, ProtectedAgreement, ProtectedTables
from casebook.study import Edition

AGREEMENT = ProtectedAgreement(
    "og_v_risk",
    ExpertAgreement(12, 12, 11, 24, 20, Coefficient(0.8, 0.5, 1.0), Coefficient(0.9, 0.7, 1.0)),
    "customary",
)
FIRST = ProtectedTables(
    edition="D1.2",
    dissemination="PU",
    tables={table.key: table for table in (EXPERTS, VICTIMS, OFFENDERS)},
    sample={"OG.E": 23, "OG.V": 8},
    countries={"OG": ("ES",)},
    agreement=(AGREEMENT,),
)
SECOND = replace(FIRST, edition="D1.3")
CONSORTIUM = replace(FIRST, dissemination="CO")


def edition(version: str = "1.0", earlier: str | None = None) -> Edition:
    return the_study().editions["D1.2"].model_copy(update={"version": version, "earlier": earlier})


@pytest.fixture
def both() -> Ledger:
    return entered(entered(Ledger(), edition(), [FIRST, CONSORTIUM]), edition(earlier="D1.2"), [SECOND])


def refused(root: Path) -> list[str]:
    with pytest.raises(DisclosureRefused) as refusal:
        read_ledger(root)
    return [str(fault).partition("; do: ")[0] for fault in refusal.value.faults]


def test_what_is_entered_is_what_was_published(both: Ledger, tmp_path: Path) -> None:
    write_ledger(tmp_path, both)
    read = read_ledger(tmp_path)
    assert read.tables("D1.2", "1.0", "PU") == FIRST
    assert read.tables("D1.3", "1.0", "PU") == SECOND
    assert read.tables("D1.2", "1.0", "CO") == CONSORTIUM


def test_withheld_and_empty_tables_come_back_too() -> None:
    assert entered(Ledger(), edition(), [TABLES]).tables("D1.2", "1.0", "PU") == TABLES


def test_there_is_a_row_for_each_cell_and_for_each_table() -> None:
    rows = entered(Ledger(), edition(), [FIRST]).rows["PU"]
    cells = [(row.table, row.statistic, row.form) for row in rows]
    assert ("OG.V.og_v_risk", "loneliness", "word") in cells
    assert ("OG.V.og_v_risk", "", "") in cells
    assert ("sample", "OG.E", "") in cells
    assert len(set(cells)) == len(cells) == len(rows)


def test_each_level_has_a_chain_of_its_own(both: Ledger, tmp_path: Path) -> None:
    public, consortium = sorted(path.name for path in write_ledger(tmp_path, both))[::-1]
    assert (public, consortium) == ("PU.csv", "CO.csv")
    assert both.released("PU") == (("D1.2", "1.0"), ("D1.3", "1.0"))
    assert both.released("CO") == (("D1.2", "1.0"),)
    (tmp_path / FOLDER / consortium).unlink()
    assert read_ledger(tmp_path).digest("PU") == both.digest("PU") != ""


def test_before_the_first_release_it_is_empty(tmp_path: Path) -> None:
    assert read_ledger(tmp_path) == Ledger()
    assert Ledger().digest("PU") == ""


# What cannot be entered


def test_an_edition_before_the_one_it_follows_on_is_refused() -> None:
    with pytest.raises(DisclosureRefused, match=r"D1\.3 1\.0 PU: the edition comes before .*; do: release D1\.2 first"):
        entered(Ledger(), edition(earlier="D1.2"), [SECOND])


@pytest.mark.parametrize(("version", "accepted"), [("0.9", False), ("1.0", False), ("1.1", True), ("1.10", True)])
def test_an_edition_is_entered_again_only_under_a_higher_version(both: Ledger, version: str, accepted: bool) -> None:
    if accepted:
        again = entered(both, edition(version), [FIRST])
        assert again.released("PU")[-1] == ("D1.2", version)
        assert again.tables("D1.2", "1.0", "PU") == FIRST
        return
    with pytest.raises(DisclosureRefused, match="the edition was released already"):
        entered(both, edition(version), [FIRST])


def test_an_edition_that_was_not_released_cannot_be_taken_from_it(both: Ledger) -> None:
    with pytest.raises(DisclosureRefused, match=r"D1\.3 1\.0 CO: the ledger has no such edition"):
        both.tables("D1.3", "1.0", "CO")


# What was done to the file afterwards

Lines = list[str]


def altered(lines: Lines) -> Lines:
    return [line.replace("more than half", "most") for line in lines]


def reordered(lines: Lines) -> Lines:
    return [lines[0], lines[2], lines[1], *lines[3:]]


def without_one(lines: Lines) -> Lines:
    return [*lines[:4], *lines[5:]]


def doubled(lines: Lines) -> Lines:
    return [*lines[:4], lines[3], *lines[4:]]


@pytest.mark.parametrize("change", [altered, reordered, without_one, doubled])
def test_an_altered_moved_missing_or_doubled_row_is_refused(
    change: Callable[[Lines], Lines], both: Ledger, tmp_path: Path
) -> None:
    path = write_ledger(tmp_path, both)[-1]
    lines = path.read_text("utf-8").splitlines(keepends=True)
    path.write_text("".join(change(lines)), "utf-8")
    told = refused(tmp_path)
    assert any("the row was altered, or one before it moved or taken away" in fault for fault in told)
    assert len([fault for fault in told if "altered" in fault]) == 1


def test_rows_taken_from_the_end_are_missed(both: Ledger, tmp_path: Path) -> None:
    path = write_ledger(tmp_path, both)[-1]
    lines = path.read_text("utf-8").splitlines(keepends=True)
    path.write_text("".join(lines[:-2]), "utf-8")
    assert refused(tmp_path) == [f"{FOLDER}/PU.csv: row {len(lines) - 2}: the last edition is not complete"]


def test_an_edition_out_of_order_is_refused_though_its_chain_is_whole(tmp_path: Path) -> None:
    later, first = (entered(Ledger(), edition(version), [FIRST]).rows["PU"] for version in ("1.1", "1.0"))
    write_ledger(tmp_path, Ledger({"PU": (*later, *first)}))
    (told,) = refused(tmp_path)
    assert told.endswith("D1.2 1.0: the edition comes after a later version of it")


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"\xff\xfe", b'edition,"\n'])
def test_a_file_that_is_no_ledger_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / FOLDER / "PU.csv"
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    assert refused(tmp_path) == [f"{FOLDER}/PU.csv: the ledger cannot be read"]


def test_what_was_written_stays(both: Ledger, tmp_path: Path) -> None:
    write_ledger(tmp_path, both)
    before = (tmp_path / FOLDER / "PU.csv").read_bytes()
    other = entered(Ledger(), edition(), [replace(FIRST, sample={"OG.E": 22})])
    with pytest.raises(DisclosureRefused, match="rows would be changed"):
        write_ledger(tmp_path, other)
    assert (tmp_path / FOLDER / "PU.csv").read_bytes() == before


# Editions from before the ledger


def published(folder: Path, *lines: str) -> Published:
    path = folder / "before.csv"
    path.write_text("\n".join(["table,level,n,base", *lines, ""]), "utf-8")
    return Published("D1.0", "1.0", "PU", path)


def test_an_edition_from_before_is_entered_as_exact_counts_and_signed_off(tmp_path: Path) -> None:
    asked = published(tmp_path, "OG.V.og_v_risk,loneliness,6,8", "OG.E.og_v_risk,loneliness,20,23")
    book = read_published(asked, the_study(), the_codebook())
    assert disclosed(book, the_study()) == ("OG.V.og_v_risk: loneliness",)
    with pytest.raises(DisclosureRefused, match=r"OG\.V\.og_v_risk: loneliness: the edition disclosed more than"):
        imported(Ledger(), book, version="1.0", study=the_study(), signed_off=" ")
    ledger = imported(Ledger(), book, version="1.0", study=the_study(), signed_off="ethics board, 2021-06-01")
    assert ledger.tables("D1.0", "1.0", "PU")["OG.V.og_v_risk"].cell("loneliness").n == 6
    assert ledger.rows["PU"][0].value == "ethics board, 2021-06-01"
    write_ledger(tmp_path, ledger)
    assert read_ledger(tmp_path) == ledger


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (
            "OG.V.og_nothing,loneliness,6,8",
            "row 2, column table: no table of that name is planned; found OG.V.og_nothing",
        ),
        ("OG.V.og_v_risk,wealth,6,8", "row 2, column level: the table has no such level; found wealth"),
        ("OG.V.og_v_risk,loneliness,9,8", "row 2: n and base are no count of a group"),
        ("OG.V.og_v_risk,loneliness,six,8", "row 2: n and base are no count of a group"),
        ("OG.V.og_v_risk,loneliness,6", "row 2: the row has other columns; allowed: table, level, n, base"),
    ],
)
def test_a_faulty_edition_from_before_is_refused(line: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(DisclosureRefused) as refusal:
        read_published(published(tmp_path, line), the_study(), the_codebook())
    assert message in str(refusal.value)
