"""Synthesis: a study of invented interviews in which the published findings hold, or those named do not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path

from casebook.codebook import Codebook
from casebook.errors import StudyRefused
from casebook.restricted.synthesis.coders import coded_by
from casebook.restricted.synthesis.dealing import Answers, deal
from casebook.restricted.synthesis.design import Design, Recipe, read_design
from casebook.restricted.synthesis.margins import margins_of
from casebook.restricted.synthesis.quotations import invented
from casebook.restricted.synthesis.requirements import Requirement, read_requirements
from casebook.restricted.synthesis.sample import Interview, attributes_of, draw_sample
from casebook.restricted.synthesis.verdict import refuse_unmet
from casebook.restricted.synthesis.writing import Coded, write_submissions

AGE_AT_INTERVIEW = "v_age_interview"


def synthesise(
    *,
    seed: int,
    out: Path,
    codebook: Codebook,
    findings: Path,
    countries: int | None = None,
    scale: int = 1,
    flip: tuple[str, ...] = (),
) -> None:
    """Write a synthetic study under `out/countries`, the same bytes for the same arguments.

    `countries` shares the interviews among so many countries of the EU instead of the study's own, `scale`
    multiplies every group, and the findings in `flip` do not hold in the data while all others do.
    Raises StudyRefused where arguments, findings and codebook do not fit, DataRefused where `out` holds other
    data.
    """
    recipe = Recipe(seed, countries, scale, tuple(sorted(set(flip))))
    _refuse_small(recipe)
    design = read_design(codebook)
    requirements = read_requirements(findings, codebook, flip)
    sample = draw_sample(design, recipe)
    answers = _answers(sample, design, codebook, requirements=requirements, recipe=recipe)
    refuse_unmet(requirements, sample, answers, scale=scale)
    coded = [_coded(interview, answers[interview.id], design, codebook=codebook, seed=seed) for interview in sample]
    permitted = [(one.interview, one.attributes, answers[one.interview.id]) for one in coded]
    quoted = invented(permitted, design.words, seed=seed)
    coded = [replace(one, words=quoted.get(one.interview.id, ())) for one in coded]
    write_submissions(coded, out, design, recipe=asdict(recipe))


def _refuse_small(recipe: Recipe) -> None:
    for name, value, least in (("seed", recipe.seed, 0), ("scale", recipe.scale, 1)):
        if value < least:
            message = "the number is too small"
            raise StudyRefused.one("synthesise", name, message, value=str(value), allowed=f"{least} or more")


def _answers(
    sample: Sequence[Interview],
    design: Design,
    codebook: Codebook,
    *,
    requirements: Sequence[Requirement],
    recipe: Recipe,
) -> Mapping[str, Answers]:
    """What every interview answers, in codebook order."""
    answers: dict[str, Answers] = {}
    for group in design.sizes:
        members = [interview.id for interview in sample if interview.group == group]
        margins = margins_of(group, design, codebook, requirements=requirements, recipe=recipe)
        for interview, dealt in deal(group, margins, design, members, seed=recipe.seed).items():
            answers[interview] = {variable: dealt[variable] for variable in margins}
    return answers


def _coded(interview: Interview, answers: Answers, design: Design, *, codebook: Codebook, seed: int) -> Coded:
    age = answers.get(AGE_AT_INTERVIEW)
    attributes = attributes_of(interview, "".join(age.levels) if age else "", design, seed)
    readings = coded_by(interview, answers, codebook, leanings=design.leanings, seed=seed)
    return Coded(interview, attributes, readings)
