"""Steps small enough to be done in a moment, in a project of a few files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from casebook.cache import Ingredients, Step, Steps
from casebook.folders import Folders


@dataclass
class Copying:
    """A step that copies a text into a folder, and counts how often it has to."""

    root: Path
    step: Step = field(init=False)
    done: int = 0

    def __post_init__(self) -> None:
        self.input.write_text("one", "utf-8")
        self.step = Step("copy", (self.root / "_build" / "copy",), reads=("input.txt",), modules=("casebook.folders",))

    @property
    def input(self) -> Path:
        return self.root / "input.txt"

    @property
    def output(self) -> Path:
        return self.root / "_build" / "copy" / "deep" / "output.txt"

    def make(self) -> Mapping[str, Any]:
        """Copy the text and tell its length."""
        self.done += 1
        self.output.parent.mkdir(parents=True, exist_ok=True)
        self.output.write_text(self.input.read_text("utf-8"), "utf-8")
        return {"length": len(self.input.read_text("utf-8"))}

    def steps(self) -> Steps:
        """The steps of a build that begins now."""
        folders = Folders(self.root)
        return Steps(folders, Ingredients(folders.root, folders.build))

    def build(self, step: Step | None = None) -> Mapping[str, Any]:
        """Do the step in a build of its own, unless it is found."""
        return self.steps().do(step or self.step, self.make)
