"""Hygiene: nothing that is handed over tells of the machine it was made on, of a secret, or how to reach a person."""

from __future__ import annotations

import getpass
import gzip
import io
import re
import socket
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pikepdf

from casebook.errors import Fault

_PATH, _SECRET, _MAIL = "a path of a machine", "a secret key", "an e-mail address"
_NAME, _OWN, _KEY = "the name of a user or machine", "a path of this machine", "the key of the study"
#: What stands before what is found: nothing of a longer path or word, the letter of a drive, a name.
_ALONE, _DRIVE, _SOMEBODY, _ANYTHING = rb"[^\w./~-]?", rb"[A-Za-z]", rb"[\w.+-]", rb"[\s\S]?"
_TEXT_OF_A_SECRET = rb"""[\"']?\s*[:=]\s*[\"'][^\"'\s]{8,}[\"']"""
#: What is looked for everywhere: what it is, what stands before it, and a pattern. Each pattern begins with fixed
#: characters, which is what makes it fast.
_TRACES = (
    (_PATH, _ALONE, rb"/(?:home|Users|root|tmp|mnt|media|srv|workspace|builds|private/var|var/folders)/[\w.-]+"),
    (_PATH, _DRIVE, rb":\\+(?:Users|Documents and Settings|Temp|home)\\"),
    (_PATH, _ANYTHING, rb"file:///+[\w.-]"),
    (_SECRET, _ANYTHING, rb"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
    (_SECRET, _ANYTHING, rb"AKIA[0-9A-Z]{16}\b"),
    (_SECRET, _ANYTHING, rb"gh[pousr]_[A-Za-z0-9]{36}\b"),
    (_SECRET, _ANYTHING, rb"github_pat_\w{22,}"),
    (_SECRET, _ANYTHING, rb"glpat-[\w-]{20,}"),
    (_SECRET, _ANYTHING, rb"xox[abprs]-[\w-]{10,}"),
    (_SECRET, _ANYTHING, rb"eyJ[\w-]{10,}\.eyJ[\w-]{10,}\."),
    *((_SECRET, _ANYTHING, word + _TEXT_OF_A_SECRET) for word in (b"assword", b"api_key", b"secret_key", b"token")),
    (_MAIL, _SOMEBODY, rb"@(?:[A-Za-z0-9-]+\.)+(?!\d)[A-Za-z]{2,10}\b"),
)
#: Domains that reach nobody (RFC 2606, RFC 6761).
_NOBODY = re.compile(rb"@(?:[\w-]+\.)*(?:example(?:\.(?:com|org|net))?|invalid|test|localhost)$")
#: Accounts and hosts with these names tell nothing, and stand in every text.
_TELL_NOTHING = frozenset({"root", "user", "admin", "runner", "build", "test", "localhost", "ubuntu", "debian", "home"})
_SHORTEST = 4
#: What comes unchanged with packages was made elsewhere: it may tell of its makers, and call an icon anything.
_OF_PACKAGES = re.compile(r"/_static/(?:scripts|styles|locales|vendor)/|/pagefind/")


@dataclass(frozen=True)
class Machine:
    """What could tell of the machine a release is made on, and the study's key."""

    project: Path
    home: Path
    user: str
    host: str
    key: bytes

    def traces(self) -> list[tuple[str, bytes, bytes]]:
        """Return what is looked for besides what every machine could leave."""
        words = {word for word in (self.user, self.host, self.host.partition(".")[0]) if _tells(word)}
        folders = {str(folder) for folder in (self.project, self.home) if len(folder.parts) > 2}
        return [
            *((_NAME, rb"[^\w-]?", re.escape(word.encode()) + rb"(?![\w-])") for word in sorted(words)),
            *((_OWN, _ANYTHING, re.escape(folder.encode())) for folder in sorted(folders)),
            (_KEY, _ANYTHING, re.escape(self.key)),
        ]


def this_machine(project: Path, key: bytes) -> Machine:
    """Return what could tell of the machine that this runs on."""
    return Machine(project.resolve(), Path.home(), getpass.getuser(), socket.gethostname(), key)


def _tells(word: str) -> bool:
    return len(word) >= _SHORTEST and word.lower() not in _TELL_NOTHING


def faults_of(files: Mapping[str, bytes], machine: Machine) -> Iterator[Fault]:
    """Yield each place of each file that holds what may not be handed over, by kind and line."""
    looked_for = (*_TRACES, *machine.traces())
    traces = [(what, re.compile(before), re.compile(pattern)) for what, before, pattern in looked_for]
    for name, data in files.items():
        text = readable(name, data)
        for what, before, pattern in traces:
            if what in (_NAME, _PATH) and _OF_PACKAGES.search(name):
                continue
            for found in pattern.finditer(text):
                start = found.start()
                if before.fullmatch(text[max(start - 1, 0) : start]) and not _NOBODY.match(found[0]):
                    place = f"line {text.count(10, 0, start) + 1}"
                    yield Fault(name, place, f"it holds {what}", remedy="take it out, and build again")


def readable(name: str, data: bytes) -> bytes:
    """Return the bytes of a file with everything in it that is compressed laid open."""
    if name.endswith(".pdf"):
        return data + _streams(data)
    if name.endswith("objects.inv"):
        return data + zlib.decompress(data.split(b"\n", 4)[-1])
    return gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data


def _streams(data: bytes) -> bytes:
    """Return all that a PDF holds, but pictures and fonts: text, metadata, attachments."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        for thing in pdf.objects:
            if isinstance(thing, pikepdf.Stream) and thing.get("/Subtype") != "/Image" and "/Length1" not in thing:
                try:
                    out.write(thing.read_bytes() + b"\n")
                except pikepdf.PdfError:
                    continue  # a picture or font that is packed in a form of its own
            elif isinstance(thing, pikepdf.Dictionary | pikepdf.Array):
                out.write(thing.unparse(resolved=False) + b"\n")
    return out.getvalue()
