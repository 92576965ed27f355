"""What the quality annex measures on the project and on what was built of it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from casebook.errors import BookRefused
from casebook.publication.book.identity import NOT_CLEARED, Book
from casebook.publication.book.page_checks import check_pages
from casebook.release.contents import source_of
from casebook.release.hygiene import Machine, faults_of
from casebook.release.quality import Measure

Found = tuple[bool | None, str]
#: Other settings than anybody's, for the second build.
_ELSEWHERE = {"TZ": "Pacific/Auckland", "LANG": "C", "LC_ALL": "C", "PYTHONHASHSEED": "7"}


def measures_of(books: Sequence[Book], machine: Machine, *, builds: bool) -> Mapping[str, Measure]:
    """Return what can be measured of books, by name; a second build is made only where it is asked for."""
    root = books[0].folders.root
    return {
        "style": partial(_style, root),
        "record_of_the_build": partial(_record, root),
        "pages": partial(_pages, books),
        "pdfs": partial(_pdfs, books),
        "second_build": partial(_second_build, books) if builds else _not_asked,
        "cleared": partial(_cleared, books),
        "hygiene": partial(_hygiene, books, machine),
    }


def _not_asked() -> Found:
    return None, "asked for with --builds"


def _style(root: Path) -> Found:
    if find_spec("ruff") is None:
        return None, "ruff is not installed here"
    done = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "-q", "."], cwd=root, capture_output=True, check=False
    )
    return done.returncode == 0, "" if done.returncode == 0 else "ruff finds faults"


def _record(root: Path) -> Found:
    there = (root / "_build" / "stages.json").is_file()
    return (True, "") if there else (None, "nothing was built")


def _sites(books: Sequence[Book]) -> Iterator[tuple[Book, Path]]:
    return ((book, site) for book in books if (site := book.folders.site(book.level.site) / book.address).is_dir())


def _pages(books: Sequence[Book]) -> Found:
    pages = 0
    for book, site in _sites(books):
        try:
            pages += check_pages(site)
        except BookRefused as refusal:
            return False, f"{book.edition} {book.dissemination}: {len(refusal.faults)} faults"
    return (True, f"{pages} pages") if pages else (None, "nothing was built")


def _pdfs(books: Sequence[Book]) -> Found:
    if find_spec("page") is None:
        return None, "the validator is not installed here"
    import page

    profiles = [page.ValidationProfile.PDF_UA_1, page.ValidationProfile.PDF_A_3A]
    found = [site / book.pdf_name for book, site in _sites(books) if (site / book.pdf_name).is_file()]
    refused = [
        f"{pdf.name}, {profile.name}: {len(report.failures)} findings"
        for pdf in found
        for profile in profiles
        if not (report := page.validate_pdf_bytes(pdf.read_bytes(), profile=profile)).is_compliant
    ]
    return (not refused, "; ".join(refused) or f"{len(found)} PDFs") if found else (None, "nothing was built")


def _cleared(books: Sequence[Book]) -> Found:
    waiting = [
        f"{book.edition} {book.dissemination}"
        for book, site in _sites(books)
        if NOT_CLEARED in (site / "index.html").read_text("utf-8")
    ]
    if waiting:
        return False, f"outstanding for {', '.join(waiting)}"
    return (True, "") if list(_sites(books)) else (None, "nothing was built")


def _hygiene(books: Sequence[Book], machine: Machine) -> Found:
    built = {
        f"data/site/{book.address}/{path.relative_to(site).as_posix()}": path
        for book, site in _sites(books)
        for path in site.rglob("*")
        if path.is_file()
    }
    faults = list(faults_of({name: path.read_bytes() for name, path in built.items()}, machine))
    return not faults, f"{len(built)} files" if not faults else f"{len(faults)} places, such as {faults[0].file}"


def _second_build(books: Sequence[Book]) -> Found:
    """Build the project again from its source and data in a folder of its own, where it can be without a network."""
    root = books[0].folders.root
    alone = _without_network()
    with tempfile.TemporaryDirectory() as aside:
        copy = Path(aside) / "elsewhere" / "casebook"
        _copy(root, copy)
        command = [*alone, sys.executable, "-m", "casebook.cli", "--project", str(copy), "build", "--jobs", "1"]
        environment = {**os.environ, **_ELSEWHERE}
        done = subprocess.run(command, cwd=copy, env=environment, capture_output=True, check=False)
        if done.returncode:
            return False, "the second build was refused"
        differing = [name for name in _files(root, books) if _bytes(root / name) != _bytes(copy / name)]
    how = "without any network" if alone else "with the network, since this machine permits no build without"
    return not differing, f"{len(differing)} files differ, such as {differing[0]}" if differing else how


def _copy(root: Path, copy: Path) -> None:
    for name, data in source_of(root).items():
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        (copy / name).write_bytes(data)
    shutil.copytree(root / "data", copy / "data", dirs_exist_ok=True)


def _without_network() -> list[str]:
    """Return the words that run a command without any network; none where the machine does not permit it."""
    words = ["unshare", "--map-root-user", "--net"]
    permitted = (
        shutil.which(words[0]) and subprocess.run([*words, "true"], capture_output=True, check=False).returncode == 0
    )
    return words if permitted else []


def _files(root: Path, books: Sequence[Book]) -> list[str]:
    found = (path for _, site in _sites(books) for path in site.rglob("*") if path.is_file())
    return sorted(path.relative_to(root).as_posix() for path in found)


def _bytes(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None
