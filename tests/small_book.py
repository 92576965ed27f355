"""A book small enough to see at once: two chapters, a figure, a table, an annex and one executed notebook."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from casebook.canonical import checksum
from casebook.codebook import Codebook
from casebook.folders import Folders
from casebook.notebook_run import FigureRecord, Witness
from casebook.protected_tables import Cell, ProtectedTable, ProtectedTables
from casebook.publication.book.identity import Book
from casebook.publication.book.inert import inert, inert_option
from casebook.publication.book.staging import stage_book
from casebook.publication.book.web_fonts import STYLE_SHEET, kept_fonts
from casebook.study import Study

PROJECT = Path(__file__).parents[1]
RUN = "grooming-OG-pooled"
TABLE = "OG.O.og_strategy"
FIGURE = f"figures/{RUN}-strategies.svg"
HOSTILE = (
    "<script>alert(1)</script> {{ user }} ${x}$ $y$ *a* _b_ `c` [d](e) ![f](g) # h | i ~ j -- k \\ l {ref}`m` &amp; %n"
)

_SVG = """<svg xmlns="http://www.w3.org/2000/svg" width="453" height="120" viewBox="0 0 453 120">
<rect x="150" y="14" width="240" height="22" fill="#1b4b7a"/>
<rect x="150" y="48" width="150" height="22" fill="#1b4b7a"/>
<text x="140" y="30" text-anchor="end" font-family="Source Sans 3" font-size="12">Flattery</text>
<text x="140" y="64" text-anchor="end" font-family="Source Sans 3" font-size="12">Gifts</text></svg>
"""
_TOC = """\
format: jb-book
root: index
parts:
  - caption: Report
    numbered: 2
    chapters: [{file: introduction}, {file: grooming}]
  - caption: Annexes
    numbered: 2
    style: alphaupper
    chapters:
      - file: annex-glossary
      - file: annex-codebook
      - file: annex-notebooks
        sections: [{glob: notebooks/*}]
"""
PAGES = {
    "index": "# Report on interview results\n\nWhat experts, offenders and victims said about {numref}`grooming`.\n",
    "introduction": f"# Introduction\n\n## Purpose\n\nWhat an interviewee might write: {inert(HOSTILE)}\n",
    "grooming": f"""\
(grooming)=
# Online grooming

## Modus operandi

Most offenders flattered the child before anything else, as {{numref}}`fig-strategies` shows and
{{numref}}`tab-strategies` lists. {" ".join(["What the interviews describe is a sequence of small steps."] * 9)}

```{{figure}} /{FIGURE}
:name: fig-strategies
:alt: {inert_option("Horizontal bars: strategies. Flattery: most; gifts: " + HOSTILE)}
:width: 100%

Strategies named by offenders. Offenders, n = 15. Several answers possible.
```

```{{list-table}} Strategies: answers by group
:name: tab-strategies
:header-rows: 1
:stub-columns: 1

* - Strategy
  - Experts, n = 23
  - Offenders, n = 15
* - Flattery
  - 17 of 23 (74 %)
  - most
* - {inert(HOSTILE)}
  - 5 of 23 (22 %)
  - –
```
""",
}


def small_project(folder: Path) -> Folders:
    """Make a project in a folder: the shipped furniture of the book, a narrative of two chapters and one report run."""
    folders = Folders(folder)
    for name in ("book/_static", "book/_templates", "templates/site"):
        shutil.copytree(PROJECT / name, folder / name)
    for name in ("_config.yml", "book/annex-notebooks.md", "book/glossary.yml"):
        shutil.copyfile(PROJECT / name, folder / name)
    write(folder / "book" / "D1.2" / "_toc.yml", _TOC)
    # Making the real fonts takes ten seconds; test_fonts.py does.
    write(kept_fonts(folders) / STYLE_SHEET, '@font-face { font-family: "Source Sans 3"; src: url("sans.woff2"); }\n')
    write(kept_fonts(folders) / "sans.woff2", "no font")
    for dissemination in ("PU", "CO"):
        for name, text in PAGES.items():
            write(folders.narrative("D1.2", dissemination) / f"{name}.md", text)
        _report_run(folders.report_run("D1.2", dissemination, RUN), dissemination)
        _protected(dissemination).write(folders.protected("D1.2", dissemination))
    return folders


def small_book(folder: Path, study: Study, *, codebook: Codebook, dissemination: str = "PU") -> Book:
    """Make the small project and stage its book."""
    book = Book(small_project(folder), study, "D1.2", dissemination)
    stage_book(book, codebook, runs=[RUN])
    return book


def write(path: Path, text: str) -> None:
    """Write a text file with its folders."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def _protected(dissemination: str) -> ProtectedTables:
    implication = Cell("implication", "word", word="most")
    corruption = Cell("corruption", "withheld")
    about = ("og_strategy", "OG", "O", "pooled", "4")
    table = ProtectedTable(TABLE, *about, group_size=15, base=15, multi=True, cells=(corruption, implication))
    return ProtectedTables("D1.2", dissemination, {TABLE: table}, {"OG.O": 15}, {})


def _report_run(folder: Path, dissemination: str) -> None:
    write(folder / "strategies.svg", _SVG)
    write(folder / "notebook.ipynb", json.dumps(_notebook()))
    figure = FigureRecord("strategies", "strategies.svg", "Bars.", "Strategies.", (TABLE,), checksum(_SVG.encode()))
    Witness(RUN, "Online grooming, pooled", "OG", "pooled", "D1.2", dissemination, (), (figure,)).write(folder)


def _notebook() -> dict[str, Any]:
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": _cells()}


def _cells() -> list[dict[str, Any]]:
    drawing = {"data": {"image/svg+xml": _SVG, "text/plain": "Figure"}, "metadata": {"alt": "Bars."}}
    table = {"data": {"text/markdown": "| Strategy | n |\n|---|---|\n| Flattery | 12 of 15 |\n"}, "metadata": {}}
    outputs = [{"output_type": "display_data", **shown} for shown in (drawing, table)]
    code: dict[str, Any] = {
        "id": "run-001",
        "cell_type": "code",
        "source": "study.figure('strategies')",
        "metadata": {"mystnb": {"image": {"alt": "Bars: flattery and gifts."}}},
        "outputs": outputs,
        "execution_count": None,
    }
    title: dict[str, Any] = {
        "id": "run-000",
        "cell_type": "markdown",
        "source": "# Online grooming, pooled",
        "metadata": {},
    }
    return [title, code]
