"""The project that a build works on, and the files that describe it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from casebook.codebook import Codebook, read_codebook
from casebook.folders import Folders
from casebook.study import Study
from casebook.study_files import read_study

#: What every stage reads.
DESCRIPTION = ("study.yml", "data/codebook.csv", "data/levels.csv")


@dataclass(frozen=True)
class Project:
    """A project's folders with its study and codebook, both read and checked."""

    folders: Folders
    study: Study
    codebook: Codebook

    @classmethod
    def read(cls, root: Path) -> Project:
        """Read the project in a folder; raises StudyRefused."""
        folders = Folders(root)
        codebook = read_codebook(folders.data)
        return cls(folders, read_study(root, codebook), codebook)


def submission_files(real: str | None) -> str:
    """Return what a step reads that reads the submissions: the real ones where a folder of them is named."""
    return Path(real).absolute().as_posix() if real else "data/countries/*/*/**/*"
