"""A narrative small enough to see at once: one template, a few protected tables, and what becomes of them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import pytest

from casebook.codebook import Codebook, read_codebook
from casebook.errors import StatementRefused
from casebook.protected_tables import POOLED, Cell, ProtectedTable, ProtectedTables
from casebook.publication.blocks import Figure
from casebook.publication.claims import Claim, Register
from casebook.publication.narrative import Page, Sources, write_narrative
from casebook.study import Study
from casebook.study_files import read_study

_ELEMENT = re.compile(r"\[((?:\\.|[^\]\\])*)\]\{\.(?:claim|assertion|shown) [^}]*\}")
TESTS = Path(__file__).parent
#: Text that would be markup in a page, a template or the PDF.
HOSTILE = "<script>x</script> {{ y }} {% z %} {ref}`a` #let [b](c) $d$ *e* _f_ @g \\h"
PAGE = Page("grooming", "grooming.md.j2", crime="OG")


@cache
def the_codebook() -> Codebook:
    return read_codebook(TESTS.parent / "data")


@cache
def the_study() -> Study:
    return read_study(TESTS / "faulty_data" / "study_without_fault", the_codebook())


def phrase(variable: str, level: str) -> str:
    return the_codebook()[variable].level(level).phrase


def cell(level: str, value: int | str | None) -> Cell:
    """A cell by its value: a count, a word, or nothing where it is withheld."""
    if isinstance(value, int):
        return Cell(level, "exact", n=value)
    return Cell(level, "word", word=value) if value else Cell(level, "withheld")


def protected(
    table_id: str,
    cells: Mapping[str, int | str | None],
    *,
    base: int | None = 23,
    leading: str | None = None,
    country: str = POOLED,
) -> ProtectedTable:
    """A planned table with these cells in codebook order, sets last; levels that are not given are withheld."""
    plan = the_study().tables[table_id]
    variable = the_codebook()[plan.variable]
    levels = (*variable.level_ids, *plan.together)
    assert set(cells) <= set(levels)
    return ProtectedTable(
        id=table_id,
        variable=plan.variable,
        crime=plan.crime,
        group=plan.group,
        country=country,
        section=plan.section,
        group_size=base,
        base=base,
        multi=variable.multi,
        cells=tuple(cell(level, cells.get(level)) for level in levels),
        leading=leading,
        among="implication" if plan.among else None,
    )


#: Experts in counts, victims in words, offenders of a subgroup in words without a base.
EXPERTS = protected(
    "OG.E.og_v_risk",
    {"bullying": 12, "loneliness": 20, "disability": 12, "mental_health": 3, "school_problems": 0, "none": 1},
    leading="loneliness",
)
VICTIMS = protected("OG.V.og_v_risk", {"loneliness": "more than half", "bullying": "named"}, base=8)
OFFENDERS = protected("OG.O.og_lied_about.implication", {"age": "most", "self": "named"}, base=None)
TABLES = (EXPERTS, VICTIMS, OFFENDERS)
FIGURE = Figure("risk-og-pooled-risk", "figures/risk.svg", "A bar for each answer.", "Risk factors, n = 23.")


def sources(folder: Path, tables: Sequence[ProtectedTable] = TABLES, figure: Figure = FIGURE) -> Sources:
    """What a narrative is written from, with templates in a folder."""
    return Sources(
        study=the_study(),
        codebook=the_codebook(),
        protected=ProtectedTables(
            edition="D1.2",
            dissemination="PU",
            tables={table.key: table for table in tables},
            sample={"OG.E": 23, "OG.V": 8, "CB.E": 1},
            countries={},
        ),
        figures={"OG/pooled/risk": figure},
        contexts={},
        templates=folder,
    )


def write(folder: Path, template: str, tables: Sequence[ProtectedTable] = TABLES) -> tuple[str, Register]:
    """The text and claims of a page written from a template."""
    (folder / PAGE.template).write_text(template, "utf-8")
    register = write_narrative(sources(folder, tables), [PAGE], folder / "out")
    return (folder / "out" / "grooming.md").read_text("utf-8"), register


def text_of(folder: Path, template: str, tables: Sequence[ProtectedTable] = TABLES) -> str:
    return without_elements(write(folder, template, tables)[0])


def without_elements(page: str) -> str:
    """A page as it reads without the elements in which its claims stand."""
    return _ELEMENT.sub(r"\1", page)


def claims_of(folder: Path, template: str, tables: Sequence[ProtectedTable] = TABLES) -> Sequence[Claim]:
    return write(folder, template, tables)[1].claims


def faults_of(folder: Path, template: str, tables: Sequence[ProtectedTable] = TABLES) -> list[str]:
    """What the refusal of a template lists; nothing must have been written."""
    with pytest.raises(StatementRefused) as refusal:
        write(folder, template, tables)
    assert not (folder / "out").exists()
    return [str(fault).removeprefix("grooming.md.j2: ") for fault in refusal.value.faults]
