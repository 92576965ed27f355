"""Analysis runs: the interviews of a crime and country, and what is handed over to the door."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from small_study import SOUND, small_codebook, small_study

from casebook.errors import DataRefused, NotebookFailed
from casebook.notebook_run import Witness, read_witness
from casebook.restricted.analysis_run import (
    AnalysisRun,
    edition_interviews,
    read_agreement,
    read_hand_over,
    read_sample,
    sizes_by_group,
)
from casebook.restricted.frequency_tables import SampleRow
from casebook.study import PlannedTable, Study


def plan(crime: str, group: str, variable: str, **more: object) -> PlannedTable:
    entry = {"id": f"{crime}.{group}.{variable}", "variable": variable, "crime": crime, "group": group, "section": "4"}
    return PlannedTable.model_validate({**entry, **more})


PLANNED = (
    plan(
        "OG",
        "V",
        "og_strategy",
        together={"either": ["implication", "coercion"]},
        phrases={"either": "closeness or force"},
    ),
    plan("OG", "E", "og_lied_about"),
    plan("OG", "O", "og_strategy"),
    plan("HT", "V", "ht_v_selfview"),
)


@pytest.fixture
def planned(study: Study) -> Study:
    """The shipped study, with the plan of these tests."""
    return study.model_copy(update={"tables": {table.id: table for table in PLANNED}})


def run_of(study: Study, folder: Path, crime: str = "OG", country: str = "pooled") -> AnalysisRun:
    about = Witness(f"x-{crime}-{country}", "A title", crime, country, "D1.2", None, ())
    return AnalysisRun(study, small_codebook(), small_study(), folder, about)


class TestExploring:
    def test_a_table_has_its_levels_and_sets_with_their_labels(self, planned: Study, tmp_path: Path) -> None:
        table = run_of(planned, tmp_path).table("og_strategy", "V")
        assert list(table.columns) == ["level", "label", "n", "base"]
        assert list(table["level"][-2:]) == ["blackmail", "either"]
        labels = dict(zip(table["level"], table["label"], strict=True))
        assert labels["either"] == "Closeness or force"
        assert set(table["base"]) == {2}

    def test_what_is_not_planned_can_be_read_too(self, planned: Study, tmp_path: Path) -> None:
        assert run_of(planned, tmp_path).table("og_meeting", "V")["n"].sum() > 0

    def test_interviews_are_those_of_the_crime(self, planned: Study, tmp_path: Path) -> None:
        assert set(run_of(planned, tmp_path).interviews().index) == {"OG-1001", "OG-1002", "OG-1003"}

    def test_a_run_for_all_crimes_sees_attributes_alone(self, planned: Study, tmp_path: Path) -> None:
        interviews = run_of(planned, tmp_path, "ALL").interviews()
        assert len(interviews) == 4
        assert "og_strategy" not in interviews.columns

    def test_the_sample_by_crime_and_group_and_by_stratum(self, planned: Study, tmp_path: Path) -> None:
        run = run_of(planned, tmp_path, "ALL")
        assert run.sample().to_dict("list") == {"crime": ["OG", "OG", "HT"], "group": ["V", "E", "V"], "n": [2, 1, 1]}
        assert list(run.strata().columns) == ["crime", "role", "country", "wave", "interviews"]

    @pytest.mark.parametrize(
        ("variable", "group", "among", "message"),
        [
            ("og_stratgy", "V", "", "the codebook has no such variable; found og_stratgy"),
            ("og_strategy", "X", "", "study.yml has no such group or subgroup; found X; allowed: E, O, V, OV"),
            ("og_strategy", "V", "nobody", "study.yml has no such group or subgroup; found nobody"),
            ("og_gender_diff", "V", "", "the codebook has no such variable"),
        ],
    )
    def test_a_misspelt_table_is_refused(
        self, planned: Study, tmp_path: Path, variable: str, group: str, among: str, message: str
    ) -> None:
        run = run_of(planned, tmp_path)
        with pytest.raises(DataRefused) as caught:
            run.table(variable, group, among)
        assert message in str(caught.value)


class TestHandingOver:
    def test_all_planned_tables_of_the_crime_that_have_interviews(self, planned: Study, tmp_path: Path) -> None:
        run = run_of(planned, tmp_path)
        run.close()
        tables = read_hand_over(tmp_path)
        assert [(table.key, table.base) for table in tables] == [("OG.V.og_strategy", 2), ("OG.E.og_lied_about", 1)]
        assert read_sample(tmp_path) == ()

    def test_a_countrys_tables_are_under_the_countrys_keys(self, planned: Study, tmp_path: Path) -> None:
        run_of(planned, tmp_path, country="BE").close()
        assert [table.key for table in read_hand_over(tmp_path)] == ["OG.V.og_strategy@BE", "OG.E.og_lied_about@BE"]

    def test_a_country_without_interviews_hands_nothing_over(self, planned: Study, tmp_path: Path) -> None:
        run_of(planned, tmp_path, country="GR").close()
        assert read_hand_over(tmp_path) == ()

    def test_a_run_for_all_crimes_hands_over_the_sample(self, planned: Study, tmp_path: Path) -> None:
        run_of(planned, tmp_path, "ALL").close()
        assert read_hand_over(tmp_path) == ()
        assert SampleRow("OG", "V", "BE", 1, 2) in read_sample(tmp_path)

    def test_the_witness_names_all_tables_that_were_read(self, planned: Study, tmp_path: Path) -> None:
        run = run_of(planned, tmp_path)
        run.table("og_meeting", "V")
        run.close()
        witness = read_witness(tmp_path, run="x")
        assert witness.tables == ("OG.E.og_lied_about", "OG.V.og_meeting", "OG.V.og_strategy")

    def test_the_agreement_of_coders_is_handed_over_where_it_was_measured(self, planned: Study, tmp_path: Path) -> None:
        run = run_of(planned, tmp_path, "ALL")
        frame = run.agreement()
        run.close()
        handed = read_agreement(tmp_path)
        assert len(handed) == len(frame)
        assert {entry.pool for entry in handed} == set(frame["pool"])

    def test_only_a_run_for_all_crimes_hands_the_agreement_over(self, planned: Study, tmp_path: Path) -> None:
        run = run_of(planned, tmp_path)
        run.agreement()
        run.close()
        assert read_agreement(tmp_path) == ()

    def test_an_agreement_that_cannot_be_read_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "agreement.json").write_text('{"measured": [{"pool": "victims"}]}', "utf-8")
        with pytest.raises(NotebookFailed, match=r"agreement.json: the agreement handed over cannot be read"):
            read_agreement(tmp_path)

    def test_a_stratum_that_comes_again_is_counted_once(self) -> None:
        sample = [SampleRow("OG", "E", "BE", 1, 3), SampleRow("OG", "E", "ES", 1, 4)]
        assert sizes_by_group([*sample, *sample], [plan("OG", "E", "og_strategy")]) == {"OG.E": 7}

    def test_a_run_that_has_not_closed_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(NotebookFailed, match=r"hand_over.json: the run has handed nothing over"):
            read_hand_over(tmp_path)

    def test_a_group_of_two_roles_counts_both(self) -> None:
        sample = [SampleRow("HT", "O", "BE", 2, 3), SampleRow("HT", "V", "PT", 2, 4), SampleRow("OG", "O", "ES", 1, 9)]
        assert sizes_by_group(sample, [plan("HT", "OV", "ht_means"), plan("HT", "E", "ht_means")]) == {"HT.OV": 7}


class TestWhatAnEditionTakes:
    @pytest.fixture
    def submissions(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        """A project with one submission, whatever the machine's environment names."""
        monkeypatch.delenv("CASEBOOK_DATA", raising=False)
        shutil.copytree(SOUND, tmp_path / "data" / "countries" / "BE" / "BE-W1")
        return tmp_path

    def taken(self, study: Study, **changes: object) -> Study:
        return study.model_copy(update={"editions": {"D1.2": study.editions["D1.2"].model_copy(update=changes)}})

    def test_its_waves_only(self, study: Study, submissions: Path) -> None:
        first = edition_interviews(submissions, self.taken(study, waves=(1,)), small_codebook(), edition="D1.2")
        both = edition_interviews(submissions, self.taken(study, waves=(1, 2)), small_codebook(), edition="D1.2")
        assert (len(first.people), len(both.people)) == (3, 4)

    def test_a_submission_that_is_not_there_is_refused(self, study: Study, submissions: Path) -> None:
        edition = self.taken(study, submissions=("BE-W1", "BE-W9"))
        with pytest.raises(DataRefused, match=r"editions.D1.2.submissions: there is no such submission; found BE-W9"):
            edition_interviews(submissions, edition, small_codebook(), edition="D1.2")

    def test_real_submissions_take_the_place_of_the_synthetic_ones(
        self, study: Study, submissions: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("CASEBOOK_DATA", str(submissions / "data" / "countries"))
        found = edition_interviews(Path("nowhere"), self.taken(study, waves=(1, 2)), small_codebook(), edition="D1.2")
        assert len(found.people) == 4
