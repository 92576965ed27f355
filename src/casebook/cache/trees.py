"""Trees: the files that a step has left, whether they are there as it left them, and putting them back."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from casebook.cache.ingredients import stamp_of
from casebook.canonical import checksum, write_atomically

#: The checksum and stamp of files when they were last read, by their path in the project.
Stamps = Mapping[str, Sequence[str | int]]


def files_in(root: Path, leaves: Iterable[str]) -> dict[str, Path]:
    """Return the files of some files and folders of a project, by their path in it."""
    found = (path for leaf in leaves for path in _files(root / leaf))
    return {path.relative_to(root).as_posix(): path for path in sorted(found)}


def digests(files: Mapping[str, Path]) -> dict[str, str]:
    """Return the checksum of every file."""
    return {name: checksum(path.read_bytes()) for name, path in files.items()}


def stamps(files: Mapping[str, Path], outputs: Mapping[str, str]) -> Stamps:
    """Return the checksum and stamp of files that hold the outputs."""
    return {name: [outputs[name], *(stamp_of(path) or ())] for name, path in files.items()}


def is_in_place(root: Path, leaves: Iterable[str], outputs: Mapping[str, str], known: Stamps) -> bool:
    """Return whether files and folders hold the outputs, byte for byte, and nothing else.

    A file that was not written to since it was last read is not read again.
    """
    files = files_in(root, leaves)
    if files.keys() != outputs.keys():
        return False
    touched = {n: path for n, path in files.items() if [outputs[n], *(stamp_of(path) or ())] != known.get(n)}
    return all(digest == outputs[name] for name, digest in digests(touched).items())


def put_back(root: Path, leaves: Iterable[str], outputs: Mapping[str, str], fetch: Callable[[str], bytes]) -> None:
    """Put outputs in their place, each folder complete before it takes the place of the one that is there.

    `fetch` returns the bytes of a checksum; what it raises leaves every folder as it was.
    """
    data = {name: fetch(digest) for name, digest in outputs.items()}
    for leaf in leaves:
        own = {name: content for name, content in data.items() if name == leaf or name.startswith(f"{leaf}/")}
        if leaf in own:
            write_atomically(root / leaf, own[leaf])
        else:
            _put_folder(root / leaf, {name.removeprefix(f"{leaf}/"): content for name, content in own.items()})


def _put_folder(place: Path, files: Mapping[str, bytes]) -> None:
    aside = place.with_name(f".{place.name}.put_back")
    shutil.rmtree(aside, ignore_errors=True)
    for name, content in files.items():
        (aside / name).parent.mkdir(parents=True, exist_ok=True)
        (aside / name).write_bytes(content)
    shutil.rmtree(place, ignore_errors=True)
    if files:
        aside.rename(place)


def _files(place: Path) -> Iterator[Path]:
    if place.is_file():
        yield place
    yield from (path for path in place.rglob("*") if path.is_file())
