"""The draft of a submission: its tables, made from what was read, and the way back from a row to a partner's file."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from casebook.codebook import Codebook, Variable
from casebook.errors import Fault
from casebook.restricted.codings import expected_variables
from casebook.restricted.intake.code_map import NONE, CodeMap
from casebook.restricted.intake.project import STEP, Project
from casebook.restricted.intake.reading import Key, Reading, is_number
from casebook.restricted.submission_tables import COLUMNS, Tables

MAIN, DOUBLE, CONSENSUS = "main", "double", "consensus"
CONSENSUS_CODER = "CONS"
#: Why a topic has no answer where a coder has been through the whole interview and gave it none of its codes.
NOT_GIVEN, NO_CODE = "not_mentioned", "not_coded"
#: Other words of partners for kinds of missing answer.
OTHER_WORDS = {"unknown": "does_not_know", "not_applicable": "does_not_apply"}
_LABELS = {"interview": ("interview",), "coding": ("interview", "coder", "variable", "level")}
_LABELS["coverage"] = _LABELS["coding"][:2]
#: What our tables are to a partner.
_THEIR_WORDS = {
    "coding.csv has no row for a variable": "the question has no answer",
    "coverage.csv": "the sheet coverage",
    "interview.csv": "the sheet interviews",
}


@dataclass(frozen=True)
class About:
    """What a submission says of itself."""

    submission: str
    partner: str
    country: str
    received: str
    format: str
    origin: str
    offset_convention: str
    deviations: str
    synthetic: str
    replaces: str


@dataclass(frozen=True)
class Draft:
    """The tables of a submission that may have faults, and what each row of them stands for in the partner's files."""

    tables: Tables
    keys: Mapping[str, Mapping[int, Key]]
    faults: tuple[Fault, ...] = ()


@dataclass
class _Rows:
    """The rows of one table under way, and the key of each."""

    rows: list[tuple[str, ...]] = field(default_factory=list)
    keys: list[Key] = field(default_factory=list)

    def add(self, row: Iterable[str], *key: str) -> None:
        self.rows.append(tuple(row))
        self.keys.append(key)

    def frame(self, table: str) -> pd.DataFrame:
        index = range(2, len(self.rows) + 2)
        return pd.DataFrame(self.rows, index=index, columns=list(COLUMNS[table]), dtype="str")


def draft_of(readings: Sequence[Reading], code_map: CodeMap, codebook: Codebook, *, about: About) -> Draft:
    """Return the tables that readings make together, under the numbers of interviews that the submission uses.

    Interviews of a tool are joined to those of the workbook by `name_in_tool`. A level stands where one of its codes
    was given. A topic without one has the partner's reason, or where the coder has been through the whole interview the
    kind not_mentioned, and not_coded where the partner has no code for the topic at all.
    """
    made = _Draft(readings, code_map, codebook, about)
    made.read()
    return made.draft()


class _Draft:
    """A draft under way."""

    def __init__(self, readings: Sequence[Reading], code_map: CodeMap, codebook: Codebook, about: About) -> None:
        self.readings, self.code_map, self.codebook, self.about = readings, code_map, codebook, about
        self.names = _names(readings)
        self.attributes = _attributes(readings, self.names, country=about.country)
        self.tables = {name: _Rows() for name in COLUMNS}
        self.levels: defaultdict[tuple[str, str, str], set[str]] = defaultdict(set)
        self.absent: defaultdict[tuple[str, str, str], set[str]] = defaultdict(set)
        self.missing: dict[tuple[str, str, str], str] = {}
        self.covered: dict[tuple[str, str], bool] = {}
        self.own: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
        self.topics = _topics(code_map)

    def read(self) -> None:
        for reading in self.readings:
            self._read(reading.project)
        told = {pair for reading in self.readings for pair in self._told(reading.project)}
        for interview, coder, variable in (*self.levels, *self.missing, *self.absent):
            self.own[interview, coder].add(variable)
        # Nobody has said that these coders went through the whole interview, so what they did not code is not a no.
        self.covered |= dict.fromkeys(self.own.keys() - told, False)

    def _told(self, project: Project) -> Iterator[tuple[str, str]]:
        for entry in project.coverage:
            pair = self.names.get(entry.interview, entry.interview), entry.coder or "A"
            self.covered[pair] = entry.complete
            yield pair

    def _read(self, project: Project) -> None:
        for coding in project.codings:
            if target := self.code_map.level_of(STEP.join(coding.code)):
                self.levels[self._cell(coding.interview, coding.coder, target[0])].add(target[1])
        for absence in project.absences:
            if target := self.code_map.level_of(STEP.join(absence.code)):
                self.absent[self._cell(absence.interview, absence.coder, target[0])].add(target[1])
        for answer in project.missing:
            if variable := self._topic(answer.topic):
                word = "_".join(answer.kind.casefold().split())
                kind = OTHER_WORDS.get(word, word)
                self.missing[self._cell(answer.interview, answer.coder, variable)] = kind

    def _cell(self, interview: str, coder: str, variable: str) -> tuple[str, str, str]:
        return self.names.get(interview, interview), coder or "A", variable

    def _topic(self, topic: tuple[str, ...]) -> str | None:
        """The variable of a topic: the one it names, or the one that all its codes stand for."""
        return topic[-1] if topic[-1] in self.codebook else self.topics.get(STEP.join(topic))

    def draft(self) -> Draft:
        self.tables["submission"].add(self.about.__dict__.values(), "submission")
        for name in sorted(self.attributes):
            cells = self.attributes[name]
            self.tables["interview"].add(
                (name, *(cells.get(c, "") for c in COLUMNS["interview"][1:])), "interview", name
            )
        self._add_coverage()
        self._add_code_map()
        for (interview, coder), complete in sorted(self.covered.items()):
            self._add_codings(interview, coder, complete)
        frames = {name: rows.frame(name) for name, rows in self.tables.items()}
        keys = {name: dict(enumerate(rows.keys, start=2)) for name, rows in self.tables.items()}
        return Draft(Tables(self.about.submission, **frames), keys)

    def _add_coverage(self) -> None:
        coders: defaultdict[str, list[str]] = defaultdict(list)
        for interview, coder in sorted(self.covered):
            coders[interview].append(coder)
        kinds: Counter[tuple[str, str]] = Counter()
        for interview, of_interview in sorted(coders.items()):
            first = next((coder for coder in of_interview if coder != CONSENSUS_CODER), "")
            for coder in of_interview:
                kind = CONSENSUS if coder == CONSENSUS_CODER else MAIN if coder == first else DOUBLE
                complete = "yes" if self.covered[interview, coder] else "no"
                self.tables["coverage"].add((interview, coder, complete, kind), "coverage", interview, coder)
                kinds[coder, kind] += 1
        for coder in sorted({coder for coder, _ in kinds}):
            commonest = max((times, kind) for (name, kind), times in kinds.items() if name == coder)[1]
            self.tables["coder"].add((coder, commonest), "coder", coder)

    def _add_code_map(self) -> None:
        for code in sorted(self.code_map.codings):
            decision = self.code_map.decisions.get(code)
            if decision:
                row = (code, decision.variable, decision.level, decision.match, decision.decided_by)
                self.tables["code_map"].add(row, "code_map", code)

    def _add_codings(self, interview: str, coder: str, complete: bool) -> None:
        cells = self.attributes.get(interview, {})
        expected = expected_variables(
            self.codebook, cells.get("crime", ""), cells.get("role", ""), wave=cells.get("wave", "")
        )
        own = self.own[interview, coder]
        for variable in (*expected, *sorted(own.difference(expected))):
            cell = interview, coder, variable
            for level, missing in self._answers(cell, known=variable in own, complete=complete):
                key = ("coding", *cell, level) if level else ("coding", *cell)
                self.tables["coding"].add((interview, coder, variable, level, missing), *key)

    def _answers(self, cell: tuple[str, str, str], *, known: bool, complete: bool) -> Iterator[tuple[str, str]]:
        """Yield the levels of a variable, or the one kind of missing answer; nothing where nobody looked."""
        variable = self.codebook[cell[2]]
        levels = self.levels.get(cell, set()) or self._denied(variable, self.absent.get(cell, set()))
        if levels:
            yield from ((level, "") for level in variable.level_ids if level in levels)
        if cell in self.missing:
            yield "", self.missing[cell]
        elif not levels and (known or (complete and self._fills and self.own[cell[:2]])):
            yield "", NOT_GIVEN if known or variable.id in self.topics.values() else NO_CODE

    @property
    def _fills(self) -> bool:
        """Whether a coder's silence means that nothing was said: in a tool it does, in a workbook each cell speaks."""
        return any(reading.project.format != "workbook" and reading.project.codings for reading in self.readings)

    @staticmethod
    def _denied(variable: Variable, absent: set[str]) -> set[str]:
        """The answer no, where a partner says outright that the answer is not yes."""
        return {"no"} if set(variable.level_ids) == {"yes", "no"} and absent == {"yes"} else set()


def partner_faults(faults: Iterable[Fault], draft: Draft, readings: Sequence[Reading]) -> tuple[Fault, ...]:
    """Return faults of a submission's tables in the partner's terms: file, sheet, row and column where known."""
    return tuple(_translated(fault, draft, readings) for fault in faults)


def _translated(fault: Fault, draft: Draft, readings: Sequence[Reading]) -> Fault:
    table = fault.file.rpartition("/")[2].removesuffix(".csv")
    words = fault.place.replace(",", "").split()
    number, column = (int(words[1]) if words[:1] == ["row"] else 0), (words[-1] if len(words) > 2 else "")
    key = draft.keys.get(table, {}).get(number)
    if key is None:
        file = "the quotations" if table == "quotation" else "the submission"
        return Fault(file, fault.place, fault.message, fault.value, fault.allowed, fault.remedy)
    if table == "coverage" and column == "complete" and fault.value:
        # The coverage is complete, but one variable has no answer: its cell is where the partner must look.
        key = ("coding", *key[1:], fault.value)
    sought = (*key, column) if table == "interview" else key
    place = next((found for reading in readings if (found := reading.place(*sought))), None)
    file, where = (place.file, place.text) if place else (readings[-1].file, _in_words(key, number, readings))
    message = fault.message
    for ours, theirs in _THEIR_WORDS.items():
        message = message.replace(ours, theirs)
    return Fault(file, where, message, fault.value, fault.allowed, fault.remedy)


def _in_words(key: Key, number: int, readings: Sequence[Reading]) -> str:
    """A place in words, where no file has a cell for it. Names of interviews and codes might be somebody's."""
    if key[0] == "code_map":
        return f"the code map, decided code {number - 1} in the order of the alphabet"
    labels = _LABELS.get(key[0], ())
    if not labels or is_number(key[1]):
        return ", ".join(f"{label} {part}" for label, part in zip(labels, key[1:], strict=False)) or key[0]
    of_file = next((place for reading in readings if (place := reading.place("interview", key[1]))), None)
    rest = (f"{label} {part}" for label, part in zip(labels[1:], key[2:], strict=False))
    return ", ".join([of_file.text if of_file else "an interview", *rest])


def _names(readings: Iterable[Reading]) -> dict[str, str]:
    """The number of each interview by the name that the partner's tool gives it."""
    found: dict[str, str] = {}
    for reading in readings:
        for interview in reading.project.interviews:
            own = dict(interview.attributes).get("name_in_tool", "")
            found |= {own: interview.name} if own else {}
    return found


def _attributes(readings: Iterable[Reading], names: Mapping[str, str], *, country: str) -> dict[str, dict[str, str]]:
    """The attributes of each interview from all files, those of a later file before those of an earlier one.

    The crime is part of the interview's number, and the country the partner's own, where no file says otherwise.
    """
    found: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for reading in readings:
        for interview in reading.project.interviews:
            number = names.get(interview.name, interview.name)
            own = found[number]
            if is_number(number):
                own.setdefault("crime", number.partition("-")[0])
            own.setdefault("country", country)
            own.update({key: value for key, value in interview.attributes if value and key in COLUMNS["interview"]})
    return dict(found)


def _topics(code_map: CodeMap) -> dict[str, str]:
    """The variable of each code above the decided ones, where all of them stand for levels of one variable."""
    below: defaultdict[str, set[str]] = defaultdict(set)
    for code, decision in code_map.decisions.items():
        steps = code.split(STEP)
        for length in range(1, len(steps) + 1):
            if decision.match != NONE:
                below[STEP.join(steps[:length])].add(decision.variable)
    return {topic: next(iter(variables)) for topic, variables in below.items() if len(variables) == 1}
