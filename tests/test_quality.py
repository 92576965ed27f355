"""The quality annex: every claim with what came out of its proof, and nothing claimed that was not measured."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from small_book import PROJECT, write
from small_release import ADDRESS, built_project
from test_packing import MACHINE

from casebook.publication.book.identity import NOT_CLEARED, Book
from casebook.release.measures import measures_of
from casebook.release.quality import Item, measured, write_annex
from casebook.study import Study

CLAIMS = yaml.safe_load((PROJECT / "src" / "casebook" / "release" / "quality.yml").read_text("utf-8"))
ITEMS = [item for group in CLAIMS for item in group["items"]]


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item["says"])
def test_every_claim_has_a_proof_that_is_there_or_says_why_it_is_open(item: dict[str, object]) -> None:
    assert len({"tests", "files", "measure", "open"} & item.keys()) == 1
    for test in item.get("tests", ()):  # type: ignore[attr-defined]
        file, *names = test.split("::")
        text = (PROJECT / file).read_text("utf-8")
        assert all(f"def {name}(" in text or f"class {name}" in text for name in names), test
    assert all((PROJECT / name).exists() for name in item.get("files", ()))  # type: ignore[attr-defined]


def test_every_measure_that_is_named_is_made(tmp_path: Path, study: Study) -> None:
    books = [Book(built_project(tmp_path), study, "D1.2", "PU")]
    made = measures_of(books, MACHINE, builds=False)
    assert {item["measure"] for item in ITEMS if "measure" in item} == set(made)
    assert made["second_build"]() == (None, "asked for with --builds")


def project_with(folder: Path, tests: str) -> Path:
    """A project whose proofs are these tests, by the names that the annex asks for."""
    for item in ITEMS:
        for test in item.get("tests", ()):
            write(folder / test.partition("::")[0], tests)
    return folder


@pytest.mark.parametrize(
    ("body", "result"), [("assert 1", "pass"), ("assert 0", "fail"), ("import pytest; pytest.skip()", "not measured")]
)
def test_a_claim_is_as_good_as_its_tests(body: str, result: str, tmp_path: Path) -> None:
    names = {test.rpartition("::")[2] for item in ITEMS for test in item.get("tests", ()) if "::" in test}
    methods = "\n".join(f"    def {name}(self):\n        {body}" for name in sorted(names))
    functions = "\n".join(f"def {name}():\n    {body}" for name in sorted(names))
    project = project_with(tmp_path, f"class TestStandards:\n{methods}\n{functions}\n")
    found = measured(project, dict.fromkeys({i["measure"] for i in ITEMS if "measure" in i}, lambda: (None, "")))
    by_tests = [item.result for item in found if "::" in item.proof or item.proof.startswith("tests/")]
    assert set(by_tests) == {result}
    assert len(by_tests) == sum("tests" in item for item in ITEMS)


def test_without_tests_nothing_is_claimed(tmp_path: Path) -> None:
    found = measured(tmp_path, dict.fromkeys({i["measure"] for i in ITEMS if "measure" in i}, lambda: (None, "")))
    assert {item.result for item in found if item.proof.startswith("tests/")} <= {"not measured", "fail"}
    assert {item.result for item in found} == {"open", "fail", "not measured"}


def test_what_was_built_is_measured(tmp_path: Path, study: Study) -> None:
    folders = built_project(tmp_path)
    made = measures_of([Book(folders, study, "D1.2", "PU")], MACHINE, builds=False)
    assert made["pages"]() == (True, "1 pages")
    assert made["cleared"]() == (True, "")
    assert made["hygiene"]()[0] is True
    page = folders.site("site") / ADDRESS / "index.html"
    write(page, f"<html lang='en'>{NOT_CLEARED} /home/anna/x <img src='x.svg'></html>")
    assert made["pages"]() == (False, "D1.2 PU: 2 faults")
    assert made["cleared"]() == (False, "outstanding for D1.2 PU")
    assert made["hygiene"]() == (False, "1 places, such as data/site/D1.2/1.0/index.html")


def test_what_was_not_built_is_not_measured(tmp_path: Path, study: Study) -> None:
    from casebook.folders import Folders

    made = measures_of([Book(Folders(tmp_path), study, "D1.2", "PU")], MACHINE, builds=False)
    assert {made[name]()[0] for name in ("pages", "cleared", "record_of_the_build")} == {None}


def test_the_page_tells_results_and_proofs_and_nothing_is_markup(tmp_path: Path) -> None:
    items = [Item("WCAG", "pages <are> read", "tests/x.py", "pass", ""), Item("RAP", "it is open", "", "open", "why")]
    page = write_annex(PROJECT, items, tmp_path).read_text("utf-8")
    assert "1 claims hold, 0 do not" in page
    assert "Pages &lt;are&gt; read" in page
    assert page.index("WCAG") < page.index("RAP")
    assert "jinja2" in page
    told = json.loads((tmp_path / "quality.json").read_text("utf-8"))
    assert [item["result"] for item in told["items"]] == ["pass", "open"]
