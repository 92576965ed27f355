"""What several test files need: the project's folder, codebook and study."""

from __future__ import annotations

from pathlib import Path

import pytest

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
