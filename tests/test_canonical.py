"""Bytes that are the same whenever the value is, and files that are whole or not there."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casebook.canonical import canonical_json, checksum, keyed_digest, write_atomically

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)


def test_json_has_sorted_keys_two_spaces_and_a_final_line_feed() -> None:
    assert canonical_json({"b": [1, "é"], "a": None}) == '{\n  "a": null,\n  "b": [\n    1,\n    "é"\n  ]\n}\n'.encode()


@given(st.dictionaries(TEXT, JSON, max_size=4))
def test_the_order_of_keys_leaves_no_trace(value: dict[str, object]) -> None:
    turned = dict(reversed(value.items()))
    assert canonical_json(turned) == canonical_json(value)
    assert json.loads(canonical_json(value)) == value


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_a_number_that_json_does_not_have_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical_json({"share": value})


def test_a_checksum_is_sha_256() -> None:
    # FIPS 180-2, appendix B.1
    assert checksum(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_a_keyed_digest_is_hmac_sha_256() -> None:
    # RFC 4231, test case 2
    digest = keyed_digest(b"Jefe", b"what do ya want for nothing?")
    assert digest == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    assert digest != hashlib.sha256(b"what do ya want for nothing?").hexdigest()


def test_writing_makes_folders_and_replaces_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "file"
    for data in (b"old and longer", b"new"):
        write_atomically(path, data)
        assert path.read_bytes() == data
    assert [entry.name for entry in path.parent.iterdir()] == ["file"]


def test_interrupted_writing_leaves_the_old_file_and_no_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")

    def interrupt(_self: Path, _target: Path) -> Path:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]
