"""Rebuilding: a second build does exactly what the change asks for, and leaves what a build from nothing leaves."""

from __future__ import annotations

import os

import pytest
from built_project import CODING, BuiltProject

pytestmark = pytest.mark.slow

UP_TO_DATE = "Nothing has changed since this was built."
GROOMING = ["analysis/D1.2/grooming-OG-BE", "analysis/D1.2/grooming-OG-pooled"]
AFTER_PROTECTION = [
    "book/D1.2/CO",
    "narrative/D1.2/CO",
    "protection/D1.2",
    "reading/D1.2",
    "report/D1.2/CO/grooming-OG-pooled",
    "sites",
]


def test_touched_files_and_a_comment_in_an_unrelated_module_do_nothing(built: BuiltProject) -> None:
    for path in built.root.rglob("*"):
        if path.is_file() and not path.is_relative_to(built.folders.build):
            os.utime(path)
    with (built.source / "casebook" / "explore.py").open("a", encoding="utf-8") as module:
        module.write("# A comment.\n")
    assert built.build().splitlines()[-1] == UP_TO_DATE


def test_a_comment_in_a_module_of_the_text_executes_no_notebook(built: BuiltProject) -> None:
    with (built.source / "casebook" / "publication" / "wording.py").open("a", encoding="utf-8") as module:
        module.write("# A comment.\n")
    built.build()
    assert [name for name in built.done() if name.startswith("analysis")] == []
    assert "narrative/D1.2/CO" in built.done()


def test_a_changed_interview_executes_the_runs_that_look_at_it_and_no_other(built: BuiltProject) -> None:
    # The answer is in no planned table, so that what goes through the door is the same as before.
    built.replace(CODING, "OG-1001,A,regional_difference,legislation,", "OG-1001,A,regional_difference,none,")
    built.build()
    assert built.done() == [*GROOMING, "reading/D1.2"]


def test_a_changed_table_is_protected_drawn_and_written_anew(built: BuiltProject) -> None:
    built.replace(CODING, "OG-1001,A,og_strategy,deception,", "OG-1001,A,og_strategy,corruption,")
    built.build()
    assert built.done() == sorted([*GROOMING, *AFTER_PROTECTION])


def test_a_change_and_its_repair_leave_the_first_bytes(built: BuiltProject) -> None:
    before = built.site()
    answers = "OG-1001,A,og_strategy,deception,", "OG-1001,A,og_strategy,corruption,"
    built.replace(CODING, *answers)
    built.build()
    assert built.site() != before
    built.replace(CODING, *reversed(answers))
    built.build()
    assert built.site() == before
    # Runs, protected tables and narrative come from the cache; books are only recognised.
    assert built.done() == ["book/D1.2/CO", "sites"]


def test_two_builds_at_once_wait_for_each_other_and_leave_the_same(built: BuiltProject) -> None:
    before = built.site()
    with (built.root / "_config.yml").open("a", encoding="utf-8") as config:
        config.write("# A comment.\n")
    builds = [built.start("build", "--only", "html") for _ in range(2)]
    told = [build.communicate(timeout=600)[0] for build in builds]
    assert [build.returncode for build in builds] == [0, 0], told
    assert sorted(text.splitlines()[-1] == UP_TO_DATE for text in told) == [False, True]
    assert built.site() == before
