"""Other data than the study's give other reports that are as true: flipped findings, another seed, a new country."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from rehearsal import PROJECT, Rehearsal, project, rehearse

from casebook.publication.claims import Claim
from casebook.restricted.synthesis import synthesise

#: Ten findings of all crimes, groups and forms.
FLIPPED = ("OG-07", "OG-09", "OG-15", "OG-18", "OG-20", "CB-01", "CB-04", "CB-07", "HT-03", "HT-09b")
EDITIONS = [(edition, level) for edition in ("D1.2", "D1.3") for level in ("PU", "CO")]

pytestmark = pytest.mark.slow


def study_of(out: Path, *, seed: int, flip: tuple[str, ...] = ()) -> Path:
    """A synthetic study below a folder; returns the folder of its countries."""
    synthesise(seed=seed, out=out, codebook=project()[1], findings=PROJECT / "data" / "findings.csv", flip=flip)
    return out / "countries"


@pytest.fixture(scope="module")
def flipped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return study_of(tmp_path_factory.mktemp("flipped"), seed=20211, flip=FLIPPED)


@pytest.mark.parametrize(("edition", "level"), EDITIONS)
def test_a_report_of_flipped_findings_says_only_what_is_true(
    edition: str, level: str, flipped: Path, tmp_path: Path
) -> None:
    rehearsal = rehearse(edition, level, out=tmp_path, countries=flipped)
    assert rehearsal.untruths == []
    assert unreadable(rehearsal) == []


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_report_of_another_seed_says_only_what_is_true(seed: int, tmp_path: Path) -> None:
    countries = study_of(tmp_path / "study", seed=seed)
    for edition, level in EDITIONS:
        rehearsal = rehearse(edition, level, out=tmp_path / f"{edition}-{level}", countries=countries)
        assert rehearsal.untruths == []
        assert unreadable(rehearsal) == []


def unreadable(rehearsal: Rehearsal) -> list[str]:
    """Marks of a sentence that came out broken: doubled words, blanks before stops, empty brackets, small letters."""
    broken = r"\b(the|of|a|and|in|to) \1\b|\s[,.;:]|\(\s*\)|,\s*,|\.\.(?!\.)"
    found = []
    for page in rehearsal.pages:
        prose = re.sub(r"```.*?```", "", rehearsal.text(page), flags=re.DOTALL)
        prose = re.sub(r"^[^\n]+\n: ", "", prose, flags=re.MULTILINE)  # the terms of definitions
        prose = re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", prose)
        found += [f"{page}: {match[0]!r}" for match in re.finditer(broken, " ".join(prose.split()))]
        starts = [line for line in re.split(r"\n\s*\n", prose) if re.match(r"[a-z]", line.strip())]
        found += [f"{page}: begins small: {line.strip()[:40]}" for line in starts]
    return found


def test_a_new_country_appears_with_no_template_touched(tmp_path: Path) -> None:
    """Ten experts from a country that had none join the sample, and the gate lets them speak for themselves."""
    countries = tmp_path / "countries"
    shutil.copytree(PROJECT / "data" / "countries", countries)
    _add_experts(countries, country="GR", like="ES")
    before = rehearse("D1.2", "CO", out=tmp_path / "before")
    after = rehearse("D1.2", "CO", out=tmp_path / "after", countries=countries)
    assert "GR" in after.protected.countries["OG"]
    assert after.protected.sample["OG.E"] == before.protected.sample["OG.E"] + 11
    assert after.untruths == []
    assert _own_claims(after, "countries/OG-GR")
    assert not _own_claims(before, "countries/OG-GR")


def _own_claims(rehearsal: Rehearsal, page: str) -> list[Claim]:
    return [claim for claim in rehearsal.claims if claim.page == page and claim.table.endswith("@GR")]


def _add_experts(countries: Path, *, country: str, like: str) -> None:
    """Give a country the grooming experts of another, under interview numbers of their own."""
    import pandas as pd

    source, target = countries / like / f"{like}-W1", countries / country / f"{country}-W1"
    shutil.copytree(source, target)
    people = pd.read_csv(source / "interview.csv", dtype=str, keep_default_na=False)
    experts = people[people["crime"].eq("OG") & people["role"].eq("E")]["interview"].tolist()
    renamed = {old: f"OG-{9000 + i}" for i, old in enumerate(experts)}
    for name in ("interview", "coverage", "coding"):
        table = pd.read_csv(source / f"{name}.csv", dtype=str, keep_default_na=False)
        table = table[table["interview"].isin(experts)].replace({"interview": renamed})
        if "country" in table:
            table["country"] = country
        table.to_csv(target / f"{name}.csv", index=False, lineterminator="\n")
    for name in ("submission.csv", "datapackage.json"):
        text = (source / name).read_text("utf-8")
        text = text.replace(f"{like}-", f"{country}-").replace(f"{like.lower()}-", f"{country.lower()}-")
        text = text.replace(f",{like},", f",{country},").replace(f'"{like}"', f'"{country}"')
        (target / name).write_text(text, encoding="utf-8")
