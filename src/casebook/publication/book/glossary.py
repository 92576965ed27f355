"""The glossary of the reports: words and abbreviations with their meaning, as an annex and for explaining in place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from casebook.errors import BookRefused, Fault
from casebook.publication.book.inert import inert

ANNEX = "annex-glossary.md"
FILE = "glossary.yml"
_INTRODUCTION = """\
# Glossary and abbreviations

How often an answer was given is said in words that the method chapter defines. Other words and the abbreviations have
these meanings.
"""


class Entry(BaseModel):
    """A word with its meaning, and the further forms in which a text may have it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    word: str
    meaning: str
    forms: tuple[str, ...] = ()

    @property
    def anchor(self) -> str:
        """The name of its place in the annex."""
        return "term-" + re.sub(r"[^a-z0-9]+", "-", self.word.lower()).strip("-")


class Glossary(BaseModel):
    """Everything the reports explain: abbreviations and terms."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    abbreviations: tuple[Entry, ...] = ()
    terms: tuple[Entry, ...] = ()

    @property
    def forms(self) -> Mapping[str, Entry]:
        """Every form in which a text may have a word, with its entry."""
        return {form: entry for entry in (*self.abbreviations, *self.terms) for form in (entry.word, *entry.forms)}


def read_glossary(path: Path) -> Glossary:
    """Read the glossary; one that is not there is empty. Raises BookRefused with every fault."""
    if not path.is_file():
        return Glossary()
    shown = f"book/{FILE}"
    try:
        glossary = Glossary.model_validate(yaml.safe_load(path.read_text("utf-8")))
    except yaml.YAMLError as error:
        raise BookRefused.one(shown, "", "is not YAML", remedy="mend indentation and quotes") from error
    except ValidationError as error:
        places = ((".".join(map(str, fault["loc"])), fault["msg"].lower()) for fault in error.errors())
        raise BookRefused(Fault(shown, place, message) for place, message in places) from error
    anchors = [entry.anchor for entry in (*glossary.abbreviations, *glossary.terms)]
    if twice := sorted({anchor for anchor in anchors if anchors.count(anchor) > 1}):
        raise BookRefused(Fault(shown, anchor, "a word is explained twice", remedy="keep one") for anchor in twice)
    return glossary


def glossary_annex(glossary: Glossary) -> str:
    """Return the annex page, each word an element that a page can refer to."""
    parts = [_INTRODUCTION]
    for heading, entries in (("Abbreviations", glossary.abbreviations), ("Terms", glossary.terms)):
        if entries:
            ordered = sorted(entries, key=lambda entry: entry.word.casefold())
            parts += [f"## {heading}\n", "\n\n".join(map(_definition, ordered)) + "\n"]
    return "\n".join(parts)


def _definition(entry: Entry) -> str:
    return f"[{inert(entry.word)}]{{#{entry.anchor}}}\n: {inert(entry.meaning)}"
