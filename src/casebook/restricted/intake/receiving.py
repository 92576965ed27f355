"""Receiving: each file that a partner hands in, recognised and read, or refused in the partner's terms."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from casebook.codebook import CRIMES, Codebook
from casebook.errors import DataRefused, Fault
from casebook.restricted.intake import read
from casebook.restricted.intake.code_map import CodeMap, Decision, code_map_of
from casebook.restricted.intake.limits import inert_name, sheets_of
from casebook.restricted.intake.project import Code, Format, Project
from casebook.restricted.intake.reading import Place, Reading, is_number
from casebook.restricted.intake.workbook import is_ours, workbook_reading
from casebook.restricted.intake.workbook_layout import CODERS

#: A file of one coder alone, such as `B=export.qdpx`.
_OF_CODER = re.compile(rf"({'|'.join(CODERS)})=(.+)")


@dataclass(frozen=True)
class Received:
    """What came in: the readings of the files that could be read, and the faults of those that could not."""

    readings: tuple[Reading, ...]
    faults: tuple[Fault, ...]


def received(files: Iterable[str], codebook: Codebook, *, columns: Path | None) -> Received:
    """Return the readings of files, workbooks last, so that what a partner says in a workbook counts.

    A file written `B=FILE` is the work of coder B alone; `columns` says what the columns of tables are.
    """
    readings: list[Reading] = []
    faults: list[Fault] = []
    for named in files:
        coder, path = _coder_and_path(named)
        try:
            readings.append(_reading(path, codebook, columns, coder=coder))
        except DataRefused as refusal:
            faults += refusal.faults
    readings.sort(key=lambda reading: reading.project.format is Format.WORKBOOK)
    faults += [fault for reading in readings for fault in reading.faults]
    return Received(tuple(readings), (*faults, *_faults_of_names(readings)))


def code_map_for(readings: Sequence[Reading], codebook: Codebook, *, decided: Mapping[str, Decision]) -> CodeMap:
    """Return the code map of all files: the workbook's codes are the codebook's own, those of tools are decided."""
    own, others = Counter[Code](), Counter[Code]()
    for reading in readings:
        times = reading.project.by_code()
        given = own if reading.project.format is Format.WORKBOOK else others
        for code in reading.project.codes:
            if times[code.path] or given is others:
                given[code] += times[code.path]
    names = {code.shown: Decision(code.shown, code.path[0], code.path[1], "exact", "workbook") for code in own}
    crimes = {name[:2] for reading in readings for name in _numbers(reading)} or set(CRIMES)
    mapped = code_map_of(others, codebook, crimes=crimes, decided=decided)
    codings = {**mapped.codings, **{code.shown: times for code, times in own.items()}}
    return CodeMap({**mapped.decisions, **names}, mapped.suggestions, codings)


def _coder_and_path(named: str) -> tuple[str, Path]:
    matched = _OF_CODER.fullmatch(named)
    return (matched[1], Path(matched[2])) if matched and not Path(named).exists() else ("", Path(named))


def _reading(path: Path, codebook: Codebook, columns: Path | None, *, coder: str) -> Reading:
    file = inert_name(path)
    sheets = sheets_of(path)
    if sheets and is_ours(sheets):
        return workbook_reading(sheets, codebook, file=file)
    project = read(path, columns=columns)
    return Reading(file, _of_one_coder(project, coder, file), _places(project, file))


def _of_one_coder(project: Project, coder: str, file: str) -> Project:
    """The project as one coder's work, where the partner says so or the file cannot tell who coded what."""
    if not coder and project.coders_sure:
        return project
    if not coder and len(project.coders) > 1:
        message = "the file does not tell reliably who coded what"
        remedy = "hand in one export per coder, written A=FILE and B=FILE"
        raise DataRefused.one(file, "", message, remedy=remedy)
    letter = coder or "A"
    return replace(
        project,
        codings=tuple(dict.fromkeys(replace(coding, coder=letter) for coding in project.codings)),
        missing=tuple(dict.fromkeys(replace(answer, coder=letter) for answer in project.missing)),
        absences=tuple(dict.fromkeys(replace(absence, coder=letter) for absence in project.absences)),
        coverage=tuple(dict.fromkeys(replace(entry, coder=letter) for entry in project.coverage)),
    )


def _places(project: Project, file: str) -> dict[tuple[str, ...], Place]:
    """The interviews of a tool's project by their position: their names might be somebody's."""
    return {
        ("interview", interview.name): Place(file, f"interview {number} of the file")
        for number, interview in enumerate(project.interviews, start=1)
    }


def _numbers(reading: Reading) -> Iterator[str]:
    return (interview.name for interview in reading.project.interviews if is_number(interview.name))


def _faults_of_names(readings: Sequence[Reading]) -> Iterator[Fault]:
    """Interviews of a tool that neither are named by their number nor are joined to one by a workbook."""
    joined = {dict(i.attributes).get("name_in_tool", "") for r in readings for i in r.project.interviews}
    for reading in readings:
        for number, interview in enumerate(reading.project.interviews, start=1):
            if not is_number(interview.name) and interview.name not in joined:
                remedy = "write its name into the column name_in_tool of the sheet interviews of a workbook beside it"
                place, message = f"interview {number} of the file", "the interview has no number of the study"
                yield Fault(reading.file, place, message, allowed="such as OG-0412", remedy=remedy)
