"""The words of one comparison: who said it, what the interviews tell, the verdict, and the source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from casebook.codebook import Codebook
from casebook.publication.bounds import Bounds
from casebook.publication.comparison import Comparison, first_answers
from casebook.publication.references import Rule
from casebook.publication.statistics import interval_text
from casebook.publication.wording import capitalised, count_text, join, ladder_word
from casebook.study import Study

WITHHELD = "withheld"
OPINION = "opinion against case files"
_OF_DIRECTION = ("direction", "mean", "each", "same_interviews")


#: What each rule of a comparison looks at, in words.
RULES: Mapping[Rule, str] = {
    "direction": "the side of half",
    "each": "the side of half of each answer",
    "mean": "the side of half of the ages around a mean",
    "ranking": "what comes first",
    "named": "whether the answers were named",
    "share": "intervals of both shares",
    "same_interviews": "the side of half, not counted",
    "no_counterpart": "nothing to compare with",
}


def who(comparison: Comparison, study: Study) -> str:
    """Return the group that speaks: "Offenders"."""
    return capitalised(study.roles[comparison.planned.group].plural)


def verdict_text(comparison: Comparison) -> str:
    """Return the verdict with what it is about: "contradicts in direction (opinion against case files)"."""
    planned, verdict = comparison.planned, str(comparison.verdict)
    if verdict == "same interviews":
        verdict = "not counted: the same interviews"
    elif planned.rule in _OF_DIRECTION and verdict in ("agrees", "contradicts"):
        verdict = f"{verdict} in direction"
    return f"{verdict} ({OPINION})" if planned.opinion and comparison.counts else verdict


def interviews_text(comparison: Comparison, study: Study, codebook: Codebook) -> str:
    """Return what the interviews tell of the compared answers: a count with its interval, a word, or each answer."""
    planned, table = comparison.planned, comparison.table
    if table is None or comparison.bounds is None:
        return "" if planned.rule == "no_counterpart" else WITHHELD
    if planned.rule == "ranking":
        first = first_answers(table, study.tables[table.id].together) or ()
        labels = [level.label for level in codebook[planned.variable].levels if level.id in first]
        return f"first: {join(labels)}" if labels else WITHHELD
    if planned.rule in ("named", "each"):
        return "; ".join(_answers(comparison, codebook))
    return _of_bounds(comparison.bounds, opinion=planned.opinion, with_interval=True)


def _answers(comparison: Comparison, codebook: Codebook) -> Iterator[str]:
    variable = codebook[comparison.planned.variable]
    for level, bounds in zip(comparison.planned.levels, comparison.each, strict=True):
        told = _of_bounds(bounds, opinion=comparison.planned.opinion, with_interval=False)
        yield f"{variable.level(level).label}: {told}"


def _of_bounds(bounds: Bounds, *, opinion: bool, with_interval: bool) -> str:
    """What the bounds tell; of experts the word alone, since their number is not to be read beside one of cases."""
    if not bounds.exact:
        return bounds.word or WITHHELD
    if opinion:
        return ladder_word(bounds.low, bounds.base)
    count = count_text(bounds.low, bounds.base)
    return f"{count}; interval {interval_text(bounds.low, bounds.base)}" if with_interval else count


def citation(*works: str) -> str:
    """Return a citation of works of book/references.bib, in the form that Jupyter Book 1 and MyST 2 both read."""
    return f"{{cite:p}}`{','.join(works)}`"
