"""Times what evidence costs in a project that is built: register, receipts and annex, as JSON."""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import resource
import shutil
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import jsonschema

from casebook.codebook import read_codebook
from casebook.folders import Folders
from casebook.protected_tables import read_protected_tables
from casebook.publication import notebooks
from casebook.publication.book.evidence_annex import ANNEX, evidence_annex
from casebook.publication.book.html import build_book
from casebook.publication.book.identity import Book
from casebook.publication.book.scan import Written, scan_book
from casebook.publication.book.staging import BESIDE
from casebook.publication.claims import Claim, Register, read_claims
from casebook.publication.contexts import read_contexts
from casebook.publication.edition_changes import EarlierEdition
from casebook.publication.evidence import FILE, RECEIPTS, Evidence
from casebook.publication.evidence_files import evidence_files
from casebook.publication.narrative import Sources, write_narrative
from casebook.publication.pages import figures_of, pages_of
from casebook.publication.published_claims import schema
from casebook.publication.references import read_references
from casebook.study_files import read_study

_ELEMENT = re.compile(r"\[((?:\\.|[^\]\\])*)\]\{\.(?:claim|assertion|shown) [^}]*\}")
_LARGER = 10


def main() -> None:
    """Print what each part took, in seconds of a processor, those of child processes included."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--project", type=Path, default=Path(), help="a project that was built")
    parser.add_argument("--edition", default="D1.2")
    parser.add_argument("--level", default="PU")
    parser.add_argument("--out", type=Path, help="file for the JSON; it is printed as well")
    given = parser.parse_args()
    built = Built(Folders(given.project.resolve()), given.edition, given.level)
    facts = {"cores": os.cpu_count(), "python": platform.python_version()}
    found = {"machine": facts, "book": f"{given.edition} {given.level}", **built.narrated(), **built.registered()}
    text = json.dumps({**found, **built.scaled(), **built.scanned(), **built.made()}, indent=2, sort_keys=True) + "\n"
    if given.out:
        given.out.write_text(text, "utf-8")
    print(text, end="")


class Built:
    """One book of a project as its last build has left it."""

    def __init__(self, folders: Folders, edition: str, level: str) -> None:
        self.folders, self.edition, self.level = folders, edition, level
        self.codebook = read_codebook(folders.data)
        self.study = read_study(folders.root, self.codebook)
        self.tables = read_protected_tables(folders.protected(edition, level))
        self.runs = notebooks.runs(
            folders, self.study, edition=edition, countries=self.tables.countries, dissemination=level
        )

    def narrated(self) -> dict[str, Any]:
        """Write the narrative anew, as after a changed template, with all that it is checked for."""
        sources = self._sources()
        pages = pages_of(self.folders, self.study, self.tables)
        with tempfile.TemporaryDirectory() as elsewhere:
            seconds = timed(lambda: write_narrative(sources, pages, Path(elsewhere)))
        return {"seconds to write and check a narrative": seconds, "pages of a narrative": len(pages)}

    def registered(self) -> dict[str, Any]:
        """Make register, receipts and annex of the book."""
        made: dict[str, bytes] = {}
        seconds = timed(lambda: made.update(self._files()))
        claims = json.loads(made[FILE])["claims"]
        annex = timed(lambda: evidence_annex(claims, self._pages()))
        sizes = {"bytes of the register": len(made[FILE]), "bytes of receipts": sum(map(len, made.values()))}
        sizes["bytes of receipts"] -= len(made[FILE])
        return {"claims": len(claims), **sizes, "seconds for register": seconds, "seconds for the annex": annex}

    def scaled(self) -> dict[str, Any]:
        """Make, write and check the register of the claims in words, and one of ten times as many pages."""
        claims = read_claims(self.folders.narrative(self.edition, self.level))
        more = [replace(claim, page=f"{claim.page}-{n}") for n in range(_LARGER) for claim in claims]
        one, ten = timed(lambda: self._settle(claims)), timed(lambda: self._settle(more))
        return {"seconds for one register": one, f"seconds for one of {_LARGER} times the size": ten}

    def scanned(self) -> dict[str, Any]:
        """Scan what the web book and the PDF of the last build print."""
        pages = pages_of(self.folders, self.study, self.tables)
        claims = read_claims(self.folders.narrative(self.edition, self.level))
        written = Written(self._sources(), pages, self.runs, claims)
        book = Book(self.folders, self.study, self.edition, self.level)
        return {"seconds to scan a book": timed(lambda: scan_book(book, written))}

    def made(self) -> dict[str, Any]:
        """Make web book and PDF with evidence and without."""
        seconds = {}
        for name, change in (("with", lambda _: None), ("without", without_evidence)):
            with tempfile.TemporaryDirectory() as elsewhere:
                book = Book(self._copy(Path(elsewhere), change), self.study, self.edition, self.level)
                seconds[f"seconds for both media {name} evidence"] = timed(partial(build_book, book))
        return seconds

    def _files(self) -> dict[str, bytes]:
        about = (self.folders, self.study)
        return evidence_files(*about, codebook=self.codebook, tables=self.tables, runs=self.runs)

    def _copy(self, root: Path, change: Callable[[Path], None]) -> Folders:
        """Copy what Sphinx reads of the book, with a change."""
        folders = Folders(root)
        shutil.copyfile(self.folders.root / "_config.yml", root / "_config.yml")
        shutil.copytree(self.folders.build / "fonts", folders.build / "fonts")
        source = folders.staged_book(self.edition, self.level)
        shutil.copytree(self.folders.staged_book(self.edition, self.level), source)
        change(source)
        return folders

    def _settle(self, claims: list[Claim] | tuple[Claim, ...]) -> None:
        pages: dict[str, list[Claim]] = {}
        for claim in claims:
            pages.setdefault(claim.page, []).append(replace(claim, sentence="", id=""))
        register = Register()
        for said in pages.values():
            register.settle("\n\n".join(f"So {register.bracket(claim)} it is." for claim in said))
        made = Evidence(self.study, self.codebook, self.tables, {}).register(register.claims)
        jsonschema.validate(json.loads(made), schema())

    def _sources(self) -> Sources:
        folders, study = self.folders, self.study
        figures = figures_of(folders, self.runs)
        templates, references = folders.root / "templates", read_references(folders.data, study, self.codebook)
        outside = (read_contexts(folders.data, study), templates, self._earlier(), references)
        return Sources(study, self.codebook, self.tables, figures, *outside)

    def _earlier(self) -> EarlierEdition | None:
        name = self.study.editions[self.edition].earlier
        if name is None:
            return None
        before = Built(self.folders, name, self.level)
        figures = figures_of(self.folders, before.runs)
        return EarlierEdition(name, before.tables, read_claims(self.folders.narrative(name, self.level)), figures)

    def _pages(self) -> Mapping[str, str]:
        folder = self.folders.narrative(self.edition, self.level)
        found = sorted(folder.rglob("*.md"))
        return {path.relative_to(folder).with_suffix("").as_posix(): path.read_text("utf-8") for path in found}


def without_evidence(source: Path) -> None:
    """Take from a staged book the elements of claims, the register, receipts and annex."""
    shutil.rmtree(source / BESIDE / RECEIPTS)
    (source / BESIDE / FILE).unlink()
    (source / ANNEX).unlink()
    contents = source / "_toc.yml"
    lines = contents.read_text("utf-8").splitlines(keepends=True)
    contents.write_text("".join(line for line in lines if ANNEX.removesuffix(".md") not in line), "utf-8")
    for page in source.rglob("*.md"):
        page.write_text(_ELEMENT.sub(r"\1", page.read_text("utf-8")), "utf-8")


def timed(work: Callable[[], object]) -> float:
    """Return the seconds of processors that work takes, here and in the processes it starts."""
    before = _processors()
    work()
    return round(_processors() - before, 2)


def _processors() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


if __name__ == "__main__":
    main()
