"""Releasing an edition: what stands against it, what is frozen, and that it is all there or not at all."""

from __future__ import annotations

import datetime
import subprocess
from pathlib import Path
from typing import Any

import pytest
from small_book import write
from small_release import ADDRESS, built_project, write_pdf
from test_packing import MACHINE

from casebook.canonical import checksum
from casebook.disclosure_control.ledger_files import read_ledger
from casebook.errors import CasebookError, DisclosureRefused, ReleaseRefused
from casebook.folders import Folders
from casebook.publication.book.identity import NOT_CLEARED, PLACEHOLDER, Book
from casebook.release import verify
from casebook.release.record import read_record
from casebook.release.releasing import release
from casebook.release.verification import verified
from casebook.study import Study

TODAY = datetime.date(2026, 1, 1)


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    return built_project(tmp_path)


def complete(study: Study, **changed: Any) -> Study:
    """The study with the front matter of D1.2 written out, or with other fields of it changed."""
    known = {"task": "T1.2", "lead": "One", "contributors": "Two", "reviewers": "Three", "approval": "Four"}
    edition = study.editions["D1.2"].model_copy(update=known | changed)
    return study.model_copy(update={"editions": {**study.editions, "D1.2": edition}})


def books(folders: Folders, study: Study, *levels: str, edition: str = "D1.2") -> list[Book]:
    return [Book(folders, study, edition, level) for level in levels or ("PU", "CO")]


def refusal_of(folders: Folders, study: Study, *levels: str, today: datetime.date = TODAY) -> str:
    """What is said of a release that is refused; nothing may have been written."""
    before = sorted(folders.root.rglob("releases/**/*"))
    with pytest.raises(CasebookError) as refusal:
        release(books(folders, study, *levels), machine=MACHINE, today=today)
    assert sorted(folders.root.rglob("releases/**/*")) == before
    return str(refusal.value)


# What is frozen


def test_archives_record_and_ledger_are_written(folders: Folders, study: Study) -> None:
    given = complete(study)
    archives = release(books(folders, given), machine=MACHINE, today=TODAY)
    assert [path.relative_to(folders.root).as_posix() for path in archives] == [
        "releases/archives/D1.2-1.0-PU.zip",
        "releases/archives/D1.2-1.0-CO.zip",
    ]
    ledger = read_ledger(folders.root)
    assert all(ledger.holds("D1.2", "1.0", level) for level in ("PU", "CO"))
    for book, archive in zip(books(folders, given), archives, strict=True):
        assert verified(archive, given, folders.releases)["level"] == book.dissemination
        record = read_record(book)
        assert set(record.files) == {verify.PAYLOAD, "release.json", "tables.json", "claims.json"}
        assert checksum(record.files["tables.json"]) in record.manifest.decode()
        chain = (folders.releases / "ledger" / f"{book.dissemination}.csv").read_bytes()
        assert verify.opened(archive).read[f"data/ledger/{book.dissemination}.csv"] == chain
    assert not list(folders.next_releases.rglob("*"))


def test_one_level_can_be_released_before_the_other(folders: Folders, study: Study) -> None:
    release(books(folders, study, "CO"), machine=MACHINE, today=TODAY)
    archive = folders.releases / "archives" / "D1.2-1.0-CO.zip"
    first = archive.read_bytes()
    release(books(folders, complete(study), "PU"), machine=MACHINE, today=TODAY)
    assert archive.read_bytes() == first
    assert (folders.releases / "archives" / "D1.2-1.0-PU.zip").is_file()


def test_the_same_version_is_never_released_twice(folders: Folders, study: Study) -> None:
    release(books(folders, study, "CO"), machine=MACHINE, today=TODAY)
    assert "D1.2 CO: it was released already" in refusal_of(folders, study, "CO")


def test_a_correction_is_a_higher_version(folders: Folders, study: Study) -> None:
    release(books(folders, study, "CO"), machine=MACHINE, today=TODAY)
    row = study.editions["D1.2"].history[-1]
    history = (*study.editions["D1.2"].history, row.model_copy(update={"version": "1.1"}))
    corrected = complete(study, version="1.1", history=history)
    site = folders.site("consortium")
    (site / ADDRESS).rename(site / "D1.2" / "1.1")
    release(books(folders, corrected, "CO"), machine=MACHINE, today=TODAY)
    assert read_ledger(folders.root).released("CO") == (("D1.2", "1.0"), ("D1.2", "1.1"))


def test_an_edition_does_not_come_before_the_one_it_follows_on(folders: Folders, study: Study) -> None:
    site = folders.site("consortium")
    (site / ADDRESS).parent.rename(site / "D1.3")
    (site / "D1.3" / "1.0" / "D1.2.pdf").rename(site / "D1.3" / "1.0" / "D1.3.pdf")
    tables = (folders.protected("D1.2", "CO") / "tables.json").read_text("utf-8")
    write(folders.protected("D1.3", "CO") / "tables.json", tables.replace("D1.2", "D1.3"))
    with pytest.raises(DisclosureRefused, match=r"release D1\.2 first"):
        release(books(folders, study, "CO", edition="D1.3"), machine=MACHINE, today=TODAY)
    assert not folders.releases.exists()


def test_an_archive_that_is_not_the_recorded_one_is_refused(folders: Folders, study: Study) -> None:
    """Its manifests hold, since it was packed anew; the record does not know it."""
    archive, *_ = release(books(folders, study, "CO"), machine=MACHINE, today=TODAY)
    record = folders.releases / "D1.2" / "1.0" / "CO" / verify.PAYLOAD
    record.write_bytes(record.read_bytes().replace(b"data/LICENSE\n", b"data/LICENCE\n"))
    with pytest.raises(ReleaseRefused, match="the archive is not the one that was released"):
        verified(archive, study, folders.releases)


def test_a_record_that_was_altered_is_refused(folders: Folders, study: Study) -> None:
    release(books(folders, study, "CO"), machine=MACHINE, today=TODAY)
    (folders.releases / "D1.2" / "1.0" / "CO" / "tables.json").write_text("{}")
    with pytest.raises(
        ReleaseRefused, match=r"releases/D1\.2/1\.0/CO/tables\.json: the record of a release was altered"
    ):
        read_record(books(folders, study, "CO")[0])


# What stands against it


@pytest.mark.parametrize("state", ["draft", "review"])
def test_only_a_submitted_edition_is_released_and_the_others_say_what_they_are(
    state: str, folders: Folders, study: Study
) -> None:
    given = complete(study, status=state)
    told = refusal_of(folders, given, "CO")
    assert f"only a submitted edition is released; found {state}; allowed: submitted" in told
    assert books(folders, given)[0].marks[0] == {"draft": "Draft", "review": "Under review"}[state]
    assert books(folders, study)[0].marks[0] == "Synthetic data"


def test_an_open_placeholder_is_refused_where_the_level_does_not_allow_it(folders: Folders, study: Study) -> None:
    write(folders.site("site") / ADDRESS / "countries.html", f"<html lang='en'>{PLACEHOLDER}</html>")
    told = refusal_of(folders, study, "PU")
    assert "editions.D1.2.lead: an open placeholder, which level PU does not allow" in told
    assert "countries.html: an open placeholder, which level PU does not allow" in told


def test_a_page_that_is_not_cleared_is_refused(folders: Folders, study: Study) -> None:
    write(folders.site("consortium") / ADDRESS / "more.html", f"<html lang='en'>{NOT_CLEARED}</html>")
    assert "more.html: the disclosure audit is outstanding" in refusal_of(folders, study, "CO")


def test_a_date_ahead_is_refused(folders: Folders, study: Study) -> None:
    told = refusal_of(folders, study, "CO", today=datetime.date(2021, 9, 29))
    assert "study.yml: editions.D1.2.date: the date lies ahead; found 2021-09-30" in told


def test_a_pdf_that_does_not_declare_its_standards_is_refused(folders: Folders, study: Study) -> None:
    write_pdf(folders.site("consortium") / ADDRESS / "D1.2.pdf", **{"pdfaid:conformance": "B"})
    told = refusal_of(folders, study, "CO")
    assert "D1.2.pdf: pdfaid:conformance: the PDF does not declare its standard; found B; allowed: A" in told


def test_source_that_is_not_committed_is_refused(folders: Folders, study: Study) -> None:
    write(folders.root / ".gitignore", "_build/\ndata/key\n")
    for command in ("init -q", "add -A", "-c user.name=n -c user.email=e@example.org commit -q -m one"):
        subprocess.run(["git", *command.split()], cwd=folders.root, check=True)
    write(folders.root / "book" / "notes.md", "New.\n")
    write(folders.root / "anywhere.txt", "This does not enter.\n")
    told = refusal_of(folders, study, "CO")
    assert "book/notes.md: the file is not committed as it is" in told
    assert "anywhere.txt" not in told


def test_a_disk_that_is_full_leaves_the_releases_as_they_were(
    folders: Folders, study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    release(books(folders, study, "CO"), machine=MACHINE, today=TODAY)
    before = {path: path.read_bytes() for path in folders.releases.rglob("*") if path.is_file()}

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("casebook.release.releasing.write_record", full)
    with pytest.raises(OSError, match="No space left"):
        release(books(folders, complete(study), "PU"), machine=MACHINE, today=TODAY)
    assert {path: path.read_bytes() for path in folders.releases.rglob("*") if path.is_file()} == before
