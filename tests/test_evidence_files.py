"""The files of evidence of a small book: what its narrative says, its figures draw and its notebooks print."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from small_narrative import PAGE, protected, sources, the_codebook, the_study

from casebook.canonical import checksum, write_atomically
from casebook.errors import NotebookFailed, StatementRefused
from casebook.folders import Folders
from casebook.notebook_run import FigureRecord, Mark, Witness
from casebook.publication.blocks import Figure
from casebook.publication.evidence_files import evidence_files
from casebook.publication.narrative import Sources, write_narrative
from casebook.publication.notebooks import Run

EXPERTS = protected("OG.E.og_v_risk", {"bullying": 18})
MARK = Mark(EXPERTS.key, ("bullying",), "18 of 23 (78\u202f%)")
FIGURE = Figure("risk", "figures/risk.svg", "A bar.", "Risk factors.", (EXPERTS.key,), (MARK,))
TEMPLATE = """{{ table("og_v_risk", "E").bullying.people }} said so.

{{ figure("risk") }}

{{ results("og_v_risk", "E") }}
"""


@pytest.fixture
def made(tmp_path: Path) -> tuple[Folders, Sources, Run]:
    """A project with one page and one report run, whose narrative is written."""
    folders = Folders(tmp_path)
    write_atomically(tmp_path / "templates" / PAGE.template, TEMPLATE.encode())
    given = replace(sources(tmp_path / "templates", [EXPERTS]), figures={"OG/pooled/risk": FIGURE})
    write_narrative(given, [PAGE], folders.narrative("D1.2", "PU"))
    parameters = {"crime": "OG", "country": "pooled", "edition": "D1.2", "dissemination": "PU"}
    run = Run(Path("notebooks/report/grooming.ipynb"), "report", "grooming-OG-pooled", "", parameters)
    record = FigureRecord("risk", "risk.svg", "A bar.", "Risk factors.", (EXPERTS.key,), "0" * 64, (MARK,))
    about = ("grooming-OG-pooled", "Online grooming, pooled", "OG", "pooled", "D1.2", "PU", (EXPERTS.key,))
    Witness(*about, (record,), cells=(MARK,)).write(run.folder(folders))
    write_atomically(run.folder(folders) / "notebook.ipynb", b"{}")
    return folders, given, run


def files(made: tuple[Folders, Sources, Run]) -> dict[str, bytes]:
    folders, given, run = made
    return evidence_files(folders, the_study(), codebook=the_codebook(), tables=given.protected, runs=[run])


def test_words_marks_and_cells_are_all_in_the_register(made: tuple[Folders, Sources, Run]) -> None:
    register: dict[str, Any] = json.loads(files(made)["claims.json"])
    told = [(claim["kind"], claim["page"], claim["text"], claim["line"]) for claim in register["claims"]]
    run, cell = "notebooks/grooming-OG-pooled", MARK.text
    assert told == [
        ("quantity", "grooming", "most experts (18 of 23, 78\u202f%)", 1),
        ("mark", "grooming", cell, 3),
        ("cell", "grooming", "n = 23", 5),
        ("cell", "grooming", cell, 5),
        ("mark", run, cell, 0),
        ("cell", run, cell, 0),
    ]
    assert {claim["run"] for claim in register["claims"]} == {"grooming-OG-pooled"}
    assert all(claim["form"] in ("exact", "size") for claim in register["claims"])


def test_templates_and_executed_notebooks_are_told_by_their_checksums(made: tuple[Folders, Sources, Run]) -> None:
    assert json.loads(files(made)["claims.json"])["sources"] == {
        f"templates/{PAGE.template}": checksum(TEMPLATE.encode()),
        "notebooks/grooming-OG-pooled": checksum(b"{}"),
    }


def test_receipts_are_of_words_and_of_cells_that_pages_print(made: tuple[Folders, Sources, Run]) -> None:
    found = files(made)
    assert found.keys() == {"claims.json", "_receipts/grooming.js"}
    receipts = json.loads(found["_receipts/grooming.js"].removeprefix(b"window.CASEBOOK_RECEIPTS = ").rstrip(b";\n"))
    assert [receipt["kind"] for receipt in receipts.values()] == ["quantity", "cell", "cell"]
    page = (made[0].narrative("D1.2", "PU") / "grooming.md").read_text("utf-8")
    assert all(f"#{name}}}" in page for name in receipts)


def test_without_a_narrative_or_a_witness_there_is_no_evidence(made: tuple[Folders, Sources, Run]) -> None:
    folders, _, run = made
    (run.folder(folders) / "run.json").unlink()
    with pytest.raises(NotebookFailed, match="the run has left no witness"):
        files(made)
    (folders.narrative("D1.2", "PU") / "claims.json").unlink()
    with pytest.raises(StatementRefused, match="the claims cannot be read"):
        files(made)
