"""The documents tell the truth: every path, command, test, module and chapter they name is there, and as they say."""

from __future__ import annotations

import ast
import re
import shlex
import subprocess
import tomllib
from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
import yaml
from test_house import ABOVE, GROUND, MAY_IMPORT

from casebook.cli import main
from casebook.errors import CasebookError
from casebook.folders import DATA_VARIABLE, Folders
from casebook.publication.book.identity import Book
from casebook.publication.pages import SUFFIX
from casebook.study import Study

PROJECT = Path(__file__).parents[1]
DOCUMENTS = sorted([*PROJECT.glob("*.md"), *PROJECT.glob("docs/**/*.md"), PROJECT / "data" / "README.md"])
#: Words of the field and of the house that have one meaning here, and so an entry.
WORDS = """
    interview; participant; role; expert; offender; victim; code; codebook; level; variable; coded segment; submission;
    anonymisation; disclosure control; quasi-identifier; threshold; primary suppression; secondary suppression;
    controlled rounding; cell status; frequency table; protected table; claim; evidence; ledger; edition; deliverable;
    manifest; stage; pipeline; run; restricted; door; publication; base; withheld; exact; word; refusal; site
"""
_SUFFIXES = "md|yml|py|csv|toml|cff|ipynb|json|bib|txt|typ|js|css|j2"
_PATH = re.compile(rf"(?:[\w.<>*-]+/)+[\w.<>*-]*|[\w-]+(?:\.\w+)*\.(?:{_SUFFIXES})|_\w+\.yml")


def text_of(name: str) -> str:
    return (PROJECT / name).read_text("utf-8")


def named(path: Path) -> str:
    return path.relative_to(PROJECT).as_posix()


def quoted(text: str) -> list[str]:
    """What stands in backticks, which is what a reader may type or open."""
    return re.findall(r"`([^`\n]+)`", text)


def rows(text: str, heading: str) -> list[tuple[str, ...]]:
    """The cells of each row of the first table below some words, without its head."""
    below = text.partition(heading)[2]
    table = re.search(r"^\|.*\n\|[-|]+\|\n((?:\|.*\n)+)", below, re.MULTILINE)
    assert table, f"there is no table below {heading!r}"
    return [tuple(cell.strip() for cell in line.strip("|").split(" | ")) for line in table[1].splitlines()]


@cache
def files() -> frozenset[str]:
    """The files of the project that git has or would take, so that nothing generated counts."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True).stdout.split("\n")
    return frozenset(name for name in listed if name and (PROJECT / name).is_file())


@cache
def places() -> frozenset[tuple[str, ...]]:
    """Every file and folder, as the parts of its path."""
    return frozenset(
        p.parts for name in files() for p in (PurePosixPath(name), *PurePosixPath(name).parents) if p.parts
    )


@cache
def source() -> str:
    return "\n".join(
        (PROJECT / name).read_text("utf-8") for name in files() if name.startswith("src/") and name[-3:] == ".py"
    )


def is_there(path: str) -> bool:
    """Whether a path ends in these parts, a name in <brackets> standing for any; or the source makes such a file."""
    parts = [re.sub(r"<[^>]*>", "*", part) for part in path.strip("/").split("/")]
    ends = (place[-len(parts) :] for place in places() if len(place) >= len(parts))
    found = any(all(map(fnmatchcase, end, parts)) for end in ends)
    return found or (len(parts) == 1 and f'"{path}"' in source())


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_every_path_is_there(document: Path) -> None:
    spans = [span.split("::")[0] for span in quoted(document.read_text("utf-8"))]
    paths = [span for span in spans if _PATH.fullmatch(span) and not span.startswith("_build/")]
    assert [path for path in paths if not is_there(path) and not is_there(f"{path}.py")] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_every_link_leads_to_a_file(document: Path) -> None:
    targets = re.findall(r"\]\(([^)#\s]+)", document.read_text("utf-8"))
    local = [target for target in targets if "://" not in target]
    assert [target for target in local if not (document.parent / target).exists()] == []


def test_generated_files_lie_where_the_readme_says(study: Study) -> None:
    books = [
        Book(Folders(Path()), study, edition, level) for edition in study.editions for level in study.dissemination
    ]
    made = {f"_build/{book.level.site}/index.html" for book in books} | {Folders(Path()).ethics_report.as_posix()}
    for book in books:
        made |= {
            f"_build/{book.level.site}/{book.address}/{name}" for name in ("index.html", book.pdf_name, book.data_name)
        }
    spans = [span for span in quoted(text_of("README.md")) if span.startswith("_build/")]
    assert spans
    assert set(spans) - made == set()


def test_folders_of_the_build_are_those_of_the_architecture(study: Study) -> None:
    folders = Folders(Path())
    book = Book(folders, study, "D1.2", "PU")
    made = {folders.restricted, folders.protected("D1.2", "PU"), folders.report_run("D1.2", "PU", "x")}
    made |= {folders.narrative("D1.2", "PU"), book.source, book.work, *map(folders.site, ("site", "consortium"))}
    spans = [span for span in quoted(text_of("ARCHITECTURE.md")) if span.startswith("_build/")]
    assert {span.strip("/") for span in spans} == {"/".join(path.parts[:2]) for path in made}


# Commands


def commands(document: Path) -> Iterator[list[str]]:
    """Every command line in backticks or in an indented block, without its comment."""
    text = document.read_text("utf-8")
    lines = [*quoted(text), *re.findall(r"^ {4}(\S.*)$", text, re.MULTILINE)]
    for line in (part.strip() for whole in lines for part in whole.split("&&")):
        if line.startswith(("nox -s", "casebook ")):
            yield shlex.split(line, comments=True)


@cache
def sessions() -> dict[str, str]:
    """The nox sessions with the first line of what they say they do."""
    functions = [node for node in ast.parse(text_of("noxfile.py")).body if isinstance(node, ast.FunctionDef)]
    return {node.name.replace("_", "-"): ast.get_docstring(node) or "" for node in functions if node.decorator_list}


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_every_command_can_be_given_as_it_stands(document: Path) -> None:
    for command in commands(document):
        name, *options = command[1:] if command[0] == "casebook" else command[2:]
        assert command[0] == "casebook" or name in sessions(), command
        if options[:1] == ["--"]:
            options = options[1:]
        if name in ("tests", "slow", "browser", "pdf-check", "lint", "lock", "bench", "pictures"):
            assert [option for option in options if not is_there(option)] == [], command
        elif options:
            main.commands[name].make_context(name, options)
        else:
            assert name in main.commands, command


def test_the_readme_names_every_session_and_command() -> None:
    given = list(commands(PROJECT / "README.md"))
    assert {command[2] for command in given if command[0] == "nox"} == set(sessions())
    assert {command[1] for command in given if command[0] == "casebook"} == set(main.commands)


def test_what_a_landing_must_pass_runs_the_readmes_two_commands() -> None:
    first = re.findall(r"^ {4}(\S.*)$", text_of("README.md"), re.MULTILINE)[:2]
    steps = [step.strip() for line in first for step in line.partition("#")[0].split("&&")]
    run = text_of(".ci/run").replace("--quiet ", "").splitlines()
    assert len(steps) == 3
    assert [step for step in steps if step not in run] == []


def test_exit_codes_are_those_of_the_refusals() -> None:
    told = {int(code): what for code, what in rows(text_of("README.md"), "exit code of its class")}
    classes = [cls for cls in CasebookError.__subclasses__() if cls.__module__ == CasebookError.__module__]
    assert told == {cls.exit_code: cls.title[:1].lower() + cls.title[1:] for cls in classes}


# What the README says of the state of things


def chapters_told() -> set[str]:
    table = rows(text_of("README.md"), "The chapters of both deliverables")
    return {page for _, pages in table for page in quoted(pages)}


@pytest.mark.parametrize("edition", ["D1.2", "D1.3"])
def test_the_chapters_are_those_of_the_contents(edition: str) -> None:
    tree: dict[str, Any] = yaml.safe_load(text_of(f"book/{edition}/_toc.yml"))
    chapters = {chapter["file"] for part in tree["parts"] for chapter in part["chapters"]}
    only_in_later_editions = {"annex-changes"} if edition == "D1.2" else set()
    assert chapters == chapters_told() - only_in_later_editions


def test_every_chapter_is_written() -> None:
    by_hand = {page for page in chapters_told() if is_there(f"templates/{page}{SUFFIX}") or is_there(f"book/{page}.md")}
    # These are made of the codebook, of the register of claims and of book/glossary.yml while a book is staged.
    assert chapters_told() - by_hand == {"annex-codebook", "annex-evidence", "annex-glossary"}


def test_the_readme_says_what_every_page_says(study: Study) -> None:
    readme = " ".join(text_of("README.md").split())
    assert ("**The data are synthetic.**" in readme) == study.project.synthetic
    assert study.project.grant in readme
    assert DATA_VARIABLE in readme


# Architecture


def module_names(cell: str) -> set[str]:
    return {*quoted(cell), *(GROUND if "the ground" in cell else ())}


def test_the_import_table_is_the_one_that_is_held() -> None:
    told: dict[str, set[str]] = {}
    for who, may in rows(text_of("ARCHITECTURE.md"), "## Who may import whom"):
        told |= dict.fromkeys(module_names(who), module_names(may))
    assert told == MAY_IMPORT


def test_what_stands_above_the_rooms_is_named() -> None:
    below = text_of("ARCHITECTURE.md").partition("What brings the rooms together")[2].partition("Report notebooks")[0]
    assert set(quoted(below)) == ABOVE


def modules() -> set[str]:
    """Every module that git has, by name; a subpackage of a room stands for its own."""
    listed = subprocess.run(
        ["git", "ls-files", "src/casebook"], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    paths = [
        PurePosixPath(line).relative_to("src/casebook") for line in listed.stdout.splitlines() if line[-3:] == ".py"
    ]
    names = {path.parts[1] if len(path.parts) > 2 else path.stem for path in paths}
    return names - {"__init__"}


def test_the_map_of_modules_is_complete() -> None:
    told = {name for _, cell in rows(text_of("ARCHITECTURE.md"), "## What each module owns") for name in quoted(cell)}
    assert modules() - told == set(), "give it a place in ARCHITECTURE.md"
    assert [name for name in sorted(told) if not is_there(f"{name}.py") and not is_there(name)] == []


def test_the_stages_are_those_of_the_pipeline() -> None:
    told = [row[0] for row in rows(text_of("ARCHITECTURE.md"), "## The stages of a build")]
    assert told == re.findall(r'build_\.stage\("([^"]+)"\)', text_of("src/casebook/pipeline.py"))


def test_every_harm_has_its_place_and_its_test() -> None:
    table = rows(text_of("ARCHITECTURE.md"), "## Where a change could harm people")
    assert len(table) > 20
    for harm, where, test in table:
        file, _, function = quoted(test)[0].partition("::")
        tree = ast.parse(text_of(file))
        assert function in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}, harm
        assert [place for place in quoted(where) if not is_there(place) and not is_there(f"{place}.py")] == [], harm


# Glossary


def entries() -> dict[str, str]:
    table = rows(text_of("GLOSSARY.md"), "# Glossary")
    words = [word for word, _ in table]
    assert words == sorted(set(words), key=str.casefold), "one entry for each word, in the order of the alphabet"
    return {row[0]: row[1] for row in table}


def emphasised(text: str) -> set[str]:
    return set(re.findall(r"(?<!\*)\*([a-z][a-z -]+)\*(?!\*)", text))


@pytest.mark.parametrize(
    "words",
    [
        lambda: {" ".join(word.split()) for word in WORDS.split(";")},
        lambda: set(main.commands),
        lambda: emphasised(text_of("ARCHITECTURE.md")),
    ],
    ids=["the field and the house", "commands", "terms of the architecture"],
)
def test_each_word_has_an_entry(words: Callable[[], set[str]]) -> None:
    known = entries()
    assert [word for word in sorted(words()) if word not in known and word.removesuffix("s") not in known] == []


# Decisions, citation


def test_each_decision_is_in_the_index_under_its_title() -> None:
    folder = PROJECT / "docs" / "decisions"
    records = sorted(path for path in folder.glob("*.md") if path.name != "README.md")
    titles = {path.name: path.read_text("utf-8").partition("\n")[0] for path in records}
    index = (folder / "README.md").read_text("utf-8")
    told = {
        file: f"# {n}. {title}"
        for n, file, title in re.findall(r"^\| \[(\d+)\]\((\S+)\) \| (.+) \|$", index, re.MULTILINE)
    }
    assert told == titles


def test_the_citation_agrees_with_the_package() -> None:
    project = tomllib.loads(text_of("pyproject.toml"))["project"]
    citation = yaml.safe_load(text_of("CITATION.cff"))
    assert (str(citation["version"]), citation["license"]) == (project["version"], project["license"])
