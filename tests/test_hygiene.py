"""Hygiene of what is handed over: planted traces of machines, secrets and people are found, whatever holds them."""

from __future__ import annotations

import gzip
import io
import zlib
from pathlib import Path

import pikepdf
import pytest

from casebook.release.hygiene import Machine, faults_of

KEY = b"4f1c0d5e8a7b4c2d9e6f3a1b0c8d7e6f"
MACHINE = Machine(Path("/data/projects/casebook"), Path("/home/mkovacs"), "mkovacs", "atlas.partner.example", KEY)


def found(data: bytes, name: str = "page.html") -> list[str]:
    return [f"{fault.place}: {fault.message}" for fault in faults_of({name: data}, MACHINE)]


@pytest.mark.parametrize(
    ("planted", "what"),
    [
        ("see /home/anna/thesis/x.py", "a path of a machine"),
        ('"/Users/anna/x"', "a path of a machine"),
        ("/tmp/pytest-1/x", "a path of a machine"),
        ("C:\\Users\\anna\\x", "a path of a machine"),
        ('"D:\\\\Users\\\\anna"', "a path of a machine"),
        ("file:///srv/x", "a path of a machine"),
        ("in /data/projects/casebook/src", "a path of this machine"),
        ("made by mkovacs", "the name of a user or machine"),
        ("on atlas.", "the name of a user or machine"),
        ("-----BEGIN RSA PRIVATE KEY-----", "a secret key"),
        ("AKIAABCDEFGHIJKLMNOP", "a secret key"),
        (f"ghp_{'a1' * 18}", "a secret key"),
        ("password = 'correct-horse'", "a secret key"),
        ('"api_key": "0123456789"', "a secret key"),
        (f"key {KEY.decode()}", "the key of the study"),
        ("write to anna.kovacs@partner.eu", "an e-mail address"),
    ],
)
def test_what_is_planted_is_told_by_kind_and_place_and_never_repeated(planted: str, what: str) -> None:
    assert found(f"<p>\n{planted}\n</p>".encode()) == [f"line 2: it holds {what}"]


@pytest.mark.parametrize(
    "harmless",
    [
        "somebody@example.org, maintainers@users.noreply.example",
        "https://www.home/page and ../home/page and img/tmp/x.png",
        "@media (min-width: 1px) and @font-face and interviewz@",
        "at line 3 of templates/home.md",
        "the root of the tree; an atlases; demkovacs",
        "password: see the documentation",
    ],
)
def test_what_tells_nothing_is_left_alone(harmless: str) -> None:
    assert found(harmless.encode()) == []


def test_names_that_stand_in_every_text_are_not_looked_for() -> None:
    everybody = Machine(Path("/"), Path("/root"), "root", "localhost", KEY)
    assert list(faults_of({"a.txt": b"the root of localhost"}, everybody)) == []


def test_what_comes_with_packages_may_tell_of_its_makers_and_never_of_this_machine() -> None:
    """An icon is called atlas, and so may a machine be; a program of the search names where it was compiled."""
    assert found(b"fa-atlas atlas", "data/site/D1.2/1.0/_static/scripts/x.js") == []
    assert found(gzip.compress(b"/home/runner/x", mtime=0), "data/site/D1.2/1.0/pagefind/wasm.en.pagefind") == []
    own = found(b"/home/mkovacs/x", "data/site/D1.2/1.0/pagefind/pagefind.js")
    assert own == ["line 1: it holds a path of this machine"]


def pdf_with(text: str) -> bytes:
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.pages[0].Contents = pdf.make_stream(b"BT (" + text.encode() + b") Tj ET")
        with pdf.open_metadata() as metadata:
            metadata["dc:description"] = text
        pdf.save(out, compress_streams=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("D1.2.pdf", pdf_with("/home/anna/report")),
        ("objects.inv", b"# 1\n# 2\n# 3\n# 4\n" + zlib.compress(b"x /home/anna/report 1")),
        ("x.pf_fragment", gzip.compress(b"/home/anna/report", mtime=0)),
        ("figure.png", b"\x89PNG\r\n\x1a\n\x00\x00tEXtComment\x00/home/anna/report"),
    ],
    ids=["PDF", "inventory", "search index", "picture"],
)
def test_what_is_compressed_is_laid_open(name: str, data: bytes) -> None:
    assert {message.partition(": ")[2] for message in found(data, name)} == {"it holds a path of a machine"}
