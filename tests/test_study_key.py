"""The study's key: beside the submissions, long enough, and never in a message."""

from __future__ import annotations

from pathlib import Path

import pytest

from casebook.errors import DataRefused
from casebook.folders import DATA_VARIABLE
from casebook.restricted.study_key import study_key

KEY = "0123456789abcdef" * 2


@pytest.fixture(autouse=True)
def _no_real_data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(DATA_VARIABLE, raising=False)


def key_in(folder: Path, key: str) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "key").write_text(key + "\n", "utf-8")
    return folder


def test_the_key_is_read_without_its_line_end(tmp_path: Path) -> None:
    assert study_key(key_in(tmp_path, KEY)) == KEY.encode()


def test_real_submissions_bring_their_own_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = key_in(tmp_path / "data", KEY)
    monkeypatch.setenv(DATA_VARIABLE, str(key_in(tmp_path / "real", KEY[::-1])))
    assert study_key(data) == KEY[::-1].encode()


@pytest.mark.parametrize(("real", "shown"), [(False, "data"), (True, DATA_VARIABLE)])
def test_a_missing_key_is_refused_without_the_path_of_a_machine(
    real: bool, shown: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = key_in(tmp_path / "data", KEY) if real else tmp_path
    if real:  # the repository's key never stands in for the one that real data lack
        monkeypatch.setenv(DATA_VARIABLE, str(tmp_path))
    with pytest.raises(DataRefused) as refusal:
        study_key(data)
    assert str(refusal.value.faults[0]).startswith(f"{shown}/key: the study has no key; do: make one with: python -c")
    assert str(tmp_path) not in str(refusal.value)


@pytest.mark.parametrize("key", ["", KEY[:-1], " " * 40])
def test_a_key_too_short_to_keep_a_secret_is_refused(key: str, tmp_path: Path) -> None:
    with pytest.raises(DataRefused) as refusal:
        study_key(key_in(tmp_path, key))
    assert str(refusal.value.faults[0]) == "data/key: the key is too short; allowed: 32 characters or more"


def test_the_shipped_study_has_a_key(project: Path) -> None:
    assert len(study_key(project / "data")) >= 32
