"""The comparison with the literature as tables: each comparison with its verdict, the references, and what has none."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from casebook.codebook import EVERY_CRIME, Codebook
from casebook.notebook_run import Mark
from casebook.publication.book.inert import inert
from casebook.publication.comparison import Comparison
from casebook.publication.comparison_words import RULES, citation, interviews_text, verdict_text, who
from casebook.publication.references import Finding, References, conflicts_of
from casebook.publication.table_view import Scribe
from casebook.publication.wording import capitalised, join
from casebook.study import Study

_NOTHING = "–"


def comparison_block(comparisons: Sequence[Comparison], study: Study, codebook: Codebook, *, scribe: Scribe) -> str:
    """Return the table of a crime's comparisons, a row each; shares and verdicts in it are recorded claims."""
    crime = comparisons[0].planned.crime
    rows = [list(_row(comparison, study, codebook, scribe)) for comparison in comparisons]
    caption = f"{study.crimes[crime].title}: the interviews beside what is known from elsewhere"
    header = ["What the reference says", "Interviews", "Verdict", "Rule and reason"]
    return _list_table(caption, f"comparison-{crime.lower()}", [header, *rows], widths=(30, 24, 16, 30))


def _row(comparison: Comparison, study: Study, codebook: Codebook, scribe: Scribe) -> Iterator[str]:
    planned, cells = comparison.planned, comparison.cells
    yield inert(f"{planned.reference.id}: {planned.statement}")
    told = interviews_text(comparison, study, codebook)
    shown = scribe.record("comparison", planned.table, cells, comparison.form, told) if told else _NOTHING
    yield f"{inert(who(comparison, study))}: {shown}"
    yield scribe.record("comparison", planned.table, cells, comparison.verdict, verdict_text(comparison))
    because = capitalised(f"{comparison.because}.") if comparison.because else ""
    said = scribe.record("comparison", planned.table, cells, "reason", because) if because else ""
    reason = inert(capitalised(f"{planned.reason}.")) if planned.reason else ""
    yield " ".join(filter(None, (inert(f"Rule: {RULES[planned.rule]}."), said, reason)))


def comparison_text(comparisons: Iterable[Comparison], study: Study, codebook: Codebook) -> str:
    """Return the comparisons of all crimes as a Markdown table for a notebook: reference, interviews, verdict."""
    rows: list[Sequence[str]] = [("Crime", "Reference", "Interviews", "Verdict"), ("---",) * 4]
    for comparison in comparisons:
        planned = comparison.planned
        told = f"{who(comparison, study)}: {interviews_text(comparison, study, codebook) or _NOTHING}"
        cells = (study.crimes[planned.crime].short, f"{planned.reference.id}: {planned.label}", told)
        rows.append((*map(inert, cells), inert(verdict_text(comparison))))
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def comparison_marks(comparisons: Iterable[Comparison], study: Study, codebook: Codebook) -> Iterator[Mark]:
    """Yield what that table prints of each comparison whose interviews tell something, as one value."""
    for comparison in comparisons:
        if told := interviews_text(comparison, study, codebook):
            yield Mark(comparison.planned.table, comparison.cells, f"{told}; {verdict_text(comparison)}")


def references_block(references: References, codebook: Codebook, scribe: Scribe) -> str:
    """Return the table of the references: value, base and definition as published, and what each can be used for."""
    header = ["Reference", "Value as published", "Base and definition", "Used for"]
    rows, conflicts = [header], conflicts_of(references, codebook)
    for reference in references.values.values():
        value = scribe.record("reference", reference.id, (), "quoted", reference.value)
        base = scribe.record("reference", reference.id, (), "quoted", _base(reference.base, reference.definition))
        use = "its direction only" if reference.direction_only else "direction and value"
        use = use if reference.independent else "comparison only: it describes these interviews"
        against = sorted(conflicts.get(reference.id, ()))
        use += f"; in conflict with {join(against)}" if against else ""
        rows.append([f"{inert(reference.id)} {citation(reference.cite)}", value, base, inert(use)])
    return _list_table("References that the interviews are set beside", "references", rows, widths=(18, 40, 26, 16))


def _base(base: str, definition: str) -> str:
    return f"base {base}; definition {definition}" if "not stated" in (base, definition) else f"{base}; {definition}"


def without_counterpart_block(
    references: References, study: Study, codebook: Codebook, *, crimes: Collection[str]
) -> str:
    """Return the table of the topics of findings that no reference speaks of, with the groups that told them."""
    compared = {planned.finding for planned in references.planned}
    alone = [f for f in references.findings if f.id not in compared and f.crime in (*crimes, EVERY_CRIME)]
    header = ["Crime", "Topic of findings without counterpart", "Told by"]
    rows = [header, *_topics(alone, study, codebook)]
    return _list_table("Findings without a counterpart", "without-counterpart", rows, widths=(24, 52, 24))


def _topics(findings: Iterable[Finding], study: Study, codebook: Codebook) -> Iterator[list[str]]:
    groups: dict[tuple[str, str], dict[str, None]] = {}
    for finding in findings:
        if finding.variable:
            groups.setdefault((finding.crime, finding.variable), {})[study.roles[finding.group].plural] = None
    for (crime, variable), told_by in groups.items():
        title = study.crimes[crime].title if crime in study.crimes else "All crimes"
        yield [inert(title), inert(codebook[variable].label), inert(join(list(told_by)))]


def _list_table(caption: str, name: str, rows: Sequence[Sequence[str]], *, widths: Sequence[int]) -> str:
    body = "\n".join("\n".join(f"{'* -' if i == 0 else '  -'} {cell}" for i, cell in enumerate(row)) for row in rows)
    options = f":name: tab-{name}\n:header-rows: 1\n:stub-columns: 1\n:widths: {' '.join(map(str, widths))}"
    return f"\n```{{list-table}} {inert(caption)}\n{options}\n\n{body}\n```\n"
