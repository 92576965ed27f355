"""The codebook as an annex: what the interviews behind an edition's planned tables were coded for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from casebook.codebook import EVERY_CRIME, Codebook, Variable
from casebook.publication.book.inert import inert
from casebook.study import Study

ANNEX = "annex-codebook.md"
_INTRODUCTION = """\
# Codebook

This annex lists every variable that this edition reports, with the definition and the rules by which interviews were
coded, in the order of the report's sections. The identifier in brackets is the variable's name in the data, the tables
and the evidence.
"""


def codebook_annex(study: Study, codebook: Codebook, edition: str) -> str:
    """Return the annex page of an edition: the variables of its planned tables, by crime and section."""
    planned = {table.variable for table in study.planned(edition)}
    variables = [variable for variable in codebook.variables if variable.id in planned]
    parts = [_INTRODUCTION]
    for heading, members in _by_crime(variables, study, edition).items():
        parts += [f"## {inert(heading)}\n", *(_entry(variable, study) for variable in members)]
    return "\n".join(parts)


def _by_crime(variables: list[Variable], study: Study, edition: str) -> Mapping[str, list[Variable]]:
    """The variables under a heading per crime, in the edition's order, those of every crime first."""
    headings = {EVERY_CRIME: "All crimes"}
    headings |= {crime: study.crimes[crime].title for crime in study.editions[edition].crimes}
    grouped = {
        heading: sorted((v for v in variables if v.crime == crime), key=lambda v: v.section)
        for crime, heading in headings.items()
    }
    return {heading: members for heading, members in grouped.items() if members}


def _entry(variable: Variable, study: Study) -> str:
    rules = {"Include": variable.include, "Exclude": variable.exclude, "Coding": _coding(variable, study)}
    paragraphs = (
        f"({label_of(variable.id)})=\n### {inert(variable.label)} ({inert(variable.id)})",
        inert(variable.definition),
        "\n\n".join(f"{name}\n: {inert(text)}" for name, text in rules.items()),
        "\n".join(_levels(variable)),
    )
    return "\n\n".join(paragraphs) + "\n"


def label_of(variable: str) -> str:
    """Return the label by which a page can refer to a variable in the annex."""
    return f"codebook-{variable.replace('_', '-')}"


def _coding(variable: Variable, study: Study) -> str:
    groups = [role.plural for code, role in study.roles.items() if code in variable.roles]
    several = "Several levels may be coded together." if variable.multi else "One level is coded."
    return f"Coded for {_listed(groups)}, under “{variable.section_title}”. {several}"


def _listed(names: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def _levels(variable: Variable) -> Iterator[str]:
    if not variable.levels:
        yield f"Values: {inert(variable.pattern)}"
    for level in variable.levels:
        alone = " Excludes all other levels." if level.exclusive and variable.multi else ""
        yield f"- **{inert(level.label)}**: {inert(level.definition)}{alone}"
