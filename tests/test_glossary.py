"""The glossary explains each word once; what is no glossary is refused with its places."""

from __future__ import annotations

from pathlib import Path

import pytest

from casebook.errors import BookRefused
from casebook.publication.book.glossary import Entry, Glossary, glossary_annex, read_glossary

FAULTY = Path(__file__).parent / "faulty_data"


@pytest.mark.parametrize(
    ("fault", "messages"),
    [
        ("not_yaml", ["book/glossary.yml: is not YAML; do: mend indentation and quotes"]),
        (
            "several_faults",
            [
                "book/glossary.yml: terms.0.meaning: field required",
                "book/glossary.yml: terms.1.sense: extra inputs are not permitted",
            ],
        ),
        ("word_twice", ["book/glossary.yml: term-pooled: a word is explained twice; do: keep one"]),
    ],
)
def test_a_faulty_glossary_is_refused(fault: str, messages: list[str]) -> None:
    with pytest.raises(BookRefused) as refusal:
        read_glossary(FAULTY / f"glossary_{fault}" / "glossary.yml")
    assert [str(found) for found in refusal.value.faults] == messages


def test_without_a_file_there_are_no_words(tmp_path: Path) -> None:
    assert read_glossary(tmp_path / "glossary.yml") == Glossary()


def test_the_annex_lists_words_by_the_alphabet_each_with_a_place_of_its_own() -> None:
    words = (Entry(word="pooled", meaning="Together."), Entry(word="Base", meaning="What *is* shared."))
    annex = glossary_annex(Glossary(terms=words))
    assert annex.index("[Base]{#term-base}\n: What \\*is\\* shared\\.") < annex.index("[pooled]{#term-pooled}")
    assert "## Abbreviations" not in annex


def test_every_form_of_a_word_leads_to_its_entry() -> None:
    offender = Entry(word="offender", meaning="Committed it.", forms=("offenders",))
    assert Glossary(terms=(offender,)).forms == {"offender": offender, "offenders": offender}


def test_the_glossary_of_the_reports_can_be_read(project: Path) -> None:
    assert read_glossary(project / "book" / "glossary.yml").terms
