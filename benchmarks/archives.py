"""Times packing and verifying the archives of a built project, as JSON: python benchmarks/archives.py --help."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from casebook.codebook import read_codebook
from casebook.folders import Folders
from casebook.publication.book.identity import Book
from casebook.release import verify
from casebook.release.hygiene import Machine, this_machine
from casebook.release.packing import archive_of
from casebook.restricted.study_key import study_key
from casebook.study_files import read_study

PROJECT = Path(__file__).parents[1]


def main() -> None:
    """Pack every book that lies in a site, verify what was packed, and print what it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--project", type=Path, default=PROJECT, help="a project that was built (this one)")
    parser.add_argument("--out", type=Path, help="file for the JSON; it is printed as well")
    given = parser.parse_args()
    text = json.dumps({"archives": list(measured(given.project.resolve()))}, indent=2, sort_keys=True) + "\n"
    if given.out:
        given.out.parent.mkdir(parents=True, exist_ok=True)
        given.out.write_text(text, "utf-8")
    print(text, end="")


def measured(project: Path) -> Iterator[dict[str, Any]]:
    """Yield for each book that was built its archive's megabytes, and the processor's seconds it took."""
    study = read_study(project, read_codebook(project / "data"))
    machine = this_machine(project, study_key(project / "data"))
    for edition in study.editions:
        for level in study.dissemination:
            book = Book(Folders(project), study, edition, level)
            if (book.folders.site(book.level.site) / book.address / book.pdf_name).is_file():
                yield _of(book, machine)


def _of(book: Book, machine: Machine) -> dict[str, Any]:
    start = time.process_time()
    archive = archive_of(book, machine)
    packed = time.process_time()
    place = book.folders.build / "benchmarks" / "archive.zip"
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(archive)
    read = time.process_time()
    faults = verify.faults_of(verify.opened(place))
    verified = time.process_time() - read
    place.unlink()
    told = {"book": f"{book.edition} {book.dissemination}", "megabytes": round(len(archive) / 1e6, 1)}
    return {**told, "faults": len(faults), "packing": round(packed - start, 2), "verifying": round(verified, 2)}


if __name__ == "__main__":
    main()
