"""The files of evidence that a book carries, made of what its narrative and its report runs have left."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from casebook.canonical import checksum
from casebook.codebook import Codebook
from casebook.folders import Folders
from casebook.notebook_run import NOTEBOOK_FILE, read_witness
from casebook.protected_tables import ProtectedTables
from casebook.publication.claims import Claim, read_claims
from casebook.publication.evidence import FILE, Evidence, runs_of_tables
from casebook.publication.notebooks import Run
from casebook.publication.shown import shown_by_run
from casebook.study import Study


def evidence_files(
    folders: Folders, study: Study, *, codebook: Codebook, tables: ProtectedTables, runs: Sequence[Run]
) -> dict[str, bytes]:
    """Return the register of a book's claims and the receipts of each page, by their names in the web book.

    Raises StatementRefused where the narrative has left no claims, NotebookFailed for a run without a witness.
    """
    narrative = folders.narrative(tables.edition, tables.dissemination)
    said, drawn = read_claims(narrative), read_claims(narrative, "shown")
    witnesses = [(run, read_witness(run.folder(folders), run=run.name)) for run in runs]
    in_notebooks = [c for run, w in witnesses for c in shown_by_run(w, tables, f"notebooks/{run.notebook.name}")]
    claims = [*said, *drawn, *in_notebooks]
    shows = runs_of_tables((run, witness.tables) for run, witness in witnesses)
    evidence = Evidence(study, codebook, tables, shows, dict(_sources(folders, claims, runs)))
    opened = [*said, *(claim for claim in drawn if claim.kind == "cell")]
    return {FILE: evidence.register(claims), **evidence.scripts(opened)}


def _sources(folders: Folders, claims: Sequence[Claim], runs: Sequence[Run]) -> Iterator[tuple[str, str]]:
    """Yield the checksums of the templates that claims were written in and of the notebooks that were executed."""
    for template in sorted({claim.template for claim in claims}):
        path = folders.root / "templates" / template
        if path.is_file():
            yield f"templates/{template}", checksum(path.read_bytes())
    for run in runs:
        yield f"notebooks/{run.name}", checksum((run.folder(folders) / NOTEBOOK_FILE).read_bytes())
