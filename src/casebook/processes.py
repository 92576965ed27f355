"""Processes: how many of a kind the machine has room for, by its cores and its free memory."""

from __future__ import annotations

import os
from pathlib import Path

#: What one run, and one book on its way to both media, may hold: kernels were seen to hold 210 MB, of which they share
#: most with their fork server, and processes that run Sphinx 604 MB.
MEGABYTES_OF_A_RUN, MEGABYTES_OF_A_BOOK = 150, 700
_MEMORY = Path("/proc/meminfo")
_GROUP = Path("/sys/fs/cgroup")


def room(megabytes: int, asked: int | None = None) -> int:
    """Return how many processes of some megabytes to have side by side: as many as asked for, else what there is."""
    if asked:
        return asked
    free = free_megabytes()
    return cores() if free is None else max(1, min(cores(), free // megabytes))


def cores() -> int:
    """Return the number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def free_megabytes(memory: Path = _MEMORY, group: Path = _GROUP) -> int | None:
    """Return the memory that can still be had, on the machine and in the control group; None where nobody says.

    Control groups: https://docs.kernel.org/admin-guide/cgroup-v2.html; what they have read ahead can be given up.
    """
    known = [free for free in (_of_the_machine(memory), _of_the_group(group)) if free is not None]
    return min(known) // 1_000_000 if known else None


def _of_the_machine(memory: Path) -> int | None:
    kibibytes = _numbers(memory).get("MemAvailable:")
    return None if kibibytes is None else kibibytes * 1024


def _of_the_group(group: Path) -> int | None:
    try:
        most, held = (int((group / name).read_text("ascii")) for name in ("memory.max", "memory.current"))
    except (OSError, ValueError):
        return None  # There is no such group, or it has no bound.
    return max(0, most - held + _numbers(group / "memory.stat").get("inactive_file", 0))


def _numbers(file: Path) -> dict[str, int]:
    """Return the numbers of a file of lines with a name and a number."""
    try:
        lines = [line.split() for line in file.read_text("ascii").splitlines()]
    except OSError:
        return {}
    return {words[0]: int(words[1]) for words in lines if len(words) > 1 and words[1].isdigit()}
