"""Notebooks: which runs there are, how they are run, what is kept, and what is refused."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from small_notebooks import CLOSE, faulty_project, project_with, write_notebook

from casebook.canonical import checksum
from casebook.codebook import Codebook
from casebook.disclosure_control.door import Door
from casebook.errors import NotebookFailed
from casebook.folders import Folders
from casebook.notebook_run import FigureRecord, read_witness
from casebook.publication.notebooks import Manner, Run, Tally, check_witnesses, execute, runs
from casebook.publication.notebooks.failures import faults_of, of_cell
from casebook.publication.notebooks.kernel import environment
from casebook.publication.notebooks.matrix import Room
from casebook.publication.notebooks.normalise import normalised
from casebook.publication.notebooks.parameters import declared
from casebook.restricted.analysis_run import read_hand_over, read_sample, sizes_by_group
from casebook.study import Study

SPAIN = {"OG": ("ES",)}
#: A project in two folders, with its runs in each.
Executed = list[tuple[Folders, tuple[Run, ...]]]


def grooming_runs(folders: Folders, study: Study) -> tuple[Run, ...]:
    return runs(folders, study, edition="D1.2", countries=SPAIN)


def refusal_of(fault: str, path: Path, study: Study, *, dissemination: str | None = None) -> str:
    with pytest.raises(NotebookFailed) as caught:
        runs(faulty_project(fault, path), study, edition="D1.2", countries=SPAIN, dissemination=dissemination)
    return str(caught.value)


class TestWhichRunsThereAre:
    def test_a_crime_runs_pooled_and_for_each_of_its_countries(self, tmp_path: Path, study: Study) -> None:
        found = grooming_runs(project_with(tmp_path, CLOSE), study)
        assert [(run.name, run.title) for run in found] == [
            ("grooming-OG-pooled", "Online grooming, pooled"),
            ("grooming-OG-ES", "Online grooming, Spain"),
        ]
        assert found[1].parameters == {"crime": "OG", "country": "ES", "edition": "D1.2"}

    def test_a_notebook_for_all_crimes_runs_once(self, tmp_path: Path, study: Study) -> None:
        parameters = 'crime = "ALL"\ncountry = "pooled"\nedition = "D1.2"'
        write_notebook(tmp_path / "notebooks/analysis/sample.ipynb", parameters=parameters)
        assert [(run.name, run.title) for run in grooming_runs(Folders(tmp_path), study)] == [
            ("sample-ALL-pooled", "Sample, all crimes")
        ]

    def test_a_crime_the_edition_does_not_report_has_no_run(self, tmp_path: Path, study: Study) -> None:
        edition = study.editions["D1.2"].model_copy(update={"crimes": ("HT",)})
        without = study.model_copy(update={"editions": {"D1.2": edition}})
        assert grooming_runs(project_with(tmp_path, CLOSE), without) == ()

    def test_the_rooms_leave_their_runs_in_folders_of_their_own(self, tmp_path: Path) -> None:
        folders = Folders(tmp_path)
        analysis = Run(Path("a.ipynb"), "analysis", "a-OG-ES", "", {"edition": "D1.2"})
        report = Run(Path("a.ipynb"), "report", "a-OG-ES", "", {"edition": "D1.2", "dissemination": "PU"})
        assert folders.restricted in analysis.folder(folders).parents
        assert folders.restricted not in report.folder(folders).parents


class TestWhatIsRefusedBeforeAnythingRuns:
    def test_every_misspelt_and_missing_parameter(self, tmp_path: Path, study: Study) -> None:
        told = refusal_of("with_undeclared_parameter", tmp_path, study)
        assert "(2 faults)" in told
        assert "grooming.ipynb: parameters cell: declares a parameter that no run passes; found cuntry" in told
        assert "does not declare a parameter that runs pass; found country" in told

    def test_a_notebook_without_a_parameters_cell(self, tmp_path: Path, study: Study) -> None:
        told = refusal_of("without_parameters", tmp_path, study)
        assert "grooming.ipynb: cell 1: the first code cell is not the parameters cell" in told

    def test_a_parameters_cell_that_computes(self, tmp_path: Path, study: Study) -> None:
        told = refusal_of("with_computed_parameter", tmp_path, study)
        assert "the parameters cell does more than give names a literal value" in told

    def test_a_crime_that_the_study_does_not_have(self, tmp_path: Path, study: Study) -> None:
        told = refusal_of("of_unknown_crime", tmp_path, study)
        assert "names no crime of study.yml; found XX; allowed: OG, CB, HT, ALL" in told

    def test_a_file_that_is_no_notebook(self, tmp_path: Path, study: Study) -> None:
        assert "grooming.ipynb: is not a notebook" in refusal_of("unreadable", tmp_path, study)

    def test_a_room_without_notebooks(self, tmp_path: Path, study: Study) -> None:
        with pytest.raises(NotebookFailed, match="notebooks/analysis: there is no notebook"):
            grooming_runs(Folders(tmp_path), study)

    def test_a_report_notebook_that_reaches_for_interviews(self, tmp_path: Path, study: Study) -> None:
        told = refusal_of("reaching_interviews", tmp_path, study, dissemination="PU")
        assert "cell 2: a report notebook may not import this; found casebook.restricted.analysis_run" in told
        assert "cell 4: is not plain Python" in told
        assert "cell 5: a report notebook may not import this; found open" in told
        assert "cell 3" not in told

    def test_runs_of_both_rooms_in_one_pool(self, tmp_path: Path, study: Study) -> None:
        folders = project_with(tmp_path, CLOSE)
        run = grooming_runs(folders, study)[0]
        with pytest.raises(NotebookFailed, match="runs of both rooms would share a process"):
            execute(folders, [run, replace(run, room="report")])


class TestTheKernel:
    def test_only_the_analysis_room_learns_where_interviews_lie(self) -> None:
        folders, given = Folders(Path("here")), {"CASEBOOK_DATA": "/there", "PATH": "/bin"}
        assert environment(folders, "analysis", given)["CASEBOOK_DATA"] == "/there"
        assert "CASEBOOK_DATA" not in environment(folders, "report", given)

    def test_nothing_of_the_users_settings_reaches_a_kernel(self) -> None:
        given = {"TZ": "Asia/Tokyo", "LANG": "de_DE", "PYTHONHASHSEED": "7", "IPYTHONDIR": "~", "MPLBACKEND": "tk"}
        found = environment(Folders(Path("here")), "report", given)
        assert found == environment(Folders(Path("here")), "report", {})
        assert (found["TZ"], found["PYTHONHASHSEED"]) == ("UTC", "0")


@pytest.fixture(scope="module")
def two_folders(tmp_path_factory: pytest.TempPathFactory, study: Study) -> Iterator[Executed]:
    """The same project, executed in two folders and two time zones."""
    monkeypatch = pytest.MonkeyPatch()
    show = "import sys\nprint('warned', file=sys.stderr)\nprint(sorted({'a', 'b'}), country)"
    done = []
    for name, zone in (("one", "Asia/Tokyo"), ("two", "America/Lima")):
        monkeypatch.setenv("TZ", zone)
        folders = project_with(tmp_path_factory.mktemp(name), show, CLOSE)
        found = grooming_runs(folders, study)
        execute(folders, found, manner=Manner(jobs=1))
        done.append((folders, found))
    yield done
    monkeypatch.undo()


def page_of(folders: Folders, run: Run) -> bytes:
    return (run.folder(folders) / "notebook.ipynb").read_bytes()


class TestAnExecutedNotebook:
    def test_is_the_same_in_two_folders(self, two_folders: Executed) -> None:
        (one, found), (two, _) = two_folders
        assert [page_of(one, run) for run in found] == [page_of(two, run) for run in found]

    def test_has_its_title_and_its_own_parameters(self, two_folders: Executed) -> None:
        folders, found = two_folders[0]
        for run in found:
            page = json.loads(page_of(folders, run))
            assert page["cells"][0]["source"] == f"# {run.title}"
            assert page["metadata"]["papermill"]["parameters"] == run.parameters
            assert page["cells"][3]["outputs"][0]["text"] == f"['a', 'b'] {run.parameters['country']}\n"

    def test_hides_parameters_and_keeps_no_trace_of_its_making(self, two_folders: Executed) -> None:
        folders, (run, _) = two_folders[0]
        page = json.loads(page_of(folders, run))
        assert [cell["id"] for cell in page["cells"]] == [f"{run.name}-{n:03}" for n in range(1, 6)]
        assert page["cells"][1]["metadata"] == {"tags": ["parameters", "remove-cell"]}
        assert page["cells"][2]["metadata"] == {"tags": ["injected-parameters", "remove-cell"]}
        assert page["cells"][3]["metadata"] == {}
        assert set(page["metadata"]["papermill"]) == {"parameters", "version"}
        assert b"warned" not in page_of(folders, run).replace(b"print('warned'", b"")

    def test_has_a_witness_that_belongs_to_it(self, two_folders: Executed) -> None:
        folders, found = two_folders[0]
        assert [witness.country for witness in check_witnesses(folders, found)] == ["pooled", "ES"]


@dataclass(frozen=True)
class Failed:
    """What a failed execution told, the tallies it reported, and the folder of the run that failed."""

    told: str
    tallies: list[Tally]
    spain: Path


@pytest.fixture(scope="module")
def failed(tmp_path_factory: pytest.TempPathFactory, study: Study) -> Failed:
    """A project whose notebook fails for one country, where an earlier build had left a witness."""
    folders = faulty_project("that_raises", tmp_path_factory.mktemp("failed"))
    found, tallies = grooming_runs(folders, study), list[Tally]()
    spain = found[1].folder(folders)
    spain.mkdir(parents=True)
    (spain / "run.json").write_text("{}")
    with pytest.raises(NotebookFailed) as caught:
        execute(folders, found, manner=Manner(jobs=1), report=tallies.append)
    return Failed(str(caught.value), tallies, spain)


def executed_cell(data: dict[str, str], **metadata: object) -> dict[str, object]:
    output = {"output_type": "display_data", "data": data, "metadata": metadata}
    return {"cell_type": "code", "metadata": {}, "source": "show()", "execution_count": 1, "outputs": [output]}


def kept(room: Room, *cells: dict[str, object]) -> list[dict[str, Any]]:
    """The cells of an executed notebook as they are kept, after its title."""
    papermill = {"parameters": {}, "version": "2", "duration": 1.5}
    notebook = SimpleNamespace(cells=cells, metadata=SimpleNamespace(papermill=papermill))
    run = Run(Path("a.ipynb"), room, "a-OG-ES", "A title", {})
    page = json.loads(normalised(notebook, run, foreign=["/home/somebody"]))
    return list(page["cells"][1:])


class TestWhatOfAnOutputIsKept:
    def test_an_images_alternative_text_reaches_the_books_builder(self) -> None:
        (cell,) = kept("report", executed_cell({"image/svg+xml": "<svg/>"}, **{"image/svg+xml": {"alt": "Bars."}}))
        assert cell["metadata"]["mystnb"] == {"image": {"alt": "Bars."}}

    def test_a_markdown_table_is_read_as_one(self) -> None:
        (cell,) = kept("report", executed_cell({"text/markdown": "| a |"}))
        assert cell["metadata"]["mystnb"] == {"markdown_format": "myst"}

    @pytest.mark.parametrize(
        ("cells", "message"),
        [
            (
                [executed_cell({"text/plain": "/home/somebody/x"})],
                "a-OG-ES: executed cell 002: an output holds a path of",
            ),
            ([executed_cell({"text/plain": "<object at 0x7f3a2c91>"})], "cell 002: an output holds a memory address"),
            ([executed_cell({"image/png": "aGk="})], "cell 002: an image has no alternative text; do: draw it with"),
        ],
    )
    def test_what_must_not_be_published_is_refused(self, cells: list[dict[str, object]], message: str) -> None:
        with pytest.raises(NotebookFailed) as caught:
            kept("report", *cells)
        assert message in str(caught.value)

    def test_a_cell_with_two_images_is_refused(self) -> None:
        cell = executed_cell({"image/png": "aGk=", "image/svg+xml": "<svg/>"}, **{"image/png": {"alt": "a"}})
        with pytest.raises(NotebookFailed, match="a cell shows more than one image"):
            kept("report", cell)

    def test_a_researchers_plot_needs_no_alternative_text(self) -> None:
        assert kept("analysis", executed_cell({"image/png": "aGk="}))


class TestRunsThatFail:
    def test_all_are_tried_and_nothing_of_an_interview_is_told(self, failed: Failed) -> None:
        assert (
            "notebooks/analysis: 1 of 2 runs: KeyError; found notebooks/analysis/grooming.ipynb, cell 3" in failed.told
        )
        assert 'cell 3: answers = {"[interview]": "[text]"} (grooming-OG-ES)' in failed.told
        assert "Tom" not in failed.told
        assert failed.tallies[-1] == Tally(total=2, done=2, failed=1)

    def test_what_an_earlier_build_left_is_gone(self, failed: Failed) -> None:
        assert list(failed.spain.iterdir()) == []

    def test_they_are_grouped_by_cause(self) -> None:
        struck = [
            Run(Path(f"notebooks/analysis/{n}.ipynb"), "analysis", f"{n}-OG-{i}", "", {})
            for n in "ab"
            for i in range(7)
        ]
        failures = [of_cell(run, cause="KeyError", cell=4, source="\n  look(1)\n  rest") for run in struck]
        failures.append(of_cell(struck[0], cause="DeadKernelError"))
        dead, key = sorted(faults_of(failures, room="analysis", total=20), key=lambda fault: fault.message)
        assert (dead.message, dead.place, dead.value) == (
            "DeadKernelError",
            "1 of 20 runs",
            "notebooks/analysis/a.ipynb (a-OG-0)",
        )
        assert key.place == "14 of 20 runs"
        names = "a-OG-0, a-OG-1, a-OG-2, a-OG-3, a-OG-4 and 2 more"
        assert key.value.startswith(f"notebooks/analysis/a.ipynb, cell 4: look(1) ({names}); notebooks/analysis/b")

    def test_a_casebook_refusal_is_told_whole_and_no_other_message_is(self) -> None:
        run = Run(Path("a.ipynb"), "analysis", "a-OG-ES", "", {})
        refused = of_cell(run, cause="DataRefused", cell=1, message="The coded data are refused:\n  - OG-0417 is wrong")
        assert refused.cause == "DataRefused: The coded data are refused: - [interview] is wrong"
        assert of_cell(run, cause="ValueError", cell=1, message="he said so").cause == "ValueError"


@pytest.fixture
def finished(tmp_path: Path, two_folders: Executed) -> tuple[Folders, Run]:
    """A copy of a finished run, with a figure, to be tampered with."""
    (source, (run, _)), folders = two_folders[0], Folders(tmp_path)
    folder = run.folder(folders)
    folder.mkdir(parents=True)
    for path in run.folder(source).iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    (folder / "risk.svg").write_bytes(b"<svg/>")
    figure = FigureRecord("risk", "risk.svg", "Bars.", "Risk.", ("OG.E.og_v_risk",), checksum(b"<svg/>"))
    witness = read_witness(folder, run=run.name)
    replace(witness, tables=("OG.E.og_v_risk",), figures=(figure,)).write(folder)
    return folders, run


def tampered(finished: tuple[Folders, Run], **changes: object) -> str:
    """The refusal of the run after its witness, or its figure where a change begins with figure_, was changed."""
    folders, run = finished
    witness = read_witness(run.folder(folders), run=run.name)
    of_figure = {key.removeprefix("figure_"): value for key, value in changes.items() if key.startswith("figure_")}
    of_witness = {key: value for key, value in changes.items() if not key.startswith("figure_")}
    figure = replace(witness.figures[0], **of_figure)  # type: ignore[arg-type]
    replace(witness, **{"figures": (figure,), **of_witness}).write(run.folder(folders))  # type: ignore[arg-type]
    with pytest.raises(NotebookFailed) as caught:
        check_witnesses(folders, [run])
    return str(caught.value)


class TestWitnesses:
    def test_a_sound_run_passes(self, finished: tuple[Folders, Run]) -> None:
        folders, run = finished
        assert check_witnesses(folders, [run])[0].figures[0].name == "risk"

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"country": "ES"}, "the witness has another country than the run; found ES; allowed: pooled"),
            ({"title": "Online grooming, Spain"}, "the witness has another title than the run"),
            ({"edition": "D1.3"}, "the witness has another edition than the run"),
            (
                {"tables": ("OG.E.og_v_risk", "CB.E.cb_v_risk")},
                "a table of another crime or country was read; found CB.E",
            ),
            (
                {"tables": ("OG.E.og_v_risk", "OG.E.x@ES")},
                "a table of another crime or country was read; found OG.E.x@ES",
            ),
            ({"figure_tables": ("OG.E.og_v_risk@ES",)}, "the figure draws a table of another crime or country"),
            ({"figure_tables": ("OG.E.og_net_risk",)}, "the figure draws a table that the run has not read"),
            ({"figure_alt": " "}, "the figure has no alternative text"),
            ({"figure_file": "../risk.svg"}, "the figure's file is not in the run's folder"),
            ({"figure_sha256": "0" * 64}, "the figure is not the one the run has saved"),
        ],
    )
    def test_what_is_not_the_runs_own_is_refused(
        self, finished: tuple[Folders, Run], change: dict[str, object], message: str
    ) -> None:
        told = tampered(finished, **change)
        assert message in told
        assert "grooming-OG-pooled" in told

    def test_a_page_under_another_title_is_refused(self, finished: tuple[Folders, Run]) -> None:
        folders, run = finished
        page = run.folder(folders) / "notebook.ipynb"
        page.write_text(page.read_text().replace("# Online grooming, pooled", "# Online grooming, Spain"))
        with pytest.raises(NotebookFailed, match="the page has another title than the run"):
            check_witnesses(folders, [run])

    def test_every_run_without_a_witness_is_named(self, tmp_path: Path, study: Study) -> None:
        folders = project_with(tmp_path, "1 + 1")
        with pytest.raises(NotebookFailed) as caught:
            check_witnesses(folders, grooming_runs(folders, study))
        assert "(2 faults)" in str(caught.value)
        assert "grooming-OG-ES: run.json: the run has left no witness" in str(caught.value)


@pytest.mark.slow
def test_the_shipped_notebooks_run_over_the_shipped_data(
    project: Path, tmp_path: Path, study: Study, codebook: Codebook
) -> None:
    for name in ("study.yml", "data", "notebooks"):
        (tmp_path / name).symlink_to(project / name)
    folders, planned = Folders(tmp_path), study.planned("D1.2")
    analysis = runs(folders, study, edition="D1.2", countries=dict.fromkeys(study.crimes, ("BE",)))
    execute(folders, analysis)
    check_witnesses(folders, analysis)
    handed = [run.folder(folders) for run in analysis]
    sample = sizes_by_group([row for folder in handed for row in read_sample(folder)], planned)
    tables = [table for folder in handed for table in read_hand_over(folder)]
    assert {table.id for table in tables} == {plan.id for plan in planned if f"{plan.crime}.{plan.group}" in sample}
    for level in study.dissemination:
        protected = Door(study, codebook, "D1.2", level, sample, b"key of the tests").protect(tables)
        protected.write(folders.protected("D1.2", level))
        report = runs(folders, study, edition="D1.2", countries=protected.countries, dissemination=level)
        execute(folders, report)
        pooled = [w for w in check_witnesses(folders, report) if w.country == "pooled" and w.crime != "ALL"]
        assert all(len(witness.figures) >= 4 for witness in pooled)


class TestTheShippedNotebooks:
    @pytest.mark.parametrize("dissemination", [None, "PU"])
    def test_cover_every_crime_of_the_study(self, project: Path, study: Study, dissemination: str | None) -> None:
        every = study.editions["D1.2"].model_copy(update={"crimes": tuple(study.crimes)})
        whole = study.model_copy(update={"editions": {"D1.2": every}})
        found = runs(Folders(project), whole, edition="D1.2", countries={}, dissemination=dissemination)
        of_all = {"sample", "agreement", "comparison"}
        assert {run.parameters["crime"] for run in found if run.notebook.stem not in of_all} == set(study.crimes)
        assert {run.parameters["crime"] for run in found if run.notebook.stem in of_all} == {"ALL"}

    def test_are_kept_without_outputs_and_end_with_their_witness(self, project: Path) -> None:
        for path in sorted((project / "notebooks").glob("*/*.ipynb")):
            cells = json.loads(path.read_text("utf-8"))["cells"]
            code = [cell for cell in cells if cell["cell_type"] == "code"]
            assert not any(cell["outputs"] or cell["execution_count"] for cell in code), path.name
            assert code[-1]["source"] == "study.close()", path.name

    def test_draw_variables_that_the_codebook_has(self, project: Path, codebook: Codebook) -> None:
        for path in sorted((project / "notebooks" / "report").glob("*.ipynb")):
            assert figured(project, path) <= set(codebook), path.name


def figured(project: Path, path: Path) -> set[str]:
    """The variables that a report notebook draws."""
    cells = declared(project, path.relative_to(project)).cells.values()
    calls = [node for source in cells for node in ast.walk(ast.parse(source)) if isinstance(node, ast.keyword)]
    return {ast.literal_eval(node.value) for node in calls if node.arg == "variable"}
