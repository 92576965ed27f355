"""The images of a book, copied beside its Typst source under the digest of their content."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from docutils import nodes
from sphinx.environment import BuildEnvironment

from casebook.publication.book.svg_weights import weighted

_FILE_NAME = re.compile(r"\S+\.(svg|png|jpe?g|gif|webp|pdf)")
_PIXELS = re.compile(r"([\d.]+)(px)?")
_OTHER_LENGTH = re.compile(r"[\d.]+(%|pt|mm|cm|in|em)")
POINTS_PER_PIXEL = 0.75


class Images:
    """Places images in the output folder."""

    def __init__(self, env: BuildEnvironment, outdir: Path) -> None:
        self.env = env
        self._folder = outdir / "images"

    def placed(self, uri: str) -> str | None:
        """Return the path of an image as Typst sees it, or None where the file is missing."""
        source = Path(self.env.srcdir, uri)
        if not source.is_file():
            return None
        suffix = source.suffix.lower()
        data = weighted(source.read_bytes()) if suffix == ".svg" else source.read_bytes()
        name = f"{hashlib.sha256(data).hexdigest()[:20]}{suffix}"
        self._folder.mkdir(parents=True, exist_ok=True)
        self._folder.joinpath(name).write_bytes(data)
        return f"/images/{name}"


def description(node: nodes.image) -> str:
    """Return the alternative text, or nothing where it is only the name of a file."""
    alt = str(node.get("alt", "")).strip()
    return "" if _FILE_NAME.fullmatch(alt) or alt == node["uri"] else alt


def width(node: nodes.image) -> str:
    """Return the width asked for as a Typst length, or none."""
    asked = str(node.get("width", "")).strip()
    pixels = _PIXELS.fullmatch(asked)
    if pixels:
        return f"{float(pixels[1]) * POINTS_PER_PIXEL:g}pt"
    return asked if _OTHER_LENGTH.fullmatch(asked) else "none"
