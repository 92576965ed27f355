"""What a template can ask of the edition before."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from small_narrative import PAGE, faults_of, sources, write

from casebook.publication.edition_changes import EarlierEdition
from casebook.publication.narrative import write_narrative

PAGE_OF_CHANGES = """# Since {{ earlier }}
{{ sample_changes() }}
Experts named {{ table("og_v_risk", "E").bullying.count }}.
{% if changed("new") %}
{{ change_list("new") }}
{% endif %}
{{ figure_changes() }}
"""


def test_a_template_tells_what_is_new_since_the_edition_before(tmp_path: Path) -> None:
    given = sources(tmp_path)
    before = EarlierEdition("D1.1", replace(given.protected, edition="D1.1", tables={}, sample={"OG.E": 20}), ())
    (tmp_path / PAGE.template).write_text(PAGE_OF_CHANGES, "utf-8")
    write_narrative(replace(given, earlier=before), [PAGE], tmp_path / "out")
    text = (tmp_path / "out" / "grooming.md").read_text("utf-8")
    assert "# Since D1\\.1" in text
    assert "- Experts\n  - 20\n  - 23" in text
    assert "Statements that are new" in text
    assert "Figures that differ" in text


@pytest.mark.parametrize("call", ["sample_changes()", 'change_list("new")', 'changed("gone")', "figure_changes()"])
def test_an_edition_without_one_before_is_not_compared(call: str, tmp_path: Path) -> None:
    told = " ".join(faults_of(tmp_path, f"{{{{ {call} }}}}"))
    assert "there is no earlier edition to compare with" in told
    assert write(tmp_path, "{{ earlier or 'the first' }}")[0].strip() == "the first"
