"""ZIP containers: entries read by exact name, bounded, into memory; nothing is ever extracted."""

from __future__ import annotations

import stat
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from casebook.errors import DataRefused, Fault
from casebook.restricted.untrusted import is_control

MOST_ENTRIES = 5_000
LARGEST_ENTRY = 64 * 1024 * 1024
#: Deflate cannot do better than about 1,030 to 1; texts and XML stay far below this.
HIGHEST_RATIO = 200
_SMALL = 1024 * 1024
_LOCAL_HEADER = 30
_Numbered = tuple[int, zipfile.ZipInfo]
_BROKEN = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError)
_PACK_AGAIN = "save or export it again with the tool it comes from"


@dataclass(frozen=True)
class Container:
    """A ZIP file whose directory has been found sound; its entries are read one by one."""

    shown_as: str
    archive: zipfile.ZipFile

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the entries that are files, in the order of the directory."""
        return tuple(entry.filename for entry in self.archive.infolist() if not entry.is_dir())

    def read(self, name: str) -> bytes:
        """Return the bytes of one entry of at most 64 MiB; raises DataRefused where there is none, or a broken one."""
        try:
            entry = self.archive.getinfo(name)
            # Not asked of entries that are never read: an honest picture of one colour grows a thousandfold.
            if entry.file_size > max(_SMALL, HIGHEST_RATIO * entry.compress_size):
                message = "the entry grows out of all proportion when unpacked"
                raise DataRefused.one(self.shown_as, self._place(name), message, remedy=_PACK_AGAIN)
            with self.archive.open(entry) as stream:
                content = stream.read(LARGEST_ENTRY + 1)
        except KeyError as error:
            raise DataRefused.one(self.shown_as, "", "the container has no such entry") from error
        except _BROKEN as error:
            raise DataRefused.one(
                self.shown_as, self._place(name), "the entry is damaged", remedy=_PACK_AGAIN
            ) from error
        if len(content) > LARGEST_ENTRY:
            allowed = f"at most {LARGEST_ENTRY // 2**20} MiB"
            raise DataRefused.one(self.shown_as, self._place(name), "the entry is too large", allowed=allowed)
        return content

    def _place(self, name: str) -> str:
        """Return which entry it is by its number: its name may be a participant's."""
        return f"entry {self.archive.namelist().index(name) + 1}"


def open_container(path: Path, *, shown_as: str) -> Container:
    """Return a container whose names, sizes and places are those of an honest one; raises DataRefused otherwise."""
    try:
        archive = zipfile.ZipFile(path)
        entries = archive.infolist()
    except _BROKEN as error:
        raise DataRefused.one(shown_as, "", "the container is damaged", remedy=_PACK_AGAIN) from error
    if len(entries) > MOST_ENTRIES:
        raise DataRefused.one(
            shown_as, "", "the container has too many entries", value=str(len(entries)), allowed=f"{MOST_ENTRIES:,}"
        )
    numbered = list(enumerate(entries, start=1))
    faults = [fault for number, entry in numbered for fault in _faults_of_entry(number, entry, shown_as)]
    faults += [*_clashes(numbered, shown_as), *_overlaps(numbered, shown_as)]
    if faults:
        raise DataRefused(faults)
    return Container(shown_as, archive)


def _faults_of_entry(number: int, entry: zipfile.ZipInfo, shown_as: str) -> Iterator[Fault]:
    place = f"entry {number}"
    # zipfile cuts a name at its first NUL, so that two names can look like one.
    written = entry.orig_filename
    parts = PurePosixPath(written).parts
    if not parts or written.startswith("/") or ".." in parts or "\\" in written or ":" in parts[0]:
        yield Fault(shown_as, place, "the entry's name leads out of the container", remedy=_PACK_AGAIN)
    if any(map(is_control, written)):
        yield Fault(shown_as, place, "the entry's name holds control characters", remedy=_PACK_AGAIN)
    if stat.S_IFMT(entry.external_attr >> 16) not in (0, stat.S_IFREG, stat.S_IFDIR):
        yield Fault(shown_as, place, "the entry is a link or a device", remedy=_PACK_AGAIN)
    if entry.flag_bits & 0x1:
        yield Fault(shown_as, place, "the entry is encrypted", remedy="export it without a password")
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        yield Fault(shown_as, place, "the entry is compressed in an unusual way", remedy=_PACK_AGAIN)


def _clashes(entries: list[_Numbered], shown_as: str) -> Iterator[Fault]:
    """Names that two systems would take for different files, and a third for one."""
    names = Counter(entry.filename.casefold() for _, entry in entries)
    for number, entry in entries:
        if names[entry.filename.casefold()] > 1:
            yield Fault(shown_as, f"entry {number}", "two entries have the same name", remedy=_PACK_AGAIN)


def _overlaps(entries: list[_Numbered], shown_as: str) -> Iterator[Fault]:
    """Entries that share bytes, as those of a bomb do; some Python versions do not look (CVE-2024-0450)."""
    end = 0
    for number, entry in sorted(entries, key=lambda numbered: numbered[1].header_offset):
        if entry.header_offset < end:
            yield Fault(shown_as, f"entry {number}", "two entries lie in the same place", remedy=_PACK_AGAIN)
        end = entry.header_offset + _LOCAL_HEADER + len(entry.orig_filename) + entry.compress_size
