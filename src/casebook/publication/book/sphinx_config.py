"""Sphinx's configuration of a book: Jupyter Book's own, less what reaches out of the page, plus what the book is.

Importable by the process that runs Sphinx only: jupyter_book takes a second to load.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from jupyter_book.config import get_final_config

from casebook.publication.book.extensions import EXTENSIONS, TYPST

# Each of these loads a script from elsewhere or draws a control that leads elsewhere, and has no switch of its own.
_REACHING_OUT = ("sphinx_thebe", "sphinx_comments")
_THEIR_SETTINGS = ("comments_config", "thebe_config")
_BIBLIOGRAPHY = "references.bib"
_CITATIONS = {"bibtex_reference_style": "author_year", "bibtex_default_style": "plain"}


def final_config(settings: Path, source: Path, *, overrides: Mapping[str, Any]) -> dict[str, Any]:
    """Return the configuration Sphinx gets for a staged book.

    `settings` is the project's `_config.yml`; `overrides` are Sphinx values of this book, which win. The PDF's builder
    is loaded when they name a PDF.
    """
    user = yaml.safe_load(settings.read_text("utf-8"))
    citations = _CITATIONS if (source / _BIBLIOGRAPHY).is_file() else {}
    if citations:
        user["bibtex_bibfiles"] = [_BIBLIOGRAPHY]
    config, _ = get_final_config(
        user_yaml=user,
        cli_config={"latex_individualpages": False, **citations},
        sourcedir=source,
        raise_on_invalid=True,
    )
    for name in _THEIR_SETTINGS:
        config.pop(name, None)
    kept = [name for name in config["extensions"] if name not in _REACHING_OUT]
    config["extensions"] = [*kept, *EXTENSIONS, *([TYPST] if "typst_pdf_name" in overrides else [])]
    config["external_toc_path"] = "_toc.yml"
    return _merged(config, overrides)


def _merged(config: dict[str, Any], overrides: Mapping[str, Any]) -> dict[str, Any]:
    both = config.keys() & overrides.keys()
    nested = {key: {**config[key], **overrides[key]} for key in both if isinstance(config[key], dict)}
    return {**config, **overrides, **nested}
