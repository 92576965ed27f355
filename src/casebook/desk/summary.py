"""What the command line says of an answer, in lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from casebook.desk.adding import Answer
from casebook.desk.effects import BookEffect, Effects
from casebook.study import Study


def summary(answer: Answer, study: Study) -> Iterator[str]:
    """Yield what was understood, and what the submission would change; faults are told by the refusal."""
    interviews = answer.draft.tables.interview
    for reading in answer.readings:
        project = reading.project
        yield (
            f"{reading.file}: {project.format}, {len(project.interviews)} interviews, "
            f"{len(project.codings)} codings, {len(project.deviations)} warnings"
        )
    counts = Counter(zip(interviews["crime"], interviews["role"], strict=True))
    told = ", ".join(f"{crime} {role} {times}" for (crime, role), times in sorted(counts.items()))
    yield f"Submission {answer.draft.tables.shown_as}: {len(interviews)} interviews ({told})"
    if undecided := answer.code_map.undecided:
        yield f"Codes that nobody has decided on: {len(undecided)}"
    if answer.effects:
        yield from effects_told(answer.effects, study)


def effects_told(effects: Effects, study: Study) -> Iterator[str]:
    """Yield what a submission would change in the editions."""
    for (edition, crime, role), (before, after) in effects.sample.items():
        if before != after:
            yield f"{edition}, {crime}, {study.roles[role].plural}: {before} -> {after} interviews"
    for wave, times in effects.waiting.items():
        yield f"No edition takes wave {wave}: {times} interviews are accepted and wait for one that does."
    for book in effects.books:
        yield from _book_told(book)


def _book_told(book: BookEffect) -> Iterator[str]:
    name = f"{book.edition} {book.level}"
    if not (book.statements or book.figures or book.refusals or book.held_back):
        yield f"{name}: does not change"
        return
    yield (
        f"{name}: {len(book.statements)} statements on {len(book.pages)} pages and {len(book.figures)} figures change, "
        f"{len(book.rewordings)} statements in their wording"
    )
    for group, counted_in in book.held_back.items():
        yield f"{name}: held back: the newest interviews of {group} are too few; it is reported as in {counted_in}"
    for crime, (before, after) in book.gate.items():
        if before != after:
            yield f"{name}: own results on {crime}: {', '.join(before) or 'none'} -> {', '.join(after) or 'none'}"
        else:
            yield f"{name}: own results on {crime}: {', '.join(after) or 'none'}, as before"
    for fault in book.refusals:
        yield f"{name}: needs another wording: {fault}"
