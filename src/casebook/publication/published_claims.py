"""The registers of claims that lie in the sites, read back: listed, and looked up by a claim's id."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from importlib.resources import files
from typing import Any

import jsonschema

from casebook.errors import StatementRefused, StudyRefused
from casebook.folders import Folders
from casebook.publication.evidence import FILE, seal
from casebook.study import FILE as STUDY_FILE
from casebook.study import Study

Register = Mapping[str, Any]


def schema() -> Mapping[str, Any]:
    """Return the JSON schema of a published register."""
    text = files("casebook.publication").joinpath("claims.schema.json").read_text("utf-8")
    return dict(json.loads(text))


def published(folders: Folders, study: Study, edition: str, level: str) -> Register:
    """Return the register of a book as it lies in its site.

    Raises StudyRefused for an edition or level that study.yml does not have, StatementRefused for a book that was not
    built, for a register that is not as its schema says, and for one in which an id stands twice.
    """
    for what, value, allowed in (("edition", edition, study.editions), ("level", level, study.dissemination)):
        if value not in allowed:
            raise StudyRefused.one(
                STUDY_FILE, what, f"there is no such {what}", value=value, allowed=", ".join(allowed)
            )
    path = folders.site(study.dissemination[level].site) / edition / study.editions[edition].version / FILE
    shown = path.relative_to(folders.root).as_posix()
    try:
        register = json.loads(path.read_bytes())
        jsonschema.validate(register, schema())
    except OSError as error:
        raise StatementRefused.one(shown, "", "there is no register of claims", remedy="build this edition") from error
    except (ValueError, jsonschema.ValidationError) as error:
        raise StatementRefused.one(shown, "", "the register was altered", remedy="build this edition again") from error
    if register["sha256"] != seal(register):
        raise StatementRefused.one(shown, "", "the register was altered", remedy="build this edition again")
    ids = [claim["id"] for claim in register["claims"]]
    if twice := sorted({name for name in ids if ids.count(name) > 1}) if len(set(ids)) < len(ids) else []:
        raise StatementRefused.one(shown, "", "an id has two meanings", value=", ".join(twice))
    return dict(register)


def every_published(folders: Folders, study: Study) -> list[Register]:
    """Return the registers of all books in the sites; raises StatementRefused where there is none."""
    books = [
        (edition, level)
        for edition, entry in study.editions.items()
        for level, about in study.dissemination.items()
        if (folders.site(about.site) / edition / entry.version / FILE).is_file()
    ]
    if not books:
        raise StatementRefused.one(FILE, "", "there is no register of claims", remedy="build first")
    return [published(folders, study, *book) for book in books]


def found(registers: Sequence[Register], claim: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the book, such as "D1.3 PU", and the receipt of a claim; raises StatementRefused for an unknown id."""
    known = [(register, receipt) for register in registers for receipt in register["claims"]]
    matches = [(register, receipt) for register, receipt in known if receipt["id"] == claim]
    if not matches:
        close = ", ".join(get_close_matches(claim, sorted({receipt["id"] for _, receipt in known})))
        raise StatementRefused.one(FILE, "", "no published claim has this id", value=claim, allowed=close)
    for register, receipt in matches:
        yield f"{register['deliverable']} {register['level']}", receipt
