"""A project as JSON, on its way from the process that reads a partner's file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from casebook.errors import Fault
from casebook.restricted.intake.project import (
    Absence,
    Code,
    Coder,
    Coding,
    Coverage,
    Format,
    Interview,
    MissingAnswer,
    OffsetConvention,
    Project,
    Quotation,
    Selection,
)

Answer = dict[str, Any]


def answer_of(project: Project) -> Answer:
    """Return a project as values that JSON can hold."""
    return asdict(project)


def project_of(answer: Mapping[str, Any]) -> Project:
    """Return the project that `answer_of` was given."""
    return Project(
        format=Format(answer["format"]),
        origin=answer["origin"],
        offset_convention=OffsetConvention(answer["offset_convention"]),
        coders_sure=answer["coders_sure"],
        codes=tuple(
            Code(tuple(c["path"]), c["description"], tuple(c["groups"]), c["codable"], c["guid"])
            for c in answer["codes"]
        ),
        interviews=tuple(
            Interview(i["name"], tuple((k, v) for k, v in i["attributes"]), tuple(i["groups"]), i["guid"])
            for i in answer["interviews"]
        ),
        coders=tuple(Coder(**coder) for coder in answer["coders"]),
        codings=tuple(_coding(coding) for coding in answer["codings"]),
        missing=tuple(MissingAnswer(**_pathed(row, "topic")) for row in answer["missing"]),
        absences=tuple(Absence(**_pathed(row, "code")) for row in answer["absences"]),
        coverage=tuple(Coverage(**row) for row in answer["coverage"]),
        quotations=tuple(Quotation(**_pathed(row, "code")) for row in answer["quotations"]),
        deviations=faults_of(answer["deviations"]),
    )


def faults_of(rows: Iterable[Mapping[str, str]]) -> tuple[Fault, ...]:
    """Return the faults of an answer."""
    return tuple(Fault(**row) for row in rows)


def _pathed(row: Mapping[str, Any], column: str) -> dict[str, Any]:
    return {**row, column: tuple(row[column])}


def _coding(row: Mapping[str, Any]) -> Coding:
    selection = Selection(**row["selection"]) if row["selection"] else None
    return Coding(row["interview"], tuple(row["code"]), row["coder"], selection)
