"""Adding a country's interviews: read, mapped, checked, rehearsed, and written only when somebody has agreed."""

from __future__ import annotations

import datetime
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from casebook.codebook import Codebook
from casebook.desk.effects import Effects, effects_of
from casebook.errors import CasebookError, DataRefused, Fault
from casebook.folders import DATA_VARIABLE, Folders
from casebook.restricted.agreement import Agreement, agreement_of
from casebook.restricted.analysis_run import interviews_of, read_submissions_anew
from casebook.restricted.anonymity import GroupAnonymity, anonymity_of, refuse_identifying
from casebook.restricted.intake.code_map import CodeMap, Decision, read_code_map
from casebook.restricted.intake.correction import corrected, quoting
from casebook.restricted.intake.draft import About, Draft, draft_of, partner_faults
from casebook.restricted.intake.handing_in import faults_of_draft, write_submission
from casebook.restricted.intake.limits import inert_name
from casebook.restricted.intake.project import Format
from casebook.restricted.intake.reading import Reading
from casebook.restricted.intake.receiving import Received, code_map_for, received
from casebook.restricted.interviews import RestrictedStudy, all_codings
from casebook.restricted.measured_agreement import SEED
from casebook.restricted.quotations import quotations_in
from casebook.restricted.submissions import Submission, in_force, submission_of
from casebook.study import FILE, Study


@dataclass(frozen=True)
class HandedIn:
    """What a partner hands in: its country, files and decisions, and what becomes of it.

    `quotations` is a table of passages that may be quoted. `synthetic` declares that the files describe nobody;
    `replaces` names the submission that is corrected, of which `withdrawn` interviews are left out. `submission` and
    `partner` have names of their own where they are None.
    """

    country: str
    files: tuple[str, ...]
    received: datetime.date
    code_map: Path | None = None
    columns: Path | None = None
    quotations: Path | None = None
    submission: str | None = None
    partner: str | None = None
    replaces: str | None = None
    withdrawn: tuple[str, ...] = ()
    synthetic: bool = False


@dataclass(frozen=True)
class Desk:
    """The project that submissions are added to, as it is."""

    folders: Folders
    study: Study
    codebook: Codebook
    submissions: tuple[Submission, ...]

    @classmethod
    def of(cls, root: Path, study: Study, codebook: Codebook) -> Desk:
        """Return the desk of a project; raises DataRefused where its submissions cannot be read."""
        submissions = read_submissions_anew(root, codebook, real=os.environ.get(DATA_VARIABLE))
        return cls(Folders(root), study, codebook, submissions)

    def of_country(self, country: str) -> tuple[Submission, ...]:
        """Return the submissions of a country that are in force, the latest last."""
        own = (submission for submission in in_force(self.submissions) if submission.country == country)
        return tuple(sorted(own, key=lambda submission: (submission.received, submission.id)))


@dataclass(frozen=True)
class Answer:
    """What came of what was handed in: what was understood, every fault, and what it would change.

    `submission` and `effects` are there where there is no fault; `agreement` covers double-coded interviews,
    `anonymity` the offenders and victims among them.
    """

    handed_in: HandedIn
    readings: tuple[Reading, ...]
    code_map: CodeMap
    draft: Draft
    faults: tuple[Fault, ...]
    submission: Submission | None = None
    agreement: tuple[Agreement, ...] = ()
    anonymity: tuple[GroupAnonymity, ...] = ()
    effects: Effects | None = None

    @property
    def warnings(self) -> tuple[Fault, ...]:
        """What departs from a format or says less than it seems to, and is no reason to refuse."""
        return tuple(fault for reading in self.readings for fault in reading.project.deviations)


def answer_to(desk: Desk, handed_in: HandedIn) -> Answer:
    """Return what comes of files that are handed in; nothing is written.

    Raises DataRefused only where nothing can be said of the files at all: an unknown country, an unknown submission to
    correct, a code map that cannot be read.
    """
    _check_request(desk, handed_in)
    came_in = received(handed_in.files, desk.codebook, columns=handed_in.columns)
    code_map = code_map_for(came_in.readings, desk.codebook, decided=_decided(desk, handed_in))
    about = _about(desk, handed_in, came_in)
    draft = draft_of(came_in.readings, code_map, desk.codebook, about=about)
    if handed_in.replaces:
        draft = corrected(draft, _named(desk, handed_in.replaces), withdrawn=handed_in.withdrawn)
    if handed_in.quotations:
        draft = quoting(draft, quotations_in(handed_in.quotations, shown_as=inert_name(handed_in.quotations)))
    faults = _all_faults(desk, came_in, draft, code_map)
    answer = Answer(handed_in, came_in.readings, code_map, draft, faults)
    return answer if faults else _with_effects(desk, answer)


def hand_in(desk: Desk, answer: Answer) -> Path:
    """Write the submission of an answer without faults, and return the folder it lies in.

    Synthetic interviews go into the repository's data, real ones into the folder that CASEBOOK_DATA names, which must
    not lie in the repository. Raises DataRefused where that is not so, and for an answer with faults.
    """
    if answer.faults or answer.submission is None:
        raise DataRefused(answer.faults)
    countries = place_of(desk.folders, synthetic=answer.handed_in.synthetic)
    return write_submission(answer.submission.tables, countries, desk.codebook)


def place_of(folders: Folders, *, synthetic: bool) -> Path:
    """Return the folder of countries that a submission belongs to; raises DataRefused where it must not be written."""
    real = os.environ.get(DATA_VARIABLE)
    if synthetic and not real:
        return folders.data / "countries"
    if synthetic:
        message = "invented interviews do not go beside real ones"
        raise DataRefused.one(DATA_VARIABLE, "", message, remedy="unset CASEBOOK_DATA, or leave out --synthetic")
    if not real:
        message = "interviews with people are kept in a folder outside the repository, and none is named"
        remedy = "set CASEBOOK_DATA to that folder; say --synthetic if nobody was interviewed"
        raise DataRefused.one(DATA_VARIABLE, "", message, remedy=remedy)
    if Path(real).resolve().is_relative_to(folders.root.resolve()):
        message = "interviews with people must not lie in the repository"
        raise DataRefused.one(DATA_VARIABLE, "", message, remedy="set CASEBOOK_DATA to a folder elsewhere")
    return Path(real)


def _check_request(desk: Desk, handed_in: HandedIn) -> None:
    if faults := list(_faults_of_request(desk, handed_in)):
        raise DataRefused(faults)


def _faults_of_request(desk: Desk, handed_in: HandedIn) -> Iterator[Fault]:
    if handed_in.country not in desk.study.countries:
        allowed, remedy = ", ".join(desk.study.countries), "add the country to study.yml and its context.yml first"
        yield Fault(FILE, "countries", "the study has no such country", handed_in.country[:10], allowed, remedy)
    known = {submission.id for submission in desk.of_country(handed_in.country)}
    if handed_in.replaces and handed_in.replaces not in known:
        message = "the country has no such submission in force"
        yield Fault("--replaces", "", message, handed_in.replaces[:40], ", ".join(sorted(known)))
    if handed_in.withdrawn and not handed_in.replaces:
        remedy = "name with --replaces the submission that has the interviews"
        yield Fault("--withdraw", "", "nothing says from which submission", remedy=remedy)
    if not handed_in.files and not handed_in.withdrawn:
        yield Fault("FILES", "", "nothing was handed in", remedy="name the partner's files")


def _named(desk: Desk, name: str) -> Submission:
    return next(submission for submission in desk.submissions if submission.id == name)


def _decided(desk: Desk, handed_in: HandedIn) -> Mapping[str, Decision]:
    """What was decided of codes: for the country's earlier submissions, and now, which counts more."""
    decided: dict[str, Decision] = {}
    for submission in desk.of_country(handed_in.country):
        for row in submission.tables.code_map.to_dict("records"):
            cells = {str(column): str(cell) for column, cell in row.items()}
            code = cells["partner_code"]
            decided[code] = Decision(code, cells["variable"], cells["level"], cells["match"], cells["decided_by"])
    if handed_in.code_map:
        decided |= read_code_map(handed_in.code_map, desk.codebook, shown_as=inert_name(handed_in.code_map))
    return decided


def _about(desk: Desk, handed_in: HandedIn, came_in: Received) -> About:
    earlier = desk.of_country(handed_in.country)
    projects = [reading.project for reading in came_in.readings]
    tools = [project for project in projects if project.format is not Format.WORKBOOK] or projects
    deviations = dict.fromkeys(fault.message for project in projects for fault in project.deviations)
    return About(
        submission=handed_in.submission or free_name(desk, handed_in.country, handed_in.received),
        partner=handed_in.partner or (earlier[-1].partner if earlier else f"{handed_in.country}-P1"),
        country=handed_in.country,
        received=handed_in.received.isoformat(),
        format="; ".join(dict.fromkeys(str(project.format) for project in tools)) or "withdrawal",
        origin="; ".join(dict.fromkeys(project.origin for project in tools)),
        offset_convention="; ".join(dict.fromkeys(str(project.offset_convention) for project in tools)),
        deviations="; ".join(deviations),
        synthetic="yes" if handed_in.synthetic else "no",
        replaces=handed_in.replaces or "",
    )


def free_name(desk: Desk, country: str, received: datetime.date) -> str:
    """Return the name of a new submission: country and day; a second submission of the day has a number, too."""
    taken = {submission.id for submission in desk.submissions}
    name = f"{country}-{received.isoformat()}"
    numbered = (f"{name}-{number}" for number in range(2, len(taken) + 3))
    return name if name not in taken else next(other for other in numbered if other not in taken)


def _all_faults(desk: Desk, came_in: Received, draft: Draft, code_map: CodeMap) -> tuple[Fault, ...]:
    """Every fault in the partner's terms; where a cell has one already, what follows from it is not told again."""
    faults = list(came_in.faults)
    if came_in.readings:
        faults += _faults_of_codes(came_in.readings, code_map)
    if draft.tables.interview.empty and not came_in.faults:
        faults.append(Fault("the submission", "", "no interview was handed in", remedy="fill the sheet interviews"))
    told = {(fault.file, fault.place) for fault in faults}
    checked = partner_faults(faults_of_draft(draft, desk.codebook, desk.submissions), draft, came_in.readings)
    return (*faults, *(fault for fault in checked if (fault.file, fault.place) not in told))


def _faults_of_codes(readings: Sequence[Reading], code_map: CodeMap) -> Iterator[Fault]:
    """Codes of which nothing was decided: what they say would be lost without anybody noticing."""
    if code_map.undecided:
        message = "codes stand for no level yet, and nobody has decided that they stand for none"
        remedy = "decide each in the code map that lies beside the report, and hand it in with --code-map"
        yield Fault(readings[0].file, "codes", message, str(len(code_map.undecided)), remedy=remedy)


def _with_effects(desk: Desk, answer: Answer) -> Answer:
    submission = submission_of(answer.draft.tables)
    read = replace(
        answer,
        submission=submission,
        agreement=agreement_of(all_codings([submission]), desk.codebook, seed=SEED),
        anonymity=anonymity_of(RestrictedStudy.of([submission], desk.codebook)),
    )
    after = (*desk.submissions, submission)
    try:
        _refuse_identifying(desk, submission, after)
        effects = effects_of(desk.folders, desk.study, desk.codebook, before=desk.submissions, after=after)
    except CasebookError as refusal:
        return replace(read, faults=refusal.faults)
    return replace(read, effects=effects)


def _refuse_identifying(desk: Desk, submission: Submission, after: tuple[Submission, ...]) -> None:
    """Refuse a submission that could identify somebody, by itself or together with those that are there."""
    editions = desk.study.editions
    coded = {name: interviews_of(after, desk.study, desk.codebook, edition=name) for name in editions}
    refuse_identifying(coded, [submission], desk.codebook, limits=desk.study.anonymity)
