"""What a built web book does without: files that no page asks for, and rules of style sheets that match nothing."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from casebook.canonical import write_atomically

#: Sphinx's notes to itself, the theme's templates, source maps, and icons, which casebook-icons.css draws.
_FILES = (".buildinfo*", "*webpack-macros.html", "*.map", "fontawesome.js*")
#: Translations into languages that no book has, and the icons as fonts.
_FOLDERS = ("_static/locales", "_static/vendor")
_THEME = "_static/styles/pydata-sphinx-theme.css"
_ICONS = re.compile(
    r"@font-face\{[^}]*fontawesome[^}]*\}|(?<=[};])\.fa-[a-z0-9-]+(?:[,:.][^{}]*)?\{[^{}]*\}", re.IGNORECASE
)


def trim(folder: Path) -> None:
    """Remove from a folder of built pages what no browser asks for."""
    for pattern in _FILES:
        for path in folder.rglob(pattern):
            path.unlink()
    for name in _FOLDERS:
        shutil.rmtree(folder / name, ignore_errors=True)
    sheet = folder / _THEME
    if sheet.is_file():
        write_atomically(sheet, _ICONS.sub("", sheet.read_text("utf-8")).encode("utf-8"))
