"""Where things lie, and that nothing restricted lies where something is published."""

from __future__ import annotations

from pathlib import Path

import pytest

from casebook.folders import Folders

FOLDERS = Folders(Path("project"))
PUBLISHED = {
    "protected": FOLDERS.protected("D1.2", "PU"),
    "report": FOLDERS.report_run("D1.2", "PU", "risk-OG-pooled"),
    "narrative": FOLDERS.narrative("D1.2", "PU"),
    "book": FOLDERS.staged_book("D1.2", "PU"),
    "next": FOLDERS.next_site("site"),
    "site": FOLDERS.site("site"),
}


@pytest.mark.parametrize(
    ("folder", "expected"),
    [
        (FOLDERS.data, "data"),
        (FOLDERS.restricted, "_build/restricted"),
        (FOLDERS.analysis_run("D1.2", "grooming-OG-ES"), "_build/restricted/D1.2/grooming-OG-ES"),
        (PUBLISHED["protected"], "_build/protected/D1.2/PU"),
        (PUBLISHED["report"], "_build/report/D1.2/PU/risk-OG-pooled"),
        (PUBLISHED["narrative"], "_build/narrative/D1.2/PU"),
        (PUBLISHED["book"], "_build/book/D1.2/PU"),
        (PUBLISHED["next"], "_build/next/site"),
        (PUBLISHED["site"], "_build/site"),
    ],
)
def test_every_folder_is_below_the_project(folder: Path, expected: str) -> None:
    assert folder.relative_to("project").as_posix() == expected


@pytest.mark.parametrize("name", PUBLISHED)
def test_what_is_published_lies_apart_from_people_levels_and_the_last_good_site(name: str) -> None:
    folder = PUBLISHED[name]
    assert not folder.is_relative_to(FOLDERS.restricted)
    assert not folder.is_relative_to(FOLDERS.data)
    assert all(not folder.is_relative_to(other) for key, other in PUBLISHED.items() if key != name)


@pytest.mark.parametrize("maker", ["protected", "narrative", "staged_book"])
def test_editions_and_levels_have_folders_of_their_own(maker: str) -> None:
    make = getattr(FOLDERS, maker)
    assert len({make(edition, level) for edition in ("D1.2", "D1.3") for level in ("PU", "CO")}) == 4
