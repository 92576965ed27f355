"""Rules of who coded what: coverage is the difference between what is not there and what was not coded."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from casebook.errors import Fault
from casebook.restricted.codings import Codings, Rule, expected_variables
from casebook.restricted.submission_tables import Tables, pair
from casebook.restricted.untrusted import inert


def coder_covers_interview(codings: Codings) -> Iterator[Fault]:
    """Only coders whom coverage.csv names for an interview code it."""
    covered = pair(codings.tables.coverage["interview"], codings.tables.coverage["coder"])
    wrong = codings.rows["crime"].notna() & ~codings.rows["coder_key"].isin(covered)
    yield from codings.faults(
        wrong,
        "coder",
        "coverage.csv does not name this coder for the interview",
        remedy="add the coverage or remove the row",
    )


def complete_coverage(codings: Codings) -> Iterator[Fault]:
    """A coder who has coded an interview completely has a row for each of its variables."""
    coverage = _covered_strata(codings.tables)
    strata = coverage[["crime", "role", "wave"]].drop_duplicates().itertuples(index=False)
    expected = pd.DataFrame(
        [(c, r, w, v) for c, r, w in strata for v in expected_variables(codings.codebook, c, r, wave=w)],
        columns=["crime", "role", "wave", "variable"],
        dtype="str",
    )
    needed = coverage.merge(expected, on=["crime", "role", "wave"])
    lacking = needed[~pair(needed["coder_key"], needed["variable"]).isin(codings.rows["cell"])]
    for number, variable in zip(lacking["number"], lacking["variable"], strict=True):
        yield Fault(
            f"{codings.tables.shown_as}/coverage.csv",
            f"row {number}, column complete",
            "coverage is complete, but coding.csv has no row for a variable",
            variable,
            remedy="code the variable, give its kind of missing, or say no",
        )


def one_main_coder(codings: Codings) -> Iterator[Fault]:
    """Each interview has exactly one main coder."""
    coverage, interviews = codings.tables.coverage, codings.tables.interview
    main = coverage.loc[coverage["kind"].eq("main"), "interview"].value_counts()
    times = interviews["interview"].map(main).fillna(0)
    for number in interviews.index[times.ne(1)]:
        yield Fault(
            f"{codings.tables.shown_as}/interview.csv",
            f"row {number}, column interview",
            "coverage.csv must name exactly one main coder for each interview",
            str(int(times[number])),
            "1",
        )


def consensus_rests_on_two(codings: Codings) -> Iterator[Fault]:
    """A consensus is reached once, between the main coder and another."""
    coverage = codings.tables.coverage
    consensus, double = (coverage[coverage["kind"].eq(kind)] for kind in ("consensus", "double"))
    wrong = ~consensus["interview"].isin(double["interview"]) | consensus["interview"].duplicated()
    for number in consensus.index[wrong]:
        yield Fault(
            f"{codings.tables.shown_as}/coverage.csv",
            f"row {number}, column kind",
            "a consensus needs a second coder of the interview and is named once",
            "consensus",
        )


def consensus_is_nobodys(codings: Codings) -> Iterator[Fault]:
    """The consensus is coded under a code of its own, and that code is used for nothing else."""
    coverage, coder = codings.tables.coverage, codings.tables.coder
    agreed = coder.loc[coder["kind"].eq("consensus"), "coder"]
    wrong = coverage["kind"].eq("consensus").ne(coverage["coder"].isin(agreed))
    for number in coverage.index[wrong & coverage["coder"].isin(coder["coder"])]:
        yield Fault(
            f"{codings.tables.shown_as}/coverage.csv",
            f"row {number}, column kind",
            "the consensus belongs to the coder of kind consensus",
            inert(str(coverage.at[number, "kind"])),
        )


def country_of_interview(codings: Codings) -> Iterator[Fault]:
    """A submission holds interviews of its own country."""
    own = codings.tables.submission["country"]
    interviews = codings.tables.interview
    for number in interviews.index[~interviews["country"].isin(own)]:
        yield Fault(
            f"{codings.tables.shown_as}/interview.csv",
            f"row {number}, column country",
            "the submission is of another country",
            inert(str(interviews.at[number, "country"])),
        )


COVERAGE_RULES: tuple[Rule, ...] = (
    coder_covers_interview,
    complete_coverage,
    one_main_coder,
    consensus_rests_on_two,
    consensus_is_nobodys,
    country_of_interview,
)


def _covered_strata(tables: Tables) -> pd.DataFrame:
    """The complete coverages, each with its row number, coder key, and the interview's crime, role and wave."""
    complete = tables.coverage[tables.coverage["complete"].eq("yes")]
    rows = complete.assign(number=complete.index, coder_key=pair(complete["interview"], complete["coder"]))
    interviews = tables.interview.drop_duplicates("interview")[["interview", "crime", "role", "wave"]]
    return rows.merge(interviews, on="interview")
