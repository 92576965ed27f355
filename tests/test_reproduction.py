"""A released edition built again: from its archive alone, without interviews, whatever came after it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from small_project import PROJECT, casebook, small_project
from test_packing import MACHINE

from casebook.codebook import read_codebook
from casebook.errors import DisclosureRefused
from casebook.folders import Folders
from casebook.publication.book.identity import Book
from casebook.release import verify
from casebook.release.packing import archive_of, bag_of
from casebook.release.record import write_record
from casebook.stages.given_tables import take
from casebook.study_files import read_study

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small project, built, with the files that every archive holds."""
    made = small_project(tmp_path_factory.mktemp("released"))
    for name in ("LICENSE", "LICENSE-TEXT", "docs/licences.md", "locks/run.txt"):
        (made / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(PROJECT / name, made / name)
    built = casebook(made, "build")
    assert built.exit_code == 0, built.output
    return made


@pytest.fixture(scope="module")
def archive(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    study = read_study(project, read_codebook(project / "data"))
    (level,) = study.dissemination
    file = tmp_path_factory.mktemp("archive") / f"D1.2-1.0-{level}.zip"
    file.write_bytes(archive_of(Book(Folders(project), study, "D1.2", level), MACHINE))
    return file


def test_a_build_takes_a_released_edition_as_it_was(archive: Path, project: Path) -> None:
    study = read_study(project, read_codebook(project / "data"))
    (level,) = study.dissemination
    book = Book(Folders(project), study, "D1.2", level)
    write_record(book.folders.releases, book, verify.opened(archive).read)
    page = project / "templates" / "index.md.j2"
    page.write_text(page.read_text("utf-8") + "\nWritten after the release.\n", "utf-8")
    built = casebook(project, "build")
    assert built.exit_code == 0, built.output
    site = book.folders.site(book.level.site) / book.address
    released = f"{verify.SITE}/{book.address}/"
    for name, data in verify.opened(archive).read.items():
        if name.startswith(released):
            assert (site / name.removeprefix(released)).read_bytes() == data, name


def test_the_same_bytes_come_out_after_templates_and_interviews_have_changed(archive: Path, project: Path) -> None:
    shutil.rmtree(project / "data" / "countries" / "BE" / "BE-W1")
    page = project / "templates" / "index.md.j2"
    page.write_text(page.read_text("utf-8").replace("# {{ edition.title }}", "# Changed title"), "utf-8")
    done = casebook(project, "reproduce", str(archive), "--here")
    assert done.exit_code == 0, done.output
    assert done.output.splitlines()[-1].endswith("built again, all of them the same byte for byte.")
    again = project / "_build" / "reproduction" / archive.stem / "project"
    assert not list((again / "data").rglob("coding.csv"))
    assert not (again / "data" / "key").exists()


def test_what_comes_out_otherwise_is_told_by_its_statement(archive: Path, tmp_path: Path) -> None:
    read = verify.opened(archive).read
    template = "data/source/templates/index.md.j2"
    changed = read[template].replace(b"# {{ edition.title }}", b"# Another title")
    assert changed != read[template]
    other = tmp_path / archive.name
    tags = {name: data for name, data in read.items() if name in (verify.DECLARATION, "README.txt")}
    payload = {name.removeprefix("data/"): data for name, data in read.items() if name.startswith("data/")}
    bag = bag_of({**payload, "source/templates/index.md.j2": changed}, {**tags, verify.INFO: b""})
    other.write_bytes(verify.packed(bag, archive.stem))
    done = casebook(tmp_path, "reproduce", str(other), "--here")
    assert done.exit_code == 16
    assert "Books: D1.2/1.0/index.html: differs from line" in done.output


def test_tables_of_another_book_are_refused(archive: Path, tmp_path: Path) -> None:
    read = verify.opened(archive).read
    tables = next(data for name, data in read.items() if name.endswith("tables.json"))
    (tmp_path / "D1.3" / "PU").mkdir(parents=True)
    (tmp_path / "D1.3" / "PU" / "tables.json").write_bytes(tables)
    with pytest.raises(DisclosureRefused, match="the protected tables are those of another book"):
        take(tmp_path, tmp_path / "out", ("D1.3", "PU"))
    assert not (tmp_path / "out").exists()
