"""One run of Sphinx over one staged book, in a process of its own: `python -m casebook.publication.book.sphinx_run`.

Sphinx, docutils and the extensions keep state in their modules; a fresh process per book keeps books apart. The request
is JSON on standard input; the faults found are left as JSON in the file it names.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.errors import SphinxError
from sphinx.util.console import nocolor
from sphinx.util.docutils import docutils_namespace, patch_docutils

from casebook.canonical import canonical_json, write_atomically
from casebook.errors import CasebookError, Fault
from casebook.publication.book.sphinx_config import final_config

_WARNING = re.compile(r"(?s)^(?:(?P<file>[^\n]*?)(?::(?P<line>\d*))?: )?(?:WARNING|ERROR|CRITICAL): (?P<text>.*)$")


class Warnings(StringIO):
    """A stream that keeps each warning Sphinx writes as a fault, and none of the machine's folders."""

    def __init__(self, source: Path) -> None:
        super().__init__()
        self.faults: list[Fault] = []
        self._source = source

    def write(self, text: str, /) -> int:
        if text.strip():
            self.faults.append(self._fault(text.strip()))
        return len(text)

    def _fault(self, text: str) -> Fault:
        shown = text.replace(f"{self._source}/", "").replace(str(self._source), ".")
        found = _WARNING.match(shown)
        if found is None:
            return Fault("the book", "", shown)
        place = f"line {found['line']}" if found["line"] else ""
        return Fault(found["file"] or "the book", place, " ".join(found["text"].split()))


def run(request: Mapping[str, Any]) -> list[Fault]:
    """Build a staged book with each builder the request names, over one set of doctrees, and return all faults."""
    source = Path(request["source"])
    warnings = Warnings(source)
    nocolor()
    for builder in request["builders"]:
        config = final_config(Path(request["settings"]), source, overrides=request["overrides"])
        warnings.faults += _attempt(partial(_build, request, builder, config=config, warnings=warnings))
    return warnings.faults


def _build(request: Mapping[str, Any], builder: str, *, config: dict[str, Any], warnings: Warnings) -> None:
    work, source = Path(request["work"]), request["source"]
    with patch_docutils(source), docutils_namespace():
        app = Sphinx(
            source,
            None,
            work / builder,
            work / "doctrees",
            builder,
            confoverrides=config,
            status=None,
            warning=warnings,
        )
        app.build()


def _attempt(build: Callable[[], None]) -> list[Fault]:
    """The faults that ended a build, if any did; what is no refusal names its place in the source, not its words."""
    try:
        build()
    except CasebookError as error:
        return list(error.faults)
    except SphinxError as error:
        return list(_faults_of(error))
    return []


def _faults_of(error: SphinxError) -> Iterator[Fault]:
    cause = error.__cause__ or getattr(error, "orig_exc", None)
    if isinstance(cause, CasebookError):
        yield from cause.faults
    else:
        yield Fault("the book", error.category, " ".join(str(error).split()))


def main() -> None:
    """Run the request on standard input and leave its faults in the file it names."""
    request = json.load(sys.stdin)
    faults = [asdict(fault) for fault in run(request)]
    write_atomically(Path(request["report"]), canonical_json(faults))


if __name__ == "__main__":
    main()
