"""Verifying an archive: whatever was changed after packing is found and named, by a program that needs nothing."""

from __future__ import annotations

import ast
import hashlib
import io
import stat
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_archive import BOOK, NAME, REGISTER, TABLES, bag, payload

from casebook.canonical import canonical_json
from casebook.release import verify

PROGRAM = Path(verify.__file__)
PDF = f"data/{BOOK}/D1.2.pdf"
PAGE = f"data/{BOOK}/index.html"


def zipped(files: dict[str, bytes]) -> bytes:
    return verify.packed(files, NAME)


def faults_in(data: bytes, folder: Path) -> list[str]:
    """What the program says of an archive, a line for each fault."""
    file = folder / f"{NAME}.zip"
    file.write_bytes(data)
    said: list[str] = []
    assert verify.main([str(file)], said.append) == (1 if len(said) > 1 else 0)
    return said[:-1]


def test_an_archive_as_it_was_packed_has_no_fault(tmp_path: Path) -> None:
    assert faults_in(zipped(bag()), tmp_path) == []


CHANGES: dict[str, tuple[Callable[[dict[str, bytes]], object], list[str]]] = {
    "a swapped PDF": (lambda files: files.update({PDF: b"%PDF-1.7 the other one"}), [f"{PDF}: the PDF was altered"]),
    "an altered page": (
        lambda files: files.update({PAGE: files[PAGE].replace(b"most", b"some")}),
        [f"{PAGE}: a page of the book was altered"],
    ),
    "an altered register": (
        lambda files: files.update({f"data/{BOOK}/claims.json": b"{}"}),
        [f"data/{BOOK}/claims.json: the register of claims was altered"],
    ),
    "an added file": (
        lambda files: files.update({"data/more.txt": b""}),
        ["data/more.txt: was added: manifest-sha256.txt does not list it"],
    ),
    "an added tag file": (
        lambda files: files.update({"install.sh": b""}),
        ["install.sh: was added: tagmanifest-sha256.txt does not list it"],
    ),
    "a removed file": (lambda files: files.pop(PDF), [f"{PDF}: is missing: manifest-sha256.txt lists it"]),
    "a removed manifest": (lambda files: files.pop(verify.PAYLOAD), ["manifest-sha256.txt: is missing"]),
    "a manifest that lists a file twice": (
        lambda files: files.update({verify.PAYLOAD: files[verify.PAYLOAD] * 2}),
        ["manifest-sha256.txt: line 7 lists data/protected/D1.2/PU/tables.json a second time"],
    ),
    "a manifest that leads out": (
        lambda files: files.update({verify.PAYLOAD: files[verify.PAYLOAD] + b"0" * 64 + b"  ../../etc/passwd\n"}),
        ["manifest-sha256.txt: line 7 cannot be read"],
    ),
    "another size": (
        lambda files: files.update({verify.INFO: b"Payload-Oxum: 1.1\n"}),
        ["bag-info.txt: does not give the size of the payload as it is"],
    ),
    "an altered program": (
        lambda files: files.update({"verify.py": b"print('No fault.')\n"}),
        ["verify.py: the file was altered"],
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_was_changed_is_named(change: str, tmp_path: Path) -> None:
    changed, told = CHANGES[change]
    files = bag()
    changed(files)
    found = faults_in(zipped(files), tmp_path)
    for line in told:
        assert any(fault.startswith(line) for fault in found), found


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_one_flipped_bit_is_found_wherever_it_is(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    whole = bytearray(zipped(bag()))
    bit = data.draw(st.integers(0, 8 * len(whole) - 1))
    whole[bit // 8] ^= 1 << bit % 8
    assert faults_in(bytes(whole), tmp_path_factory.mktemp("flipped"))


@given(st.integers(0, len(zipped(bag())) - 1))
def test_a_part_of_an_archive_is_found(length: int) -> None:
    archive = io.BytesIO(zipped(bag())[:length])
    with pytest.raises(zipfile.BadZipFile):
        zipfile.ZipFile(archive)


# Hostile archives


def hostile(*entries: tuple[str, bytes], mode: int = stat.S_IFREG | 0o644, how: int = zipfile.ZIP_STORED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", how) as archive:
        for name, data in entries:
            info = zipfile.ZipInfo(name)
            info.external_attr, info.compress_type = mode << 16, how
            archive.writestr(info, data)
    return out.getvalue()


@pytest.mark.parametrize(
    "name", ["/etc/passwd", f"{NAME}/../../x", "..", f"{NAME}/a/../b", "C:/x/y", f"{NAME}\\x\\y", "x", f"{NAME}//x"]
)
def test_a_path_that_leads_out_is_refused_before_anything_is_read(name: str, tmp_path: Path) -> None:
    assert f"{name}: the path leads out of the archive" in faults_in(hostile((name, b"")), tmp_path)


def test_a_link_a_bomb_and_a_doubled_file_are_refused(tmp_path: Path) -> None:
    link = hostile((f"{NAME}/x", b"/etc/passwd"), mode=stat.S_IFLNK | 0o777)
    assert faults_in(link, tmp_path) == [f"{NAME}/x: not a plain file"]
    bomb = hostile((f"{NAME}/x", bytes(10**6)), how=zipfile.ZIP_DEFLATED)
    assert faults_in(bomb, tmp_path) == [
        f"{NAME}/x: compressed or encrypted, which a released archive never is",
        "the files are larger than the archive that holds them",
    ]
    with pytest.warns(UserWarning, match="Duplicate name"):
        twice = hostile((f"{NAME}/x", b"1"), (f"{NAME}/x", b"2"))
    assert faults_in(twice, tmp_path) == [f"{NAME}/x: the archive holds this file twice"]


def test_two_folders_in_one_archive_are_refused(tmp_path: Path) -> None:
    found = faults_in(hostile((f"{NAME}/x", b""), ("other/x", b"")), tmp_path)
    assert found == ["the archive does not hold exactly one folder"]


def test_files_that_share_their_bytes_are_refused(tmp_path: Path) -> None:
    """A bomb of stored entries: each of them names the same bytes."""
    archive = hostile((f"{NAME}/a", bytes(1000)), (f"{NAME}/b", b""))
    directory = archive.index(b"PK\x01\x02")
    first = archive[directory : archive.index(b"PK\x01\x02", directory + 1)]
    second = first.replace(f"{NAME}/a".encode(), f"{NAME}/b".encode())
    with zipfile.ZipFile(io.BytesIO(archive)) as whole:
        assert len(whole.infolist()) == 2
    forged = archive[:directory] + first + second + archive[archive.index(b"PK\x05\x06") :]
    assert any("larger than the archive" in line or "cannot be read" in line for line in faults_in(forged, tmp_path))


def test_what_is_no_archive_is_refused(tmp_path: Path) -> None:
    assert faults_in(b"no archive", tmp_path) == [f"{NAME}.zip: the archive cannot be read: BadZipFile"]


# What the book says


def test_a_statement_that_is_not_registered_or_says_something_else_is_named(tmp_path: Path) -> None:
    page = '<p><span class="claim" id="cfffffffff0">All of them</span></p>'
    found = faults_in(zipped(bag(payload(**{f"{BOOK}/more.html": page.encode()}))), tmp_path)
    assert found == [f"data/{BOOK}/more.html: the statement cfffffffff0 ('all of them') is not in claims.json"]
    page = '<p><span class="claim" id="c0123456789">All</span></p>'
    found = faults_in(zipped(bag(payload(**{f"{BOOK}/index.html": page.encode()}))), tmp_path)
    said = "says 'all', but claims.json says \"the offender's most\""
    assert found == [f"{PAGE}: the statement c0123456789 {said}"]


def test_a_registered_statement_that_no_page_makes_is_named(tmp_path: Path) -> None:
    found = faults_in(zipped(bag(payload(**{f"{BOOK}/index.html": b"<p>Nothing.</p>"}))), tmp_path)
    assert found == [f"data/{BOOK}/claims.json: c0123456789 is in no page"]


def test_a_book_without_a_register_is_refused(tmp_path: Path) -> None:
    files = {name: data for name, data in payload().items() if not name.endswith("claims.json")}
    assert faults_in(zipped(bag(files)), tmp_path) == [
        "data/site: there is no book with a register of its statements (claims.json)"
    ]
    broken = payload(**{f"{BOOK}/claims.json": b"{"})
    assert faults_in(zipped(bag(broken)), tmp_path) == [f"data/{BOOK}/claims.json: cannot be read"]


# What earlier editions have published


def ledger(*rows: str) -> bytes:
    """The ledger of a level with rows, each with the digest that follows from the one before it."""
    before, lines = "0" * 64, ["edition,version,table,statistic,form,value,digest"]
    for row in rows:
        before = hashlib.sha256("\0".join([before, *row.split(",")]).encode()).hexdigest()
        lines.append(f"{row},{before}")
    return "\n".join([*lines, ""]).encode()


def test_a_ledger_whose_chain_is_broken_is_named(tmp_path: Path) -> None:
    whole = ledger("D1.2,1.0,OG.E,a,exact,1", "D1.2,1.0,OG.E,b,exact,2", "D1.2,1.0,closed,,,2")
    assert faults_in(zipped(bag(payload(**{"ledger/PU.csv": whole}))), tmp_path) == []
    for broken, row in ((whole.replace(b"exact,2", b"exact,3"), 2), (b"\n".join(whole.split(b"\n")[::2]), 1)):
        found = faults_in(zipped(bag(payload(**{"ledger/PU.csv": broken}))), tmp_path)
        assert found == [f"data/ledger/PU.csv: row {row} does not follow from the row before it"]


# The program itself


def test_it_needs_nothing_but_the_standard_library_of_python_3_9() -> None:
    tree = ast.parse(PROGRAM.read_text("utf-8"), feature_version=(3, 9))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in names} <= sys.stdlib_module_names
    assert not {name for name in names if name.partition(".")[0] in ("socket", "urllib", "http", "subprocess", "os")}


def test_it_runs_where_the_archive_was_unpacked_and_finds_what_was_changed_there(tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(zipped(bag()))) as archive:
        archive.extractall(tmp_path)
    command = [sys.executable, "-I", str(tmp_path / NAME / "verify.py")]
    checked = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/")
    assert (checked.returncode, checked.stdout) == (0, "11 files. No fault.\n")
    (tmp_path / NAME / "data" / "protected" / "D1.2" / "PU" / "tables.json").write_bytes(TABLES + b" ")
    (tmp_path / NAME / "link").symlink_to("/etc/passwd")
    checked = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/")
    assert checked.returncode == 1
    assert checked.stdout.splitlines() == [
        "link: not a plain file",
        "data/protected/D1.2/PU/tables.json: the file was altered",
        "bag-info.txt: does not give the size of the payload as it is",
        "11 files. 3 faults: this is not what was released.",
    ]


def test_the_same_files_are_packed_to_the_same_bytes_in_whatever_order_they_come() -> None:
    files = bag()
    assert zipped(files) == zipped(dict(reversed(files.items())))
    assert canonical_json(REGISTER) in zipped(files)
