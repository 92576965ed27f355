"""The counter of the desk: an answer is made, a report is left beside it, and what is agreed to is written."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

from casebook.canonical import write_atomically
from casebook.codebook import read_codebook
from casebook.desk.adding import Answer, Desk, HandedIn, answer_to, hand_in, place_of
from casebook.desk.annotation import annotated
from casebook.desk.languages import Language, language
from casebook.desk.report import report
from casebook.desk.summary import summary
from casebook.errors import DataRefused
from casebook.folders import Folders
from casebook.study_files import read_study

REPORT, CODE_MAP = "report.html", "code_map.csv"


def serve(
    project: Path,
    *,
    asked: Mapping[str, Any],
    received: datetime.date,
    language_code: str,
    agreed: Callable[[], bool] | None,
) -> None:
    """Answer what a partner hands in, leave the report, and write the submission where somebody agrees.

    `agreed` is asked only where there is nothing to put right; None is a rehearsal alone. Raises DataRefused with every
    fault, after the report has been left.
    """
    codebook = read_codebook(project / "data")
    study = read_study(project, codebook)
    desk, chosen = Desk.of(project, study, codebook), language(language_code)
    handed_in = _handed_in(asked, received)
    if agreed is not None:
        place_of(desk.folders, synthetic=handed_in.synthetic)
    answer = answer_to(desk, handed_in)
    folder = leave_report(desk, answer, chosen)
    for line in summary(answer, study):
        click.echo(line)
    click.echo(f"The report to the partner lies in {folder.relative_to(project).as_posix()}/{REPORT}")
    if answer.faults:
        raise DataRefused(answer.faults)
    if agreed is None:
        click.echo("Nothing was written: this was a rehearsal.")
    elif agreed():
        hand_in(desk, answer)
        click.echo(f"Wrote submission {answer.draft.tables.shown_as}; casebook build takes it.")
    else:
        click.echo("Nothing was written.")


def leave_report(desk: Desk, answer: Answer, chosen: Language) -> Path:
    """Write report, code map and annotated workbooks into the desk's restricted folder, and return that folder."""
    folder = report_folder(desk.folders, answer)
    write_atomically(folder / REPORT, report(answer, desk.study, desk.codebook, language=chosen).encode("utf-8"))
    if answer.code_map.suggestions or answer.code_map.undecided:
        write_atomically(folder / CODE_MAP, answer.code_map.to_csv())
    for reading in answer.readings:
        if reading.sheets:
            marked = annotated(reading, answer.faults, desk.codebook, chosen)
            write_atomically(folder / f"{Path(reading.file).stem}-annotated.xlsx", marked)
    return folder


def report_folder(folders: Folders, answer: Answer) -> Path:
    """Return where the report on a submission lies: among what may show people."""
    return folders.restricted / "desk" / answer.draft.tables.shown_as


def _handed_in(asked: Mapping[str, Any], received: datetime.date) -> HandedIn:
    return HandedIn(
        country=asked["country"],
        files=tuple(asked["files"]),
        received=received,
        code_map=asked["code_map"],
        columns=asked["columns"],
        quotations=asked["quotations"],
        submission=asked["submission"],
        partner=asked["partner"],
        replaces=asked["replaces"],
        withdrawn=tuple(asked["withdraw"]),
        synthetic=asked["synthetic"],
    )
