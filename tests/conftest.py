"""What several test files need: the project's folder, codebook and study."""

from __future__ import annotations

from pathlib import Path

import pytest
from built_project import BuiltProject
from rehearsal import EDITIONS, Rehearsal, rehearse

from casebook.codebook import Codebook, read_codebook
from casebook.study import Study
from casebook.study_files import read_study

PROJECT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def project() -> Path:
    return PROJECT


@pytest.fixture(scope="session")
def codebook() -> Codebook:
    return read_codebook(PROJECT / "data")


@pytest.fixture(scope="session")
def study(codebook: Codebook) -> Study:
    return read_study(PROJECT, codebook)


@pytest.fixture(scope="session")
def rehearsals(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], Rehearsal]:
    """What each edition says at each level."""
    done: dict[tuple[str, str], Rehearsal] = {}
    for edition, level in EDITIONS:
        folder = tmp_path_factory.mktemp(f"{edition}-{level}")
        done[edition, level] = rehearse(edition, level, out=folder, done=done)
    return done


@pytest.fixture(scope="session")
def built_once(tmp_path_factory: pytest.TempPathFactory) -> BuiltProject:
    """The small project, built once."""
    project = BuiltProject.made(tmp_path_factory.mktemp("built"))
    project.build()
    return project


@pytest.fixture
def built(built_once: BuiltProject, tmp_path: Path) -> BuiltProject:
    """A copy of it that a test may change."""
    return built_once.copied(tmp_path)
