"""What enters an archive: files of kinds that are listed here, from places that are listed here, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath

from casebook.errors import Fault, ReleaseRefused
from casebook.folders import Folders

#: The source from which the edition is built again: patterns below the project, none of which reaches a submission.
#: The key of the study is not among them either: it lies with the submissions.
SOURCE = (
    "*.md",
    "LICENSE*",
    "CITATION.cff",
    "_config.yml",
    "study.yml",
    "noxfile.py",
    "pyproject.toml",
    "locks/*.txt",
    "book/**/*",
    "data/README.md",
    "data/codebook.csv",
    "data/levels.csv",
    "data/comparisons.csv",
    "data/findings.csv",
    "data/reference-values.csv",
    "data/countries/*/context.yml",
    "docs/**/*",
    "notebooks/*/*.ipynb",
    "src/casebook/**/*",
    "templates/**/*",
)
_TEXT = {"bib", "cff", "csv", "ipynb", "j2", "json", "md", "po", "toml", "txt", "typ", "typed", "xml", "xsd", "yml"}
_PAGES = {"css", "html", "inv", "js", "pagefind", "pf_fragment", "pf_index", "pf_meta", "wasm"}
#: The kinds of files that source and book are made of.
KINDS = frozenset({"pdf", "png", "py", "svg", "ttf", "woff2"} | _TEXT | _PAGES)
#: What tools leave beside the source; git ignores it as well.
_LEFT_BEHIND = frozenset({"__pycache__", ".ipynb_checkpoints"})
_COMPILED = frozenset({".mo", ".pyc"})


def source_of(root: Path) -> dict[str, bytes]:
    """Return the source snapshot of a project, by path; raises ReleaseRefused for a kind of file that is not listed."""
    found = {path for pattern in SOURCE for path in root.glob(pattern) if path.is_file()}
    return _read(root, (path for path in found if not _left_behind(path.relative_to(root))))


def site_files(place: Path) -> dict[str, bytes]:
    """Return the files of a site; raises ReleaseRefused for a kind of file that is not listed."""
    return _read(place, (path for path in place.rglob("*") if path.is_file()))


def tables_of(folders: Folders, books: Iterable[tuple[str, str]]) -> dict[str, bytes]:
    """Return the protected tables of editions and levels, by edition, level and file name."""
    base, paths = folders.build / "protected", []
    for book in books:
        found = sorted(folders.protected(*book).glob("*.json"))
        if not found:
            raise ReleaseRefused.one(" ".join(book), "", "there are no protected tables", remedy="nox -s build")
        paths += found
    return _read(base, paths)


def _left_behind(path: Path) -> bool:
    return bool(_LEFT_BEHIND & set(path.parts)) or path.suffix in _COMPILED


def _read(base: Path, paths: Iterable[Path]) -> dict[str, bytes]:
    named = {path.relative_to(base).as_posix(): path for path in paths}
    faults = list(_faults(named))
    if faults:
        raise ReleaseRefused(faults)
    return {name: path.read_bytes() for name, path in sorted(named.items())}


def _faults(named: Mapping[str, Path]) -> Iterator[Fault]:
    remedy = "take it away, or list its kind in src/casebook/release/contents.py"
    for name, path in named.items():
        if path.is_symlink():
            yield Fault(name, "", "a link does not enter an archive", remedy="put the file itself there")
        elif PurePosixPath(name).suffix[1:] not in KINDS and not name.startswith("LICENSE"):
            yield Fault(name, "", "files of this kind do not enter an archive", remedy=remedy)
