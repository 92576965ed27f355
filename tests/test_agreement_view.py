"""The agreement between coders in sentences and in the annex: the smallest, not only the median."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from small_narrative import PAGE, sources, the_codebook, the_study, without_elements

from casebook.errors import StatementRefused
from casebook.protected_tables import Coefficient, ExpertAgreement, Grade, ProtectedAgreement
from casebook.publication.agreement_view import agreement_text
from casebook.publication.claims import Claim
from casebook.publication.narrative import write_narrative

SPACE = "\u202f"


def entry(variable: str, alpha: float | None, grade: Grade | None = "customary") -> ProtectedAgreement:
    value = (
        Coefficient(alpha, 0.5, 1.0) if alpha is not None else Coefficient(None, undefined="only one category occurs")
    )
    return ProtectedAgreement(variable, ExpertAgreement(11, 22, 21, 44, 30, value, value), grade)


BEST, MIDDLE, WORST = entry("og_v_risk", 0.97), entry("og_strategy", 0.85), entry("cb_motive", 0.7, "tentative")
UNDEFINED, CASES = entry("ht_means", None), ProtectedAgreement("og_fake_profile", None, "below")


def write(folder: Path, template: str, *agreement: ProtectedAgreement) -> tuple[str, Sequence[Claim]]:
    (folder / PAGE.template).write_text(template, "utf-8")
    made = sources(folder)
    made = replace(made, protected=replace(made.protected, agreement=agreement))
    register = write_narrative(made, [PAGE], folder / "out")
    text = without_elements((folder / "out" / "grooming.md").read_text("utf-8"))
    return text.replace("\\", ""), register.claims


@pytest.mark.parametrize(
    ("call", "text"),
    [
        ("smallest", f"0.70 (“{the_codebook()['cb_motive'].label}”)"),
        ("median", "0.85"),
        ("variables", "three variables"),
        ("customary", "more than half of the variables (3 of 5)"),
        ("tentative", "some variables (1 of 5)"),
        ("below", "some variables (1 of 5)"),
        ("customary_from", "0.800"),
        ("tentative_from", "0.667"),
    ],
)
def test_what_is_said_of_the_coders_is_a_claim(call: str, text: str, tmp_path: Path) -> None:
    said, claims = write(tmp_path, "{{ coders." + call + " }}", BEST, MIDDLE, WORST, UNDEFINED, CASES)
    assert said == text
    assert [(claim.kind, claim.table) for claim in claims] == [("agreement", "agreement")]


@pytest.mark.parametrize(
    ("condition", "agreement", "holds"),
    [
        ("coders.measured", (BEST,), True),
        ("coders.measured", (UNDEFINED, CASES), False),
        ("coders.graded", (CASES,), True),
        ("coders.graded", (), False),
        ("coders.all_customary", (BEST, MIDDLE), True),
        ("coders.all_customary", (BEST, WORST), False),
        ("coders.all_tentative", (BEST, WORST), True),
        ("coders.all_tentative", (BEST, entry("cb_motive", 0.66)), False),
        ("coders.all_tentative", (UNDEFINED,), False),
    ],
)
def test_a_condition_is_proven_by_the_smallest(
    condition: str, agreement: tuple[ProtectedAgreement, ...], holds: bool, tmp_path: Path
) -> None:
    template = "{% assert " + condition + " %}It holds.{% otherwise %}It is open.{% endassert %}"
    assert write(tmp_path, template, *agreement)[0] == ("It holds." if holds else "It is open.")


@pytest.mark.parametrize("call", ["smallest", "median"])
def test_no_alpha_is_no_number(call: str, tmp_path: Path) -> None:
    with pytest.raises(StatementRefused, match="no alpha is published; found agreement"):
        write(tmp_path, "{{ coders." + call + " }}", UNDEFINED)


def test_the_annex_lists_the_smallest_first_and_undefined_ones_with_their_reason() -> None:
    text = agreement_text([BEST, CASES, UNDEFINED, WORST], the_codebook(), the_study()).replace("\\", "")
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines()[2:]]
    labels = [the_codebook()[name].label for name in ("cb_motive", "og_v_risk", "og_fake_profile", "ht_means")]
    assert [row[0].rsplit(" (", 1)[0] for row in rows] == labels
    assert rows[0][1:] == [
        *("11", "0.70 (0.50 to 1.00)", "0.70 (0.50 to 1.00)"),
        *(f"21 of 22 (95{SPACE}%)", f"30 of 44 (68{SPACE}%)", "tentative"),
    ]
    assert rows[2][1:] == ["–"] * 5 + ["below both"]
    assert rows[3][2] == "undefined: only one category occurs"


def test_variables_of_a_crime_are_told_from_those_of_another_with_the_same_label() -> None:
    text = agreement_text([entry("og_v_risk", 0.9), entry("cb_v_risk", 0.8)], the_codebook(), the_study())
    assert "\\(grooming\\)" in text
    assert "\\(cyberbullying\\)" in text


def test_an_interval_that_cannot_be_given_is_left_out() -> None:
    figures = BEST.experts
    assert figures is not None
    made = ProtectedAgreement("og_v_risk", replace(figures, alpha=Coefficient(0.97)), None)
    assert "| 0\\.97 |" in agreement_text([made], the_codebook(), the_study())


def test_too_few_interviews_are_said_to_be_insufficient() -> None:
    made = ProtectedAgreement("og_v_risk", None, None, too_few=True)
    row = agreement_text([made], the_codebook(), the_study()).splitlines()[2]
    assert [cell.strip() for cell in row.strip("|").split("|")][1:] == ["insufficient", *"––––", "insufficient"]


def test_nothing_published_is_said_as_such() -> None:
    assert agreement_text([], the_codebook(), the_study()).startswith("No agreement between coders can be published")
