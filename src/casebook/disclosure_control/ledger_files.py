"""The files of the ledger: read only with every chain whole, and written only by adding rows at the end."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import astuple
from pathlib import Path

from casebook.canonical import write_atomically
from casebook.disclosure_control.ledger import CLOSING, COLUMNS, FOLDER, Ledger, Row, digests, version_of
from casebook.errors import DisclosureRefused, Fault

DIGEST = "digest"
_HEADER = (*COLUMNS, DIGEST)
_REMEDY = "take the file back as it was committed; what was published is never changed"


def read_ledger(root: Path) -> Ledger:
    """Return the ledger of a project, empty before the first release.

    Raises DisclosureRefused where a row was altered, moved or taken away, an edition is not complete, or comes twice.
    """
    rows: dict[str, tuple[Row, ...]] = {}
    faults: list[Fault] = []
    for path in sorted((root / FOLDER).glob("*.csv")):
        file = f"{FOLDER}/{path.name}"
        try:
            read = _rows(path)
            rows[path.stem] = tuple(row for row, _ in read)
            faults += [*_faults_of_chain(read, file), *_faults_of_editions(rows[path.stem], file)]
        except (OSError, csv.Error, ValueError):
            faults.append(Fault(file, "", "the ledger cannot be read", remedy=_REMEDY))
    if faults:
        raise DisclosureRefused(faults)
    return Ledger(rows)


def write_ledger(root: Path, ledger: Ledger) -> tuple[Path, ...]:
    """Write the ledger of a project and return its files.

    Raises DisclosureRefused unless it only adds rows to what is there.
    """
    before = read_ledger(root)
    for level, rows in before.rows.items():
        if ledger.rows.get(level, ())[: len(rows)] != rows:
            raise DisclosureRefused.one(f"{FOLDER}/{level}.csv", "", "rows would be changed", remedy=_REMEDY)
    paths = []
    for level, rows in sorted(ledger.rows.items()):
        paths.append(root / FOLDER / f"{level}.csv")
        write_atomically(paths[-1], ledger_bytes(rows))
    return tuple(paths)


def ledger_bytes(rows: Sequence[Row]) -> bytes:
    """Return a chain as comma-separated UTF-8 text, each row with its digest."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_HEADER)
    writer.writerows((*astuple(row), digest) for row, digest in zip(rows, digests(rows), strict=True))
    return text.getvalue().encode("utf-8")


def _rows(path: Path) -> list[tuple[Row, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        header, *lines = csv.reader(stream, strict=True)
    if tuple(header) != _HEADER or any(len(line) != len(_HEADER) for line in lines):
        raise ValueError(DIGEST)
    return [(Row(*line[:-1]), line[-1]) for line in lines]


def _faults_of_chain(read: Sequence[tuple[Row, str]], file: str) -> Iterator[Fault]:
    """The first row whose digest is not that of its words after the row before it; all later ones follow from it."""
    for number, ((_, told), digest) in enumerate(zip(read, digests([row for row, _ in read]), strict=True), start=2):
        if told != digest:
            message = "the row was altered, or one before it moved or taken away"
            yield Fault(file, f"row {number}", message, remedy=_REMEDY)
            return


def _faults_of_editions(rows: Sequence[Row], file: str) -> Iterator[Fault]:
    """Editions that are not whole, or do not stand in the order of their versions."""
    start, latest = 0, dict[str, tuple[int, ...]]()
    for number, row in enumerate(rows):
        if row.table != CLOSING:
            continue
        book, start = rows[start:number], number + 1
        place = f"row {number + 2}, {row.edition} {row.version}"
        if row.value != str(len(book)) or {(r.edition, r.version) for r in book} != {(row.edition, row.version)}:
            yield Fault(file, place, "the edition is not complete", remedy=_REMEDY)
        version = version_of(row.version)
        if version <= latest.get(row.edition, ()):
            yield Fault(file, place, "the edition comes after a later version of it", remedy=_REMEDY)
        latest[row.edition] = version
    if start != len(rows):
        yield Fault(file, f"row {len(rows) + 1}", "the last edition is not complete", remedy=_REMEDY)
