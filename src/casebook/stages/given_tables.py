"""Given tables: protected tables that were protected elsewhere, taken as they are in place of disclosure control."""

from __future__ import annotations

import shutil
from pathlib import Path

from casebook.errors import DisclosureRefused
from casebook.protected_tables import read_protected_tables


def take(folder: Path, place: Path, book: tuple[str, str]) -> tuple[int, int]:
    """Take the tables of a book, by edition and level, from a folder; return how many cells are withheld, and all.

    Raises DisclosureRefused where they are not there, or are those of another book.
    """
    tables = read_protected_tables(folder.joinpath(*book))
    if (tables.edition, tables.dissemination) != book:
        raise DisclosureRefused.one(" ".join(book), "", "the protected tables are those of another book")
    shutil.copytree(folder.joinpath(*book), place, dirs_exist_ok=True)
    cells = [cell for table in tables.values() for cell in table.cells]
    return sum(cell.status == "withheld" for cell in cells), len(cells)
