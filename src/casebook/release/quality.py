"""The quality annex: what the project claims of itself, measured, each with its proof."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.resources import files
from itertools import groupby
from pathlib import Path
from typing import Any, Literal
from xml.etree import ElementTree

import yaml

from casebook.canonical import canonical_json, write_atomically
from casebook.release.packages import LOCK, locked

Result = Literal["pass", "fail", "open", "not measured"]
_WORST_FIRST: tuple[Result, ...] = ("fail", "not measured", "pass")
#: Measures something, and returns whether it is as claimed, or None where it cannot be measured, with what was found.
Measure = Callable[[], tuple[bool | None, str]]


@dataclass(frozen=True)
class Item:
    """One claim of the annex: its standard, what it says, its proof, what came out and what was found."""

    standard: str
    says: str
    proof: str
    result: Result
    found: str


def measured(project: Path, measures: Mapping[str, Measure]) -> list[Item]:
    """Return every claim of the annex with what came out of its proof."""
    claims = yaml.safe_load(files("casebook.release").joinpath("quality.yml").read_text("utf-8"))
    named = [test for group in claims for item in group["items"] for test in item.get("tests", ())]
    outcomes = _outcomes(project, named)
    return [
        _item(project, group["standard"], item, (outcomes, measures)) for group in claims for item in group["items"]
    ]


def _item(
    project: Path, standard: str, item: Mapping[str, Any], by: tuple[Mapping[str, Result], Mapping[str, Measure]]
) -> Item:
    outcomes, measures = by
    if "open" in item:
        return Item(standard, item["says"], "", "open", item["open"])
    if "measure" in item:
        holds, found = measures[item["measure"]]()
        result: Result = "not measured" if holds is None else "pass" if holds else "fail"
        return Item(standard, item["says"], f"casebook quality: {item['measure']}", result, found)
    if "files" in item:
        absent = [name for name in item["files"] if not (project / name).exists()]
        return Item(standard, item["says"], ", ".join(item["files"]), "fail" if absent else "pass", ", ".join(absent))
    results = [outcomes.get(test, "not measured") for test in item["tests"]]
    worst: Sequence[Result] = [result for result in _WORST_FIRST if result in results]
    return Item(standard, item["says"], ", ".join(item["tests"]), worst[0], "")


def _outcomes(project: Path, tests: Sequence[str]) -> dict[str, Result]:
    """Run the tests that are proofs, and return what came out of each; nothing is measured where there is no pytest."""
    with tempfile.TemporaryDirectory() as aside:
        told = Path(aside) / "outcomes.xml"
        files_ = sorted({test.partition("::")[0] for test in tests})
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junitxml={told}", *sorted(tests)]
        if all((project / name).is_file() for name in files_):
            subprocess.run(command, cwd=project, capture_output=True, check=False)
        cases = list(ElementTree.parse(told).iter("testcase")) if told.is_file() else []
    return {test: _worst(case for case in cases if _is_of(case, test)) for test in tests}


def _is_of(case: ElementTree.Element, test: str) -> bool:
    """Return whether a case that pytest tells of is one of a test, or of a file of tests."""
    file, *within = test.split("::")
    place = file.removesuffix(".py").replace("/", ".")
    classname, name = case.get("classname", ""), case.get("name", "").partition("[")[0]
    return [classname, name][: 1 + len(within[-1:])] == [".".join([place, *within[:-1]]), *within[-1:]]


def _worst(cases: Iterator[ElementTree.Element]) -> Result:
    results: list[Result] = ["not measured"]
    for case in cases:
        kinds = {child.tag for child in case}
        results.append("fail" if kinds & {"failure", "error"} else "not measured" if "skipped" in kinds else "pass")
    return "fail" if "fail" in results else "pass" if "pass" in results else "not measured"


def write_annex(project: Path, items: Sequence[Item], out: Path) -> Path:
    """Write the annex as JSON and as a page, and return the page."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    packages = [{"name": name, "version": version} for name, version, _ in locked(project)]
    told = {"items": [asdict(item) for item in items], "packages": packages, "locked": _date_of_the_lock(project)}
    write_atomically(out / "quality.json", canonical_json(told))
    pages = Environment(loader=PackageLoader("casebook.release", "."), autoescape=True, undefined=StrictUndefined)
    standards = {standard: list(own) for standard, own in groupby(items, key=lambda item: item.standard)}
    page = pages.get_template("quality.html.j2").render(**told, standards=standards, counts=_counts(items))
    write_atomically(out / "index.html", page.encode("utf-8"))
    return out / "index.html"


def _counts(items: Sequence[Item]) -> dict[str, int]:
    return {result: sum(item.result == result for item in items) for result in ("pass", "fail", "open", "not measured")}


def _date_of_the_lock(project: Path) -> str:
    """Return the day on which the packages were last locked; empty where there is no repository."""
    command = ["git", "log", "-1", "--format=%cs", "--", LOCK]
    told = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    return told.stdout.strip()
