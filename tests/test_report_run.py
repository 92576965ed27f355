"""Report runs: protected tables as frames, figures and Markdown, and the witness of what was shown."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
import pytest

from casebook.canonical import checksum
from casebook.codebook import Codebook
from casebook.errors import DisclosureRefused, NotebookFailed
from casebook.notebook_run import Witness, read_witness
from casebook.protected_tables import (
    Cell,
    Coefficient,
    ExpertAgreement,
    ProtectedAgreement,
    ProtectedTable,
    ProtectedTables,
    key_of,
)
from casebook.publication.book.inert import inert
from casebook.publication.report_run import ReportRun, Shown, open_run
from casebook.study import Study


def table(
    codebook: Codebook, name: str, *cells: Cell, base: int | None, country: str = "pooled", **more: str
) -> ProtectedTable:
    """A protected table by its id; levels without a cell are withheld."""
    crime, group, variable = name.split(".")[:3]
    given = {cell.level: cell for cell in cells}
    levels = [*codebook[variable].level_ids, *(level for level in given if level not in codebook[variable].level_ids)]
    section = more.pop("section", "4")
    every = tuple(given.get(level, Cell(level, "withheld")) for level in levels)
    multi = codebook[variable].multi
    return ProtectedTable(name, variable, crime, group, country, section, base, base, multi, every, **more)


@pytest.fixture
def tables(codebook: Codebook) -> ProtectedTables:
    made = (
        table(
            codebook, "OG.E.og_strategy", Cell("deception", "exact", n=17), Cell("implication", "exact", n=0), base=23
        ),
        table(codebook, "OG.O.og_strategy", Cell("coercion", "word", word="more than half"), base=15),
        table(codebook, "OG.O.og_fake_profile", base=15),
        table(codebook, "OG.O.og_selection", base=None, withheld="too few interviews"),
        table(codebook, "OG.E.og_strategy", Cell("blackmail", "exact", n=9), base=11, country="ES"),
        table(
            codebook,
            "OG.E.og_v_risk",
            Cell("bullying", "exact", n=20),
            Cell("curiosity", "exact", n=22),
            base=23,
            section="2",
        ),
        table(
            codebook,
            "OG.O.og_threat.implication_and_coercion",
            Cell("break_off_relationship", "word", word="more than half"),
            base=None,
        ),
    )
    by_key = {key_of(t.id, t.country): t for t in made}
    return ProtectedTables("D1.2", "PU", by_key, {"OG.E": 23, "OG.O": 15, "HT.E": 11}, {"OG": ("ES",)})


def run_of(
    study: Study, codebook: Codebook, tables: ProtectedTables, folder: Path, country: str = "pooled", crime: str = "OG"
) -> ReportRun:
    about = Witness(f"x-{crime}-{country}", "A title", crime, country, "D1.2", "PU", ())
    return ReportRun(study, codebook, tables, folder, about)


@pytest.fixture
def run(study: Study, codebook: Codebook, tables: ProtectedTables, tmp_path: Path) -> ReportRun:
    return run_of(study, codebook, tables, tmp_path)


def text_of(shown: Shown) -> str:
    """The Markdown of a cell that shows nothing else."""
    (bundle,) = shown.bundles
    return bundle.data["text/markdown"]


class TestReadingTables:
    def test_a_frame_has_the_columns_of_the_analysis_room_and_the_form_of_each_cell(self, run: ReportRun) -> None:
        frame = run.table("og_strategy", "E")
        assert list(frame.columns) == ["level", "label", "n", "base", "status", "word"]
        assert frame[frame["n"] == 17].to_dict("list")["level"] == ["deception"]
        assert set(frame["base"]) == {23}
        assert list(frame["status"])[:2] == ["exact", "exact"]

    def test_a_withheld_cell_is_no_zero(self, run: ReportRun) -> None:
        frame = run.table("og_strategy", "E").set_index("level")
        assert frame.loc["implication", "n"] == 0
        assert frame.loc["blackmail", "n"] is pd.NA
        assert frame.loc["blackmail", "status"] == "withheld"

    def test_a_planned_set_is_labelled_by_its_phrase(self, run: ReportRun) -> None:
        labels = run.table("og_v_risk", "E").set_index("level")["label"]
        assert labels["curiosity"] == "Curiosity and the search for new experiences"

    def test_a_countrys_run_reads_the_countrys_tables(
        self, study: Study, codebook: Codebook, tables: ProtectedTables, tmp_path: Path
    ) -> None:
        run = run_of(study, codebook, tables, tmp_path, "ES")
        assert run.table("og_strategy", "E").set_index("level").loc["blackmail", "n"] == 9
        assert run.protected("og_strategy", "O") is None
        assert run.table("og_strategy", "O").empty

    def test_what_is_not_planned_is_refused(self, run: ReportRun) -> None:
        kept = {name: plan for name, plan in run.study.tables.items() if name != "OG.V.og_strategy"}
        run.study = run.study.model_copy(update={"tables": kept})
        with pytest.raises(DisclosureRefused, match=r"OG.V.og_strategy: the table is not planned; do: plan the table"):
            run.table("og_strategy", "V")

    def test_a_misspelt_variable_is_refused(self, run: ReportRun) -> None:
        with pytest.raises(DisclosureRefused, match="og_stratgy: the codebook has no such variable"):
            run.figure("strategies", variable="og_stratgy", groups=["E"], title="Strategies")

    def test_an_unknown_group_is_refused(self, run: ReportRun) -> None:
        with pytest.raises(DisclosureRefused, match=r"study\.yml has no such group; found X; allowed: E, O, V, OV"):
            run.protected("og_strategy", "X")


class TestFigures:
    def test_a_figure_is_saved_shown_and_witnessed(self, run: ReportRun, tmp_path: Path) -> None:
        shown = run.figure("strategies", variable="og_strategy", groups=["E", "O"], title="Strategies")
        run.close()
        assert shown is not None
        saved = (tmp_path / "strategies.svg").read_bytes()
        (figure,) = read_witness(tmp_path, run="x").figures
        assert (figure.file, figure.sha256) == ("strategies.svg", checksum(saved))
        assert figure.tables == ("OG.E.og_strategy", "OG.O.og_strategy")
        image, caption = shown.bundles
        assert image.data["image/svg+xml"].encode() == saved
        assert image.metadata["image/svg+xml"] == {"alt": figure.alt}
        assert caption.data["text/markdown"].startswith("*Strategies\\. Experts\\, n \\= 23")
        assert ElementTree.fromstring(saved).tag.endswith("svg")

    def test_a_run_about_all_crimes_draws_a_panel_per_crime(
        self, study: Study, codebook: Codebook, tmp_path: Path
    ) -> None:
        made = [
            table(codebook, f"{crime}.E.prevention", Cell("resilience_training", "exact", n=5), base=11)
            for crime in ("OG", "CB")
        ]
        tables = ProtectedTables("D1.2", "PU", {t.id: t for t in made}, {}, {})
        run = run_of(study, codebook, tables, tmp_path, crime="ALL")
        assert run.figure("across", variable="prevention", groups=["E"], crimes=["OG", "CB"], title="Prevention")
        run.close()
        (figure,) = read_witness(tmp_path, run="x").figures
        assert figure.tables == ("OG.E.prevention", "CB.E.prevention")
        assert "Grooming: experts, n = 11; Cyberbullying: experts, n = 11." in figure.caption

    def test_a_figure_without_a_planned_table_is_skipped_in_silence(self, run: ReportRun, tmp_path: Path) -> None:
        assert run.figure("lies", variable="og_lied_about", groups=["E", "V"], title="Lies") is None
        run.close()
        assert read_witness(tmp_path, run="x").withheld == ()

    def test_a_figure_of_which_all_is_withheld_is_noted(self, run: ReportRun, tmp_path: Path) -> None:
        assert run.figure("fake", variable="og_fake_profile", groups=["O"], title="Fake profiles") is None
        run.close()
        assert read_witness(tmp_path, run="x").withheld == ("fake",)

    def test_a_group_of_which_all_is_withheld_is_left_out(
        self, run: ReportRun, tmp_path: Path, tables: ProtectedTables
    ) -> None:
        assert "OG.O.og_v_risk" not in tables
        assert run.figure("risk", variable="og_v_risk", groups=["O", "E"], title="Risk factors")
        run.close()
        assert read_witness(tmp_path, run="x").figures[0].tables == ("OG.E.og_v_risk",)

    @pytest.mark.parametrize("name", ["strategies", "../strategies"])
    def test_a_name_used_twice_or_no_files_is_refused(self, run: ReportRun, name: str) -> None:
        run.figure("strategies", variable="og_strategy", groups=["E"], title="Strategies")
        with pytest.raises(NotebookFailed, match="a figure needs a name of its own that can be a file's"):
            run.figure(name, variable="og_strategy", groups=["E"], title="Strategies")

    def test_the_sample_is_drawn_from_what_every_reader_knows(self, run: ReportRun) -> None:
        shown = run.sample_figure("sample", title="Interviews")
        assert "image/svg+xml" in shown.bundles[0].data
        assert run.sample().to_dict("list") == {
            "crime": ["OG", "OG", "HT"],
            "group": ["E", "O", "E"],
            "n": [23, 15, 11],
        }


class TestTablesOfAPage:
    def test_groups_stand_side_by_side_each_with_its_own_n(self, run: ReportRun) -> None:
        lines = text_of(run.results("og_strategy", ["E", "O"])).splitlines()
        assert lines[2] == "| Answer | Experts (n = 23) | Offenders (n = 15) |"
        assert "| 17 of 23 (74\N{NARROW NO-BREAK SPACE}%) | withheld |" in lines[4]
        assert lines[6].endswith("| withheld | withheld |") or lines[6].endswith("| withheld | more than half |")
        assert all(line.count(" | ") == 2 for line in lines[2:])

    def test_a_table_withheld_as_a_whole_says_why(self, run: ReportRun) -> None:
        text = text_of(run.results("og_selection", ["O"]))
        assert text.endswith("Offenders: withheld (too few interviews).")
        assert "|" not in text

    def test_a_subgroup_is_named_by_what_it_has(self, run: ReportRun) -> None:
        text = text_of(run.results("og_threat", ["O"], "implication_and_coercion"))
        assert "among interviews with: " in text.splitlines()[0]
        assert "| Answer | Offenders |" in text

    def test_a_section_shows_its_tables_of_this_crime_and_country(self, run: ReportRun, codebook: Codebook) -> None:
        text = text_of(run.section("4"))
        assert text.count("| Answer |") == 3
        assert "too few interviews" in text
        assert codebook["og_v_risk"].label not in text

    def test_a_sections_tables_stand_in_the_order_of_the_plan(
        self, run: ReportRun, codebook: Codebook, tables: ProtectedTables
    ) -> None:
        shown = [line.strip("*") for line in text_of(run.section("4")).splitlines() if line.startswith("**")]
        planned = [run.study.tables[name].variable for name in run.study.tables if name in tables.tables]
        labels = [inert(codebook[variable].label) for variable in dict.fromkeys(planned)]
        assert [label for label in labels if label in shown] == [label for label in shown if label in labels]
        assert len(shown) == 4

    def test_a_section_without_tables_says_so(self, run: ReportRun) -> None:
        assert text_of(run.section("6")) == "For this crime and country, this edition has no table on this."

    def test_the_sample_has_a_row_per_crime(self, run: ReportRun) -> None:
        lines = text_of(run.sample_results()).splitlines()
        assert lines[0] == "| Crime | Experts | Offenders |"
        assert lines[2:] == ["| Online grooming | 23 | 15 |", "| Trafficking for sexual exploitation | 11 | – |"]

    def test_text_of_the_codebook_is_no_markup(
        self, study: Study, codebook: Codebook, tables: ProtectedTables, tmp_path: Path
    ) -> None:
        hostile = "a | b <script> {{ x }} **c**"
        variables = tuple(
            v if v.id != "og_strategy" else type(v)(**{**v.__dict__, "label": hostile}) for v in codebook.variables
        )
        run = run_of(study, Codebook(variables), tables, tmp_path)
        first = text_of(run.results("og_strategy", ["E"])).splitlines()[0]
        assert first == r"**a \| b \<script\> \{\{ x \}\} \*\*c\*\***"

    def test_all_tables_shown_are_witnessed(self, run: ReportRun, tmp_path: Path) -> None:
        run.section("2")
        run.results("og_selection", ["O"])
        run.close()
        assert read_witness(tmp_path, run="x").tables == ("OG.E.og_v_risk", "OG.O.og_selection")

    def test_each_value_that_is_printed_is_witnessed_once(self, run: ReportRun, tmp_path: Path) -> None:
        run.results("og_strategy", ["E", "O"])
        run.results("og_strategy", ["O"])
        run.results("og_selection", ["O"])
        run.sample_results()
        run.close()
        told = [(mark.table, mark.levels, mark.text) for mark in read_witness(tmp_path, run="x").cells]
        assert told == [
            ("OG.E.og_strategy", (), "n = 23"),
            ("OG.E.og_strategy", ("deception",), "17 of 23 (74\u202f%)"),
            ("OG.E.og_strategy", ("implication",), "0 of 23 (0\u202f%)"),
            ("OG.O.og_strategy", (), "n = 15"),
            ("OG.O.og_strategy", ("coercion",), "more than half"),
            *(("OG.E", (), "23"), ("OG.O", (), "15"), ("HT.E", (), "11")),
        ]


class TestComparingAndCoding:
    @pytest.fixture
    def compared(
        self, study: Study, codebook: Codebook, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> ReportRun:
        """A run for all crimes in which one planned comparison has a table."""
        monkeypatch.chdir(project)
        relation = table(codebook, "OG.O.relation", Cell("known_before", "word", word="more than half"), base=15)
        figures = ExpertAgreement(11, 22, 21, 44, 30, Coefficient(0.9), Coefficient(0.91))
        agreement = (ProtectedAgreement("og_strategy", figures, "customary"),)
        made = ProtectedTables("D1.2", "PU", {relation.id: relation}, {"OG.O": 15}, {}, agreement)
        return run_of(study, codebook, made, tmp_path, crime="ALL")

    def test_the_comparison_is_drawn_and_its_tables_witnessed(self, compared: ReportRun, tmp_path: Path) -> None:
        shown = compared.comparison_figure("comparison", title="Beside the literature")
        compared.close()
        witness = read_witness(tmp_path, run="x")
        assert witness.tables == ("OG.O.relation",)
        assert [(figure.name, figure.tables) for figure in witness.figures] == [("comparison", ("OG.O.relation",))]
        assert shown.bundles[0].metadata["image/svg+xml"] == {"alt": witness.figures[0].alt}

    def test_every_comparison_has_a_row_with_its_verdict(self, compared: ReportRun) -> None:
        text = text_of(compared.comparison_results()).replace("\\", "")
        row = "| Grooming | R-01: Offender known to the victim | Offenders: more than half | contradicts in direction |"
        assert row in text
        assert "not counted: the same interviews" in text

    def test_what_the_tables_of_comparison_and_agreement_print_is_witnessed(
        self, compared: ReportRun, tmp_path: Path
    ) -> None:
        compared.comparison_figure("comparison", title="Beside the literature")
        compared.comparison_results()
        compared.agreement_results()
        compared.close()
        witness = read_witness(tmp_path, run="x")
        assert "above half; contradicts in direction" in {mark.text for mark in witness.figures[0].marks}
        assert "more than half; contradicts in direction" in {mark.text for mark in witness.cells}
        assert witness.cells[-1].table == "agreement"
        assert witness.cells[-1].text.startswith("11; 0.90; 0.91; 21 of 22 (95")

    def test_the_agreement_of_coders_is_a_table(self, compared: ReportRun) -> None:
        text = text_of(compared.agreement_results()).replace("\\", "")
        assert "| Persuasion strategies (grooming) | 11 | 0.90 | 0.91 | 21 of 22" in text


class TestOpening:
    @pytest.fixture(autouse=True)
    def in_project(self, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(project)

    @pytest.mark.parametrize(
        ("asked", "message"),
        [
            ({"crime": "XX"}, "study.yml has no such crime; found XX"),
            ({"country": "Spain"}, "study.yml has no such country; found Spain; allowed: pooled, BE"),
            ({"edition": "D9"}, "study.yml has no such edition; found D9"),
            ({"dissemination": "pu"}, "study.yml has no such dissemination; found pu; allowed: PU, CO"),
        ],
    )
    def test_what_the_study_does_not_have_is_refused(self, asked: dict[str, str], message: str) -> None:
        sound = {"crime": "OG", "country": "pooled", "edition": "D1.2", "dissemination": "PU"}
        with pytest.raises(NotebookFailed) as caught:
            open_run(**{**sound, **asked})
        assert message in str(caught.value)

    def test_without_protected_tables_nothing_opens(
        self, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in ("study.yml", "data"):
            (tmp_path / name).symlink_to(project / name)
        monkeypatch.chdir(tmp_path)
        with pytest.raises(DisclosureRefused, match="protected tables cannot be read"):
            open_run(crime="OG", country="pooled", edition="D1.2", dissemination="PU")
