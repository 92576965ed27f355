"""A project and a codebook in REFI-QDA, small enough to see at once."""

from __future__ import annotations

import zipfile
from pathlib import Path

ADA, ZOE = "00000000-0000-4000-8000-00000000000a", "00000000-0000-4000-8000-00000000000b"
NEEDS, HOUSING, DEBT = (f"00000000-0000-4000-8000-0000000000{number}" for number in ("c1", "c2", "c3"))
SOURCE = "00000000-0000-4000-8000-0000000000d1"
TEXT = "I needed a flat 😀.\nThen the debts came."

CODES = f"""<Codes>
<Code guid="{NEEDS}" name="needs" isCodable="false"><Description>Needs named</Description>
<Code guid="{HOUSING}" name="housing" isCodable="true"/>
<Code guid="{DEBT}" name="debt" isCodable="true"/></Code>
</Codes>"""
CODEBOOK = f"""<?xml version="1.0" encoding="utf-8"?>
<CodeBook xmlns="urn:QDA-XML:codebook:1.0" origin="a tool">{CODES}</CodeBook>"""


def selection(number: int, start: int, end: int, name: str, *, code: str = HOUSING, user: str = ADA) -> str:
    """A coded passage; `number` makes its identifiers."""
    return f"""<PlainTextSelection guid="00000000-0000-4000-8000-0000000001{number:02}" name="{name}"
startPosition="{start}" endPosition="{end}" creatingUser="{user}"><Coding
guid="00000000-0000-4000-8000-0000000002{number:02}" creatingUser="{user}"><CodeRef targetGUID="{code}"/></Coding>
</PlainTextSelection>"""


SELECTIONS = selection(1, 11, 15, "flat") + selection(2, 28, 33, "debts", code=DEBT, user=ZOE)


def project(selections: str = SELECTIONS, *, codes: str = CODES, cases: str = "", source: str = "") -> str:
    """A project of one source with these selections."""
    return f"""<?xml version="1.0" encoding="utf-8"?>
<Project xmlns="urn:QDA-XML:project:1.0" name="p" origin="a tool">
<Users><User guid="{ADA}" name="ada"/><User guid="{ZOE}" name="zoe"/></Users>
<CodeBook>{codes}</CodeBook>{cases}
<Sources><TextSource guid="{SOURCE}" name="one" plainTextPath="internal://a.txt">{selections}{source}</TextSource></Sources>
</Project>"""


PROJECT = project()


def packed(path: Path, content: str = PROJECT, text: str | bytes | None = TEXT) -> Path:
    """A container of a project, with the text of its source."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("project.qde", content)
        if text is not None:
            archive.writestr("sources/a.txt", text)
    return path
