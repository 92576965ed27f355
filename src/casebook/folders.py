"""Where things lie: the folders of a project and of its `_build`, by name."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

#: The environment variable that names the folder of real submissions, `<country>/<submission>`.
DATA_VARIABLE = "CASEBOOK_DATA"


@dataclass(frozen=True)
class Folders:
    """The folders of one project; `root` holds study.yml, all else is relative to it."""

    root: Path

    @property
    def data(self) -> Path:
        return self.root / "data"

    @property
    def build(self) -> Path:
        return self.root / "_build"

    @property
    def restricted(self) -> Path:
        """Everything that may show people; never staged, archived or published."""
        return self.build / "restricted"

    @property
    def last_build(self) -> Path:
        """What is told of the last build that had something to do: its stages and steps, as JSON."""
        return self.restricted / "last_build.json"

    def analysis_run(self, edition: str, run: str) -> Path:
        return self.restricted / edition / run

    @property
    def audit(self) -> Path:
        """What the disclosure audit found, with true values."""
        return self.restricted / "disclosure-audit.json"

    @property
    def ethics_report(self) -> Path:
        return self.restricted / "ethics-report.html"

    def quotation_log(self, edition: str, dissemination: str) -> Path:
        return self.restricted / edition / f"quotations-{dissemination}.json"

    def protected(self, edition: str, dissemination: str) -> Path:
        return self.build / "protected" / edition / dissemination

    def report_run(self, edition: str, dissemination: str, run: str) -> Path:
        return self.build / "report" / edition / dissemination / run

    def narrative(self, edition: str, dissemination: str) -> Path:
        return self.build / "narrative" / edition / dissemination

    def staged_book(self, edition: str, dissemination: str) -> Path:
        return self.build / "book" / edition / dissemination

    def comparison(self, earlier: str, later: str, dissemination: str) -> Path:
        return self.build / "comparison" / f"{earlier}-{later}" / dissemination

    @property
    def releases(self) -> Path:
        """The records of what was released, which are committed."""
        return self.root / "releases"

    @property
    def quality(self) -> Path:
        return self.build / "quality"

    @property
    def archives(self) -> Path:
        return self.build / "archives"

    @property
    def next_releases(self) -> Path:
        """A project's folder whose releases are put together before they take the place of the recorded ones."""
        return self.build / "next" / "release"

    def next_site(self, site: str) -> Path:
        """Where a site is built before it takes the place of the last good one."""
        return self.build / "next" / site

    def site(self, site: str) -> Path:
        return self.build / site
