"""A project whose edition was built: a site of one page, protected tables, and the source that is packed with it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pikepdf
from small_archive import PAGE, REGISTER, TABLES
from small_book import PROJECT, small_project, write

from casebook.canonical import canonical_json
from casebook.folders import Folders
from casebook.publication.book.data_annex import COLUMNS

COPIED = ("LICENSE", "LICENSE-TEXT", "README.md", "study.yml", "docs/licences.md", "locks/run.txt", "data/codebook.csv")
ADDRESS = "D1.2/1.0"


def built_project(folder: Path) -> Folders:
    """Make a project in which D1.2 was built at both levels, with everything beside it that must not be packed."""
    folders = small_project(folder)
    for name in (*COPIED, "data/levels.csv"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(PROJECT / name, folder / name)
    for level, site in (("PU", "site"), ("CO", "consortium")):
        write(folders.site(site) / ADDRESS / "index.html", PAGE)
        write(folders.site(site) / ADDRESS / f"D1.2-{level}-data.csv", ",".join(COLUMNS) + "\r\n")
        write_pdf(folders.site(site) / ADDRESS / "D1.2.pdf")
        register = {**REGISTER, "level": level}
        write(folders.site(site) / ADDRESS / "claims.json", canonical_json(register).decode())
        write(folders.protected("D1.2", level) / "tables.json", TABLES.decode().replace("PU", level))
    write(folder / "data" / "key", "the key of the study, which never leaves it")
    write(folder / "data" / "countries" / "BE" / "BE-W1" / "coding.csv", "what somebody said")
    write(folder / "data" / "countries" / "BE" / "context.yml", "country: BE\n")
    write(folders.restricted / "D1.2" / "counts.json", "true counts")
    return folders


def write_pdf(path: Path, **declared: str) -> None:
    """Write a page that declares to be accessible and archivable, or something else."""
    standards = {"pdfuaid:part": "1", "pdfaid:part": "3", "pdfaid:conformance": "A", **declared}
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        with pdf.open_metadata(set_pikepdf_as_editor=False) as metadata:
            for name, value in standards.items():
                metadata[name] = value
        pdf.save(path, deterministic_id=True)
