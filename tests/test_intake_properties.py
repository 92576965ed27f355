"""A sound file with one byte changed is refused or counts the same, and what is written names nobody."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from small_qda import CODES, SELECTIONS, SOURCE, TEXT, ZOE, packed, project, selection
from test_intake import LF, QUALCODER, TAGUETTE

from casebook.errors import DataRefused
from casebook.restricted.intake import read
from casebook.restricted.intake.child import answer
from casebook.restricted.intake.project import Project
from casebook.restricted.intake.refi_qda.writer import codebook_file, project_file
from casebook.restricted.intake.transport import answer_of, project_of

SOUND = project().encode()
PLANTED = ("Maria Planted", "maria@planted.example", "/home/planted/secret", "planted words")
_QUIET = settings(
    max_examples=300, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def asked(path: Path) -> Project | None:
    """The project of a file, or None where it is refused; any other exception fails the test."""
    question: dict[str, object] = {
        "what": "project",
        "path": str(path),
        "shown_as": path.name,
        "columns": None,
        "permitted": [],
    }
    given_back = answer(question)
    return project_of(given_back["project"]) if "project" in given_back else None


def counts(found: Project) -> tuple[int, int, list[int]]:
    """How many codings there are, of how many interviews, and how many each code has, whatever it is called."""
    return len(found.codings), len(found.interviews), sorted(found.by_code().values())


def changed(content: bytes, place: int, byte: int, kind: str) -> bytes:
    """Content with one byte put in place of another, added or taken away."""
    at = place % len(content)
    return content[:at] + (b"" if kind == "lost" else bytes([byte])) + content[at + (kind != "added") :]


@given(place=st.integers(0, 1_000_000), byte=st.integers(0, 255), kind=st.sampled_from(["other", "added", "lost"]))
@example(place=SOUND.index(b"startPosition"), byte=ord("x"), kind="other")
@example(place=SOUND.index(b"creatingUser"), byte=ord("x"), kind="other")
@example(place=SOUND.index(b"Codes"), byte=ord("x"), kind="other")
@_QUIET
def test_a_project_with_one_byte_changed_is_refused_or_counts_the_same(
    place: int, byte: int, kind: str, tmp_path: Path
) -> None:
    sound = asked(packed(tmp_path / "sound.qdpx"))
    path = tmp_path / "a.qdpx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("project.qde", changed(SOUND, place, byte, kind))
        archive.writestr("sources/a.txt", TEXT)
    found = asked(path)
    assert sound is not None
    assert found is None or counts(found) == counts(sound)


@pytest.mark.parametrize("source", [LF, TAGUETTE], ids=["qdpx", "sqlite3"])
@given(place=st.integers(0, 10_000_000), byte=st.integers(0, 255))
@settings(_QUIET, max_examples=100)
def test_a_file_with_one_byte_changed_ends_in_nothing_but_a_refusal(
    place: int, byte: int, source: Path, tmp_path: Path
) -> None:
    path = tmp_path / source.name
    path.write_bytes(changed(source.read_bytes(), place, byte, "other"))
    asked(path)


@given(content=st.binary(max_size=400), head=st.sampled_from([b"", b"PK\x03\x04", b"SQLite format 3\0", b"$FL2", b"<"]))
@settings(_QUIET, max_examples=100)
def test_arbitrary_bytes_end_in_nothing_but_a_refusal(content: bytes, head: bytes, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(head + content)
    assert asked(tmp_path / "a") is None


@pytest.mark.parametrize("path", [LF, QUALCODER, TAGUETTE], ids=lambda path: path.suffix)
def test_a_project_travels_between_processes_unchanged(path: Path) -> None:
    found = read(path, permitted={"SI-01", "PT-02", "DE-03"})
    assert project_of(json.loads(json.dumps(answer_of(found)))) == found


def planted(path: Path) -> Path:
    """A project that names people and folders wherever a tool puts them."""
    name, mail, folder, words = PLANTED
    content = project(
        SELECTIONS + selection(3, 0, 5, words),
        codes=CODES,
        source=f'<NoteRef targetGUID="{SOURCE}"/>',
    )
    content = content.replace('name="ada"', f'name="{name}"').replace('name="zoe"', f'name="{mail}"')
    content = content.replace('name="p"', f'name="{words}" basePath="{folder}"')
    return packed(path, content, f"{TEXT} {words} {mail}")


def test_nothing_that_is_written_names_a_coder_a_folder_or_a_passage(tmp_path: Path) -> None:
    found = read(planted(tmp_path / "a.qdpx"))
    written = project_file(found)
    with zipfile.ZipFile(io.BytesIO(written)) as archive:
        everything = b"".join(archive.read(name) for name in archive.namelist()) + codebook_file(found)
    everything += "\n".join(map(str, found.deviations)).encode() + repr(found).encode()
    assert [text for text in PLANTED if text.encode() in everything] == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('startPosition="11"', 'startPosition="Maria Planted"'),
        (f'{ZOE}" name="maria@planted.example"', 'broken" name="maria@planted.example"'),
        ('isCodable="true"/>', 'isCodable="maria@planted.example" colour="/home/planted/secret"/>'),
        ("</Sources>", "</Sources><Sets/><Unknown>planted words</Unknown>"),
        ("<Codes>", "<Codes>planted words"),
    ],
)
def test_no_message_names_a_coder_a_folder_or_a_passage(old: str, new: str, tmp_path: Path) -> None:
    path = planted(tmp_path / "a.qdpx")
    with zipfile.ZipFile(path) as archive:
        content, text = archive.read("project.qde").decode(), archive.read("sources/a.txt")
    assert old in content
    packed(path, content.replace(old, new), text)
    try:
        told = "\n".join(map(str, read(path).deviations))
    except DataRefused as refusal:
        told = str(refusal)
    assert told
    assert [text for text in PLANTED if text in told] == []


def test_who_may_be_quoted_is_asked_of_every_reader(tmp_path: Path) -> None:
    for path in (planted(tmp_path / "a.qdpx"), LF, QUALCODER, TAGUETTE):
        found = read(path)
        assert replace(found, quotations=()) == found
