"""Verification within Casebook: what `verify.py` finds, and whose release an archive is."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import jsonschema

from casebook.canonical import checksum
from casebook.errors import Fault, ReleaseRefused
from casebook.publication.published_claims import schema
from casebook.release import verify
from casebook.release.record import recorded_manifest
from casebook.study import Study

_KEPT = ("study", "grant", "deliverable", "version", "level", "state", "date", "tables")


def verified(file: Path, study: Study | None = None, releases: Path | None = None) -> Mapping[str, Any]:
    """Return what an archive says of itself, after every check that there is.

    Raises ReleaseRefused with every fault: of the bag, of its statements, of a register that is not as its schema says;
    where a study is given, that the archive is of another one, and where releases are, that it is none of them.
    """
    if not file.exists():
        raise ReleaseRefused.one(file.name, "", "there is no such archive")
    archive = verify.opened(file)
    found = [Fault(file.name, name, message) for name, message in verify.faults_of(archive)]
    found = found or [*_of_the_description(file.name, archive.read, study), *_of_registers(file.name, archive.read)]
    said = verify.about(archive.read)
    recorded = recorded_manifest(releases, said) if releases and not found else None
    if recorded is not None and recorded != archive.read[verify.PAYLOAD]:
        found.append(
            Fault(file.name, "", "the archive is not the one that was released", remedy="take the released one")
        )
    if found:
        raise ReleaseRefused(found)
    return said


def _of_the_description(file: str, read: Mapping[str, bytes], study: Study | None) -> Iterator[Fault]:
    said = verify.about(dict(read))
    lacking = [name for name in _KEPT if not said.get(name)]
    if lacking:
        yield Fault(file, verify.RELEASE, "the release does not say what it is", value=", ".join(lacking))
        return
    if study and (said["study"], said["grant"]) != (study.project.acronym, study.project.grant):
        yield Fault(file, "", "the archive is of another study", value=said["study"], allowed=study.project.acronym)
    tables = f"data/protected/{said['deliverable']}/{said['level']}/tables.json"
    if checksum(read.get(tables, b"")) != said["tables"]:
        yield Fault(file, tables, "not the protected tables that the release names")


def _of_registers(file: str, read: Mapping[str, bytes]) -> Iterator[Fault]:
    for name in sorted(name for name in read if name.startswith(verify.SITE) and name.endswith(f"/{verify.CLAIMS}")):
        try:
            jsonschema.validate(json.loads(read[name]), schema())
        except (ValueError, jsonschema.ValidationError):
            yield Fault(file, name, "the register of claims is not as its schema says")
