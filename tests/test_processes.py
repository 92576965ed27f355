"""Processes: as many as there are cores, unless the memory that is left holds fewer."""

from __future__ import annotations

from pathlib import Path

import pytest

from casebook import processes
from casebook.processes import free_megabytes, room


@pytest.mark.parametrize(
    ("cores", "free", "asked", "expected"),
    [
        (4, 1_000, None, 4),
        (4, 299, None, 2),
        (4, 10, None, 1),
        (4, None, None, 4),
        (4, 10, 3, 3),
    ],
    ids=["cores", "memory", "never none", "unknown memory", "asked for"],
)
def test_there_are_as_many_as_cores_and_memory_allow(
    monkeypatch: pytest.MonkeyPatch, cores: int, free: int | None, asked: int | None, expected: int
) -> None:
    monkeypatch.setattr(processes, "cores", lambda: cores)
    monkeypatch.setattr(processes, "free_megabytes", lambda: free)
    assert room(100, asked) == expected


class TestFreeMemory:
    def machine(self, folder: Path) -> Path:
        file = folder / "meminfo"
        file.write_text("MemTotal: 4000000 kB\nMemAvailable: 2000000 kB\nHugePages_Total: 0\n", "ascii")
        return file

    def group(self, folder: Path, most: str) -> Path:
        for name, text in (("max", most), ("current", "700000000"), ("stat", "anon 5\ninactive_file 200000000\n")):
            (folder / f"memory.{name}").write_text(text, "ascii")
        return folder

    def test_is_what_the_machine_has(self, tmp_path: Path) -> None:
        assert free_megabytes(self.machine(tmp_path), tmp_path / "none") == 2048

    def test_is_what_the_control_group_has_where_that_is_less(self, tmp_path: Path) -> None:
        assert free_megabytes(self.machine(tmp_path), self.group(tmp_path, "1000000000\n")) == 500

    def test_of_a_group_without_a_bound_is_the_machines(self, tmp_path: Path) -> None:
        assert free_megabytes(self.machine(tmp_path), self.group(tmp_path, "max\n")) == 2048

    def test_is_unknown_where_nobody_says(self, tmp_path: Path) -> None:
        assert free_megabytes(tmp_path / "none", tmp_path / "none") is None
