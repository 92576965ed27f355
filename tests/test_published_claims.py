"""Registers of claims in the sites, read back: what is listed, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from casebook.errors import CasebookError, StatementRefused, StudyRefused
from casebook.folders import Folders
from casebook.publication.evidence import seal
from casebook.publication.published_claims import every_published, found, published
from casebook.study import Study

CLAIM = {
    "id": "c0123456789",
    "page": "grooming/risk",
    "kind": "size",
    "form": "size",
    "text": "23 experts",
    "sentence": "They spoke with 23 experts.",
    "definition": "",
    "holds": [],
    "template": "risk.md.j2",
    "line": 1,
    "table": "OG.E",
    "run": "",
    "cells": [],
}


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    return Folders(tmp_path)


def publish(folders: Folders, study: Study, *claims: object, edition: str = "D1.2") -> Path:
    """Lay a register of claims at level PU into the public site."""
    version = study.editions[edition].version
    path = folders.site("site") / edition / version / "claims.json"
    path.parent.mkdir(parents=True)
    about = {"deliverable": edition, "version": version, "level": "PU", "sources": {}}
    register = {**about, "claims": list(claims)}
    path.write_text(json.dumps({**register, "sha256": seal(register)}), "utf-8")
    return path


def test_a_claim_is_found_in_every_book_that_makes_it(folders: Folders, study: Study) -> None:
    publish(folders, study, CLAIM)
    publish(folders, study, CLAIM, edition="D1.3")
    assert list(found(every_published(folders, study), str(CLAIM["id"]))) == [("D1.2 PU", CLAIM), ("D1.3 PU", CLAIM)]


@pytest.mark.parametrize(
    ("claims", "message"),
    [
        ([CLAIM, CLAIM], "an id has two meanings; found c0123456789"),
        ([CLAIM | {"id": "c1"}], "the register was altered; do: build this edition again"),
        (
            [{**CLAIM, "cells": [{"level": "a", "label": "A", "status": "withheld", "value": "3", "n": 3}]}],
            "was altered",
        ),
    ],
)
def test_a_register_that_is_not_sound_is_refused(
    claims: list[object], message: str, folders: Folders, study: Study
) -> None:
    publish(folders, study, *claims)
    with pytest.raises(StatementRefused) as refusal:
        published(folders, study, "D1.2", "PU")
    assert message in str(refusal.value)


def test_a_register_in_which_one_word_was_altered_is_refused(folders: Folders, study: Study) -> None:
    path = publish(folders, study, CLAIM)
    path.write_text(path.read_text("utf-8").replace("23 experts", "24 experts"), "utf-8")
    with pytest.raises(StatementRefused, match="the register was altered; do: build this edition again"):
        published(folders, study, "D1.2", "PU")


def test_broken_json_is_refused(folders: Folders, study: Study) -> None:
    publish(folders, study, CLAIM).write_text("{", "utf-8")
    with pytest.raises(StatementRefused, match="the register was altered"):
        published(folders, study, "D1.2", "PU")


def test_an_unknown_claim_is_refused_with_those_that_look_like_it(folders: Folders, study: Study) -> None:
    publish(folders, study, CLAIM)
    with pytest.raises(StatementRefused) as refusal:
        list(found(every_published(folders, study), "c0123456780"))
    assert "no published claim has this id; found c0123456780; allowed: c0123456789" in str(refusal.value)


@pytest.mark.parametrize(
    ("asked", "kind", "message"),
    [
        (("D1.1", "PU"), StudyRefused, "edition: there is no such edition; found D1.1; allowed: D1.2, D1.3"),
        (("D1.2", "XX"), StudyRefused, "level: there is no such level; found XX; allowed: PU, CO"),
        (("D1.2", "CO"), StatementRefused, "there is no register of claims; do: build this edition"),
    ],
)
def test_a_book_that_is_not_there_is_refused(
    asked: tuple[str, str], kind: type[CasebookError], message: str, folders: Folders, study: Study
) -> None:
    with pytest.raises(kind) as refusal:
        published(folders, study, *asked)
    assert message in str(refusal.value)


def test_sites_without_any_register_are_refused(folders: Folders, study: Study) -> None:
    with pytest.raises(StatementRefused, match="do: build first"):
        every_published(folders, study)
