"""A correction: what a submission keeps of the one that it replaces, and what it no longer has."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import pandas as pd

from casebook.errors import DataRefused, Fault
from casebook.restricted.intake.draft import Draft
from casebook.restricted.submission_tables import Tables
from casebook.restricted.submissions import Submission


def corrected(draft: Draft, earlier: Submission, *, withdrawn: Collection[str]) -> Draft:
    """Return a draft together with everything of an earlier submission that it neither says anew nor withdraws.

    The rows of the draft keep their numbers, so that faults still lead back to the partner's files. Raises DataRefused
    for a withdrawal of an interview that the earlier submission does not have, or that the draft hands in again.
    """
    own = set(draft.tables.interview["interview"])
    known = set(earlier.interviews["interview"])
    if faults := [
        *(_fault(name, f"submission {earlier.id} has no such interview") for name in withdrawn if name not in known),
        *(_fault(name, "the interview is handed in and withdrawn at once") for name in withdrawn if name in own),
    ]:
        raise DataRefused(faults)
    kept = known - own - set(withdrawn)
    tables = draft.tables
    of_interviews = {
        name: _after(getattr(tables, name), rows[rows["interview"].isin(kept)])
        for name in ("interview", "coverage", "coding", "quotation")
        for rows in (getattr(earlier.tables, name),)
    }
    coded_by = set(of_interviews["coverage"]["coder"])
    old_coders = earlier.tables.coder[~earlier.tables.coder["coder"].isin(set(tables.coder["coder"]))]
    old_codes = earlier.tables.code_map[
        ~earlier.tables.code_map["partner_code"].isin(set(tables.code_map["partner_code"]))
    ]
    return replace(
        draft,
        tables=Tables(
            tables.shown_as,
            submission=tables.submission,
            coder=_after(tables.coder, old_coders[old_coders["coder"].isin(coded_by)]),
            code_map=_after(tables.code_map, old_codes),
            **of_interviews,
        ),
    )


def _after(rows: pd.DataFrame, earlier: pd.DataFrame) -> pd.DataFrame:
    """Rows with earlier ones below them, numbered on as a spreadsheet would."""
    return _numbered(pd.concat([rows, earlier]))


def _fault(interview: str, message: str) -> Fault:
    return Fault("--withdraw", "", message, interview[:10], remedy="name interviews of the submission that is replaced")


def quoting(draft: Draft, quotations: pd.DataFrame) -> Draft:
    """Return a draft with passages that may be quoted before those that it has."""
    return replace(draft, tables=replace(draft.tables, quotation=_after(quotations, draft.tables.quotation)))


def without(earlier: Submission, interview: str, *, submission: str, received: str) -> Tables:
    """Return the tables of a submission that replaces an earlier one and no longer has one of its interviews."""
    tables = earlier.tables
    kept = {
        name: _numbered(rows[rows["interview"].ne(interview)])
        for name in ("interview", "coverage", "coding", "quotation")
        for rows in (getattr(tables, name),)
    }
    coder = _numbered(tables.coder[tables.coder["coder"].isin(set(kept["coverage"]["coder"]))])
    about = {"submission": submission, "received": received, "replaces": earlier.id, "format": "withdrawal"}
    return replace(tables, shown_as=submission, submission=tables.submission.assign(**about), coder=coder, **kept)


def _numbered(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.set_axis(range(2, len(rows) + 2)).astype("str")
