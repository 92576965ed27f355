"""Two editions side by side: what a reviewer of the later one gets beside the book."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

from casebook.canonical import canonical_json, write_atomically
from casebook.errors import Fault, StudyRefused
from casebook.folders import Folders
from casebook.protected_tables import ProtectedTables, read_protected_tables
from casebook.publication import notebooks
from casebook.publication.claims import read_claims
from casebook.publication.edition_changes import Change, EarlierEdition, FigureChange, changes, figure_changes
from casebook.publication.pages import figures_of
from casebook.publication.tracked_changes import document
from casebook.study import FILE, Study


@dataclass(frozen=True)
class EditionComparison:
    """What differs between two editions at a dissemination level, and the document that shows it with tracked changes.

    `sample` holds the interviews of both editions by crime and group, `differing` the number of pages that differ.
    """

    earlier: str
    later: str
    dissemination: str
    sample: dict[str, tuple[int, int]]
    statements: tuple[Change, ...]
    figures: tuple[FigureChange, ...]
    differing: int
    docx: bytes

    def told(self) -> str:
        """Return in a sentence how much differs."""
        kinds: list[str] = [change.what for change in self.statements]
        counts = [
            f"{kinds.count(what)} {said}"
            for what, said in (
                ("new", "new"),
                ("gone", "gone"),
                ("value", "changed in value"),
                ("wording", "in wording"),
            )
        ]
        size = f"pages that differ: {self.differing}; figures: {len(self.figures)}; statements: {', '.join(counts)}"
        return f"{self.later} against {self.earlier}, {self.dissemination}: {size}."

    def write(self, folder: Path) -> tuple[Path, Path]:
        """Write comparison.json and changes.docx into a folder and return where they are."""
        record = {name: value for name, value in asdict(self).items() if name != "docx"}
        paths = folder / "comparison.json", folder / "changes.docx"
        for path, data in zip(paths, (canonical_json(record), self.docx), strict=True):
            write_atomically(path, data)
        return paths


def compare_editions(
    folders: Folders, study: Study, *, earlier: str, later: str, dissemination: str
) -> EditionComparison:
    """Compare two editions as they were last built at a level.

    Raises StudyRefused for an edition or level that study.yml does not have, or two that are not in this order;
    DisclosureRefused or StatementRefused where one of them was not built.
    """
    _check_asked(study, earlier, later, dissemination)
    before, now = (read_protected_tables(folders.protected(name, dissemination)) for name in (earlier, later))
    texts = [_pages(folders.narrative(name, dissemination)) for name in (earlier, later)]
    old_claims, claims = (read_claims(folders.narrative(name, dissemination)) for name in (earlier, later))
    old_figures, figures = (figures_of(folders, _runs(folders, study, tables)) for tables in (before, now))
    old = EarlierEdition(earlier, before, old_claims, old_figures)
    title = f"What changed between {earlier} and {later}"
    docx, differing = document(title, *texts, date=study.editions[later].date)
    keys = dict.fromkeys([*before.sample, *now.sample])
    sample = {key: (before.sample.get(key, 0), now.sample.get(key, 0)) for key in keys}
    found = changes(old, now, claims), figure_changes(old, now, figures)
    return EditionComparison(earlier, later, dissemination, sample, *found, differing, docx)


def _check_asked(study: Study, earlier: str, later: str, dissemination: str) -> None:
    editions, levels = list(study.editions), list(study.dissemination)
    asked = (("edition", earlier, editions), ("edition", later, editions), ("level", dissemination, levels))
    faults = [
        Fault(FILE, what, f"there is no such {what}", value, ", ".join(allowed))
        for what, value, allowed in asked
        if value not in allowed
    ]
    if not faults and editions.index(earlier) >= editions.index(later):
        faults = [Fault(FILE, "edition", "the first edition is not the earlier one", value=earlier, allowed=later)]
    if faults:
        raise StudyRefused(faults)


def _runs(folders: Folders, study: Study, tables: ProtectedTables) -> tuple[notebooks.Run, ...]:
    about = {"edition": tables.edition, "dissemination": tables.dissemination}
    return notebooks.runs(folders, study, countries=tables.countries, **about)


def _pages(folder: Path) -> dict[str, str]:
    paths = sorted(folder.rglob("*.md"))
    return {path.relative_to(folder).with_suffix("").as_posix(): path.read_text("utf-8") for path in paths}
