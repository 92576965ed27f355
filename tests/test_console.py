"""What a build shows: a line or a bar per stage, and a summary that ends in where to open the sites."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console
from small_project import PROJECT

from casebook.console import Outlook, print_summary, progress_on
from casebook.folders import Folders
from casebook.pipeline import Summary
from casebook.publication.book.html import BuiltBook
from casebook.publication.book.identity import Book
from casebook.publication.notebooks import Tally
from casebook.request import Asked
from casebook.study import Study


def shown(steps: list[tuple[str, Tally]], *, terminal: bool) -> str:
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=terminal, width=100, color_system=None, highlight=False)
    with progress_on(console) as progress:
        for step in steps:
            progress(*step)
    return stream.getvalue()


def test_elsewhere_than_on_a_terminal_progress_is_plain_lines() -> None:
    begun = Tally(total=23, done=4, found=4)
    runs = [begun.plus(done=done, running=under_way) for done in range(19) for under_way in (1, 0)]
    last = begun.plus(done=19, failed=1)
    stages = [("Reading", Tally()), ("Reading", Tally(done=1))]
    steps = [*stages, *(("Report notebooks", tally) for tally in (Tally(), *runs, last, last))]
    lines = [line.partition(", about")[0] for line in shown(steps, terminal=False).splitlines()]
    assert lines == [
        "Reading ...",
        "Report notebooks ...",
        "  10 of 23, 4 found",
        "  20 of 23, 4 found",
        "  23 of 23, 4 found, 1 failed",
    ]


def test_on_a_terminal_a_bar_shows_what_is_done_and_under_way() -> None:
    text = shown([("Notebooks", Tally()), ("Notebooks", Tally(total=7, done=5, found=2, running=2))], terminal=True)
    assert "5/7" in text
    assert "2 found, 2 running" in text


@pytest.mark.parametrize(
    ("seconds", "told"), [(10, "4 found, about 20 s left"), (60, "4 found, about 2 min left")], ids=["short", "long"]
)
def test_the_time_left_goes_by_what_was_executed_and_not_by_what_was_found(seconds: int, told: str) -> None:
    times = iter([0, seconds])
    outlook = Outlook(lambda: next(times))
    outlook.told("Notebooks", Tally(total=10, done=4, found=4))
    assert outlook.told("Notebooks", Tally(total=10, done=6, found=4)) == told


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
