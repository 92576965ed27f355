"""The code map: which level of the codebook each code of a partner stands for, suggested here and decided by people."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from rapidfuzz import fuzz, process

from casebook.codebook import EVERY_CRIME, Codebook
from casebook.errors import DataRefused, Fault
from casebook.restricted.csv_tables import read_table, records_of
from casebook.restricted.intake.project import Code
from casebook.restricted.submission_tables import MATCHES
from casebook.restricted.untrusted import inert

#: The columns that decide, as a submission keeps them, and those that help to decide.
DECIDING = ("partner_code", "variable", "level", "match", "decided_by")
HELPING = ("codings", "suggested_variable", "suggested_level", "alike")
NONE, EXACT = "none", "exact"
#: Below this likeness, of 100, a suggestion would only be in the way.
_ALIKE = 72
#: Between the words of a name; the hyphen of a band such as 10-12 is none.
_BETWEEN = re.compile(r"[^\w<>+-]+|_|(?<=[^\W\d])-(?=[^\W\d])")


@dataclass(frozen=True)
class Suggestion:
    """A level that a code may stand for, and how alike both are of 100; 100 is the same name."""

    variable: str
    level: str
    alike: int


@dataclass(frozen=True)
class Decision:
    """What was decided of a code: the level it stands for and how well it fits; nothing where `match` is none."""

    code: str
    variable: str
    level: str
    match: str
    decided_by: str


@dataclass(frozen=True)
class CodeMap:
    """The codes of a partner, decided and undecided; `codings` says how often each was given."""

    decisions: Mapping[str, Decision]
    suggestions: Mapping[str, Suggestion]
    codings: Mapping[str, int]

    @property
    def undecided(self) -> tuple[str, ...]:
        """The codes that were given to interviews and of which nothing was decided, the commonest first."""
        codes = (code for code, times in self.codings.items() if times and code not in self.decisions)
        return tuple(sorted(codes, key=lambda code: (-self.codings[code], code)))

    def level_of(self, code: str) -> tuple[str, str] | None:
        """Return the variable and level that a code stands for, or None where it stands for none."""
        decision = self.decisions.get(code)
        return (decision.variable, decision.level) if decision and decision.match != NONE else None

    def to_csv(self) -> bytes:
        """Return the map as the table that a partner edits: first what decides, then what helps to."""
        stream = io.StringIO()
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow((*DECIDING, *HELPING))
        writer.writerows(self._row(code) for code in self.codings)
        return stream.getvalue().encode("utf-8")

    def _row(self, code: str) -> tuple[str, ...]:
        decided, hint = self.decisions.get(code), self.suggestions.get(code)
        deciding = (decided.variable, decided.level, decided.match, decided.decided_by) if decided else ("",) * 4
        hints = (hint.variable, hint.level, str(hint.alike)) if hint else ("",) * 3
        return (_cell(code), *deciding, str(self.codings[code]), *hints)


def code_map_of(
    codes: Mapping[Code, int], codebook: Codebook, *, crimes: Iterable[str], decided: Mapping[str, Decision]
) -> CodeMap:
    """Return the map of codes given so often: what was decided, and what has the same name; the rest has suggestions.

    Suggestions are levels of variables of these crimes, or of every crime.
    """
    levels = _Levels.of(codebook, frozenset(crimes))
    found = {code.shown: levels.suggestion(code) for code in codes}
    suggestions = {code: suggestion for code, suggestion in found.items() if suggestion}
    same = {
        code: Decision(code, hint.variable, hint.level, EXACT, "same name")
        for code, hint in suggestions.items()
        if hint.alike == 100
    }
    return CodeMap({**same, **decided}, suggestions, {code.shown: times for code, times in codes.items()})


def read_code_map(path: Path, codebook: Codebook, *, shown_as: str) -> dict[str, Decision]:
    """Return what a partner's table decides; a row without a match is undecided and left out.

    Raises DataRefused with every fault: an unknown variable, level or match, a code that comes twice.
    """
    header = records_of(path, shown_as=shown_as).get(1, [])
    frame = read_table(path, (*DECIDING, *(name for name in HELPING if name in header)), shown_as=shown_as)
    faults: list[Fault] = []
    decisions: dict[str, Decision] = {}
    for number, row in zip(frame.index, frame.to_dict("records"), strict=True):
        cells = {str(key): str(value).strip() for key, value in row.items()}
        code = _code(cells["partner_code"])
        who = cells["decided_by"] or "the partner"
        decision = Decision(code, cells["variable"], cells["level"], cells["match"], who)
        if decision.match:
            faults += _faults(decision, decisions, codebook, place=f"row {number}", shown_as=shown_as)
            decisions[code] = decision
    if faults:
        raise DataRefused(faults)
    return decisions


def _faults(
    decision: Decision, earlier: Mapping[str, Decision], codebook: Codebook, *, place: str, shown_as: str
) -> Iterator[Fault]:
    if decision.code in earlier:
        yield Fault(shown_as, f"{place}, column partner_code", "the code occurs in an earlier row", remedy="keep one")
    if decision.match not in MATCHES:
        allowed = f"{', '.join(MATCHES)}; empty where it is undecided"
        yield Fault(shown_as, f"{place}, column match", "not an allowed value", inert(decision.match), allowed)
    elif decision.match == NONE and (decision.variable or decision.level):
        remedy = "leave variable and level empty where the code stands for no level"
        yield Fault(shown_as, f"{place}, column match", "a code without a match has a level", remedy=remedy)
    elif decision.match != NONE:
        yield from _faults_of_level(decision, codebook, place, shown_as)


def _faults_of_level(decision: Decision, codebook: Codebook, place: str, shown_as: str) -> Iterator[Fault]:
    if decision.variable not in codebook or codebook[decision.variable].table != "coding":
        allowed = "an id of the codebook that interviews are coded for"
        value = inert(decision.variable) or "an empty cell"
        yield Fault(shown_as, f"{place}, column variable", "not a variable of the codebook", value, allowed)
    elif decision.level not in codebook[decision.variable].level_ids:
        allowed = ", ".join(codebook[decision.variable].level_ids)
        value = inert(decision.level) or "an empty cell"
        yield Fault(shown_as, f"{place}, column level", "not a level of the variable", value, allowed)


@dataclass(frozen=True)
class _Levels:
    """The levels that may be suggested, by the names they go under."""

    keys: tuple[tuple[str, str], ...]
    exact: Mapping[str, tuple[str, str] | None]
    texts: tuple[str, ...]

    @classmethod
    def of(cls, codebook: Codebook, crimes: frozenset[str]) -> _Levels:
        variables = [v for v in codebook.variables if v.table == "coding" and v.crime in crimes | {EVERY_CRIME}]
        keys: list[tuple[str, str]] = []
        exact: dict[str, tuple[str, str] | None] = {}
        texts: list[str] = []
        for variable in variables:
            for level in variable.levels:
                key = variable.id, level.id
                keys.append(key)
                texts.append(_folded(f"{variable.label} {level.label}"))
                for variable_name in (variable.id, variable.label):
                    for level_name in (level.id, level.label):
                        name = _folded(f"{variable_name} {level_name}")
                        # A name that stands for two levels decides nothing.
                        exact[name] = key if exact.get(name, key) == key else None
        return cls(tuple(keys), exact, tuple(texts))

    def suggestion(self, code: Code) -> Suggestion | None:
        """Return the level most alike, by the last two steps of the path, the whole path, or the description."""
        for name in (" ".join(code.path[-2:]), " ".join(code.path)):
            if key := self.exact.get(_folded(name)):
                return Suggestion(*key, 100)
        asked = [_folded(text) for text in (" ".join(code.path[-2:]), " ".join(code.path), code.description) if text]
        best = [
            process.extractOne(text, self.texts, scorer=fuzz.token_set_ratio, score_cutoff=_ALIKE) for text in asked
        ]
        _, score, place = max((found for found in best if found), key=lambda found: found[1], default=("", 0, -1))
        return Suggestion(*self.keys[place], min(99, int(score))) if place >= 0 else None


def _folded(name: str) -> str:
    """A name without case, accents and marks between words, so that `Gênero_da vítima` is `genero da vitima`."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(c))
    return " ".join(_BETWEEN.sub(" ", plain).split())


def _cell(code: str) -> str:
    """A code as a cell that no spreadsheet takes for a formula."""
    return f"'{code}" if code[:1] in "=+-@" else code


def _code(cell: str) -> str:
    return cell[1:] if cell[:1] == "'" and cell[1:2] in ("=", "+", "-", "@") else cell
