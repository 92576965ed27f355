"""What `nox -s build` has left: every finding's sentence stands on its page, in the web book and in the PDF."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pypdf
import pytest
from bs4 import BeautifulSoup
from rehearsal import EDITIONS, PROJECT, project
from test_findings import BOUNDS, Condition, conditions, planned_cell

from casebook.publication.claims import Claim

BUILD = PROJECT / "_build"
_TELLING = 6
SITES = {"PU": BUILD / "site", "CO": BUILD / "consortium"}

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not all(site.is_dir() for site in SITES.values()), reason="there are no sites: nox -s build"),
]


def book_of(edition: str, level: str) -> Path:
    return SITES[level] / edition / project()[0].editions[edition].version


@cache
def claims_of(edition: str, level: str) -> tuple[Claim, ...]:
    raw = json.loads((BUILD / "narrative" / edition / level / "claims.json").read_text("utf-8"))["claims"]
    tupled: Iterator[dict[str, Any]] = map(_frozen, raw)
    return tuple(Claim(**claim) for claim in tupled)


def _frozen(claim: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in claim.items()}


@cache
def page_text(edition: str, level: str, page: str) -> str:
    html = (book_of(edition, level) / f"{page}.html").read_text("utf-8")
    article = BeautifulSoup(html, "html.parser").find("article")
    return letters(article.get_text() if article else "")


@cache
def pdf_text(edition: str, level: str) -> str:
    reader = pypdf.PdfReader(book_of(edition, level) / f"{edition}.pdf")
    first_annex = next(
        (number for number, title in chapters(reader).items() if title.startswith("A ")), len(reader.pages)
    )
    return letters("".join(page.extract_text() for page in reader.pages[:first_annex]))


def chapters(reader: pypdf.PdfReader) -> Mapping[int, str]:
    """The chapters of a PDF by the number of the page they begin on."""
    tops = [entry for entry in reader.outline if isinstance(entry, pypdf.generic.Destination)]
    return {reader.get_destination_page_number(entry) or 0: str(entry.title) for entry in tops}


def letters(text: str) -> str:
    """Letters and figures alone: blanks, hyphens at line ends and typographic quotes differ between media."""
    return re.sub(r"[\W_]+", "", text).lower()


def stands_in(sentence: str, text: str, *, breaks: int = 2) -> bool:
    """Whether a sentence is printed: in one piece, with its statement's number, or the turn of a page, within it."""
    if sentence in text or re.search(r"\d{0,4}".join(sentence), text):
        return True
    before = next((place for place in range(len(sentence), 0, -1) if sentence[:place] in text), 0)
    # A few letters stand somewhere in any text.
    telling = min(before, len(sentence) - before) >= _TELLING
    return telling and breaks > 0 and stands_in(sentence[before:], text, breaks=breaks - 1)


def of_finding(condition: Condition, claim: Claim) -> bool:
    plan = project()[0].tables.get(claim.table)
    return plan is not None and claim.kind != "assertion" and planned_cell(condition, plan) in claim.cells


@pytest.mark.parametrize(("edition", "level"), EDITIONS)
def test_each_finding_is_printed_in_both_media(edition: str, level: str) -> None:
    missing = []
    for condition in [c for c in conditions() if c.relation not in BOUNDS]:
        claims = [claim for claim in claims_of(edition, level) if of_finding(condition, claim)]
        said = [claim for claim in claims if letters(claim.sentence) in page_text(edition, level, claim.page)]
        if not any(stands_in(letters(claim.sentence), pdf_text(edition, level)) for claim in said):
            missing.append(condition.name)
    assert missing == []


@pytest.mark.parametrize(("edition", "level"), EDITIONS)
@pytest.mark.parametrize("chapter", ["grooming", "cyberbullying", "trafficking"])
def test_each_crime_chapter_has_at_least_four_figures(edition: str, level: str, chapter: str) -> None:
    folder = book_of(edition, level)
    pages = [folder / f"{chapter}.html", *sorted((folder / chapter).glob("*.html"))]
    figures = [f for page in pages for f in BeautifulSoup(page.read_text("utf-8"), "html.parser").select("figure img")]
    assert len(figures) >= 4
    assert all(figure.get("alt") for figure in figures)


@pytest.mark.parametrize(("edition", "level"), EDITIONS)
def test_every_page_says_what_is_synthetic_and_that_the_audit_has_passed(edition: str, level: str) -> None:
    for page in sorted(book_of(edition, level).rglob("*.html")):
        text = page.read_text("utf-8")
        assert "Synthetic data" in text, page.name
        assert "Not cleared for publication" not in text, page.name


def test_nothing_of_the_consortiums_edition_is_in_the_public_site() -> None:
    confidential = {path.name for path in SITES["CO"].rglob("*") if path.is_file()}
    assert confidential
    for path in sorted(SITES["PU"].rglob("*.html")):
        assert "CO – consortium edition" not in path.read_text("utf-8"), path.name
