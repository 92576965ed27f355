"""Times the intake of a large project and the validation of a large submission, and prints both as JSON.

python benchmarks/intake.py [--out FILE]
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
import uuid
import zipfile
from pathlib import Path
from typing import Any

from casebook.canonical import canonical_json
from casebook.codebook import Codebook, read_codebook
from casebook.errors import DataRefused
from casebook.restricted.intake import read
from casebook.restricted.submissions import read_submission

PROJECT = Path(__file__).parents[1]
INTERVIEWS, CODINGS, CODES = 300, 10_000, 60
ROWS = 100_000
WORDS = "so then he wrote to me every evening and asked how school had been \N{GRINNING FACE} "
_NAMESPACE = uuid.UUID(int=0)


class Clock:
    """Seconds on the clock and of processors, this process's and its children's, since it was made."""

    def __init__(self) -> None:
        self.began, self.times = time.perf_counter(), sum(os.times()[:4])

    def took(self) -> dict[str, float]:
        """Return both."""
        clock, processors = time.perf_counter() - self.began, sum(os.times()[:4]) - self.times
        return {"seconds": round(clock, 2), "processor seconds": round(processors, 2)}


def main() -> None:
    """Measure both and print them, or write them to --out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path)
    out = parser.parse_args().out
    with tempfile.TemporaryDirectory() as folder:
        found = {"project": project_seconds(Path(folder)), "submission": submission_seconds(Path(folder))}
    found["machine"] = {"python": sys.version.split()[0], "processors": os.cpu_count()}
    if out is None:
        sys.stdout.buffer.write(canonical_json(found))
    else:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_bytes(canonical_json(found))


def project_seconds(folder: Path) -> dict[str, Any]:
    """Return how long reading a .qdpx of 300 interviews and 10,000 codings takes, and the most memory it held."""
    path = folder / "large.qdpx"
    write_project(path)
    clock = Clock()
    project = read(path)
    took = clock.took()
    if (len(project.interviews), len(project.codings)) != (INTERVIEWS, CODINGS):
        raise SystemExit("the project was not read whole")
    return {**took, "megabytes": most_memory(path), "convention": project.offset_convention}


def most_memory(path: Path) -> int:
    """Return the most memory that a process reading a file held, in MB (Linux)."""
    from casebook.restricted.intake.child import answer, confine

    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        Path("/proc/self/clear_refs").write_text("5", "ascii")
        confine()
        answer({"what": "project", "path": str(path), "shown_as": path.name, "columns": None, "permitted": []})
        lines = Path("/proc/self/status").read_text("ascii").splitlines()
        os.write(writing, next(line for line in lines if line.startswith("VmHWM")).split()[1].encode())
        os._exit(0)
    os.waitpid(child, 0)
    return int(os.read(reading, 20)) // 1024


def write_project(path: Path) -> None:
    """Write a project whose positions count UTF-16 units, the dearest convention to find out."""
    names = [f"topic {number}" for number in range(CODES)]
    codes = "".join(f'<Code guid="{guid(name)}" name="{name}" isCodable="true"/>' for name in names)
    text = WORDS * 200
    sources = "".join(source(number, text) for number in range(INTERVIEWS))
    user = f'<Users><User guid="{guid("user")}" name="coder"/></Users>'
    space = 'xmlns="urn:QDA-XML:project:1.0" name="p" origin="benchmark"'
    content = (
        f"<Project {space}>{user}<CodeBook><Codes>{codes}</Codes></CodeBook><Sources>{sources}</Sources></Project>"
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("project.qde", content)
        for number in range(INTERVIEWS):
            archive.writestr(f"sources/{number}.txt", text)


def source(number: int, text: str) -> str:
    """Return a source with its share of the selections, each a phrase of four words."""
    share = [n for n in range(CODINGS) if n % INTERVIEWS == number]
    selections = "".join(selection(n, text) for n in share)
    path = f'plainTextPath="internal://{number}.txt"'
    return f'<TextSource guid="{guid(f"source {number}")}" name="interview {number}" {path}>{selections}</TextSource>'


def selection(number: int, text: str) -> str:
    """Return one coded passage with its positions in UTF-16 units."""
    begin = len(WORDS) * (number % 150)
    end = begin + len("so then he wrote")
    wide = text.count("\N{GRINNING FACE}", 0, begin)
    user = f'creatingUser="{guid("user")}"'
    place = f'startPosition="{begin + wide}" endPosition="{end + wide}" name="{text[begin:end]}"'
    reference = f'<CodeRef targetGUID="{guid(f"topic {number % CODES}")}"/>'
    coding = f'<Coding guid="{guid(f"coding {number}")}" {user}>{reference}</Coding>'
    own = guid(f"selection {number}")
    return f'<PlainTextSelection guid="{own}" {place} {user}>{coding}</PlainTextSelection>'


def guid(name: str) -> str:
    """Return the identifier of a thing."""
    return str(uuid.uuid5(_NAMESPACE, name))


def submission_seconds(folder: Path) -> dict[str, Any]:
    """Return how long a submission of 100,000 codings takes, once sound and once with a fault in every row."""
    codebook = read_codebook(PROJECT / "data")
    found = {}
    for name, level in (("sound", None), ("faulty", "no_such_level")):
        submission = write_submission(folder / name / "BE-W1", codebook, level)
        clock = Clock()
        faults, listed = validated(submission, codebook)
        found[name] = {**clock.took(), "faults": faults, "listed": listed}
    return found


def validated(submission: Path, codebook: Codebook) -> tuple[int, int]:
    """Return how many faults a submission has, and how many of them its refusal lists."""
    try:
        read_submission(submission, codebook, shown_as="data/countries/BE/BE-W1")
    except DataRefused as refusal:
        return len(refusal.faults), str(refusal).count("\n  - ")
    return 0, 0


def write_submission(folder: Path, codebook: Codebook, level: str | None) -> Path:
    """Write a Belgian submission of some 100,000 codings of experts on grooming, each with `level` if it is given."""
    shutil.copytree(PROJECT / "data" / "countries" / "BE" / "BE-W1", folder)
    interviews = _lines(folder, "interview")
    header, one = interviews[0], next(line for line in interviews if line.startswith("OG-") and ",OG,E," in line)
    variables = list(codebook.for_("OG", "E"))
    times = -(-ROWS // len(variables))
    names = [f"OG-{number:04}" for number in range(1, times + 1)]
    rest = one.partition(",")[2]
    rows = [f"{name},A,{v.id},{level or v.level_ids[0]}," for name in names for v in variables]
    _write(folder, "interview", [header, *(f"{name},{rest}" for name in names)])
    _write(folder, "coder", [_lines(folder, "coder")[0], "A,main"])
    _write(folder, "coverage", [_lines(folder, "coverage")[0], *(f"{name},A,yes,main" for name in names)])
    _write(folder, "coding", [_lines(folder, "coding")[0], *rows])
    return folder


def _lines(folder: Path, table: str) -> list[str]:
    return (folder / f"{table}.csv").read_text("utf-8").splitlines()


def _write(folder: Path, table: str, lines: list[str]) -> None:
    (folder / f"{table}.csv").write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main()
