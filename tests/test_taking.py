"""Taking a released book: its pages come from the archive, and nothing else is ever put in their place."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from small_release import ADDRESS, built_project
from test_packing import MACHINE

from casebook.errors import ReleaseRefused
from casebook.publication.book.identity import Book
from casebook.release.record import is_released
from casebook.release.releasing import release
from casebook.stages.taking import step, take
from casebook.study import Study


@pytest.fixture
def released(tmp_path: Path, study: Study) -> Book:
    """D1.2 at level CO, released; its site has been altered since."""
    book = Book(built_project(tmp_path), study, "D1.2", "CO")
    assert not is_released(book)
    release([book], machine=MACHINE, today=datetime.date(2026, 1, 1))
    assert is_released(book)
    (book.folders.site("consortium") / ADDRESS / "index.html").write_text("altered")
    return book


def test_pages_and_pdf_lie_where_they_would_have_been_built(released: Book) -> None:
    assert take(released) == {"pages": 1}
    assert "most" in (released.html / "index.html").read_text("utf-8")
    assert (released.html / "claims.json").is_file()
    assert released.pdf.read_bytes().startswith(b"%PDF")
    assert not (released.html / released.pdf_name).exists()


def test_it_depends_on_record_and_archive(released: Book) -> None:
    assert {"releases/D1.2/1.0/CO", "releases/archives/D1.2-1.0-CO.zip"} <= set(step(released).reads)


def test_a_missing_or_another_archive_is_refused(released: Book) -> None:
    archive = released.folders.releases / "archives" / "D1.2-1.0-CO.zip"
    archive.write_bytes(archive.read_bytes().replace(b"most", b"less"))
    with pytest.raises(ReleaseRefused, match=r"D1\.2-1\.0-CO\.zip: .*the archive is not the one that was released"):
        take(released)
    archive.unlink()
    with pytest.raises(ReleaseRefused, match="the archive of a released edition is missing"):
        take(released)
