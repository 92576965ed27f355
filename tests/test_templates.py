"""The language of the templates: what a text may not hold, and where a fault is."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_narrative import faults_of, text_of

from casebook.publication.templates import ALLOWED_NUMERALS, environment, faults_of_source

DO = "do: print a claim of a planned table"


def typed(source: str) -> list[str]:
    return [str(fault) for fault in faults_of_source(environment(Path()), "page", source)]


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("12 offenders", "12"),
        ("the three of them", "three"),
        ("Twelve victims", "Twelve"),
        ("nineteen or ninety", "nineteen and ninety"),
        ("a dozen, a hundred, a thousand", "dozen and hundred and thousand"),
        ("many per cent", "per cent"),
        ("{{ who }} and 7 others", "7"),
        ("{% if public %}three{% endif %}", "three"),
        ("{% assert t.a.most %}five{% otherwise %}six{% endassert %}", "five and six"),
        # the same through an expression
        ('{{ "12 of 15" }}', "12 and 15"),
        ("{{ 12 }}", "12"),
        ('{{ "eight" ~ noun }}', "eight"),
        ('{{ capitalised("eight victims") }}', "eight"),
        ('{{ join(["two", t.a.people]) }}', "two"),
        ('{{ t.a.of("nine victims") }}', "nine"),
        ('{{ "ten" if public else t.a.people }}', "ten"),
        ('{{ "ten"|upper }}', "ten"),
        ('{% set n = "eleven" %}', "eleven"),
    ],
)
def test_a_number_typed_by_hand_is_a_fault(source: str, found: str) -> None:
    numbers = found.split(" and ")
    assert typed(source) == [f"page: line 1: a number typed by hand; found {number}; {DO}" for number in numbers]


@pytest.mark.parametrize(
    "source",
    [
        "One of them, both, the first, often, someone, seventh",
        "D1.2, D1.3 and D1.4 of Horizon 2020 after COREQ, as PDF/A-2a and PDF/UA-1",
        "1. First\n2. Second\n  10. Last",
        "<# 12 of 15 in a comment #>",
        '{{ t["13-14"].people }} and {{ t["3-4h"].phrase }}',
        '{{ table("v_age_2", "V").named("13-14", most=5) }} {{ figure("age_2") }}',
        "{% if loop.index == 2 %}{% endif %}",
        '{% set hours = table("net_hours_1", "V") %}',
    ],
)
def test_names_marks_and_levels_are_no_numbers_typed_by_hand(source: str) -> None:
    assert typed(source) == []


@pytest.mark.parametrize("source", ["D1.7", "D12", "Horizon 2021", "PDF 2", "see 1. above", "COREQ item 12"])
def test_a_name_is_allowed_as_it_is_and_no_other(source: str) -> None:
    assert typed(source) != []


def test_every_allowed_numeral_says_why() -> None:
    assert all(reason.strip() for reason in ALLOWED_NUMERALS.values())


def test_numbers_typed_by_hand_are_found_with_their_lines() -> None:
    source = "# Title\n\nTwo.\n{% if public %}\nOf {{ who }}\nthree.\n{% endif %}\nFour {{ five }}\n"
    assert [fault.split(": ")[1] for fault in typed(source)] == ["line 3", "line 6", "line 8"]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("\n{% if %}", "line 2: the template cannot be read: Expected an expression, got 'end of statement block'"),
        ("{% asert t.a %}", "line 1: the template cannot be read: Encountered unknown tag 'asert'."),
        ("{{ who", "line 1: the template cannot be read: unexpected end of template"),
        ("{% assert t.a.most %}Most.", "line 1: the template cannot be read: Unexpected end of template."),
        (
            "\n\n{% assert a and not t.a.most %}Few.{% endassert %}",
            "line 3: the template cannot be read: `not` in an assertion proves nothing: "
            "put the other wording behind {% otherwise %}",
        ),
        (
            "{% assert a %}{% otherwise not t.leads('a') %}{% endassert %}",
            "line 1: the template cannot be read: `not` in an assertion proves nothing: "
            "put the other wording behind {% otherwise %}",
        ),
    ],
)
def test_a_template_that_cannot_be_read_is_a_fault(source: str, expected: str) -> None:
    (fault,) = typed(source)
    assert fault.startswith(f"page: {expected}")


def test_what_a_reader_is_not_a_proof_may_be_turned_round() -> None:
    assert typed("{% assert not public %}For the consortium.{% endassert %}") == []


def test_mysts_braces_and_labels_are_no_comments(tmp_path: Path) -> None:
    assert text_of(tmp_path, "{#label}\n# A title\n<# nothing #>\nSee {ref}`label`.\n") == (
        "{#label}\n# A title\nSee {ref}`label`.\n"
    )


def test_blocks_leave_no_blank_lines(tmp_path: Path) -> None:
    assert text_of(tmp_path, "A\n  {% if public %}\nB\n  {% endif %}\nC\n") == "A\nB\nC\n"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("\n{{ study.editions['D1.2'].waves }}", "line 2: a bare value in the text; found tuple; do: print a claim"),
        ("{{ table('og_v_risk', 'E').table.base }}", "line 1: a bare value in the text; found int; do: print a claim"),
        ("{{ none }}", "line 1: a bare value in the text; found NoneType; do: print a claim"),
        ("{{ public }}", "line 1: a bare value in the text; found bool; do: print a claim"),
        (
            "{{ table('og_v_risk', 'E').bullying }}",
            "line 1: a bare value in the text; found Share; do: print a claim",
        ),
        (
            "\n\n{{ table('og_v_risk', 'E').bullying.people|upper }}",
            "line 3: a claim was changed after it was made; do: use capitalised() or join()",
        ),
        (
            "{{ 'As many as ' ~ table('og_v_risk', 'E').bullying.people }}",
            "line 1: a claim was changed after it was made; do: use capitalised() or join()",
        ),
    ],
)
def test_only_claims_and_text_are_printed(source: str, expected: str, tmp_path: Path) -> None:
    assert faults_of(tmp_path, source) == [expected]


def test_the_shipped_templates_hold_no_number_typed_by_hand(project: Path) -> None:
    templates = sorted((project / "templates").rglob("*.md.j2"))
    env = environment(project / "templates")
    assert templates
    assert [str(f) for path in templates for f in faults_of_source(env, path.name, path.read_text("utf-8"))] == []
