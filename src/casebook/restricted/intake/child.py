"""The process that reads one file of unknown origin: it is asked on standard input and answers in JSON."""

from __future__ import annotations

import json
import os
import resource
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from casebook.errors import DataRefused, Fault
from casebook.restricted.intake.formats import Request, parse, sheets_in
from casebook.restricted.intake.limits import MEMORY, SECONDS, SHEETS
from casebook.restricted.intake.transport import answer_of

#: Python counts an address space that libraries map and never use; this much comes on top of what is worked with.
_MAPPED = 700 * 1024 * 1024
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
_FORBIDDEN = ("socket.", "subprocess.", "os.exec", "os.posix_spawn", "os.fork", "os.system")


def answer(question: dict[str, Any]) -> dict[str, Any]:
    """Return the project of a file, or the faults for which it is refused; nothing else comes out, whatever happens."""
    columns = question["columns"]
    request = Request(
        Path(question["path"]),
        question["shown_as"],
        Path(columns) if columns else None,
        frozenset(question["permitted"]),
    )
    try:
        if question["what"] == SHEETS:
            return {"sheets": sheets_in(request)}
        return {"project": answer_of(parse(request))}
    except DataRefused as refusal:
        return {"faults": [asdict(fault) for fault in refusal.faults]}
    except MemoryError:
        return {}
    # Libraries raise whatever a damaged file makes them raise, and the text of it may quote the file.
    except Exception as error:
        remedy = "export it again with the tool it comes from"
        fault = Fault(request.shown_as, "", "the file is damaged", type(error).__name__, remedy=remedy)
        return {"faults": [asdict(fault)]}


def confine() -> None:
    """Take from this process what reading a file does not need: memory, time, files to write, network and programs."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    if sys.platform == "linux":  # macOS knows these limits and does not hold them
        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY + _MAPPED, MEMORY + _MAPPED))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.addaudithook(_refuse)


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & _WRITING
    if writes or event.startswith(_FORBIDDEN):
        raise PermissionError(event)


def _main() -> None:
    question = json.load(sys.stdin.buffer)
    confine()
    json.dump(answer(question), sys.stdout)


if __name__ == "__main__":
    _main()
