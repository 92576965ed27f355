"""Writing: the tables of each submission, with the descriptor that says they are synthetic."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from casebook.canonical import write_atomically
from casebook.errors import DataRefused, Fault
from casebook.restricted.quotations import APPROVALS_FILE
from casebook.restricted.submission_files import data_package, table_bytes
from casebook.restricted.synthesis.coders import KINDS
from casebook.restricted.synthesis.dealing import Answers
from casebook.restricted.synthesis.design import Design, Words
from casebook.restricted.synthesis.quotations import approvals
from casebook.restricted.synthesis.sample import Interview

Row = Mapping[str, str]
NOTICE = "Synthetic data: no row describes a person, and nobody's words are in it."


@dataclass(frozen=True)
class Coded:
    """An interview with its attributes, every coder's answers, and the invented words that may be quoted of it."""

    interview: Interview
    attributes: Row
    answers: Mapping[str, Answers]
    words: tuple[Words, ...] = ()


def write_submissions(coded: Sequence[Coded], out: Path, design: Design, *, recipe: Mapping[str, object]) -> None:
    """Write a folder `countries/<CC>/<submission>/` for each submission of the study, and the approved quotations.

    Raises DataRefused before anything is written where the folder holds submissions that are not of this study.
    """
    submissions: dict[str, list[Coded]] = {}
    for one in coded:
        submissions.setdefault(one.interview.submission, []).append(one)
    _refuse_strangers(out / "countries", submissions)
    quoted: list[str] = []
    for name, members in sorted(submissions.items()):
        folder = out / "countries" / members[0].interview.country.code / name
        tables = {table: rows for table, rows in tables_of(name, members, design).items() if rows}
        quoted += [f"{name}/{row['quotation']}" for row in tables.get("quotation", ())]
        for table, rows in tables.items():
            write_atomically(folder / f"{table}.csv", table_bytes(table, rows))
        descriptor = data_package(name, tables, synthetic=True, about=_about(name, recipe))
        write_atomically(folder / "datapackage.json", descriptor)
    write_atomically(out / APPROVALS_FILE, approvals(quoted))


def tables_of(name: str, members: Sequence[Coded], design: Design) -> Mapping[str, Sequence[Row]]:
    """The rows of each table of a submission, every cell as text."""
    first = members[0].interview
    coders = sorted({coder for one in members for coder in one.answers})
    coding = [row for one in members for row in _coding_rows(one)]
    return {
        "submission": [_submission(name, first, design)],
        "interview": [one.attributes for one in members],
        "coder": [{"coder": coder, "kind": KINDS[coder]} for coder in coders],
        "coverage": [
            {"interview": one.interview.id, "coder": coder, "complete": "yes", "kind": KINDS[coder]}
            for one in members
            for coder in one.answers
        ],
        "code_map": list(_code_map(coding)),
        "coding": coding,
        "quotation": list(_quotations(members)),
    }


def _submission(name: str, interview: Interview, design: Design) -> Row:
    return {
        "submission": name,
        "partner": f"{interview.country.code}-P1",
        "country": interview.country.code,
        "received": design.waves[interview.wave].received,
        "format": "Casebook tables",
        "origin": "casebook synthesise",
        "offset_convention": "none, as there are no texts",
        "deviations": "",
        "synthetic": "yes",
        "replaces": "",
    }


def _quotations(members: Sequence[Coded]) -> Iterator[Row]:
    said = [(one.interview.id, words) for one in members for words in one.words]
    for number, (interview, words) in enumerate(said, start=1):
        about = {"variable": words.variable, "level": words.level, "text": words.words}
        yield {"quotation": f"Q{number}", "interview": interview, **about}


def _coding_rows(coded: Coded) -> Iterator[Row]:
    for coder, answers in coded.answers.items():
        for variable, answer in answers.items():
            for level in answer.levels or ("",):
                yield {
                    "interview": coded.interview.id,
                    "coder": coder,
                    "variable": variable,
                    "level": level,
                    "missing": answer.missing,
                }


def _code_map(coding: Iterable[Row]) -> Iterator[Row]:
    """The codes used, each mapped to itself."""
    used = dict.fromkeys((row["variable"], row["level"]) for row in coding if row["level"])
    for variable, level in sorted(used):
        yield {
            "partner_code": f"{variable}::{level}",
            "variable": variable,
            "level": level,
            "match": "exact",
            "decided_by": "synthesis",
        }


def _about(name: str, recipe: Mapping[str, object]) -> Mapping[str, object]:
    """What the data package says of itself, with the recipe that makes the same bytes again."""
    return {
        "title": f"Submission {name} (synthetic)",
        "description": NOTICE,
        "licenses": [{"name": "CC-BY-4.0", "path": "https://creativecommons.org/licenses/by/4.0/"}],
        "recipe": recipe,
    }


def _refuse_strangers(countries: Path, submissions: Iterable[str]) -> None:
    """Two studies in one folder would be read as one."""
    found = {path.parent.name: path.parent.parent.name for path in countries.glob("*/*/datapackage.json")}
    faults = [
        Fault(
            f"countries/{found[name]}/{name}",
            "",
            "the folder holds a submission that is not of this study",
            remedy="move it away, or choose an empty folder",
        )
        for name in sorted(found.keys() - set(submissions))
    ]
    if faults:
        raise DataRefused(faults)
