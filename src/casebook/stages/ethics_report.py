"""The report to the ethics officer, from what the stages up to disclosure control have read and made."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

from casebook.cache import Step
from casebook.canonical import write_atomically
from casebook.disclosure_control.ledger import FOLDER as LEDGER
from casebook.disclosure_control.ledger_files import read_ledger
from casebook.ethics import findings as gathered
from casebook.ethics.report import report
from casebook.folders import DATA_VARIABLE, Folders
from casebook.protected_tables import read_protected_tables
from casebook.restricted.analysis_run import HAND_OVER_FILE, edition_interviews, read_hand_over
from casebook.restricted.anonymity import anonymity_of
from casebook.stages.project import DESCRIPTION, Project, submission_files
from casebook.stages.protection import Runs

Book = tuple[str, str]


def step(folders: Folders, books: Sequence[Book], handed: Runs) -> Step:
    """Return the step that writes the report on some editions and dissemination levels."""
    made = [
        folders.audit,
        *(folders.protected(*book) for book in books),
        *(folders.quotation_log(*book) for book in books),
    ]
    made += [folder / HAND_OVER_FILE for edition, _ in books for folder in handed[edition]]
    own = dict.fromkeys(path.relative_to(folders.root).as_posix() for path in made)
    return Step(
        "ethics-report",
        leaves=(folders.ethics_report,),
        reads=(*DESCRIPTION, submission_files(os.environ.get(DATA_VARIABLE)), f"{LEDGER}/*.csv", *own),
        modules=(__name__,),
        settings={"books": " ".join(map("/".join, books))},
        restricted=True,
    )


def write(project: Project, books: Sequence[Book], handed: Runs) -> Mapping[str, Any]:
    """Write the report among what may show people."""
    folders, study, codebook = project.folders, project.study, project.codebook
    editions = list(dict.fromkeys(edition for edition, _ in books))
    coded = {name: edition_interviews(folders.root, study, codebook, edition=name) for name in editions}
    made = gathered.Made(
        counted={name: [table for folder in handed[name] for table in read_hand_over(folder)] for name in editions},
        protected={book: read_protected_tables(folders.protected(*book)) for book in books},
    )
    found = gathered.findings(
        folders,
        study,
        codebook,
        made=made,
        anonymity={name: anonymity_of(one) for name, one in coded.items()},
        ledger=read_ledger(folders.root),
    )
    write_atomically(folders.ethics_report, report(found, study, codebook).encode("utf-8"))
    return {}
