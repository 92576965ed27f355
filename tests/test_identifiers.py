"""Direct identifiers are found by kind and place, words of coding are none, and a submission with one is refused."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from small_study import FAULTY_DATA, faults_of

from casebook.restricted.identifiers import identifiers_in


@pytest.mark.parametrize(
    ("text", "kind", "found"),
    [
        ("write to anna.p@example.org today", "e-mail address", "anna.p@example.org"),
        ("anna [at] example [dot] org", "e-mail address", "anna [at] example [dot] org"),
        ("seen on https://example.org/anna", "web address", "https://example.org/anna"),
        ("seen on instagram.com/anna", "web address", "instagram.com/anna"),
        ("seen from 192.0.2.14", "web address", "192.0.2.14"),
        ("he wrote to @anna_07 at night", "handle", "@anna_07"),
        ("user name: anna07", "handle", "user name: anna07"),
        ("called on 612 345 679", "telephone number", "612 345 679"),
        ("called from +32 470 12 34 56", "telephone number", "+32 470 12 34 56"),
        ("paid to DE89 3704 0044 0532 0130 00", "identity or account number", "DE89 3704 0044 0532 0130 00"),
        ("paid to BE68 5390 0754 7034", "identity or account number", "BE68 5390 0754 7034"),
        ("her number is 12345678Z, she said", "identity or account number", "12345678Z"),
        ("card 4111 1111 1111 1111", "identity or account number", "4111 1111 1111 1111"),
        ("from C:\\Users\\anna\\codes.nvp", "path of a machine", "C:\\"),
        ("from /home/anna/codes.qda", "path of a machine", "/home/anna"),
        ("agreed with Dr. Peeters", "personal name", "Dr. Peeters"),
        ("a girl named Anna", "personal name", "named Anna"),
        ("coder: Anna", "personal name", "coder: Anna"),
        ("A. Peeters", "personal name", "A. Peeters"),
    ],
)
def test_what_names_reaches_or_numbers_a_person_is_found(text: str, kind: str, found: str) -> None:
    assert [(name, text[start:end]) for name, start, end in identifiers_in(text)] == [(kind, found)]


@pytest.mark.parametrize(
    "text",
    [
        "chat",
        "v_age_onset::13-14",
        "Platforms/Instagram/Chat",
        "Nodes\\Offender\\Lied about age",
        "strategy > gifts.no",
        "principal investigator",
        "NVivo 12.6.1 (Windows)",
        "code points, CRLF as 1",
        "two interviews of 2021-04 were held by phone",
        "received on 2021-09-15, again on 15.09.2021",
        "123 45 6",
        "1111111111",
    ],
)
def test_words_and_versions_of_coding_are_no_identifiers(text: str) -> None:
    assert identifiers_in(text) == ()


def test_the_shipped_submissions_hold_none(project: Path) -> None:
    tables = [*project.glob("data/countries/*/*/code_map.csv"), *project.glob("data/countries/*/*/submission.csv")]
    cells = {cell for table in tables for row in csv.reader(table.open(encoding="utf-8")) for cell in row}
    assert len(cells) > 500
    assert [cell for cell in cells if identifiers_in(cell)] == []


def test_a_submission_is_refused_by_kind_and_place_and_never_quoted(tmp_path: Path) -> None:
    faults = faults_of("identifying_text", tmp_path)
    remedy = "do: replace it by what it stands for, in [brackets], or remove it"
    allowed = "allowed: a role or a short name, never what names or reaches a person"
    assert faults == [
        f"code_map.csv: row 3, column decided_by: the text may identify a person: personal name at characters 1 to 11; "
        f"{allowed}; {remedy}",
        f"submission.csv: row 2, column deviations: the text may identify a person: e-mail address at characters "
        f"5 to 20, telephone number at characters 25 to 40; {allowed}; {remedy}",
    ]
    written = (FAULTY_DATA / "submission_identifying_text" / "submission.csv").read_text("utf-8")
    assert "anna" in written
    assert "anna" not in " ".join(faults).lower()
