"""The web edition's fonts with their style sheet, made once per build folder: they take seconds and never change."""

from __future__ import annotations

import importlib.metadata
import shutil
import threading
from pathlib import Path

from casebook.canonical import checksum, write_atomically
from casebook.folders import Folders
from casebook.publication.book import fonts

STYLE_SHEET = "fonts.css"
_PACKAGES = ("fontpkg-source-serif-4", "fontpkg-source-sans-3", "fontpkg-source-code-pro", "fonttools")
# Books are built side by side and want the same files.
_MAKING = threading.Lock()


def lay_fonts(folders: Folders, out: Path) -> None:
    """Put the font files and `fonts.css`, which names them, into a folder."""
    kept = kept_fonts(folders)
    with _MAKING:
        if not (kept / STYLE_SHEET).is_file():
            rules = [font.rule for font in fonts.webfonts(kept)]
            write_atomically(kept / STYLE_SHEET, ("\n".join(rules) + "\n").encode("utf-8"))
    shutil.copytree(kept, out, dirs_exist_ok=True)


def kept_fonts(folders: Folders) -> Path:
    """Return where the files are kept, a folder of its own for each version of the fonts and of how they are made."""
    versions = [f"{name} {importlib.metadata.version(name)}" for name in _PACKAGES]
    made_by = Path(fonts.__file__).read_bytes()
    return folders.build / "fonts" / checksum("\n".join(versions).encode("utf-8") + made_by)[:12]
