"""Hostile files are refused or do no harm: nothing is written, little is used, and no exception but ours comes out."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hostile_files import ATTACKS, Maker
from small_qda import packed

from casebook.errors import DataRefused
from casebook.restricted.intake import limits, read


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
def test_an_attack_is_refused_or_harmless(attack: Maker, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    file = attack(tmp_path / "in")
    before = sorted(tmp_path.rglob("*"))
    message = ATTACKS[attack]
    if message:
        with pytest.raises(DataRefused) as refusal:
            read(file)
        assert message in str(refusal.value)
        assert str(tmp_path) not in str(refusal.value)
    else:
        found = read(file, permitted={"one"})
        assert (len(found.codings), found.quotations) == (2, ())
    assert sorted(tmp_path.rglob("*")) == before


CONFINED = "from casebook.restricted.intake.child import confine; confine()"


@pytest.mark.parametrize(
    ("deed", "end"),
    [
        ("bytearray(400 * 2**20)", "MemoryError"),
        ("open('planted', 'w').write('x')", "PermissionError: open"),
        ("import socket; socket.create_connection(('127.0.0.1', 9))", "PermissionError: socket."),
        ("import subprocess; subprocess.run(['true'])", "PermissionError: subprocess."),
        ("import os; os.fork()", "PermissionError: os.fork"),
        ("import resource; assert resource.getrlimit(resource.RLIMIT_CPU)[0] < 5", ""),
    ],
    ids=["memory", "writing", "network", "programs", "forks", "time"],
)
def test_the_process_that_reads_a_file_can_do_nothing_else(deed: str, end: str, tmp_path: Path) -> None:
    ended = subprocess.run([sys.executable, "-c", f"{CONFINED}; {deed}"], cwd=tmp_path, capture_output=True, text=True)
    assert end in ended.stderr
    assert bool(end) == bool(ended.returncode)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_takes_too_long_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "_PATIENCE", 0.001)
    with pytest.raises(DataRefused, match="reading the file takes too much; allowed: 4 seconds and 256 MB"):
        read(packed(tmp_path / "a.qdpx"))
