"""What a build shows: a line or a bar per stage, and a summary that ends in where to open the sites."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console
from small_project import PROJECT

from casebook.console import print_summary, progress_on
from casebook.folders import Folders
from casebook.pipeline import Summary
from casebook.publication.book.html import BuiltBook
from casebook.publication.book.identity import Book
from casebook.request import Asked
from casebook.study import Study


def shown(steps: list[tuple[str, int, int]], *, terminal: bool) -> str:
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=terminal, width=100, color_system=None, highlight=False)
    with progress_on(console) as progress:
        for step in steps:
            progress(*step)
    return stream.getvalue()


def test_elsewhere_than_on_a_terminal_progress_is_plain_lines() -> None:
    runs = [("Report notebooks", done, 23) for done in range(1, 24)]
    steps = [("Reading", 0, 1), ("Reading", 1, 1), ("Report notebooks", 0, 1), *runs, ("Report notebooks", 1, 1)]
    assert shown(steps, terminal=False).splitlines() == [
        "Reading ...",
        "Report notebooks ...",
        "  10 of 23",
        "  20 of 23",
        "  23 of 23",
    ]


def test_on_a_terminal_a_finished_stage_keeps_the_number_of_its_runs() -> None:
    text = shown([("Notebooks", 0, 1), ("Notebooks", 7, 7), ("Notebooks", 1, 1)], terminal=True)
    assert text.rindex("7/7") > text.rfind("1/1")


def test_the_summary_says_what_was_built_and_withheld_and_where_to_open_it(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(PROJECT)
    key = ("D1.2", "PU")
    book = Book(Folders(PROJECT), study, *key)
    summary = Summary(
        books={key: BuiltBook(book, 61, frozenset(["html", "pdf"]))},
        figures={key: 24},
        statements={key: 310},
        withheld={key: (12, 480)},
        seconds={"Reading": 1.25, "Books": 20.5},
        sites=(PROJECT / "_build" / "site",),
    )
    stream = io.StringIO()
    print_summary(summary, Console(file=stream, width=100, highlight=False))
    text = stream.getvalue()
    assert [part for part in ("D1.2", "PU", "61", "24", "310", "12 of 480") if part not in text] == []
    assert "Seconds: reading 1.2, books 20.5; together 21.8." in text
    assert text.splitlines()[-1] == f"Open {Path('_build', 'site', 'index.html')}"


def test_all_editions_and_levels_are_built_unless_some_are_asked_for(study: Study) -> None:
    request = Asked(jobs=1).request(PROJECT)
    assert (request.editions, request.levels) == (tuple(study.editions), tuple(study.dissemination))


def test_what_is_asked_for_twice_is_built_once_and_in_the_order_of_the_study() -> None:
    request = Asked(("D1.3", "D1.2", "D1.3"), ("CO", "PU", "CO"), "pdf", 3).request(PROJECT)
    assert (request.editions, request.levels, request.only, request.jobs) == (("D1.2", "D1.3"), ("PU", "CO"), "pdf", 3)
