"""Verification within Casebook: the faults of an archive with their file, and whose release it is."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from small_archive import BOOK, NAME, RECEIPT, REGISTER, bag, described, payload

from casebook.canonical import canonical_json
from casebook.cli import main
from casebook.errors import ReleaseRefused
from casebook.release import verify
from casebook.release.verification import verified
from casebook.study import Study


def archive(folder: Path, **changed: bytes) -> Path:
    """An archive with files put in or changed before it was packed, so that its manifests hold."""
    file = folder / f"{NAME}.zip"
    file.write_bytes(verify.packed(bag(payload(**changed)), NAME))
    return file


def test_it_says_what_an_archive_is(tmp_path: Path, study: Study) -> None:
    said = verified(archive(tmp_path), study)
    assert (said["deliverable"], said["version"], said["level"]) == ("D1.2", "1.0", "PU")


def test_the_command_says_so_in_a_line(tmp_path: Path) -> None:
    file = archive(tmp_path)
    done = CliRunner().invoke(main, ["--project", str(tmp_path), "verify", str(file)])
    assert done.output == "RAYUELA D1.2, version 1.0, level PU, 2021-09-30: everything is as it was packed.\n"
    file.write_bytes(file.read_bytes()[:-1])
    done = CliRunner().invoke(main, ["--project", str(tmp_path), "verify", str(file)])
    assert done.exit_code == 16
    assert f"{NAME}.zip" in done.output
    assert str(tmp_path) not in done.output


def test_an_archive_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReleaseRefused, match=r"none\.zip: there is no such archive"):
        verified(tmp_path / "none.zip")


def test_an_archive_of_another_study_is_refused(tmp_path: Path, study: Study) -> None:
    file = archive(tmp_path, **{"release.json": described(study="OTHER")})
    with pytest.raises(ReleaseRefused, match="the archive is of another study; found OTHER; allowed: RAYUELA"):
        verified(file, study)
    assert verified(file)["study"] == "OTHER"


def test_a_release_that_does_not_say_what_it_is_is_refused(tmp_path: Path) -> None:
    file = archive(tmp_path, **{"release.json": described(level="")})
    with pytest.raises(ReleaseRefused, match=r"data/release\.json: the release does not say what it is; found level"):
        verified(file)


def test_other_tables_than_the_released_ones_are_refused(tmp_path: Path) -> None:
    file = archive(tmp_path, **{"protected/D1.2/PU/tables.json": b"{}"})
    with pytest.raises(ReleaseRefused, match="not the protected tables that the release names"):
        verified(file)


def test_a_register_that_is_not_as_its_schema_says_is_refused(tmp_path: Path) -> None:
    receipt = {**RECEIPT, "certain": True}
    file = archive(tmp_path, **{f"{BOOK}/claims.json": canonical_json({**REGISTER, "claims": [receipt]})})
    with pytest.raises(ReleaseRefused, match="the register of claims is not as its schema says"):
        verified(file)
