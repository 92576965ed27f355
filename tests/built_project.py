"""The small project built in a process of its own, from a copy of the source that may be changed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from small_project import small_project

from casebook.folders import Folders

SOURCE = Path(__file__).parents[1] / "src"
CODING = "data/countries/BE/BE-W1/coding.csv"


@dataclass(frozen=True)
class BuiltProject:
    """A small project, and the source that builds it."""

    root: Path
    source: Path

    @classmethod
    def made(cls, folder: Path) -> BuiltProject:
        """Make a project that is not yet built, beside a copy of the source."""
        source = folder / "src"
        shutil.copytree(SOURCE, source, ignore=shutil.ignore_patterns("__pycache__"))
        return cls(small_project(folder), source)

    def copied(self, folder: Path) -> BuiltProject:
        """Copy all of it, with what was built and the cache."""
        for part in (self.root, self.source):
            shutil.copytree(part, folder / part.name, symlinks=True)
        return BuiltProject(folder / self.root.name, folder / self.source.name)

    @property
    def folders(self) -> Folders:
        return Folders(self.root)

    def start(self, *words: str, **environment: str) -> subprocess.Popen[str]:
        """Start a command of the command line, in a session of its own."""
        command = [sys.executable, "-m", "casebook.cli", "--project", str(self.root), *words]
        return subprocess.Popen(
            command,
            env={**os.environ, "PYTHONPATH": str(self.source), **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def run(self, *words: str, code: int = 0, **environment: str) -> str:
        """Run a command of the command line that ends with a code, and return what it printed."""
        with self.start(*words, **environment) as running:
            told = running.communicate(timeout=600)[0]
        assert running.returncode == code, told
        return told

    def build(self, *words: str, code: int = 0, **environment: str) -> str:
        """Build the web book."""
        return self.run("build", "--only", "html", *words, code=code, **environment)

    def last_build(self) -> Mapping[str, Any]:
        """What is told of the last build that had something to do."""
        told: Mapping[str, Any] = json.loads(self.folders.last_build.read_text("utf-8"))
        return told

    def done(self) -> list[str]:
        """The steps that the last build did and did not find, in order of their names."""
        return [name for name, step in self.last_build()["steps"].items() if step["state"] != "found"]

    def replace(self, file: str, old: str, new: str) -> None:
        """Change a text of a file."""
        path = self.root / file
        text = path.read_text("utf-8")
        assert old in text, file
        path.write_text(text.replace(old, new, 1), "utf-8")

    def site(self) -> Mapping[str, bytes]:
        """Every file of the sites with its bytes."""
        places = [self.folders.site(name) for name in ("site", "consortium")]
        files = (path for place in places for path in sorted(place.rglob("*")) if path.is_file())
        return {path.relative_to(self.root).as_posix(): path.read_bytes() for path in files}
