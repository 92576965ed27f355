"""A number typed anywhere into a built book is refused with page, sentence, template and line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from small_narrative import EXPERTS, FIGURE, PAGE, TABLES, sources, the_codebook, the_study

from casebook.codebook import Codebook
from casebook.errors import StatementRefused
from casebook.folders import Folders
from casebook.publication.blocks import Figure
from casebook.publication.book.identity import Book
from casebook.publication.book.printed import literals, passages, words_of_svg
from casebook.publication.book.scan import Written, scan_book
from casebook.publication.claims import Claim

SAID = Claim(
    "grooming", "quantity", EXPERTS.key, ("bullying",), "exact", "12 of 23", PAGE.template, 2, id="c0123456789"
)
HELD = replace(SAID, kind="assertion", text="", holds=(f"{EXPERTS.key}/loneliness most",), id="c1111111111")
AUTHORED = replace(SAID, kind="authored", table="", cells=(), text="", id="c2222222222")
ALT = "Bars: being bullied, 12 of 23."
TEMPLATE = "# Grooming\nBullying was named by {{ t.bullying.count }}.\nMost experts saw it.\n"
HTML = f"""<html lang="en"><body><nav>Page 77</nav><article class="bd-article">
<h1><span class="section-number">4. </span>Grooming<a class="headerlink" href="#g">#9</a></h1>
<p>Bullying was named by <span class="claim" id="{SAID.id}">12 of 23</span>. Most experts saw
it.<span class="assertion" id="{HELD.id}"></span> See the <a href="references.html#id3">[Review of 63, 2019]</a>.
All experts are people.<span class="assertion" id="{AUTHORED.id}"></span></p>
<figure><img alt="{ALT}" src="_images/risk.svg"/><figcaption><p><span class="caption-number">Figure 4.1 </span>
Risk factors. Experts, n = 23.</p></figcaption></figure>
<pre>x = 99</pre></article></body></html>"""
SVG = """<svg xmlns="http://www.w3.org/2000/svg"><title>Risk factors</title><text x="7">12 of 23</text>
<text>23</text></svg>"""
TYPST = """#import "a9.typ"
#"Bullying was named by ";#anchor("c0123456789");#"12 of 23";
#figure(alt: "Bars: being bullied, 12 of 23.")"""


def book(tmp_path: Path, **texts: str) -> tuple[Book, Written]:
    """A book of one page, with some of its files changed."""
    made = Book(Folders(tmp_path), the_study(), "D1.2", "PU")
    files = {
        made.html / "grooming.html": texts.get("html", HTML),
        made.html / "_images" / "risk.svg": texts.get("svg", SVG),
        made.pdf.with_name("main.typ"): texts.get("typst", TYPST),
        tmp_path / "templates" / PAGE.template: TEMPLATE,
    }
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    figure = Figure(FIGURE.name, "figures/risk.svg", ALT, "Risk factors.", (EXPERTS.key,))
    given = sources(tmp_path / "templates", TABLES, figure)
    return made, Written(given, (PAGE,), (), (SAID, HELD, AUTHORED))


def faults(tmp_path: Path, **texts: str) -> list[str]:
    with pytest.raises(StatementRefused) as refusal:
        scan_book(*book(tmp_path, **texts))
    return [str(fault).partition("; do: ")[0] for fault in refusal.value.faults]


def test_a_book_in_which_everything_is_explained_passes(tmp_path: Path) -> None:
    scan_book(*book(tmp_path))


MUTATIONS: dict[str, tuple[str, Callable[[str], str], str]] = {
    "page": ("html", lambda t: t.replace("Bullying was", "Bullying by 47 was"), "text: nothing explains this in: "),
    "number word": ("html", lambda t: t.replace("See the", "See seven in the"), "text: nothing explains this in: See"),
    "alt text": ("html", lambda t: t.replace("bullied, 12", "bullied, 13"), "alt text: nothing explains this in: "),
    "caption": ("html", lambda t: t.replace("n = 23", "n = 24"), "caption: nothing explains this in: Experts, n = 24."),
    "drawing": ("svg", lambda t: t.replace(">23<", ">47<"), "words of the figure: nothing explains this in: "),
    "heading": ("html", lambda t: t.replace("Grooming<a", "Grooming 47<a"), "text: nothing explains this in: Groom"),
}


@pytest.mark.parametrize(("name", "change", "message"), MUTATIONS.values(), ids=MUTATIONS)
def test_a_number_typed_into_it_is_refused(
    name: str, change: Callable[[str], str], message: str, tmp_path: Path
) -> None:
    original = {"html": HTML, "svg": SVG}[name]
    assert change(original) != original
    found = faults(tmp_path, **{name: change(original)})
    assert any(fault.startswith("grooming.html: grooming.md.j2, line ") and message in fault for fault in found), found


@pytest.mark.parametrize("added", ['\n#"In 47 cases it was so.";', '\n#figure(alt: "47 bars")'])
def test_a_number_that_only_the_pdf_prints_is_refused(added: str, tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, typst=TYPST + added)
    assert fault.startswith("the PDF: the web book has no such number: ")
    assert fault.endswith("; found 47")


def test_a_fault_names_sentence_template_and_line(tmp_path: Path) -> None:
    changed = HTML.replace("Most experts saw\nit.", "Most experts saw\nit, 47 times.")
    assert faults(tmp_path, html=changed) == [
        "grooming.html: grooming.md.j2, line 2: text: nothing explains this in: "
        "Most experts saw it, 47 times.; found 47"
    ]


def test_a_quantifier_that_no_condition_bears_is_refused(tmp_path: Path) -> None:
    naked = HTML.replace(f'<span class="assertion" id="{HELD.id}"></span>', "")
    assert faults(tmp_path, html=naked) == [
        "grooming.html: grooming.md.j2, line 2: text: nothing explains this in: Most experts saw it.; found most"
    ]


def test_words_are_read_in_order_and_what_is_no_text_is_left_out(tmp_path: Path) -> None:
    made, _ = book(tmp_path)
    read = [(passage.place, passage.text) for passage in passages(made.html)]
    assert [place for place, _ in read] == ["text", "text", "alt text", "words of the figure", "caption"]
    assert not any(number in text for _, text in read for number in ("77", "99", "63", "4."))
    assert words_of_svg(made.html / "_images" / "risk.svg") == "Risk factors 12 of 23 n = 23"


def test_of_typst_only_what_is_set_is_read() -> None:
    assert literals(TYPST) == "Bullying was named by 12 of 23Bars: being bullied, 12 of 23."


def test_a_level_that_is_called_by_a_number_explains_it_where_its_table_is_shown(tmp_path: Path) -> None:
    codebook = the_codebook()
    level = replace(codebook["og_v_risk"].levels[0], label="17")
    variable = replace(codebook["og_v_risk"], levels=(level, *codebook["og_v_risk"].levels[1:]))
    made, written = book(tmp_path, svg=SVG.replace(">23<", ">17<"))
    with pytest.raises(StatementRefused):
        scan_book(made, written)
    named = Codebook(tuple(variable if known.id == variable.id else known for known in codebook.values()))
    scan_book(made, replace(written, sources=replace(written.sources, codebook=named)))
