"""Packing an edition: what enters an archive, what cannot, and that its bytes depend on nothing else."""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path

import pytest
import yaml
from small_book import write
from small_release import ADDRESS, built_project

from casebook.canonical import checksum
from casebook.errors import BookRefused, ReleaseRefused
from casebook.folders import Folders
from casebook.publication.book.identity import Book
from casebook.release import verify
from casebook.release.hygiene import Machine
from casebook.release.packing import archive_of, pack
from casebook.release.verification import verified
from casebook.study import Study

MACHINE = Machine(Path("/data/projects/casebook"), Path("/home/mkovacs"), "mkovacs", "atlas", b"the key of the study")


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Folders:
    return built_project(tmp_path_factory.mktemp("project"))


@pytest.fixture(scope="module")
def archive(folders: Folders, study: Study) -> dict[str, bytes]:
    """The files of the public archive, by their path in the bag."""
    with zipfile.ZipFile(io.BytesIO(archive_of(Book(folders, study, "D1.2", "PU"), MACHINE))) as packed:
        return {info.filename.partition("/")[2]: packed.read(info) for info in packed.infolist()}


def test_an_archive_is_named_after_its_book_and_verifies(folders: Folders, study: Study, tmp_path: Path) -> None:
    books = [Book(folders, study, "D1.2", level) for level in ("PU", "CO")]
    places = pack(books, tmp_path, machine=MACHINE)
    assert [place.name for place in places] == ["D1.2-1.0-PU.zip", "D1.2-1.0-CO.zip"]
    assert [verified(place, study)["level"] for place in places] == ["PU", "CO"]


def test_the_book_opens_from_its_own_landing_page(archive: dict[str, bytes]) -> None:
    assert f"data/site/{ADDRESS}/index.html" in archive
    assert f'href="{ADDRESS}/index.html"' in archive["data/site/index.html"].decode()
    assert b"D1.2, version 1.0" in archive["data/site/versions.js"]


def test_nothing_restricted_enters(archive: dict[str, bytes]) -> None:
    whole = b"".join(archive.values())
    for secret in (b"the key of the study", b"what somebody said", b"true counts"):
        assert secret not in whole
    assert [name for name in archive if "countries/" in name] == ["data/source/data/countries/BE/context.yml"]
    assert not [name for name in archive if "/CO/" in name]


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ("book/answers.sav", "book/answers.sav: files of this kind do not enter an archive"),
        ("_build/site/D1.2/1.0/answers.xlsx", "D1.2/1.0/answers.xlsx: files of this kind do not enter an archive"),
    ],
)
def test_a_file_of_a_kind_that_is_not_listed_is_refused(place: str, message: str, tmp_path: Path, study: Study) -> None:
    folders = built_project(tmp_path)
    write(folders.root / place, "answers")
    with pytest.raises(ReleaseRefused, match=message):
        pack([Book(folders, study, "D1.2", "PU")], tmp_path / "out", machine=MACHINE)
    assert not (tmp_path / "out").exists()


def test_a_link_is_refused(tmp_path: Path, study: Study) -> None:
    folders = built_project(tmp_path)
    (folders.root / "book" / "notes.md").symlink_to(folders.root / "data" / "key")
    with pytest.raises(ReleaseRefused, match=r"book/notes\.md: a link does not enter an archive"):
        archive_of(Book(folders, study, "D1.2", "PU"), MACHINE)


def test_a_book_that_was_not_built_is_refused(tmp_path: Path, study: Study) -> None:
    folders = built_project(tmp_path)
    (folders.site("site") / ADDRESS / "D1.2.pdf").unlink()
    with pytest.raises(BookRefused, match=r"_build/site/D1\.2/1\.0: the edition was not built in both media"):
        archive_of(Book(folders, study, "D1.2", "PU"), MACHINE)
    (folders.protected("D1.2", "CO") / "tables.json").unlink()
    with pytest.raises(ReleaseRefused, match=r"D1\.2 CO: there are no protected tables"):
        archive_of(Book(folders, study, "D1.2", "CO"), MACHINE)


def test_a_book_whose_statements_are_not_its_register_is_never_packed(tmp_path: Path, study: Study) -> None:
    folders = built_project(tmp_path)
    page = folders.site("site") / ADDRESS / "index.html"
    page.write_text(page.read_text("utf-8").replace("most", "all"), "utf-8")
    with pytest.raises(ReleaseRefused, match=r"claims\.json says"):
        pack([Book(folders, study, "D1.2", level) for level in ("CO", "PU")], tmp_path / "out", machine=MACHINE)
    assert not (tmp_path / "out").exists()


def test_the_same_bytes_are_packed_in_another_folder(folders: Folders, study: Study, tmp_path: Path) -> None:
    other = built_project(tmp_path / "elsewhere")
    assert archive_of(Book(other, study, "D1.2", "PU"), MACHINE) == archive_of(
        Book(folders, study, "D1.2", "PU"), MACHINE
    )


def test_a_trace_of_a_machine_or_a_way_to_a_person_is_never_packed(tmp_path: Path, study: Study) -> None:
    folders = built_project(tmp_path)
    write(folders.root / "book" / "notes.md", "Ask mkovacs.\nMail anna@partner.eu.\n")
    with pytest.raises(ReleaseRefused) as refusal:
        pack([Book(folders, study, "D1.2", "PU")], tmp_path / "out", machine=MACHINE)
    assert [str(fault).partition(";")[0] for fault in refusal.value.faults] == [
        "data/source/book/notes.md: line 1: it holds the name of a user or machine",
        "data/source/book/notes.md: line 2: it holds an e-mail address",
    ]
    assert not (tmp_path / "out").exists()


# What an archive says of itself


def test_the_citation_names_organisations_and_the_edition(archive: dict[str, bytes]) -> None:
    cited = yaml.safe_load(archive["data/metadata/CITATION.cff"])
    assert (cited["cff-version"], cited["type"], cited["version"]) == ("1.2.0", "dataset", "1.0")
    assert cited["authors"] == [{"name": "RAYUELA consortium"}]
    assert cited["preferred-citation"]["type"] == "report"
    assert (cited["preferred-citation"]["year"], cited["preferred-citation"]["month"]) == (2021, 9)


def test_registries_get_grant_and_funder(archive: dict[str, bytes]) -> None:
    datacite = json.loads(archive["data/metadata/datacite.json"])
    assert datacite["fundingReferences"][0]["awardNumber"] == "882828"
    assert datacite["publicationYear"] == "2021"
    assert datacite["types"]["resourceTypeGeneral"] == "Report"
    zenodo = json.loads(archive["data/metadata/zenodo.json"])
    assert zenodo["grants"] == [{"id": "10.13039/501100000780::882828"}]
    assert zenodo["access_right"] == "open"


def test_what_is_for_the_consortium_is_not_open(folders: Folders, study: Study) -> None:
    with zipfile.ZipFile(io.BytesIO(archive_of(Book(folders, study, "D1.2", "CO"), MACHINE))) as packed:
        zenodo = json.loads(packed.read("D1.2-1.0-CO/data/metadata/zenodo.json"))
    assert zenodo["access_right"] == "closed"


def test_the_bill_of_materials_names_each_locked_package_with_its_licence(archive: dict[str, bytes]) -> None:
    bill = json.loads(archive["data/metadata/sbom.cdx.json"])
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    locked = archive["data/source/locks/run.txt"].decode()
    parts = {part["name"]: part for part in bill["components"]}
    assert set(parts) == set(re.findall(r"^([\w.-]+)==", locked, re.MULTILINE))
    assert parts["jinja2"]["purl"] == "pkg:pypi/jinja2@3.1.6"
    assert parts["jinja2"]["licenses"] == [{"license": {"name": "BSD"}}]
    assert [name for name, part in parts.items() if not part["licenses"] or not part["properties"]] == []


def test_the_data_annex_is_described_column_by_column(archive: dict[str, bytes]) -> None:
    package, web = (json.loads(archive[f"data/{name}"]) for name in ("datapackage.json", "csv-metadata.json"))
    (resource,) = package["resources"]
    annex = archive[f"data/{resource['path']}"]
    assert (resource["bytes"], resource["hash"]) == (len(annex), f"sha256:{checksum(annex)}")
    header = annex.decode().splitlines()[0].split(",")
    assert [field["name"] for field in resource["schema"]["fields"]] == header
    assert [column["name"] for column in web["tableSchema"]["columns"]] == header
    assert (package["name"], web["url"]) == ("d1.2-1.0-pu", resource["path"])


def test_the_bag_says_what_it_is(archive: dict[str, bytes]) -> None:
    assert archive[verify.DECLARATION].startswith(b"BagIt-Version: 1.0\n")
    info = archive[verify.INFO].decode()
    assert "External-Identifier: D1.2-1.0-PU\n" in info
    assert "Bagging-Date: 2021-09-30\n" in info
    readme = archive["README.txt"].decode()
    assert "python verify.py" in readme
    assert "Synthetic data." in readme
