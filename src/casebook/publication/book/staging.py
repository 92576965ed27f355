"""The staged book: everything Sphinx reads, gathered in one folder and complete before Sphinx sees it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from types import MappingProxyType

import yaml

from casebook.canonical import checksum, write_atomically
from casebook.codebook import Codebook
from casebook.errors import BookRefused, Fault
from casebook.notebook_run import NOTEBOOK_FILE, read_witness
from casebook.publication.book.beside import files_beside
from casebook.publication.book.codebook_annex import ANNEX as CODEBOOK_ANNEX
from casebook.publication.book.codebook_annex import codebook_annex
from casebook.publication.book.contents import Contents, read_contents, title_of
from casebook.publication.book.evidence_annex import ANNEX as EVIDENCE_ANNEX
from casebook.publication.book.evidence_annex import evidence_annex
from casebook.publication.book.glossary import ANNEX as GLOSSARY_ANNEX
from casebook.publication.book.glossary import FILE as GLOSSARY
from casebook.publication.book.glossary import glossary_annex, read_glossary
from casebook.publication.book.identity import Book
from casebook.publication.claims import FILE as CLAIMS

CONTENTS = "_toc.yml"
#: The folder of a staged book whose files Sphinx lays beside the pages as they are.
BESIDE = "_beside"
_FURNITURE = ("_static", "_templates")
_PAGES = (".md", ".ipynb")


def stage_book(
    book: Book, codebook: Codebook, *, runs: Sequence[str], evidence: Mapping[str, bytes] = MappingProxyType({})
) -> Path:
    """Make the staged book of an edition and level from narrative, hand-written pages, report runs and codebook.

    `evidence` are files that the web book carries beside its pages, by their names there, with those of `beside`;
    from the register of claims among them the evidence annex is made. `runs` names the report runs of this build.
    A run's figures become `figures/<run>-<file>`, its executed notebook `notebooks/<run>.ipynb`. Raises BookRefused
    with every fault, NotebookFailed for a run without a witness; the folder is made anew each time.
    """
    texts, faults = _gathered(book, codebook, runs)
    annexed = {EVIDENCE_ANNEX: b""} if CLAIMS in evidence else {}
    texts |= annexed
    pages = {
        str(PurePosixPath(name).with_suffix("")): title_of(name, text)
        for name, text in texts.items()
        if name.endswith(_PAGES)
    }
    toc = _contents_file(book)
    if not toc.is_file():
        faults.append(Fault(_shown(toc, book), "", "the deliverable has no table of contents"))
    if faults:
        raise BookRefused(faults)
    contents = read_contents(toc.read_text("utf-8"), file=_shown(toc, book), pages=pages)
    if annexed:
        texts[EVIDENCE_ANNEX] = _evidence_annex(texts, evidence[CLAIMS], contents)
    tree = yaml.safe_dump(contents.tree, sort_keys=False, allow_unicode=True)
    beside = {**files_beside(book, codebook, runs=runs), **evidence}
    carried = {f"{BESIDE}/{name}": data for name, data in beside.items()}
    _write(book, {**texts, **carried, CONTENTS: tree.encode("utf-8")})
    return book.source


def _evidence_annex(texts: Mapping[str, bytes], register: bytes, contents: Contents) -> bytes:
    pages = {entry: texts[f"{entry}.md"].decode("utf-8") for entry in contents.entries() if f"{entry}.md" in texts}
    return evidence_annex(json.loads(register)["claims"], pages).encode("utf-8")


def _contents_file(book: Book) -> Path:
    return _hand_written(book) / book.edition / CONTENTS


def _hand_written(book: Book) -> Path:
    return book.folders.root / "book"


def _gathered(book: Book, codebook: Codebook, runs: Sequence[str]) -> tuple[dict[str, bytes], list[Fault]]:
    """Every file of the staged book by its name there, and what is wrong with them."""
    gathered: dict[str, bytes] = {}
    faults: list[Fault] = []
    sources = [_narrative(book), _pages_by_hand(book), _from_runs(book, runs, faults), _annexes(book, codebook)]
    for source in sources:
        for name in sorted(source.keys() & gathered.keys()):
            faults.append(Fault(name, "", "two sources write the same page", remedy="rename one of them"))
        gathered |= source
    return gathered, faults


def _annexes(book: Book, codebook: Codebook) -> dict[str, bytes]:
    """The annexes that are made of data: the codebook and, where there is one, the glossary."""
    annexes = {CODEBOOK_ANNEX: codebook_annex(book.study, codebook, book.edition)}
    file = _hand_written(book) / GLOSSARY
    if file.is_file():
        annexes[GLOSSARY_ANNEX] = glossary_annex(read_glossary(file))
    return {name: text.encode("utf-8") for name, text in annexes.items()}


def _narrative(book: Book) -> dict[str, bytes]:
    folder = book.folders.narrative(book.edition, book.dissemination)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*.md"))}


def _pages_by_hand(book: Book) -> dict[str, bytes]:
    """The pages and bibliography of every deliverable, and those of this one."""
    folder = _hand_written(book)
    found = [*folder.glob("*.md"), *folder.glob("*.bib"), *(folder / book.edition).rglob("*.md")]
    return {path.relative_to(_root_of(path, book)).as_posix(): path.read_bytes() for path in sorted(found)}


def _root_of(path: Path, book: Book) -> Path:
    own = _hand_written(book) / book.edition
    return own if path.is_relative_to(own) else _hand_written(book)


def _from_runs(book: Book, runs: Sequence[str], faults: list[Fault]) -> dict[str, bytes]:
    staged: dict[str, bytes] = {}
    for run in runs:
        folder = book.folders.report_run(book.edition, book.dissemination, run)
        notebook = folder / NOTEBOOK_FILE
        if not notebook.is_file():
            faults.append(Fault(_shown(notebook, book), "", "the run left no notebook", remedy="build again"))
            continue
        staged[f"notebooks/{run}.ipynb"] = notebook.read_bytes()
        staged |= _figures(book, run, faults)
    return staged


def _figures(book: Book, run: str, faults: list[Fault]) -> dict[str, bytes]:
    """A run's figures, as its witness lists them: what is not listed is no figure of this run."""
    folder = book.folders.report_run(book.edition, book.dissemination, run)
    staged: dict[str, bytes] = {}
    for figure in read_witness(folder, run=run).figures:
        path = folder / figure.file
        data = path.read_bytes() if path.is_file() else b""
        if checksum(data) != figure.sha256:
            message = "the figure is not the one its run drew"
            faults.append(Fault(_shown(path, book), "", message, remedy="build again"))
        staged[f"figures/{run}-{path.name}"] = data
    return staged


def _write(book: Book, texts: Mapping[str, bytes]) -> None:
    shutil.rmtree(book.source, ignore_errors=True)
    for name, data in texts.items():
        write_atomically(book.source / name, data)
    for name in _FURNITURE:
        shutil.copytree(_hand_written(book) / name, book.source / name)


def _shown(path: Path, book: Book) -> str:
    return path.relative_to(book.folders.root).as_posix()
