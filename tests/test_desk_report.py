"""The report to a partner: in its language and terms, self-contained, inert; and the workbook with places marked."""

from __future__ import annotations

import datetime
import io
import re
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from babel.messages.pofile import read_po
from bs4 import BeautifulSoup
from small_desk import handed_in
from small_project import small_project
from small_study import small_codebook

from casebook.codebook import read_codebook
from casebook.desk.adding import Answer, Desk, HandedIn, answer_to
from casebook.desk.annotation import annotated
from casebook.desk.effects import BookEffect
from casebook.desk.languages import FOLDER, language, languages
from casebook.desk.report import TEMPLATE, report
from casebook.desk.summary import summary
from casebook.errors import Fault, StudyRefused
from casebook.folders import DATA_VARIABLE
from casebook.rehearsal import STAND_IN
from casebook.restricted.intake.project import Code, Coder, Coding, Format, Interview, Project
from casebook.restricted.intake.reading import Reading
from casebook.restricted.intake.receiving import code_map_for
from casebook.restricted.intake.workbook import workbook_reading
from casebook.study_files import read_study

DAY = datetime.date(2021, 10, 1)
FAULTY: dict[tuple[str, str], str | None] = {("interviews", "F3"): "X", ("coverage", "D3"): "perhaps"}
HOSTILE = "<script>alert(1)</script>{{ 7 * 7 }}\u202e"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    root = small_project(tmp_path_factory.mktemp("desk"))
    codebook = read_codebook(root / "data")
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv(DATA_VARIABLE, raising=False)
        return Desk.of(root, read_study(root, codebook), codebook)


def asked(path: Path) -> HandedIn:
    return HandedIn("ES", (str(path),), DAY, synthetic=True)


@pytest.fixture(scope="module")
def sound(desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> Answer:
    return answer_to(desk, asked(handed_in(tmp_path_factory.mktemp("sound"))))


@pytest.fixture(scope="module")
def faulty(desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> Answer:
    return answer_to(desk, asked(handed_in(tmp_path_factory.mktemp("faulty"), cells=FAULTY)))


def text_of(answer: Answer, desk: Desk, code: str = "en") -> str:
    made = report(answer, desk.study, desk.codebook, language=language(code))
    return " ".join(BeautifulSoup(made, "html.parser").get_text(" ").split())


def test_it_says_what_was_understood_and_what_would_change(sound: Answer, desk: Desk) -> None:
    text = text_of(sound, desk)
    assert "Spain · Submission ES-2021-10-01 · 1 October 2021" in text
    assert "Everything could be read and is consistent." in text
    assert "ES.xlsx workbook 3 3" in text
    assert "Online grooming experts 1 Online grooming victims 2" in text
    assert "D1.2 Online grooming experts 1 2" in text
    assert "D1.2 CO Online grooming pooled results only pooled results only" in text


def test_nothing_stands_where_a_figure_would(sound: Answer, desk: Desk) -> None:
    assert sound.effects is not None
    page = f"# Grooming in Spain\n\nText.\n\n```{{figure}} /figures/x.svg\n:name: fig-x\n\n{STAND_IN}\n```\n"
    shown = replace(sound, effects=replace(sound.effects, pages={"countries/OG-ES": page}))
    assert "Grooming in Spain Text." in text_of(shown, desk)
    assert STAND_IN not in text_of(shown, desk)


def test_every_fault_stands_with_its_place_and_remedy(faulty: Answer, desk: Desk) -> None:
    text = text_of(faulty, desk)
    assert "Some things have to be put right first." in text
    assert "ES.xlsx sheet interviews, row 3, column F (zone)" in text
    assert "ES.xlsx sheet coverage, row 3, column D (complete) not an allowed value perhaps yes, no" in text


def test_too_few_double_coded_interviews_are_insufficient(sound: Answer, desk: Desk) -> None:
    text = text_of(sound, desk)
    assert "from 10 double-coded interviews on; fewer are insufficient" in text
    assert re.search(r"\d+ questions are insufficient", text)


def test_groups_that_are_held_back_are_named_with_the_edition_in_their_place(sound: Answer, desk: Desk) -> None:
    assert sound.effects is not None
    waiting = BookEffect("D1.2", "CO", held_back={"OG.V": "D1.1"})
    held = replace(sound, effects=replace(sound.effects, books=(waiting,)))
    assert "Held back" not in text_of(sound, desk)
    assert "D1.2 CO Online grooming victims D1.1" in text_of(held, desk)
    assert "Grupos cuyas entrevistas más recientes aún no se cuentan" in text_of(held, desk, "es")
    told = "D1.2 CO: held back: the newest interviews of OG.V are too few; it is reported as in D1.1"
    assert told in list(summary(held, desk.study))


def test_it_is_one_page_that_asks_nothing_of_anybody_else(sound: Answer, desk: Desk) -> None:
    page = BeautifulSoup(report(sound, desk.study, desk.codebook, language=language("en")), "html.parser")
    assert page.find_all(["script", "link", "img", "iframe"]) == []
    assert all(str(link["href"]).startswith("#") for link in page.find_all("a"))
    named = {str(target["id"]) for target in page.find_all(id=True)}
    assert {str(link["href"])[1:] for link in page.find_all("a")} <= named
    assert page.html is not None and page.html["lang"] == "en"
    assert len(page.find_all("h1")) == 1


def test_what_a_partner_wrote_is_inert_and_names_stay_out(sound: Answer, desk: Desk) -> None:
    project = Project(
        Format.QDPX,
        codes=(Code((HOSTILE,)),),
        interviews=(Interview("Maria Planted"),),
        coders=(Coder("A", "Planted Coder"),),
        codings=(Coding("Maria Planted", (HOSTILE,), "A"),),
    )
    readings = (Reading("export.qdpx", project),)
    code_map = code_map_for(readings, desk.codebook, decided={})
    made = report(
        replace(sound, readings=readings, code_map=code_map), desk.study, desk.codebook, language=language("en")
    )
    assert "<script>" not in made
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{ 7 * 7 }}" in made
    assert "\u202e" not in made
    assert "Planted" not in made


# Languages


def test_in_spanish_words_numbers_and_dates_are_spanish(faulty: Answer, desk: Desk) -> None:
    text = text_of(faulty, desk, "es")
    assert "España · Entrega ES-2021-10-01 · 1 de octubre de 2021" in text
    assert "Antes hay que corregir algunas cosas." in text
    assert "ES.xlsx hoja coverage, fila 3, columna D (complete) no es un valor permitido perhaps" in text


def test_numbers_and_lists_are_those_of_the_language() -> None:
    spanish, english = language("es"), language("en")
    assert (english.number(1234.5), spanish.number(12345.5)) == ("1,234.5", "12.345,5")
    assert (english.several("abc"), spanish.several("abc")) == ("a, b and c", "a, b y c")


def test_every_word_of_the_report_is_in_every_catalogue() -> None:
    template = (FOLDER.parent / TEMPLATE).read_text("utf-8")
    words = set(re.findall(r'(?<![n\w])_\("([^"]+)"\)', template))
    plurals = {tuple(pair) for pair in re.findall(r'n_\("([^"]+)", "([^"]+)"', template)}
    assert words
    assert languages() == ("en", "es")
    for code in languages()[1:]:
        with (FOLDER / code / "report.po").open("rb") as stream:
            known = {message.id: message.string for message in read_po(stream, locale=code)}
        assert {word for word in words if not known.get(word)} == set()
        assert {pair for pair in plurals if not all(known.get(pair) or [""])} == set()


def test_a_language_without_catalogue_is_refused() -> None:
    with pytest.raises(
        StudyRefused, match="--language: there is no catalogue of this language; found xx; allowed: en, es"
    ):
        language("xx")


# The workbook that is sent back


def test_the_workbook_is_made_anew_with_a_note_at_each_place(faulty: Answer) -> None:
    made = annotated(faulty.readings[0], faulty.faults, small_codebook(), language("en"))
    book = openpyxl.load_workbook(io.BytesIO(made))
    zone, complete = book["interviews"]["F3"], book["coverage"]["D3"]
    assert (zone.value, complete.value) == ("X", "perhaps")
    assert zone.comment is not None and "not a value of the codebook's zone" in zone.comment.text
    assert complete.comment is not None and "not an allowed value" in complete.comment.text
    listed = [str(row[0].value) for row in book["to put right"].iter_rows()]
    assert {"coverage, D3", "interviews, F3"} <= set(listed)


def test_the_marked_workbook_can_be_corrected_and_handed_in_again(sound: Answer) -> None:
    reading = sound.readings[0]
    fault = Fault(reading.file, "sheet interviews, row 3, column F (zone)", "made for the test")
    made = annotated(reading, [fault], small_codebook(), language("en"))
    again = {
        sheet.title: {
            number: ["" if cell is None else str(cell) for cell in row]
            for number, row in enumerate(sheet.iter_rows(values_only=True), start=1)
            if any(cell is not None for cell in row)
        }
        for sheet in openpyxl.load_workbook(io.BytesIO(made)).worksheets
    }
    found = workbook_reading(again, small_codebook(), file=reading.file)
    assert found.faults == ()
    assert found.project.codings == reading.project.codings
    assert found.project.interviews == reading.project.interviews
    assert found.project.deviations == ()
