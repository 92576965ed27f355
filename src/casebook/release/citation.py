"""How a released edition is cited and registered: CITATION.cff, and metadata for DataCite and Zenodo.

A DOI is given by the registry, so none is in here.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

from casebook.canonical import canonical_json
from casebook.publication.book.identity import LANGUAGE, Book

_TEXT_LICENCE = "CC-BY-4.0"
_LICENCE_ADDRESS = "https://creativecommons.org/licenses/by/4.0/legalcode"
#: The European Commission in the Crossref Funder Registry.
_FUNDER = "10.13039/501100000780"
_NUMBER = re.compile(r"\d{6,}")


def citation_files(book: Book) -> dict[str, bytes]:
    """Return the files that say how to cite and register an edition, by name."""
    return {
        "CITATION.cff": _cff(book),
        "datacite.json": canonical_json(_datacite(book)),
        "zenodo.json": canonical_json(_zenodo(book)),
    }


def _cff(book: Book) -> bytes:
    """Return a citation in the Citation File Format 1.2.0, which knows reports by a preferred citation only."""
    report = {
        **_cited(book),
        "type": "report",
        "number": book.edition,
        "institution": {"name": book.study.project.acronym},
        "year": book.entry.date.year,
        "month": book.entry.date.month,
    }
    cited = {
        "cff-version": "1.2.0",
        "message": "If you use this report or its tables, please cite it as below.",
        "type": "dataset",
        **_cited(book),
        "date-released": book.entry.date.isoformat(),
        "license": _TEXT_LICENCE,
        "abstract": book.entry.abstract,
        "keywords": list(book.entry.keywords),
        "preferred-citation": report,
    }
    return yaml.safe_dump(cited, sort_keys=False, allow_unicode=True, width=120).encode("utf-8")


def _cited(book: Book) -> dict[str, Any]:
    return {
        "title": f"{book.title}: {book.entry.subtitle}",
        "authors": [{"name": name} for name in book.entry.authors],
        "version": book.entry.version,
    }


def _datacite(book: Book) -> dict[str, Any]:
    """Return the edition in the DataCite metadata schema 4.5."""
    project = book.study.project
    award = _NUMBER.search(project.grant)
    return {
        "schemaVersion": "http://datacite.org/schema/kernel-4",
        "types": {"resourceTypeGeneral": "Report", "resourceType": "Project deliverable"},
        "creators": [{"name": name, "nameType": "Organizational"} for name in book.entry.authors],
        "titles": [{"title": book.title}, {"title": book.entry.subtitle, "titleType": "Subtitle"}],
        "publisher": {"name": project.acronym},
        "publicationYear": str(book.entry.date.year),
        "dates": [{"date": book.entry.date.isoformat(), "dateType": "Issued"}],
        "language": LANGUAGE,
        "version": book.entry.version,
        "subjects": [{"subject": word} for word in book.entry.keywords],
        "descriptions": [{"description": book.entry.abstract, "descriptionType": "Abstract"}],
        "rightsList": [{"rightsIdentifier": _TEXT_LICENCE, "rightsUri": _LICENCE_ADDRESS}],
        "fundingReferences": [
            {
                "funderName": "European Commission",
                "funderIdentifier": f"https://doi.org/{_FUNDER}",
                "funderIdentifierType": "Crossref Funder ID",
                "awardNumber": award[0] if award else project.grant,
                "awardTitle": f"{project.acronym}: {project.title}",
            }
        ],
    }


def _zenodo(book: Book) -> dict[str, Any]:
    """Return the edition as Zenodo's deposit form takes it; only what is for everybody is open."""
    award = _NUMBER.search(book.study.project.grant)
    return {
        "upload_type": "publication",
        "publication_type": "deliverable",
        "title": f"{book.title}: {book.entry.subtitle}",
        "creators": [{"name": name} for name in book.entry.authors],
        "description": book.entry.abstract,
        "publication_date": book.entry.date.isoformat(),
        "version": book.entry.version,
        "language": "eng",
        "keywords": list(book.entry.keywords),
        "access_right": "open" if book.level.reader == "public" else "closed",
        "license": _TEXT_LICENCE.lower(),
        "grants": [{"id": f"{_FUNDER}::{award[0]}"}] if award else [],
    }
