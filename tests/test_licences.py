"""The licences of what a build installs: each package is listed as it says itself, with a reason where one is due."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
LIST = (PROJECT / "docs" / "licences.md").read_text("utf-8")
ROW = re.compile(r"^\| ([\w.-]+) \| (.+) \|$", re.MULTILINE)
#: How packages name each licence of the list, in expressions, classifiers and free text.
SAID = {
    "MIT": r"\bMIT\b",
    "BSD": r"\b0?BSD\b",
    "Apache-2.0": r"\bApache\b",
    "PSF": r"\bPSF\b|Python Software Foundation",
    "ISC": r"\bISC\b",
    "OFL-1.1": r"\bOFL\b",
    "LGPL-2.1": r"\bLGPL\b|GNU Lesser General Public",
    "MPL-2.0": r"\bMPL\b|Mozilla Public License",
}
COPYLEFT = re.compile(r"\b[AL]?GPL\b|\bGNU (?:Lesser |Library |Affero )?General Public|\bMPL\b|\bMozilla Public")
LICENCE_FILE = re.compile(r"(?:licen[cs]e|copying|notice)\w*(?:\.(?:\w+\.)?(?:txt|md|rst))?", re.IGNORECASE)


def locked() -> set[str]:
    return set(re.findall(r"^([\w.-]+)==", (PROJECT / "locks" / "cluster.txt").read_text("utf-8"), re.MULTILINE))


def listed() -> dict[str, str]:
    """The licence under which each package is listed; a package may stand under one only."""
    found: dict[str, str] = {}
    for licence, packages in ROW.findall(LIST.partition("## What asks for a reason")[0]):
        for name in re.sub(r" \([^)]*\)", "", packages).split(", ") if licence in SAID else ():
            assert name not in found, f"{name} is listed twice"
            found[name] = licence
    return found


def with_reason() -> set[str]:
    section = LIST.partition("## What asks for a reason")[2].partition("\n## ")[0]
    return {name for name, _ in ROW.findall(section)} - {"package"}


def installed() -> Iterator[Distribution]:
    """The packages of the lock that are for this platform and Python."""
    for name in sorted(locked()):
        try:
            yield distribution(name)
        except PackageNotFoundError:
            continue


def says(package: Distribution) -> str:
    """What a package says of its own licence: the expression, else the classifiers, else the first line of the text."""
    fields = {name: package.metadata.get_all(name) or [] for name in ("License-Expression", "Classifier", "License")}
    classifiers = [line for line in fields["Classifier"] if line.startswith("License")]
    first_lines = [text.partition("\n")[0] for text in fields["License"]]
    return " ".join(fields["License-Expression"] or classifiers or first_lines)


def test_every_package_of_the_lock_is_listed_and_no_other() -> None:
    assert set(listed()) == locked()


def test_each_package_is_listed_under_a_licence_that_it_names() -> None:
    under = listed()
    assert [p.name for p in installed() if not re.search(SAID[under[canonical(p)]], says(p))] == []


def canonical(package: Distribution) -> str:
    return re.sub(r"[-_.]+", "-", package.name).lower()


def speaks_of_copyleft(package: Distribution) -> bool:
    files = [file for file in package.files or [] if LICENCE_FILE.fullmatch(file.name)]
    texts = [Path(str(package.locate_file(file))).read_text("utf-8", "replace") for file in files]
    return any(COPYLEFT.search(" ".join(text.split())) for text in [says(package), *texts])


def test_what_is_or_carries_copyleft_has_a_reason() -> None:
    found = {canonical(package) for package in installed() if speaks_of_copyleft(package)}
    assert found
    assert found - with_reason() == set()


def test_every_reason_is_of_a_package_of_the_lock() -> None:
    assert with_reason() - locked() == set()


@pytest.mark.parametrize(
    ("file", "begins", "holds"),
    [
        ("LICENSE", "Apache License", "END OF TERMS AND CONDITIONS"),
        ("LICENSE-TEXT", "The text and data of this project", "Creative Commons Attribution 4.0 International Public"),
    ],
)
def test_the_projects_own_licences_are_there_in_full(file: str, begins: str, holds: str) -> None:
    text = (PROJECT / file).read_text("utf-8")
    assert text.lstrip().startswith(begins)
    assert holds in text
