"""What differs between a released book and the same built again, told in the terms of whoever reads or writes it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from casebook.errors import Fault
from casebook.release import verify

_MOST_TOLD = 5
#: The stages that make the files of a book, in their order, and which files each makes.
_STAGES: tuple[tuple[str, Callable[[PurePosixPath], bool]], ...] = (
    ("Report notebooks", lambda path: path.suffix in (".svg", ".png")),
    ("Narrative", lambda path: path.name == verify.CLAIMS),
    ("Books", lambda _: True),
)


def first_difference(released: Mapping[str, bytes], made: Mapping[str, bytes]) -> list[Fault]:
    """Return what differs in the first stage that made something else; what comes after follows from it."""
    for stage, makes in _STAGES:
        names = sorted(name for name in {*released, *made} if makes(PurePosixPath(name)))
        found = [Fault(stage, name, message) for name in names for message in _differs(name, released, made)]
        if found:
            return found
    return []


def _differs(name: str, released: Mapping[str, bytes], made: Mapping[str, bytes]) -> Iterator[str]:
    if name not in made:
        yield "was released and is not built again"
    elif name not in released:
        yield "is built now and was not released"
    elif released[name] != made[name]:
        yield from _told(name, released[name], made[name])


def _told(name: str, released: bytes, made: bytes) -> Iterator[str]:
    """Say what differs in a file: statements where it has any, else the first line or byte."""
    if name.endswith(verify.CLAIMS):
        before, after = _statements_of(released), _statements_of(made)
    elif name.endswith(".html"):
        before, after = verify.statements(released), verify.statements(made)
    else:
        before, after = {}, {}
    changed = sorted(claim for claim in {*before, *after} if before.get(claim) != after.get(claim))
    for claim in changed[:_MOST_TOLD]:
        was, now = (repr(said[claim]) if claim in said else "nothing" for said in (before, after))
        yield f"the statement {claim} was {was} and is {now}"
    if not changed:
        yield f"differs from {_first_place(released, made)} on"


def _statements_of(register: bytes) -> dict[str, str]:
    try:
        claims: list[dict[str, Any]] = json.loads(register)["claims"]
    except (ValueError, KeyError):
        return {}
    return {claim["id"]: claim["text"] or claim["sentence"] for claim in claims}


def _first_place(released: bytes, made: bytes) -> str:
    shared = next((n for n, pair in enumerate(zip(released, made, strict=False)) if pair[0] != pair[1]), None)
    at = min(len(released), len(made)) if shared is None else shared
    binary = b"\0" in released[:1000]
    return f"byte {at + 1}" if binary else f"line {released.count(10, 0, at) + 1}"
